"""Reading a Z-API delivery: one event, but for statuses, which come for several messages at once."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from channels.payload import identifier, read_json, sequence, text, write_json
from channels.zapi_errors import delivery_facts
from channels.zapi_identity import crowd_of, sender_of
from channels.zapi_message import read_received
from channels.zapi_scope import Scope
from core.domain.errors import BadRequest
from core.domain.events import DISCONNECTED, EventKind, InboundEvent, SenderId, SentBy

_MOST_STATUSES: Final = 20_000
_KEPT_OF_STATUSES: Final = ("type", "instanceId", "status", "momment", "phone", "phoneDevice", "isGroup")
_STATES: Final = MappingProxyType(
    {"SENT": "sent", "RECEIVED": "delivered", "READ": "read", "PLAYED": "played", "FAILED": "failed"}
)
"""Of ``READ_BY_ME`` and all others the name stays as it is: it is not the lead who read."""


def read_delivery(body: bytes) -> list[InboundEvent]:
    """Every event of a delivery; one ``empty`` event where it holds none.

    Raises ``BadRequest`` for what is not JSON, or is JSON of a bare value.
    """
    given = read_json(body)
    if not isinstance(given, dict | list):
        message = "the body is JSON of a bare value, not of a delivery"
        raise BadRequest(message)
    if not given:
        return [InboundEvent(EventKind.EMPTY, body)]
    if isinstance(given, list):
        return [InboundEvent(EventKind.INVALID, body, flags=("foreign_shape",))]
    scope = Scope(body, given)
    reader = _TYPES.get((text(given.get("type")) or "").lower(), _account_event)
    return list(reader(scope))


def _received(scope: Scope) -> Iterator[InboundEvent]:
    yield read_received(scope)


def _statuses(scope: Scope) -> Iterator[InboundEvent]:
    """One event for each message; Z-API tells of those read at once in one delivery."""
    ids = [found for given in sequence(scope.given.get("ids")) if (found := identifier(given)) is not None]
    if len(ids) > _MOST_STATUSES:
        message = f"the delivery holds more than {_MOST_STATUSES} statuses"
        raise BadRequest(message)
    state = text(scope.given.get("status"))
    if not ids or not state:
        yield _invalid(scope, "no_id" if state else "no_status")
    elif len(ids) == 1:
        yield _status(scope, ids[0], state)
    else:
        for external_id in dict.fromkeys(ids):
            yield _status(_slice(scope, external_id), external_id, state)


def _slice(scope: Scope, external_id: str) -> Scope:
    """The delivery as it would be for one of its messages alone."""
    given = {name: scope.given[name] for name in _KEPT_OF_STATUSES if name in scope.given} | {"ids": [external_id]}
    return Scope(write_json(given), given)


def _status(scope: Scope, external_id: str, state: str) -> InboundEvent:
    senders = _person(scope)
    ours, person = _STATES.get(state.upper(), state.lower()), senders[0].value if senders else ""
    crowd = crowd_of(scope.given)
    return InboundEvent(
        kind=EventKind.STATUS,
        raw=scope.raw,
        account=scope.instance,
        senders=senders,
        external_id=external_id,
        variant=f"{ours}:{person}",
        type=ours,
        ts=scope.ts,
        ts_raw=scope.ts_raw,
        ref_id=external_id,
        chat_id=identifier(scope.given.get("phone")) if crowd else None,
        flags=scope.bad_time + ((crowd,) if crowd else ()),
    )


def _delivery(scope: Scope) -> Iterator[InboundEvent]:
    """Z-API's own word on a message that we queued: WhatsApp has it, or will never have it."""
    external_id = identifier(scope.given.get("messageId"))
    if external_id is None:
        yield _invalid(scope, "no_id")
        return
    senders, facts = _person(scope), delivery_facts(scope.given)
    state = "failed" if facts else "sent"
    yield InboundEvent(
        kind=EventKind.STATUS,
        raw=scope.raw,
        account=scope.instance,
        senders=senders,
        external_id=external_id,
        variant=f"{state}:{senders[0].value if senders else ''}",
        type=state,
        ts=scope.ts,
        ts_raw=scope.ts_raw,
        ref_id=external_id,
        sent_by=SentBy.API,
        flags=scope.bad_time,
        extra=facts,
    )


def _presence(scope: Scope) -> Iterator[InboundEvent]:
    yield _about(scope, EventKind.PRESENCE, text(scope.given.get("status")))


def _connected(scope: Scope) -> Iterator[InboundEvent]:
    yield _about(scope, EventKind.CONNECTION, "connected")


def _disconnected(scope: Scope) -> Iterator[InboundEvent]:
    yield _about(scope, EventKind.CONNECTION, DISCONNECTED, {"error": text(scope.given.get("error"))})


def _account_event(scope: Scope) -> Iterator[InboundEvent]:
    yield _about(scope, EventKind.ACCOUNT_EVENT, identifier(scope.given.get("type")))


def _about(
    scope: Scope, kind: EventKind, name: str | None, extra: Mapping[str, Any] = MappingProxyType({})
) -> InboundEvent:
    return InboundEvent(
        kind=kind,
        raw=scope.raw,
        account=scope.instance,
        senders=_person(scope),
        type=name,
        ts=scope.ts,
        ts_raw=scope.ts_raw,
        flags=scope.bad_time,
        extra=dict(extra),
    )


def _invalid(scope: Scope, flag: str) -> InboundEvent:
    return InboundEvent(
        EventKind.INVALID, scope.raw, scope.instance, senders=_person(scope), flags=(*scope.bad_time, flag)
    )


def _person(scope: Scope) -> tuple[SenderId, ...]:
    found = sender_of(identifier(scope.given.get("phone")) or "")
    return () if found is None else (found,)


_TYPES: Final[Mapping[str, Callable[[Scope], Iterator[InboundEvent]]]] = MappingProxyType(
    {
        "receivedcallback": _received,
        "messagestatuscallback": _statuses,
        "deliverycallback": _delivery,
        "presencechatcallback": _presence,
        "connectedcallback": _connected,
        "disconnectedcallback": _disconnected,
    }
)
