"""The checker on histories made by hand: silent on a healthy one, and on each fault it names the invariant."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.acceptance.faults.checker import Verdict, check
from tests.acceptance.faults.dump import ConversationRow, Dump, MessageRow, TurnRow
from tests.acceptance.faults.history import Accepted, Asked, History, Wrote
from tests.acceptance.faults.load import Who
from tests.acceptance.faults.servers import SHOPS

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


def test_an_ai_message_after_a_take_over_is_found() -> None:
    """A person had the conversation when the answer left."""
    verdict = check(_history(), _dump(), take_overs={_TALK: 4.5})

    assert [violation.invariant for violation in verdict.violations] == ["H"]
