"""Whose words an echo holds, to whom they went, and for how much a receipt stands: as far as each provider tells."""

from datetime import UTC, datetime
from typing import Any

import pytest

from channels import instagram_envelope, meta_envelope, zapi_envelope
from core.domain.events import EventKind, IdentityKind, InboundEvent, SenderId, SentBy
from tests.unit.channels import deliveries, instagram_deliveries
from tests.unit.channels.instagram_deliveries import ACCOUNT, LEAD
from tests.unit.channels.zapi_api import ANA, ANA_LID, INSTANCE, received

SEEN_AT = datetime(2026, 9, 21, 14, 13, 20, 123_000, tzinfo=UTC)


def _instagram(given: dict[str, Any], place: str = "messaging") -> InboundEvent:
    [event] = instagram_envelope.read_delivery(instagram_deliveries.delivery(given, place=place))
    return event


def _zapi(body: bytes) -> InboundEvent:
    [event] = zapi_envelope.read_delivery(body)
    return event


def _whatsapp(field: str, **value: Any) -> InboundEvent:
    [event] = meta_envelope.read_delivery(deliveries.delivery(field, **value))
    return event


@pytest.mark.parametrize("place", ["messaging", "standby"])
@pytest.mark.parametrize("marks", [{}, {"app_id": 263902037430900}])
def test_instagram_leaves_open_who_wrote(place: str, marks: dict[str, Any]) -> None:
    """An app's name in an echo is ours, another program's, or that of an inbox in which a person types."""
    event = _instagram(instagram_deliveries.message(ACCOUNT, LEAD, is_echo=True, **marks), place)
    assert (event.kind, event.sent_by, event.lead) == (
        EventKind.OUTBOUND_ECHO, SentBy.UNTOLD, SenderId(IdentityKind.IGSID, LEAD),
    )  # fmt: skip


def test_a_message_to_oneself_has_no_lead() -> None:
    """The business is nobody's lead, and such words are said to nobody."""
    event = _instagram(instagram_deliveries.message(ACCOUNT, ACCOUNT, is_self=True, is_echo=True))
    assert (event.lead, event.sent_by) == (None, None)


def test_what_a_lead_wrote_was_sent_by_no_hand_of_ours() -> None:
    """Only what the business wrote is asked for its author."""
    event = _instagram(instagram_deliveries.message())
    assert (event.sent_by, event.lead) == (None, None)


@pytest.mark.parametrize(("by_api", "expected"), [(True, SentBy.API), (False, SentBy.PERSON), (None, SentBy.PERSON)])
def test_zapi_tells_who_wrote(by_api: object, expected: SentBy) -> None:
    """A program or a hand; what is not marked as a program's was typed."""
    event = _zapi(received(fromMe=True, fromApi=by_api, text={"message": "oi"}))
    assert (event.sent_by, event.senders[0]) == (expected, SenderId(IdentityKind.LID, ANA_LID))


def test_zapi_reports_the_delivery_of_programs_messages_alone() -> None:
    """Other statuses are told of what was typed by hand, too."""
    report = b'{"type":"DeliveryCallback","instanceId":"%s","phone":"%s","messageId":"3EB0"}' % (
        INSTANCE.encode(), ANA.encode(),
    )  # fmt: skip
    status = report.replace(b"DeliveryCallback", b"MessageStatusCallback").replace(
        b'"messageId":"3EB0"', b'"ids":["3EB0"],"status":"RECEIVED"'
    )
    assert [_zapi(body).sent_by for body in (report, status)] == [SentBy.API, None]


def test_the_phone_of_whatsapp_is_a_person() -> None:
    """Where the business writes beside the API, the echo is of its own app."""
    event = _whatsapp("smb_message_echoes", message_echoes=[deliveries.message(to=deliveries.ANA)])
    assert (event.kind, event.sent_by) == (EventKind.OUTBOUND_HUMAN_ECHO, SentBy.PERSON)


def test_an_echo_in_standby_leaves_open_who_wrote() -> None:
    """It lies one level deeper, and is Meta's agent's, a person's or ours."""
    echo = {"id": "wamid.E=", "timestamp": "1790000000", "message": {"to": deliveries.ANA, "type": "text", "text": {}}}
    event = _whatsapp("standby", standby={"message_echoes": [echo]})
    assert (event.kind, event.sent_by) == (EventKind.STANDBY_MESSAGE, SentBy.UNTOLD)
    assert event.senders == (SenderId(IdentityKind.PHONE, deliveries.ANA),)


def test_a_reaction_in_standby_is_no_message() -> None:
    """Meta's agent liked something: that is nobody's word."""
    echo = {"id": "wamid.E=", "message": {"to": deliveries.ANA, "type": "reaction", "reaction": {"emoji": "👍"}}}
    assert _whatsapp("standby", standby={"message_echoes": [echo]}).kind is EventKind.OUTBOUND_REACTION


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        ({"mid": "m_1"}, SEEN_AT),
        ({"watermark": 1_790_000_000_000}, datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        ({"mid": "m_1", "watermark": "x"}, SEEN_AT),
    ],
)
def test_instagram_reads_up_to_a_moment(read: dict[str, Any], expected: datetime) -> None:
    """The watermark, where there is one; else the time of the receipt."""
    assert _instagram(instagram_deliveries.item(read=read)).read_up_to == expected


@pytest.mark.parametrize("given", [{"delivery": {"mids": ["m_1"]}}, {"message": {"mid": "m_1", "text": "oi"}}])
def test_nothing_else_reads_up_to_a_moment(given: dict[str, Any]) -> None:
    """A delivery is of its message, and a message is no receipt."""
    assert _instagram(instagram_deliveries.item(**given)).read_up_to is None


def test_what_the_business_itself_reads_is_no_receipt() -> None:
    """It says nothing of the lead."""
    assert _instagram(instagram_deliveries.item(ACCOUNT, LEAD, read={"mid": "m_1"})).read_up_to is None
