"""Who may do what with a conversation as it stands."""

from uuid import uuid4

import pytest

from core.domain.actor import Actor
from core.domain.conversation import ConversationStatus, Role
from core.domain.errors import AlreadyTaken, Conflict, NotOwner
from core.domain.turn_taking import Act, Standing, refusal

ME, COLLEAGUE = uuid4(), uuid4()
ANA, MEL = (Actor(uuid4(), ME, role) for role in (Role.ATTENDANT, Role.MANAGER))
MINE = Standing(ConversationStatus.HUMAN, ME, "Ana")
THEIRS = Standing(ConversationStatus.HUMAN, COLLEAGUE, "Bia")
ON_THE_PHONE = Standing(ConversationStatus.HUMAN, None, "")


def _may(actor: Actor, standing: Standing) -> set[Act]:
    return {act for act in Act if refusal(act, actor, standing) is None}


def test_what_one_has_oneself_is_ones_own() -> None:
    """Everything may be done with it."""
    assert _may(ANA, MINE) == set(Act)


def test_what_a_colleague_has_is_his() -> None:
    """Anybody may leave a note; whoever leads the team decides about it, but neither takes it nor speaks in it."""
    assert _may(ANA, THEIRS) == {Act.NOTE}
    assert _may(MEL, THEIRS) == {Act.NOTE, Act.GIVE_BACK, Act.CLOSE, Act.TRANSFER, Act.SNOOZE}


def test_what_is_on_the_phone_is_anybodys_but_to_write() -> None:
    """Nobody of the team has it: whoever wants to write takes it first."""
    assert _may(ANA, ON_THE_PHONE) == set(Act) - {Act.WRITE, Act.SNOOZE}


@pytest.mark.parametrize(
    ("status", "may"),
    [
        (ConversationStatus.AI, {Act.TAKE, Act.CLOSE, Act.NOTE}),
        (ConversationStatus.WAITING_HUMAN, {Act.TAKE, Act.GIVE_BACK, Act.CLOSE, Act.NOTE}),
        (ConversationStatus.CLOSED, {Act.NOTE}),
    ],
)
def test_what_nobody_has_depends_on_how_it_stands(status: ConversationStatus, may: set[Act]) -> None:
    """The AI's is not given back, and what is closed is over."""
    assert _may(ANA, Standing(status, None, "")) == may


@pytest.mark.parametrize(("act", "error"), [(Act.TAKE, AlreadyTaken), (Act.WRITE, NotOwner), (Act.CLOSE, NotOwner)])
def test_who_comes_late_is_told_who_has_it(act: Act, error: type[AlreadyTaken | NotOwner]) -> None:
    """By name."""
    refused = refusal(act, ANA, THEIRS)
    assert isinstance(refused, error)
    assert refused.holder == "Bia"


def test_a_closed_one_is_closed_before_it_is_somebodys() -> None:
    """That is what keeps whoever writes there from writing."""
    closed = refusal(Act.WRITE, ANA, Standing(ConversationStatus.CLOSED, None, ""))
    assert type(closed) is Conflict


def test_what_nobody_has_only_those_who_lead_put_to_sleep() -> None:
    """A lead of everybody's is not for one attendant to let wait."""
    waits = Standing(ConversationStatus.WAITING_HUMAN, None, "")
    assert [Act.SNOOZE in _may(one, waits) for one in (ANA, MEL)] == [False, True]
