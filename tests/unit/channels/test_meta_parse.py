"""What the WhatsApp parser makes of single shapes, beyond what the fixtures show."""

import dataclasses
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.meta_envelope import read_delivery
from core.domain.errors import BadRequest
from core.domain.events import EventKind, IdentityKind, InboundEvent, SenderId
from tests.unit.channels.deliveries import ACCOUNT, ANA, ANA_BSUID, BUSINESS, delivery, message


def _only(body: bytes) -> InboundEvent:
    [event] = read_delivery(body)
    return event


def _of(given: dict[str, Any], *contacts: dict[str, Any]) -> InboundEvent:
    return _only(delivery(contacts=list(contacts), messages=[given]))


def _card(**ids: str) -> dict[str, Any]:
    return {"profile": {"name": "Ana"}, **ids}


def test_a_single_event_keeps_the_bytes_that_came() -> None:
    """A delivery of one event is stored as it was signed."""
    body = delivery(messages=[message()])
    assert body == _only(body).raw


def test_a_slice_gives_its_event_again() -> None:
    """Each event of a batch, nested parts included, is whole in its own bytes."""
    standby = {"contacts": [_card(wa_id=ANA)], "messages": [message()], "message_echoes": [message(to=ANA)]}
    history = [{"metadata": {"phase": 0}, "threads": [{"id": ANA, "messages": [message(), message(id="wamid.B=")]}]}]
    for body in (delivery("standby", standby=standby), delivery("history", history=history)):
        for event in read_delivery(body):
            assert event == dataclasses.replace(_only(event.raw), raw=event.raw)


def test_a_slice_holds_nobody_else() -> None:
    """No other lead's words or card are in an event's bytes."""
    cards = [_card(wa_id=ANA), {"profile": {"name": "Davi"}, "wa_id": "5521987650002"}]
    other = message(id="wamid.B=", text={"body": "segredo"}, **{"from": "5521987650002"})
    first, _ = read_delivery(delivery(contacts=cards, messages=[message(), other]))
    assert not any(word in first.raw for word in (b"Davi", b"segredo", b"5521987650002"))


def test_account_and_business_are_told() -> None:
    """The phone number id routes the event; the business account's id stands beside it."""
    event = _of(message())
    assert (event.account, event.business) == (ACCOUNT, BUSINESS)


def test_the_time_is_utc() -> None:
    """Seconds in a string become an aware time."""
    assert datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC) == _of(message()).ts


@pytest.mark.parametrize("given", ["", "soon", "-5", "12", "1790000000000", "١٢٣٤٥٦٧٨٩٠", None, True, {}, 1e40])
def test_an_implausible_time_is_flagged(given: object) -> None:
    """What cannot be the time of a message is no time, and says so."""
    event = _of(message(timestamp=given))
    assert (event.ts, event.flags) == (None, ("bad_timestamp",))


def test_the_bsuid_comes_before_the_phone() -> None:
    """The name that outlives a change of number is the first."""
    event = _of(message(from_user_id=ANA_BSUID), _card(wa_id=ANA, user_id=ANA_BSUID))
    assert (SenderId(IdentityKind.BSUID, ANA_BSUID), SenderId(IdentityKind.PHONE, ANA)) == event.senders


def test_a_bsuid_in_the_place_of_a_phone_is_no_phone() -> None:
    """What ``from`` holds is named for what it is."""
    assert (SenderId(IdentityKind.BSUID, ANA_BSUID),) == _of(message(**{"from": ANA_BSUID})).senders


def test_the_parent_id_is_kept_aside() -> None:
    """A portfolio-wide id is told, but names no lead."""
    event = _of(message(from_parent_user_id="BR.ENT.1"))
    assert ((SenderId(IdentityKind.PHONE, ANA),), "BR.ENT.1") == (event.senders, event.extra["parent_user_id"])


def test_a_lone_card_of_another_bsuid_is_not_the_senders() -> None:
    """Two different BSUIDs are two people, however lonely the card."""
    event = _of(message(from_user_id=ANA_BSUID), _card(wa_id="5521987650002", user_id="BR.99"))
    assert (event.sender_name, len(event.senders)) == (None, 2)


def test_a_lone_card_beside_two_senders_is_nobody_elses() -> None:
    """A card goes to its own person only, when there are several."""
    other = message(id="wamid.B=", **{"from": "5521987650002"})
    events = read_delivery(delivery(contacts=[_card(wa_id=ANA)], messages=[message(), other]))
    assert [event.sender_name for event in events] == ["Ana", None]


def test_the_first_of_several_cards_is_not_taken_for_want_of_a_better() -> None:
    """Where no card is the sender's, none is given, however the list is ordered."""
    event = _of(message(), _card(wa_id="5521987650002"), _card(wa_id="5521987650003"))
    assert (event.sender_name, len(event.senders)) == (None, 1)


def test_cards_match_across_the_ninth_digit() -> None:
    """Among several cards, the older spelling of a Brazilian number finds its card."""
    cards = [{"profile": {"name": "Davi"}, "wa_id": "5521987650002"}, _card(wa_id="551187650001")]
    assert _of(message(), *cards).sender_name == "Ana"


def test_text_fits_postgresql() -> None:
    """NUL goes, lone surrogates are replaced; the raw bytes keep both, escaped."""
    body = delivery(messages=[message(text={"body": "a\x00b\ud800c"})])
    event = _only(body)
    assert (event.text, b"\\u0000" in event.raw and b"\\ud800" in event.raw) == ("ab\ufffdc", True)


