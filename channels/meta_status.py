"""What became of a message that we sent: WhatsApp's statuses."""

from typing import Any

from channels.meta_errors import error_codes, error_facts
from channels.meta_identity import names_as_given
from channels.meta_scope import Scope
from channels.payload import identifier, mapping, moment, moment_as_given, sequence, text
from core.domain.events import EventKind, InboundEvent, SenderId


def read_status(scope: Scope, status: dict[str, Any], flag: str | None) -> InboundEvent:
    """The event of one status; one message to a group has a status for every member."""
    state, external_id = identifier(status.get("status")), identifier(status.get("id"))
    group = status.get("recipient_type") == "group"
    recipient = identifier(status.get("recipient_id"))
    senders = _participant(status) if group else _recipient(status)
    ts = moment(status.get("timestamp"))
    person = senders[0].value if senders else recipient or ""
    told = (
        (external_id is None, "no_id"),
        (recipient is None and not group, "no_recipient_id"),
        (ts is None, "bad_timestamp"),
        (group, "group"),
        (flag is not None, flag or ""),
    )
    return InboundEvent(
        kind=EventKind.STATUS if external_id is not None and state is not None else EventKind.INVALID,
        raw=scope.raw_item("statuses", status),
        account=scope.account,
        business=scope.business,
        senders=senders,
        external_id=external_id,
        variant=f"{state}:{person}",
        type=state,
        ts=ts,
        ts_raw=moment_as_given(status.get("timestamp")),
        ref_id=external_id,
        chat_id=recipient if group else None,
        callback=identifier(status.get("biz_opaque_callback_data")),
        flags=tuple(name for true, name in told if true),
        extra=_facts(status),
    )


def _recipient(status: dict[str, Any]) -> tuple[SenderId, ...]:
    return names_as_given(status.get("recipient_id"), status.get("recipient_user_id"))


def _participant(status: dict[str, Any]) -> tuple[SenderId, ...]:
    """The member of a group; Meta's own pages spell the key in two ways."""
    phone = status.get("recipient_participant_id") or status.get("participant_recipient_id")
    return names_as_given(phone, status.get("recipient_participant_user_id"))


def _facts(status: dict[str, Any]) -> dict[str, Any]:
    pricing = mapping(status.get("pricing"))
    category = text(pricing.get("category"))
    facts: dict[str, Any] = {
        "error_codes": error_codes(status),
        "pricing_type": text(pricing.get("type")) or category,
    }
    if category:
        facts["pricing_category"] = category
    # The second spelling is that of deliveries before May 2026.
    parent = status.get("recipient_parent_user_id") or status.get("parent_recipient_user_id")
    if parent_id := identifier(parent):
        facts["parent_user_id"] = parent_id
    if errors := sequence(status.get("errors")):
        facts |= error_facts(mapping(errors[0]))
    return facts
