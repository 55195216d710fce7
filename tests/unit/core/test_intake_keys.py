"""By what an event is known when it comes again."""

import hashlib
from uuid import UUID

import pytest

from channels.base import Credentials
from core.domain.events import EventKind, IdentityKind, InboundEvent, SenderId
from core.services.accounts import Binding
from core.services.intake import _row

BINDING = Binding(UUID(int=1), UUID(int=2))
CREDENTIALS = Credentials("key", {})
LEAD = (SenderId(IdentityKind.IGSID, "661"),)
BYTES = hashlib.sha256(b"raw").hexdigest()


def _event(kind: EventKind = EventKind.INBOUND_REACTION, **more: str | None) -> InboundEvent:
    return InboundEvent(kind, b"raw", senders=LEAD, **more)  # type: ignore[arg-type] # only texts are given


@pytest.mark.parametrize(
    ("event", "key"),
    [
        (_event(external_id="e", ref_id="m", variant="v"), "e"),
        (_event(ref_id="m", variant="661:react"), "m"),
        (_event(ref_id="m"), BYTES),
        (_event(variant="v"), BYTES),
        (_event(), BYTES),
    ],
)
def test_an_event_is_known_again(event: InboundEvent, key: str) -> None:
    """By its id; without one by the message it is about and its variant; without these by its bytes."""
    row = _row(0, event, BINDING, CREDENTIALS)
    assert (row.external_id, row.variant) == (key, event.variant)


def test_a_message_without_an_id_is_a_message() -> None:
    """A tapped button of Instagram may have none, and is answered all the same."""
    row = _row(0, _event(EventKind.INBOUND_MESSAGE, type="postback", text="Preço?"), BINDING, CREDENTIALS)
    assert (row.part, row.external_id) == ("message", BYTES)


def test_a_message_of_nobody_is_kept_alone() -> None:
    """There is no one to answer."""
    row = _row(0, InboundEvent(EventKind.INBOUND_MESSAGE, b"raw", external_id="e"), BINDING, CREDENTIALS)
    assert row.part == "other"