def test_a_slice_with_a_lone_surrogate_keeps_it_escaped() -> None:
    """Also when the event is written again."""
    first, _ = read_delivery(delivery(messages=[message(text={"body": "\ud800"}), message(id="wamid.B=")]))
    assert b"\\ud800" in first.raw


def test_a_reaction_is_told_apart_by_time_and_emoji() -> None:
    """Reacting, taking it back and reacting again are three events of one message."""
    given = [("❤️", "1790000000"), ("", "1790000001"), ("❤️", "1790000002")]
    events = [
        _of(message("reaction", reaction={"message_id": "wamid.O=", "emoji": emoji}, timestamp=time))
        for emoji, time in given
    ]
    assert (len({e.variant for e in events}), [e.extra["emoji"] for e in events]) == (3, ["❤️", None, "❤️"])


def test_a_status_carries_our_own_id_back() -> None:
    """What we gave Meta when sending comes back as ``callback``."""
    status = {"id": "wamid.O=", "status": "sent", "recipient_id": ANA, "biz_opaque_callback_data": "0197-ours"}
    event = _only(delivery(statuses=[status]))
    assert ("0197-ours", f"sent:{ANA}") == (event.callback, event.variant)


def test_group_statuses_are_told_apart_by_member() -> None:
    """Two members' statuses of one message have different keys."""
    shared = {"id": "wamid.O=", "status": "read", "recipient_id": "grp", "recipient_type": "group"}
    events = read_delivery(
        delivery(statuses=[{**shared, "recipient_participant_id": f"551198765000{n}"} for n in "12"])
    )
    assert len({event.variant for event in events}) == 2


def test_a_failed_status_says_what_to_do() -> None:
    """The class of the error is the one that sending would have raised."""
    error = {"code": 131047, "title": "Re-engagement", "error_data": {"details": "to +55 11 98765-0001 late"}}
    event = _only(delivery(statuses=[{"id": "w", "status": "failed", "recipient_id": ANA, "errors": [error]}]))
    assert (event.extra["error_class"], event.extra["error_detail"]) == ("send_needs_template", "to … late")


def test_a_status_without_id_is_invalid() -> None:
    """A status of no message changes none."""
    assert EventKind.INVALID is _only(delivery(statuses=[{"status": "sent", "recipient_id": ANA}])).kind


def test_an_echo_speaks_of_the_person_written_to() -> None:
    """The business wrote; the conversation is the user's."""
    event = _only(delivery("smb_message_echoes", message_echoes=[message(to=ANA, **{"from": "551140000001"})]))
    expected = (EventKind.OUTBOUND_HUMAN_ECHO, (SenderId(IdentityKind.PHONE, ANA),))
    assert expected == (event.kind, event.senders)


def test_an_echo_in_standby_is_the_agents() -> None:
    """Meta's own agent wrote: no human, no message of ours."""
    echo = {"id": "wamid.E=", "timestamp": "1790000000", "message": {"to": ANA, "type": "text", "text": {"body": "x"}}}
    event = _only(delivery("standby", standby={"message_echoes": [echo]}))
    assert (event.kind, event.text, event.extra["direction"]) == (EventKind.STANDBY_MESSAGE, "x", "outbound")


def test_a_change_of_number_names_old_and_new() -> None:
    """The ids are sorted by kind, and an id in the place of a phone is none."""
    system = {"type": "user_changed_number", "wa_id": "BR.77", "user_id": "BR.77", "previous_user_id": ANA_BSUID}
    event = _of(message("system", system=system))
    assert (
        event.extra["new_ids"],
        event.extra["previous_ids"],
    ) == ([{"kind": "bsuid", "value": "BR.77"}], [{"kind": "bsuid", "value": ANA_BSUID}])


def test_a_group_never_looks_like_a_lead() -> None:
    """Whatever comes from a group is of a kind that is ignored."""
    kinds = {_of(message(kind, group_id="g", **{kind: {}})).kind for kind in ("text", "reaction", "edit", "revoke")}
    assert kinds == {EventKind.INBOUND_MESSAGE_GROUP, EventKind.INBOUND_UNSUPPORTED_GROUP}


def test_an_endless_id_is_no_id() -> None:
    """An id that no index would take makes the message unusable, not the database."""
    event = _of(message(id="w" * 5000))
    assert (event.kind, event.external_id, event.flags) == (EventKind.INVALID, None, ("no_id",))


def test_a_thousand_messages_are_read() -> None:
    """The largest batch that Meta sends is read whole."""
    assert len(read_delivery(delivery(messages=[message(id=f"wamid.{n}") for n in range(1000)]))) == 1000


def test_a_delivery_that_blows_up_is_refused() -> None:
    """Many tiny items beside something large to repeat do not fill the memory."""
    metadata = {"phone_number_id": ACCOUNT, "padding": "x" * 1_000_000}
    with pytest.raises(BadRequest):
        read_delivery(delivery(metadata=metadata, messages=[{}] * 1000))


def test_deep_nesting_in_a_batch_is_a_bad_request() -> None:
    """What cannot be written again is refused rather than half kept."""
    body = json.dumps({"entry": [{"changes": [{"value": {"messages": [{}, "DEEP"]}}]}]})
    with pytest.raises(BadRequest):
        read_delivery(body.replace('"DEEP"', "[" * 1010 + "]" * 1010).encode())
