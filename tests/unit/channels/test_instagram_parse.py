"""What the Instagram parser makes of single shapes, beyond what the fixtures show."""

import dataclasses
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.instagram_envelope import read_delivery
from core.domain.errors import BadRequest
from core.domain.events import EventKind, IdentityKind, InboundEvent, MediaRef, SenderId
from tests.unit.channels.instagram_deliveries import ACCOUNT, LEAD, MID, TIME, delivery, item, message

STORY = {"id": "18100000000000004", "url": "https://lookaside.example/story"}


def _of(given: dict[str, Any], place: str = "messaging") -> InboundEvent:
    [event] = read_delivery(delivery(given, place=place))
    return event


def _attached(*attachments: Any, **more: Any) -> InboundEvent:
    return _of(item(message={"mid": MID, "attachments": list(attachments), **more}))


def test_a_single_event_keeps_the_bytes_that_came() -> None:
    """A delivery of one event is stored as it was signed."""
    body = delivery(message())
    assert body == read_delivery(body)[0].raw


@pytest.mark.parametrize("place", ["messaging", "standby"])
def test_a_slice_gives_its_event_again(place: str) -> None:
    """Each event of a batch is whole in its own bytes."""
    receipts = item(delivery={"mids": ["m_1", "m_2"]})
    for event in read_delivery(delivery(message(), receipts, place=place)):
        [again] = read_delivery(event.raw)
        assert event == dataclasses.replace(again, raw=event.raw)


def test_each_receipt_of_several_messages_stands_alone() -> None:
    """Also where they are all that a delivery holds."""
    events = read_delivery(delivery(item(delivery={"mids": ["m_1", "m_2"]})))
    assert [[again.ref_id for again in read_delivery(event.raw)] for event in events] == [["m_1"], ["m_2"]]


def test_a_slice_holds_nobody_else() -> None:
    """No other lead's words are in an event's bytes."""
    first, _ = read_delivery(delivery(message(), message("6620", text="segredo")))
    assert not any(word in first.raw for word in (b"segredo", b"6620"))


def test_the_lead_is_named_by_a_scoped_id() -> None:
    """It means something at this account alone."""
    assert (SenderId(IdentityKind.IGSID, LEAD),) == _of(message()).senders


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (TIME, 1_790_000_000.123),
        (1_790_000_000, 1_790_000_000),
        ("1790000000", 1_790_000_000),
        ("1790000000123", 1_790_000_000.123),
        ("2026-09-21T14:13:20+0000", 1_790_000_000),
        ("2026-09-21T11:13:20-03:00", 1_790_000_000),
        ("2026-09-21T14:13:20", 1_790_000_000),
    ],
)
def test_a_time_is_read_in_every_form(given: object, seconds: float) -> None:
    """Milliseconds, seconds and a date in words are the same moment."""
    expected = datetime.fromtimestamp(seconds, UTC)
    assert (expected, ()) == ((event := _of({**message(), "timestamp": given})).ts, event.flags)


@pytest.mark.parametrize(
    "given", ["", "soon", 0, -5, 10**17, "9999-12-31T23:59:59-14:00", "١٧", None, True, {}, "9" * 400]
)
def test_an_implausible_time_is_flagged(given: object) -> None:
    """What cannot be the time of a message is no time, and says so."""
    event = _of({**message(), "timestamp": given})
    assert (event.ts, event.flags) == (None, ("bad_timestamp",))


@pytest.mark.parametrize(
    ("attachment", "kind", "media"),
    [
        ({"type": "image", "payload": {"url": "https://x/1"}}, "image", MediaRef(url="https://x/1")),
        ({"type": "ig_reel", "payload": {"reel_video_id": 1}}, "ig_reel", None),
        ({"type": "like_heart"}, "like_heart", None),
        ({"type": "hologram", "payload": "x"}, "hologram", None),
    ],
)
def test_an_attachment_says_what_it_is(attachment: dict[str, Any], kind: str, media: MediaRef | None) -> None:
    """Also where it has no url, and where nobody knows its kind."""
    event = _attached(attachment)
    assert (EventKind.INBOUND_MESSAGE, kind, media) == (event.kind, event.type, event.media)


