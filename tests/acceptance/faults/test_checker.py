"""The checker on histories made by hand: silent on a healthy one, and on each fault it names the invariant."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.acceptance.faults.checker import Verdict, check
from tests.acceptance.faults.dump import ConversationRow, Dump, TurnRow
from tests.acceptance.faults.healthy import (
    ANSWER,
    TALK,
    TURN,
    accepted,
    answer,
    asked,
    healthy_dump,
    healthy_history,
    message,
)
from tests.acceptance.faults.history import History
from tests.acceptance.faults.servers import SHOPS

Change = Callable[[History, Dump], Dump]


def _stored_twice(_: History, dump: Dump) -> Dump:
    twice = message(4, uuid4(), external_id="wamid.1", text="oi")
    return replace(dump, messages=(*dump.messages, twice))


def _never_stored(_: History, dump: Dump) -> Dump:
    return replace(dump, raw_copies={"wamid.1": 1})


def _forgotten(history: History, dump: Dump) -> Dump:
    history.accepted.clear()
    return dump


def _human_by_nobody(_: History, dump: Dump) -> Dump:
    return replace(_unanswered(dump), conversations=_with(dump, status="human"))


def _accepted_twice(history: History, dump: Dump) -> Dump:
    history.accepted.append(accepted(ANSWER, 6.0))
    return dump


def _answered_twice(_: History, dump: Dump) -> Dump:
    return replace(dump, turns=(*dump.turns, TurnRow(uuid4(), TALK, 1, 2, 0, "answered", "question")))


def _sent_unwritten(history: History, dump: Dump) -> Dump:
    history.accepted.append(accepted(uuid4(), 6.0))
    return dump


def _out_of_order(history: History, dump: Dump) -> Dump:
    later = uuid4()
    history.accepted.insert(0, accepted(later, 4.5))
    return replace(dump, messages=(*dump.messages, answer(4, later, purpose="transition")))


def _half_context(history: History, dump: Dump) -> Dump:
    history.asked[:] = [asked(1)]
    return dump


def _newer_ignored(history: History, dump: Dump) -> Dump:
    history.asked[:] = [asked(1)]
    return replace(dump, turns=(TurnRow(TURN, TALK, 1, 1, 0, "answered", "question"),))


def _two_at_once(history: History, dump: Dump) -> Dump:
    history.asked.append(asked(1, 2, at=3.5))
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


def _unanswered(dump: Dump) -> Dump:
    return replace(dump, messages=dump.messages[:2], turns=())


def _with(dump: Dump, **more: Any) -> dict[UUID, ConversationRow]:
    return {TALK: replace(dump.conversations[TALK], **more)}


def _verdict(change: Change | None = None) -> Verdict:
    history, dump = healthy_history(), healthy_dump()
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
        ("L", _human_by_nobody),
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


@pytest.mark.parametrize("how", ["handed over", "answered on the phone"])
def test_a_person_who_has_the_lead_is_an_end(how: str) -> None:
    """Whoever was handed him, or answered him of his own accord, has him."""
    history, dump = healthy_history(), _unanswered(healthy_dump())
    history.accepted.clear()
    if how == "handed over":
        dump = replace(dump, conversations=_with(dump, status="human", hand_offs=("intent",)))
    else:
        said = answer(3, uuid4(), author="attendant", purpose="attendant", turn_id=None)
        dump = replace(dump, conversations=_with(dump, status="human"), messages=(*dump.messages, said))

    assert dict(check(history, dump).fates) == {"handed_off": 2}
