"""A healthy run made by hand: two messages of a lead, one turn over both, one answer."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from tests.acceptance.faults.dump import ConversationRow, Dump, MessageRow, TurnRow
from tests.acceptance.faults.history import Accepted, Asked, History, Wrote
from tests.acceptance.faults.load import Who
from tests.acceptance.faults.servers import SHOPS

SHOP = SHOPS[0]
WHO = Who(1, 0, 1)
TALK, TURN, ANSWER = uuid4(), uuid4(), uuid4()


def message(seq: int, message_id: UUID, **more: Any) -> MessageRow:
    """A message of the lead, by its number."""
    row = MessageRow(
        id=message_id, conversation_id=TALK, seq=seq, direction="in", author="lead", purpose=None, bubble=0, status="received",
        text=f"oi {WHO.token(seq)}", external_id=f"wamid.{seq}", turn_id=None, error_code=None, slug=SHOP.slug,
        phone=WHO.phone, number_id=SHOP.number_id, one_tenant=True,
    )  # fmt: skip
    return replace(row, **more)


def answer(seq: int, message_id: UUID, **more: Any) -> MessageRow:
    """A message of ours."""
    given = {
        "direction": "out",
        "author": "ai",
        "purpose": "answer",
        "status": "sent",
        "text": "olá",
        "turn_id": TURN,
        "external_id": f"wamid.out{seq}",
        **more,
    }
    return message(seq, message_id, **given)


def healthy_dump() -> Dump:
    """Two messages, one turn over both, one answer."""
    conversation = ConversationRow(
        id=TALK, status="ai", answered_seq=2, inbound_seq=2, context_from_seq=0, due=False, slug=SHOP.slug, phone=WHO.phone,
        number_id=SHOP.number_id, hand_offs=(),
    )  # fmt: skip
    return Dump(
        messages=(message(1, uuid4()), message(2, uuid4()), answer(3, ANSWER)),
        turns=(TurnRow(TURN, TALK, 1, 2, 0, "answered", "question"),),
        conversations={TALK: conversation},
        raw_copies={"wamid.1": 1, "wamid.2": 1},
        dead_letters=frozenset(),
    )


def accepted(message_id: UUID, at: float = 5.0) -> Accepted:
    """The provider took it."""
    return Accepted(int(at * 10), at, str(message_id), SHOP.number_id, WHO.phone, "olá", "wamid.out")


def asked(*numbers: int, at: float = 3.0) -> Asked:
    """The model was asked about those messages."""
    tokens = frozenset(WHO.token(number) for number in numbers)
    return Asked(int(at * 10), at, f"request-{at}", "system", tokens, frozenset(), "", decision=True)


def healthy_history() -> History:
    """The same two messages, seen by the provider and the model."""
    wrote = {f"wamid.{n}": Wrote(f"wamid.{n}", SHOP.number_id, WHO.phone, WHO.token(n), float(n)) for n in (1, 2)}
    return History(
        wrote=wrote,
        acked={"wamid.1": 1.1, "wamid.2": 2.1},
        accepted=[accepted(ANSWER)],
        asked=[asked(1, 2)],
        ended={"request-3.0": 4.0},
        systems={"system": f"business {SHOP.mark}"},
    )