def test_every_attachment_is_told() -> None:
    """A message may hold several files; the first is its media."""
    event = _attached(*({"type": "image", "payload": {"url": f"https://x/{n}"}} for n in (1, 2)))
    assert event.extra["attachments"] == [
        {"type": "image", "url": "https://x/1"},
        {"type": "image", "url": "https://x/2"},
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"is_unsupported": True, "attachments": []},
        {"is_unsupported": True, "text": "x"},
        {},
        {"text": ""},
        {"attachments": [7]},
    ],
)
def test_what_cannot_be_shown_is_unsupported(given: dict[str, Any]) -> None:
    """It is a message all the same: somebody wrote."""
    assert _of(item(message={"mid": MID, **given})).kind is EventKind.INBOUND_UNSUPPORTED


def test_an_answer_to_a_story_names_the_story() -> None:
    """The story stands beside the lead's words."""
    event = _of(message(reply_to={"story": STORY}))
    assert (event.text, event.extra["story"], event.flags) == ("oi", STORY, ("story_reply",))


def test_an_answer_names_its_message() -> None:
    """What is replied to is the reference."""
    assert _of(message(reply_to={"mid": "m_0"})).ref_id == "m_0"


def test_a_quick_reply_is_the_leads_words() -> None:
    """Its payload stands beside them."""
    event = _of(message(quick_reply={"payload": "DAY_1"}))
    assert (event.kind, event.text, event.extra["quick_reply"]) == (EventKind.INBOUND_MESSAGE, "oi", "DAY_1")


def test_an_advertisement_is_kept_whole() -> None:
    """Where the lead came from goes with the first message."""
    referral = {
        "ref": "r",
        "ad_id": "23",
        "source": "ADS",
        "type": "OPEN_THREAD",
        "ads_context_data": {"ad_title": "T"},
    }
    event = _of(message(referral=referral))
    assert (event.referral, event.flags) == (referral, ("ad_referral",))


def test_a_link_is_no_advertisement() -> None:
    """What brought the lead is kept without that flag."""
    event = _of(message(referral={"ref": "bio", "source": "SHORTLINK"}))
    assert (event.referral, event.flags) == ({"ref": "bio", "source": "SHORTLINK"}, ())


def test_one_message_makes_events_with_different_keys() -> None:
    """Message, edits, reactions, deletion and postback of one mid are told apart by kind and variant."""
    events = read_delivery(
        delivery(
            message(),
            item(postback={"mid": MID, "title": "Ir"}),
            item(message_edit={"mid": MID, "text": "a", "num_edit": 1}),
            item(message_edit={"mid": MID, "text": "b", "num_edit": "2"}),
            item(message={"mid": MID, "is_deleted": True}),
            item(reaction={"mid": MID, "action": "react", "emoji": "❤"}),
            item(reaction={"mid": MID, "action": "unreact"}),
            item(reaction={"mid": MID, "action": "react", "emoji": "😂"}),
        )
    )
    assert len({(event.kind, event.external_id or event.ref_id, event.variant) for event in events}) == len(events)


def test_edit_number_zero_is_a_new_message() -> None:
    """Instagram Login may tell of one without sender and words; it is marked, and nothing is lost of it."""
    [event] = read_delivery(delivery({"timestamp": TIME, "message_edit": {"mid": MID, "num_edit": 0}}))
    assert (event.kind, event.external_id, event.flags) == (EventKind.INBOUND_EDIT, MID, ("new_message",))


@pytest.mark.parametrize(
    ("reaction", "kind"),
    [({"action": "react"}, "react"), ({"emoji": "❤"}, "react"), ({"reaction": "love"}, "react"), ({}, "unreact")],
)
def test_a_reaction_is_set_or_removed(reaction: dict[str, Any], kind: str) -> None:
    """By its action or, without one, by what it holds."""
    assert kind == _of(item(reaction={"mid": MID, **reaction})).type


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ({"message": {"mid": MID, "text": "oi"}}, EventKind.OUTBOUND_ECHO),
        ({"message": {"mid": MID, "text": "oi", "is_echo": True}}, EventKind.OUTBOUND_ECHO),
        ({"message": {"mid": MID, "is_echo": True}}, EventKind.OUTBOUND_ECHO),
        ({"message": {"mid": MID, "is_echo": True, "is_deleted": True}}, EventKind.SYSTEM),
        ({"reaction": {"mid": MID, "action": "react"}}, EventKind.OUTBOUND_REACTION),
        ({"message_edit": {"mid": MID, "num_edit": 1}}, EventKind.SYSTEM),
        ({"read": {"mid": MID}}, EventKind.SYSTEM),
    ],
)
def test_what_the_business_did_is_not_a_leads(what: dict[str, Any], kind: EventKind) -> None:
    """Nothing that the account itself did becomes a lead's word or a receipt; the lead is the other side."""
    event = _of(item(ACCOUNT, LEAD, **what))
    assert (kind, LEAD) == (event.kind, event.chat_id)


