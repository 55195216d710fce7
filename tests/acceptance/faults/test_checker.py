"""The checker on histories made by hand: silent on a healthy one, and on each fault it names the invariant."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.taps import ConversationTap, Verb
from tests.acceptance.faults.chats import Shown, Tapped, Toast, Word, word_token
from tests.acceptance.faults.checker import Verdict, check
from tests.acceptance.faults.dump import ConversationRow, Dump, MessageRow, TurnRow
from tests.acceptance.faults.history import Accepted, Asked, Echo, History, Wrote
from tests.acceptance.faults.load import Who
from tests.acceptance.faults.servers import SHOPS
from tests.acceptance.faults.team import forum_of, mates_of

_SHOP = SHOPS[0]
_WHO = Who(1, 0, 1)
_TALK, _TURN, _ANSWER = uuid4(), uuid4(), uuid4()


def _message(seq: int, message_id: UUID, **more: Any) -> MessageRow:
    row = MessageRow(
        id=message_id, conversation_id=_TALK, seq=seq, direction="in", author="lead", purpose=None, bubble=0, status="received",
        text=f"oi {_WHO.token(seq)}", external_id=f"wamid.{seq}", turn_id=None, error_code=None, slug=_SHOP.slug,
        phone=_WHO.phone, number_id=_SHOP.number_id, one_tenant=True,
    )  # fmt: skip
    return replace(row, **more)


def _answer(seq: int, message_id: UUID, **more: Any) -> MessageRow:
    given = {
        "direction": "out",
        "author": "ai",
        "purpose": "answer",
        "status": "sent",
        "text": "olá",
        "turn_id": _TURN,
        **more,
    }
    return _message(seq, message_id, external_id=f"wamid.out{seq}", **given)


def _dump() -> Dump:
    """Two messages, one turn over both, one answer."""
    conversation = ConversationRow(
        id=_TALK, status="ai", answered_seq=2, inbound_seq=2, context_from_seq=0, due=False, slug=_SHOP.slug, phone=_WHO.phone,
        number_id=_SHOP.number_id, hand_offs=(),
    )  # fmt: skip
    return Dump(
        messages=(_message(1, uuid4()), _message(2, uuid4()), _answer(3, _ANSWER)),
        turns=(TurnRow(_TURN, _TALK, 1, 2, 0, "answered", "question"),),
        conversations={_TALK: conversation},
        raw_copies={"wamid.1": 1, "wamid.2": 1},
        dead_letters=frozenset(),
    )


def _accepted(message_id: UUID, at: float = 5.0) -> Accepted:
    return Accepted(int(at * 10), at, str(message_id), _SHOP.number_id, _WHO.phone, "olá", "wamid.out")


def _asked(*numbers: int, at: float = 3.0) -> Asked:
    tokens = frozenset(_WHO.token(number) for number in numbers)
    return Asked(int(at * 10), at, f"request-{at}", "system", tokens, frozenset(), "", decision=True)


def _history() -> History:
    """The same two messages, seen by the provider and the model."""
    wrote = {f"wamid.{n}": Wrote(f"wamid.{n}", _SHOP.number_id, _WHO.phone, _WHO.token(n), float(n)) for n in (1, 2)}
    return History(
        wrote=wrote,
        acked={"wamid.1": 1.1, "wamid.2": 2.1},
        accepted=[_accepted(_ANSWER)],
        asked=[_asked(1, 2)],
        ended={"request-3.0": 4.0},
        systems={"system": f"business {_SHOP.mark}"},
    )


Change = Callable[[History, Dump], Dump]


def _stored_twice(_: History, dump: Dump) -> Dump:
    twice = _message(4, uuid4(), external_id="wamid.1", text="oi")
    return replace(dump, messages=(*dump.messages, twice))


def _never_stored(_: History, dump: Dump) -> Dump:
    return replace(dump, raw_copies={"wamid.1": 1})


def _forgotten(history: History, dump: Dump) -> Dump:
    history.accepted.clear()
    return dump


def _accepted_twice(history: History, dump: Dump) -> Dump:
    history.accepted.append(_accepted(_ANSWER, 6.0))
    return dump


def _answered_twice(_: History, dump: Dump) -> Dump:
    return replace(dump, turns=(*dump.turns, TurnRow(uuid4(), _TALK, 1, 2, 0, "answered", "question")))


def _sent_unwritten(history: History, dump: Dump) -> Dump:
    history.accepted.append(_accepted(uuid4(), 6.0))
    return dump


def _out_of_order(history: History, dump: Dump) -> Dump:
    later = uuid4()
    history.accepted.insert(0, _accepted(later, 4.5))
    return replace(dump, messages=(*dump.messages, _answer(4, later, purpose="transition")))


def _half_context(history: History, dump: Dump) -> Dump:
    history.asked[:] = [_asked(1)]
    return dump


def _newer_ignored(history: History, dump: Dump) -> Dump:
    history.asked[:] = [_asked(1)]
    return replace(dump, turns=(TurnRow(_TURN, _TALK, 1, 1, 0, "answered", "question"),))


def _two_at_once(history: History, dump: Dump) -> Dump:
    history.asked.append(_asked(1, 2, at=3.5))
    return dump


def _mixed_prompt(history: History, dump: Dump) -> Dump:
    history.systems["system"] = f"business {SHOPS[1].mark}"
    return dump


def _mixed_send(history: History, dump: Dump) -> Dump:
    history.accepted[0] = replace(history.accepted[0], number_id=SHOPS[1].number_id)
    return dump


def _mixed_row(_: History, dump: Dump) -> Dump:
    first, *rest = dump.messages
    return replace(dump, messages=(replace(first, one_tenant=False), *rest))


def _verdict(change: Change | None = None) -> Verdict:
    history, dump = _history(), _dump()
    return check(history, change(history, dump) if change else dump, one_at_a_time=True)


def test_a_healthy_history_has_no_violation() -> None:
    """Both messages answered, once, in time."""
    verdict = _verdict()

    assert (verdict.violations, dict(verdict.fates), verdict.longest_delay) == ((), {"answered": 2}, 4.0)


@pytest.mark.parametrize(
    ("invariant", "change"),
    [
        ("L", _stored_twice),
        ("L", _never_stored),
        ("L", _forgotten),
        ("D", _accepted_twice),
        ("D", _answered_twice),
        ("D", _sent_unwritten),
        ("O", _out_of_order),
        ("O", _half_context),
        ("O", _newer_ignored),
        ("O", _two_at_once),
        ("T", _mixed_prompt),
        ("T", _mixed_send),
        ("T", _mixed_row),
    ],
)
def test_each_fault_is_found(invariant: str, change: Change) -> None:
    """One thing wrong, and the invariant that it breaks is named."""
    assert _verdict(change).of(invariant)


def _taken(history: History, toast: str, *, at: float) -> None:
    """Somebody tapped to take the conversation, and was answered at that moment."""
    tap = ConversationTap.about(Verb.TAKE, uuid4(), _TALK)
    history.chats.tapped["tap"] = Tapped(mates_of(0)[0].id, tap.pack(), at - 0.5)
    history.chats.toasts["tap"] = Toast(toast, at)


_HIS = "A conversa é sua: escreva e vai para o lead."
_NEARLY_HIS = "A conversa é sua. Uma última mensagem da IA ainda pode chegar ao lead."


def test_an_ai_message_after_a_take_over_is_found() -> None:
    """A person knew that the conversation was his when the answer left."""
    history = _history()
    _taken(history, _HIS, at=4.5)

    assert [violation.invariant for violation in check(history, _dump()).violations] == ["H"]


def test_a_take_over_that_was_given_back_binds_nobody() -> None:
    """He had given it back by then."""
    history = _history()
    _taken(history, _HIS, at=4.0)
    tap = ConversationTap.about(Verb.RETURN, uuid4(), _TALK)
    history.chats.tapped["back"] = Tapped(mates_of(0)[0].id, tap.pack(), 4.5)
    history.chats.toasts["back"] = Toast("A IA continua daqui.", 4.6)

    assert check(history, _dump()).violations == ()


def test_a_last_word_that_was_announced_is_counted_apart() -> None:
    """The message was with the provider already when he was told that one may still come."""
    history = _history()
    history.received[str(_ANSWER)] = 4.0
    _taken(history, _NEARLY_HIS, at=4.5)
    verdict = check(history, _dump())

    assert (verdict.violations, verdict.last_words, dict(verdict.take_overs)) == ((), 1, {"one may still come": 1})


def test_a_message_that_began_after_the_announcement_is_found() -> None:
    """One may still come: this one was not on its way yet."""
    history = _history()
    history.received[str(_ANSWER)] = 4.9
    _taken(history, _NEARLY_HIS, at=4.5)

    assert [violation.invariant for violation in check(history, _dump()).violations] == ["H"]


@pytest.mark.parametrize(("received", "found"), [(5.0, []), (30.0, ["H"])])
def test_who_writes_on_the_phone_hears_what_was_on_its_way(received: float, found: list[str]) -> None:
    """What had been claimed by then may come; what begins long afterwards may not."""
    history = _history()
    history.received[str(_ANSWER)] = received
    history.accepted = [_accepted(_ANSWER, received)]
    history.echoes["wamid.echo"] = Echo(_SHOP.number_id, _WHO.phone, 4.0)
    history.acked["wamid.echo"] = 4.5

    assert [violation.invariant for violation in check(history, _dump()).violations] == found


_SAID = uuid4()
_CHAT, _NUMBER = mates_of(0)[0].id, 77


def _word() -> Word:
    return Word(word_token(_WHO, 1), _CHAT, _NUMBER, 6.0)


def _with_a_word(**more: Any) -> tuple[History, Dump]:
    """A member said a word; the lead has it and its writer sees so."""
    history, dump, word = _history(), _dump(), _word()
    history.chats.words[word.token] = word
    history.chats.reactions[_CHAT, _NUMBER] = "👌"
    history.accepted.append(replace(_accepted(_SAID, 7.0), text=word.token))
    said = {"author": "attendant", "purpose": "attendant", "turn_id": None, "status": "delivered", "text": word.token}
    return history, replace(dump, messages=(*dump.messages, _answer(4, _SAID, **{**said, **more})))


def test_a_word_that_arrived_is_no_violation() -> None:
    """Once, in order, with its tick."""
    verdict = check(*_with_a_word())

    assert (verdict.violations, verdict.words, verdict.words_in_doubt, verdict.longest_way) == ((), 1, 0, 1.0)


def test_a_word_that_never_became_a_message_is_found() -> None:
    """Telegram had it, and nothing came of it."""
    history, _ = _with_a_word()
    del history.accepted[-1]

    assert check(history, _dump()).of("W")


def test_a_word_that_never_left_is_found() -> None:
    """It is written down as delivered, and no provider ever had it."""
    history, dump = _with_a_word()
    del history.accepted[-1]

    assert check(history, dump).of("W")


def test_a_word_that_was_said_twice_is_found() -> None:
    """By two messages of ours, each sent once."""
    history, dump = _with_a_word()
    again = uuid4()
    history.accepted.append(replace(_accepted(again, 8.0), text=_word().token))
    rows = [replace(row, id=again, seq=5) for row in dump.messages if row.id == _SAID]

    assert check(history, replace(dump, messages=(*dump.messages, *rows))).of("W")


def test_a_word_that_went_to_another_lead_is_found() -> None:
    """Somebody else read it."""
    history, dump = _with_a_word()
    history.accepted[-1] = replace(history.accepted[-1], lead=Who(1, 0, 2).phone)

    assert check(history, dump).of("W")


def test_words_in_the_wrong_order_are_found() -> None:
    """The second was read before the first."""
    history, dump = _with_a_word()
    second, token = uuid4(), word_token(_WHO, 2)
    history.chats.words[token] = Word(token, _CHAT, _NUMBER + 1, 6.5)
    history.chats.reactions[_CHAT, _NUMBER + 1] = "👌"
    history.accepted.insert(-1, replace(_accepted(second, 6.9), text=token))
    rows = [replace(row, id=second, seq=3, text=token) for row in dump.messages if row.id == _SAID]

    assert check(history, replace(dump, messages=(*dump.messages, *rows))).of("W")


def test_a_word_without_its_tick_is_found() -> None:
    """The lead has it, and its writer is not shown so."""
    history, dump = _with_a_word()
    history.chats.reactions.clear()

    assert check(history, dump).of("W")


@pytest.mark.parametrize(("reply_to", "found"), [(_NUMBER, 0), (_NUMBER + 1, 1)])
def test_a_word_in_doubt_is_told_of_where_it_stands(reply_to: int, found: int) -> None:
    """Nobody knows whether the lead has it: its writer is told under his own message."""
    history, dump = _with_a_word(status="failed", error_code="sender_gone")
    history.chats.reactions[_CHAT, _NUMBER] = "💔"
    history.chats.shown.append(Shown(_CHAT, 90, "💔 Sua mensagem para Ana não foi entregue: …", reply_to, 9.0))
    verdict = check(history, dump)

    assert (len(verdict.violations), verdict.words_in_doubt) == (found, 1)


def test_a_word_that_was_refused_is_found() -> None:
    """Nothing was wrong with it, or with the provider."""
    history, dump = _with_a_word(status="failed", error_code="131026")
    history.chats.reactions[_CHAT, _NUMBER] = "💔"
    history.chats.shown.append(Shown(_CHAT, 90, "💔 Sua mensagem para Ana não foi entregue: …", _NUMBER, 9.0))

    assert check(history, dump).of("W")


def test_what_another_team_is_shown_is_found() -> None:
    """A card of this shop's lead stands in the group of another's."""
    history = _history()
    history.chats.shown.append(Shown(forum_of(1), 5, f"👤 oi {_WHO.token(1)}", None, 3.0))

    assert [violation.invariant for violation in check(history, _dump()).violations] == ["T"]
