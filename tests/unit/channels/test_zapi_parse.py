"""What the Z-API parser makes of single shapes, beyond what the fixtures show."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.zapi_envelope import read_delivery
from core.domain.errors import BadRequest
from core.domain.events import EventKind, IdentityKind, InboundEvent, SenderId
from tests.unit.channels.zapi_api import ANA, ANA_LID, INSTANCE, received

_OI = {"text": {"message": "oi"}}


def _only(body: bytes) -> InboundEvent:
    [event] = read_delivery(body)
    return event


def _of(**more: Any) -> InboundEvent:
    return _only(received(**more))


def test_an_event_keeps_the_bytes_that_came() -> None:
    """A delivery is one event, stored as it was."""
    body = received(**_OI)
    assert body == _only(body).raw


def test_the_account_is_the_instance() -> None:
    """The instance's id routes the event; one without it goes nowhere."""
    assert [_of(**_OI).account, _of(instanceId=None, **_OI).account] == [INSTANCE, None]


@pytest.mark.parametrize("given", [1790000000000, 1790000000, "1790000000000", "1790000000", 1790000000.0])
def test_the_time_is_told_by_its_size(given: float | str) -> None:
    """Milliseconds or seconds, as a number or as digits."""
    assert datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC) == _of(momment=given, **_OI).ts


@pytest.mark.parametrize("given", ["", "soon", -5, 12, 1790000000000000, "١٢٣", True, {}, 1e40])
def test_an_implausible_time_is_flagged(given: object) -> None:
    """What cannot be the time of a message is no time, and says so."""
    event = _of(momment=given, **_OI)
    assert (event.ts, event.flags) == (None, ("bad_timestamp",))


def test_the_lid_comes_before_the_phone() -> None:
    """The name that lasts is the first, and neither is made of the other."""
    lid, phone = SenderId(IdentityKind.LID, ANA_LID), SenderId(IdentityKind.PHONE, ANA)
    assert (lid, phone) == _of(**_OI).senders


def test_a_lid_in_the_place_of_a_phone_is_no_phone() -> None:
    """A person whose number nobody knows has one name."""
    assert (SenderId(IdentityKind.LID, ANA_LID),) == _of(phone=ANA_LID, **_OI).senders


@pytest.mark.parametrize(("mine", "name"), [(False, "Ana"), (True, "Ana Prado")])
def test_the_contacts_name_depends_on_who_wrote(*, mine: bool, name: str) -> None:
    """In an echo ``senderName`` is the business."""
    assert name == _of(fromMe=mine, chatName="Ana Prado", **_OI).sender_name


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({}, EventKind.INBOUND_MESSAGE),
        ({"fromMe": True}, EventKind.OUTBOUND_HUMAN_ECHO),
        ({"fromMe": True, "fromApi": True}, EventKind.OUTBOUND_ECHO),
        ({"fromMe": True, "fromApi": None}, EventKind.OUTBOUND_HUMAN_ECHO),
        ({"fromApi": True}, EventKind.INBOUND_MESSAGE),
        ({"isEdit": True}, EventKind.INBOUND_EDIT),
        ({"notification": "REVOKE"}, EventKind.INBOUND_DELETE),
        ({"notification": "REVOKE", "fromMe": True}, EventKind.SYSTEM),
        ({"notification": "E2E_ENCRYPTED"}, EventKind.SYSTEM),
    ],
)
def test_who_wrote_and_how_decides(more: dict[str, Any], kind: EventKind) -> None:
    """A lead's words, the owner's on the phone, our own coming back, and what is nobody's words."""
    assert kind is _of(**_OI, **more).kind


def test_the_status_of_an_echo_is_not_a_lead_writing() -> None:
    """``RECEIVED`` stands also on what the business sent."""
    assert _of(fromMe=True, status="RECEIVED", **_OI).kind is EventKind.OUTBOUND_HUMAN_ECHO


def test_a_placeholder_does_not_take_its_contents_place() -> None:
    """Both have one id, and the content is still a message of its own."""
    for content in (_of(**_OI), _of(somethingNew={})):
        waiting = _of(waitingMessage=True)
        assert (waiting.kind, waiting.type) == (EventKind.INBOUND_UNSUPPORTED, "waiting_message")
        assert waiting.external_id == content.external_id
        assert (waiting.kind, waiting.variant) != (content.kind, content.variant)


def test_a_placeholder_of_the_phone_is_the_owners() -> None:
    """That he typed is known before what."""
    waiting = _of(waitingMessage=True, fromMe=True)
    assert (waiting.kind, waiting.type) == (EventKind.OUTBOUND_HUMAN_ECHO, "waiting_message")