@pytest.mark.parametrize(("app", "told"), [(300, "300"), ("300", "300"), (None, None)])
def test_an_echo_names_its_app(app: object, told: str | None) -> None:
    """By it, and by the message's id, whoever knows our app tells our words from a person's."""
    event = _of(message(ACCOUNT, LEAD, is_echo=True, app_id=app, metadata="m"))
    assert {"app_id": told, "metadata": "m"} == event.extra


def test_a_message_to_oneself_is_no_leads() -> None:
    """Or the AI would answer the business's own notes."""
    kinds = [_of(message(side, side, is_self=True)).kind for side in (ACCOUNT, "900")]
    assert kinds == [EventKind.OUTBOUND_ECHO, EventKind.OUTBOUND_ECHO]


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (message(), EventKind.INBOUND_MESSAGE_STANDBY),
        (item(postback={"mid": MID, "title": "Ir"}), EventKind.INBOUND_MESSAGE_STANDBY),
        (message(ACCOUNT, LEAD, is_echo=True), EventKind.OUTBOUND_ECHO),
        (item(read={"mid": MID}), EventKind.STATUS),
    ],
)
def test_standby_is_marked(given: dict[str, Any], kind: EventKind) -> None:
    """While another app has the conversation its messages are no turns."""
    event = _of(given, "standby")
    assert (kind, ("standby",)) == (event.kind, event.flags)


def test_the_account_is_the_entrys() -> None:
    """Another id of the business in the message changes nothing but is told."""
    event = _of(message(recipient="900"))
    assert (event.account, event.flags) == (ACCOUNT, ("recipient_differs_from_entry_id",))


@pytest.mark.parametrize(("sender", "recipient", "echo"), [(LEAD, ACCOUNT, False), (ACCOUNT, LEAD, True)])
def test_without_an_entrys_id_the_message_names_the_account(sender: str, recipient: str, *, echo: bool) -> None:
    """The side of the business."""
    body = json.dumps({"object": "instagram", "entry": [{"messaging": [message(sender, recipient, is_echo=echo)]}]})
    assert read_delivery(body.encode())[0].account == ACCOUNT


def test_the_dashboards_test_is_read_like_a_message() -> None:
    """It comes as a change, its time in a string of seconds."""
    value = {**message("12334", "23245"), "timestamp": "1527459824"}
    event = _of({"field": "messages", "value": value}, "changes")
    assert (event.kind, event.text, "changes_form" in event.flags) == (EventKind.INBOUND_MESSAGE, "oi", True)


def test_a_comment_names_its_author() -> None:
    """It is no message, but whose it is stands there."""
    value = {"id": "1820", "from": {"id": LEAD, "username": "ana"}, "text": "preço?", "media": {"id": "1830"}}
    event = _of({"field": "comments", "value": value}, "changes")
    assert (event.kind, event.external_id, event.username, event.extra) == (
        EventKind.COMMENT_EVENT, "1820", "ana", {"media_id": "1830"},
    )  # fmt: skip


def test_a_consents_token_is_not_told() -> None:
    """With it anybody could write to the lead."""
    optin = {"type": "notification_messages", "payload": "NEWS", "notification_messages_token": "hush"}
    assert "hush" not in str(_of(item(optin=optin)).extra)


@pytest.mark.parametrize("body", [b"", b"{", b"7", b'"x"', b"null"])
def test_what_is_no_delivery_is_a_bad_request(body: bytes) -> None:
    """It answers 400."""
    with pytest.raises(BadRequest):
        read_delivery(body)


@pytest.mark.parametrize("name", ["page", "whatsapp_business_account", None, 7])
def test_another_object_is_kept_as_invalid(name: object) -> None:
    """A Page's or a number's delivery at the wrong address makes nobody's message."""
    [event] = read_delivery(json.dumps({"object": name, "entry": [{"id": ACCOUNT, "messaging": [message()]}]}).encode())
    assert (event.kind, event.account) == (EventKind.INVALID, None)
