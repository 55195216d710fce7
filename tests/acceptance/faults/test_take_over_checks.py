"""The checks about take-overs, on histories made by hand: what the AI may still say, and what not."""

from dataclasses import replace
from uuid import uuid4

import pytest

from bot.taps import ConversationTap, Verb
from tests.acceptance.faults.chats import Tapped, Toast
from tests.acceptance.faults.checker import check
from tests.acceptance.faults.dump import Dump
from tests.acceptance.faults.healthy import ANSWER, SHOP, TALK, WHO, accepted, answer, healthy_dump, healthy_history
from tests.acceptance.faults.history import Call, Echo, History
from tests.acceptance.faults.team import mates_of


def _taken(history: History, toast: str, *, at: float) -> None:
    """Somebody tapped to take the conversation, and was answered at that moment."""
    tap = ConversationTap.about(Verb.TAKE, uuid4(), TALK)
    history.chats.tapped["tap"] = Tapped(mates_of(0)[0].id, tap.pack(), at - 0.5)
    history.chats.toasts["tap"] = Toast(toast, at)


_HIS = "A conversa é sua: escreva e vai para o lead."
_NEARLY_HIS = "A conversa é sua. Uma última mensagem da IA ainda pode chegar ao lead."


def test_an_ai_message_after_a_take_over_is_found() -> None:
    """A person knew that the conversation was his when the answer left."""
    history = healthy_history()
    _taken(history, _HIS, at=4.5)

    assert [violation.invariant for violation in check(history, healthy_dump()).violations] == ["H"]


def test_a_take_over_that_was_given_back_binds_nobody() -> None:
    """He had given it back by then."""
    history = healthy_history()
    _taken(history, _HIS, at=4.0)
    tap = ConversationTap.about(Verb.RETURN, uuid4(), TALK)
    history.chats.tapped["back"] = Tapped(mates_of(0)[0].id, tap.pack(), 4.5)
    history.chats.toasts["back"] = Toast("A IA continua daqui.", 4.6)

    assert check(history, healthy_dump()).violations == ()


def test_a_return_that_nobody_was_told_of_gives_nothing_back() -> None:
    """He tapped, and whether it is the AI's again nobody said."""
    history = healthy_history()
    _taken(history, _HIS, at=4.0)
    history.chats.tapped["back"] = Tapped(
        mates_of(0)[0].id, ConversationTap.about(Verb.RETURN, uuid4(), TALK).pack(), 4.5
    )

    assert check(history, healthy_dump()).of("H")


def test_a_call_that_was_tried_again_is_remembered() -> None:
    """Another message was in its first call when he took over, and in its second when the answer began."""
    history, first = _healthy(4.6), uuid4()
    history.calls["first"] = Call(str(first), 4.0, 4.55)
    history.calls["again"] = Call(str(first), 5.5, 5.6)
    history.accepted.insert(0, accepted(first, 5.55))
    _taken(history, _NEARLY_HIS, at=4.5)
    dump = healthy_dump()
    rows = (answer(3, first), answer(4, ANSWER, purpose="transition"))
    found = check(history, replace(dump, messages=(*dump.messages[:2], *rows))).violations

    assert "the AI began to speak after a person had taken over (one may still come)" in {one.what for one in found}


def test_a_last_word_that_was_announced_is_counted_apart() -> None:
    """The message was with the provider already when he was told that one may still come."""
    history = healthy_history()
    history.calls["call"] = Call(str(ANSWER), 4.0)
    _taken(history, _NEARLY_HIS, at=4.5)
    verdict = check(history, healthy_dump())

    assert (verdict.violations, verdict.last_words, dict(verdict.take_overs)) == ((), 1, {"one may still come": 1})


@pytest.mark.parametrize(("received", "found"), [(4.6, []), (30.0, ["H"])])
def test_a_message_that_was_claimed_may_begin_a_little_later(received: float, found: list[str]) -> None:
    """One may still come: this one had been claimed, unless it begins long afterwards."""
    history = _healthy(received)
    _taken(history, _NEARLY_HIS, at=4.5)

    assert [violation.invariant for violation in check(history, healthy_dump(), send_lease=10).violations] == found


def test_a_second_message_behind_the_announced_one_is_found() -> None:
    """The provider had one in its hands when he was told that one may still come; this is another."""
    history, first = _healthy(4.6), uuid4()
    history.calls["first"] = Call(str(first), 4.0, 4.55)
    history.accepted.insert(0, accepted(first, 4.1))
    _taken(history, _NEARLY_HIS, at=4.5)
    rows = (answer(3, first), answer(4, ANSWER, purpose="transition"))
    dump = healthy_dump()

    found = check(history, replace(dump, messages=(*dump.messages[:2], *rows))).violations
    assert [violation.invariant for violation in found] == ["H"]


def _healthy(received: float) -> History:
    """The answer's call began then."""
    history = healthy_history()
    history.calls["call"] = Call(str(ANSWER), received)
    history.accepted = [accepted(ANSWER, max(received, 5.0))]
    return history


@pytest.mark.parametrize(("began", "lease", "found"), [(6.9, 4, []), (7.1, 4, ["H"]), (7.1, 10, []), (30.0, 10, ["H"])])
def test_who_writes_on_the_phone_hears_what_was_on_its_way(began: float, lease: float, found: list[str]) -> None:
    """What had been claimed by then may come, within half a lease; what begins later may not."""
    history, dump = _answered_by_phone(began, number=4)

    assert [violation.invariant for violation in check(history, dump, send_lease=lease).violations] == found


@pytest.mark.parametrize("began", [4.4, 4.6])
def test_what_the_ai_wrote_after_the_owner_had_is_found(began: float) -> None:
    """He answered before it did: this was not on its way then, however soon it left, be it before he was acknowledged."""
    history, dump = _answered_by_phone(began, number=3)

    assert {violation.invariant for violation in check(history, dump).violations} == {"H"}


def test_one_last_word_is_all_however_he_took_over() -> None:
    """By phone and by a button: of two messages that had left before he was answered, one was told of."""
    history, dump = _answered_by_phone(4.4, number=5)
    _taken(history, _NEARLY_HIS, at=4.7)
    first = uuid4()
    history.calls["first"] = Call(str(first), 4.4, 4.65)
    history.accepted.insert(0, accepted(first, 4.6))
    rows = (*dump.messages[:2], answer(3, first), answer(4, ANSWER, purpose="transition"), *dump.messages[3:])

    assert {violation.what for violation in check(history, replace(dump, messages=rows)).violations} == {
        "2 last words of the AI"
    }


def _answered_by_phone(began: float, *, number: int) -> tuple[History, Dump]:
    """The owner's answer, acknowledged at 4.5, has this number; the AI's (3, or 4 after that) was in a call from ``began``."""
    history, dump = healthy_history(), healthy_dump()
    history.calls["call"] = Call(str(ANSWER), began)
    history.accepted = [accepted(ANSWER, began + 0.5)]
    history.echoes["wamid.echo"] = Echo(SHOP.number_id, WHO.phone, 4.0)
    history.acked["wamid.echo"] = 4.5
    mine = answer(number, uuid4(), author="attendant", purpose="attendant", turn_id=None, external_id="wamid.echo")
    ours = answer(4 if number == 3 else 3, ANSWER)
    return history, replace(dump, messages=(*dump.messages[:2], ours, mine))