def test_content_counts_whatever_the_placeholder_mark_says() -> None:
    """Words that are there are read."""
    assert _of(waitingMessage=True, **_OI).text == "oi"


def test_editions_are_told_apart() -> None:
    """Two edits of one message are two events."""
    first, second = (_of(isEdit=True, momment=at, **_OI) for at in (1790000001000, 1790000002000))
    assert first.external_id == second.external_id
    assert first.variant != second.variant


def test_reactions_are_told_apart() -> None:
    """Giving, taking back and giving again are three events."""
    given = [("👍", 1790000001000), ("", 1790000002000), ("👍", 1790000003000)]
    events = [_of(messageId="3EB0R", momment=at, reaction={"value": value}) for value, at in given]
    assert len({event.variant for event in events}) == 3


def test_an_advertisement_is_kept_whole() -> None:
    """The ad's id and the click's id are different things, and both stay."""
    event = _of(externalAdReply={"sourceType": "ad", "sourceId": "120", "ctwaClid": "AR", "title": "t"}, **_OI)
    assert event.referral == {"source_type": "ad", "source_id": "120", "ctwa_clid": "AR", "headline": "t"}


@pytest.mark.parametrize(
    ("more", "flag"),
    [
        ({"isGroup": True, "phone": "120363-group", "participantPhone": ANA}, "group"),
        ({"phone": "5511987650001-1600000000", "participantPhone": ANA}, "group"),
        ({"isNewsletter": True, "phone": "120363@newsletter"}, "newsletter"),
        ({"phone": "120363@newsletter"}, "newsletter"),
        ({"broadcast": True}, "broadcast"),
        ({"phone": "status@broadcast", "participantPhone": ANA}, "broadcast"),
    ],
)
@pytest.mark.parametrize("content", [_OI, {"reaction": {"value": "👍"}}, {"fromMe": True, **_OI}, {"hologram": {}}])
def test_a_crowd_is_flagged(more: dict[str, Any], flag: str, content: dict[str, Any]) -> None:
    """Whatever comes from where no lead is alone with the business says so."""
    assert flag in _of(**more, **content).flags


def test_a_reply_to_our_status_is_a_lead_writing() -> None:
    """It comes to the business alone."""
    event = _of(isStatusReply=True, **_OI)
    assert (event.kind, event.flags) == (EventKind.INBOUND_MESSAGE, ("status_reply",))


def _status(**more: Any) -> list[InboundEvent]:
    given = {"type": "MessageStatusCallback", "instanceId": INSTANCE, "phone": ANA, "ids": ["3EB0B"], **more}
    return read_delivery(json.dumps(given).encode())


@pytest.mark.parametrize(
    ("given", "ours"),
    [
        ("SENT", "sent"),
        ("RECEIVED", "delivered"),
        ("READ", "read"),
        ("PLAYED", "played"),
        ("FAILED", "failed"),
        ("READ_BY_ME", "read_by_me"),
        ("received", "delivered"),
        ("NOVEL", "novel"),
    ],
)
def test_statuses_have_one_vocabulary(given: str, ours: str) -> None:
    """What we read ourselves is no status of the lead's."""
    assert [ours] == [event.type for event in _status(status=given)]


def test_each_status_has_its_own_bytes() -> None:
    """Of several ids each makes an event that holds no other."""
    first, second = _status(status="READ", ids=["3EB0B", "3EB0C"], secret="x")
    assert (b"3EB0C" in first.raw, b"3EB0B" in second.raw, b"secret" in first.raw) == (False, False, False)


def test_too_many_statuses_are_refused() -> None:
    """A delivery that multiplies itself is an attack."""
    with pytest.raises(BadRequest):
        _status(status="READ", ids=[str(number) for number in range(20_001)])


def test_a_failed_delivery_tells_why() -> None:
    """Z-API's code where it gives one, else its words, without the number that these may hold."""
    body = {"type": "DeliveryCallback", "instanceId": INSTANCE, "phone": ANA, "messageId": "3EB0B"}
    told = [{"error": "restricted", "errorCode": "SHADOW_BAN"}, {"error": f"no account at {ANA}"}]
    events = [_only(json.dumps({**body, **more}).encode()) for more in told]
    assert [event.extra["error_codes"] for event in events] == [["SHADOW_BAN"], ["no account at …"]]


def test_an_account_event_is_kept() -> None:
    """A type that Z-API has yet to invent is stored."""
    event = _only(json.dumps({"type": "NovelCallback", "instanceId": INSTANCE}).encode())
    assert (event.kind, event.type, event.account) == (EventKind.ACCOUNT_EVENT, "NovelCallback", INSTANCE)
