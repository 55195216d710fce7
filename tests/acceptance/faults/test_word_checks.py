"""The checks about what members say, on histories made by hand: what becomes of each word, and who sees it."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from tests.acceptance.faults.chats import Shown, Word, word_token
from tests.acceptance.faults.checker import check
from tests.acceptance.faults.dump import Dump
from tests.acceptance.faults.healthy import WHO, accepted, answer, healthy_dump, healthy_history
from tests.acceptance.faults.history import History
from tests.acceptance.faults.load import Who
from tests.acceptance.faults.team import forum_of, mates_of

_SAID = uuid4()
_CHAT, _NUMBER = mates_of(0)[0].id, 77


def _word() -> Word:
    return Word(word_token(WHO, 1), _CHAT, _NUMBER, 6.0)


def _with_a_word(**more: Any) -> tuple[History, Dump]:
    """A member said a word; the lead has it and its writer sees so."""
    history, dump, word = healthy_history(), healthy_dump(), _word()
    history.chats.words[word.token] = word
    history.chats.reactions[_CHAT, _NUMBER] = "👌"
    history.accepted.append(replace(accepted(_SAID, 7.0), text=word.token))
    said = {"author": "attendant", "purpose": "attendant", "turn_id": None, "status": "delivered", "text": word.token}
    return history, replace(dump, messages=(*dump.messages, answer(4, _SAID, **{**said, **more})))


def test_a_word_that_arrived_is_no_violation() -> None:
    """Once, in order, with its tick."""
    verdict = check(*_with_a_word())

    assert (verdict.violations, verdict.words, verdict.words_in_doubt, verdict.longest_way) == ((), 1, 0, 1.0)


def test_a_word_that_never_became_a_message_is_found() -> None:
    """Telegram had it, and nothing came of it."""
    history, _ = _with_a_word()
    del history.accepted[-1]

    assert check(history, healthy_dump()).of("W")


def test_a_word_that_never_left_is_found() -> None:
    """It is written down as delivered, and no provider ever had it."""
    history, dump = _with_a_word()
    del history.accepted[-1]

    assert check(history, dump).of("W")


def test_a_word_that_was_said_twice_is_found() -> None:
    """By two messages of ours, each sent once."""
    history, dump = _with_a_word()
    again = uuid4()
    history.accepted.append(replace(accepted(again, 8.0), text=_word().token))
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
    second, token = uuid4(), word_token(WHO, 2)
    history.chats.words[token] = Word(token, _CHAT, _NUMBER + 1, 6.5)
    history.chats.reactions[_CHAT, _NUMBER + 1] = "👌"
    history.accepted.insert(-1, replace(accepted(second, 6.9), text=token))
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
    history = healthy_history()
    history.chats.shown.append(Shown(forum_of(1), 5, f"👤 oi {WHO.token(1)}", None, 3.0))

    assert [violation.invariant for violation in check(history, healthy_dump()).violations] == ["T"]
