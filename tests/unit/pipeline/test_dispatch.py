"""What one worker has under way: timers, turns, sends, and how they end."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.domain.ports import ConversationRef
from core.services.fitting import Fitting
from core.services.sealing import Sealer
from core.services.sends import Sends, SendTimes
from core.services.turn_state import Claim, Committed, NotNow
from core.services.turns import Turns
from pipeline.deliver import Deliverer
from pipeline.dispatch import RETRY_SECONDS, Dispatch
from pipeline.prompt import PromptBuilder
from pipeline.sweeper import Sweeper
from pipeline.turn import TurnRunner
from tests.fakes import ManualClock, RecordedJobs, ScriptedModel

TENANT = UUID(int=1)


async def eventually(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until the condition holds; fails at the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition never held"
        await asyncio.sleep(0.002)


def ref(tenant: UUID = TENANT) -> ConversationRef:
    """Another conversation."""
    return ConversationRef(tenant, uuid4())


class FakeTurns(Turns):
    """Gives every claim, unless told otherwise, and notes what is given back."""

    def __init__(self) -> None:
        super().__init__(15.0, Fitting({}))
        self.claims: list[ConversationRef] = []
        self.answers: list[NotNow | Exception] = []
        self.given_back: list[tuple[UUID, float]] = []
        self.lost: set[UUID] = set()
        self.due: list[ConversationRef] = []
        self.renewals = 0

    async def claim(self, ref: ConversationRef) -> Claim | NotNow:
        """The next scripted answer, else the claim."""
        self.claims.append(ref)
        await asyncio.sleep(0)
        answer = self.answers.pop(0) if self.answers else Claim(ref, 1, 2)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def renew(self, claims: Sequence[Claim]) -> set[UUID]:
        """All but the lost ones."""
        self.renewals += 1
        return {claim.ref.conversation_id for claim in claims} - self.lost

    async def give_back(self, claim: Claim, after: float) -> None:
        """Noted."""
        self.given_back.append((claim.ref.conversation_id, after))

    async def overdue(self, older_than: float, limit: int) -> list[ConversationRef]:
        """What the test says is due."""
        assert older_than >= 0
        return self.due[:limit]


class FakeRunner(TurnRunner):
    """Runs until the gate opens, or does what it is told."""

    def __init__(self, turns: Turns) -> None:
        prompts = PromptBuilder(b"key", bytes)
        super().__init__(turns, ScriptedModel(), prompts, RecordedJobs(), ManualClock(), attempts=5)
        self.gate = asyncio.Event()
        self.running: Counter[UUID] = Counter()
        self.most: Counter[UUID] = Counter()
        self.done: list[UUID] = []
        self.error: Exception | None = None
        self.written = False
        self.sent_here: bool | None = None

    async def run(
        self,
        claim: Claim,
        *,
        committed: Callable[[], None] = lambda: None,
        sending: Callable[[ConversationRef], bool] = lambda _: False,
    ) -> Committed | None:
        """One turn."""
        tenant = claim.ref.tenant_id
        if self.written:
            committed()
        self.running[tenant] += 1
        self.most[tenant] = max(self.most[tenant], self.running[tenant])
        try:
            await self.gate.wait()
            if self.error is not None:
                raise self.error
        finally:
            self.running[tenant] -= 1
        committed()
        self.sent_here = sending(claim.ref)
        self.done.append(claim.ref.conversation_id)
        return None


class FakeSends(Sends):
    """Nothing is ever due here."""

    def __init__(self) -> None:
        super().__init__(Sealer([bytes(32)]), SendTimes(1, 1, 1))
        self.abandoned = 0

    async def due(self, older_than: float, limit: int) -> list[ConversationRef]:
        """Nothing."""
        assert older_than + limit > 0
        return []

    async def mark_abandoned(self, limit: int = 500) -> int:
        """Counted; fails the first time, as a database does that is away."""
        assert limit
        self.abandoned += 1
        if self.abandoned == 1:
            raise ConnectionError
        return 0


class FakeDeliverer(Deliverer):
    """Counts its runs; each waits for the gate."""

    def __init__(self) -> None:
        super().__init__(FakeSends(), {}, ManualClock(), lambda: 0.5)
        self.gate = asyncio.Event()
        self.runs = 0
        self.at_once = 0
        self.most_at_once = 0
        self.error: Exception | None = None

    async def run(self, ref: ConversationRef) -> None:
        """One look at what is queued."""
        assert isinstance(ref.conversation_id, UUID)
        self.runs += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.gate.wait()
            if self.error is not None:
                raise self.error
        finally:
            self.at_once -= 1


class Bench:
    """A dispatch over fakes."""

    def __init__(self, places: int = 4) -> None:
        self.turns = FakeTurns()
        self.runner = FakeRunner(self.turns)
        self.deliverer = FakeDeliverer()
        self.dispatch = Dispatch(self.turns, self.runner, self.deliverer, places=places, lease=15.0)


@pytest.fixture
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Four places unless a test wants another number; what is left running is stopped."""
    made = Bench(getattr(request, "param", 4))
    yield made
    made.runner.gate.set()
    made.deliverer.gate.set()
    await made.dispatch.stop(5.0)


async def test_one_timer_a_conversation(bench: Bench) -> None:
    """However often it is nudged, a conversation is claimed once."""
    due = ref()
    for _ in range(10):
        bench.dispatch.turn(due, 0.01)
    await eventually(lambda: bench.runner.running[TENANT])
    assert bench.turns.claims == [due]


async def test_a_nudge_for_a_running_turn_is_not_needed(bench: Bench) -> None:
    """While it runs the turn looks after itself."""
    due = ref()
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: bench.runner.running[TENANT])
    bench.dispatch.turn(due, 0.0)
    await asyncio.sleep(0.02)
    assert len(bench.turns.claims) == 1


async def test_who_comes_too_early_comes_again(bench: Bench) -> None:
    """The lead went on writing: the timer waits for what is left."""
    bench.turns.answers = [NotNow(0.02), NotNow(0.02)]
    bench.dispatch.turn(ref(), 0.0)
    await eventually(lambda: bench.runner.running[TENANT])
    assert len(bench.turns.claims) == 3


async def test_nothing_due_ends_the_timer(bench: Bench) -> None:
    """What somebody else has is left to him, and its place is free."""
    bench.turns.answers = [NotNow(None)]
    bench.dispatch.turn(ref(), 0.0)
    await eventually(lambda: len(bench.turns.claims) == 1)
    await eventually(lambda: bench.dispatch.free == 4)


async def test_a_turn_far_off_is_left_to_the_sweeper(bench: Bench) -> None:
    """No timer waits for long."""
    bench.turns.answers = [NotNow(3600.0)]
    due = ref()
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: len(bench.turns.claims) == 1)
    await asyncio.sleep(0.01)
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: len(bench.turns.claims) == 2)


async def test_a_claim_that_fails_frees_its_place(bench: Bench) -> None:
    """The database was away: the timer ends, and the next nudge tries again."""
    bench.turns.answers = [ConnectionError()]
    due = ref()
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: len(bench.turns.claims) == 1)
    await eventually(lambda: bench.dispatch.free == 4)
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: bench.runner.running[TENANT])


@pytest.mark.parametrize("bench", [10], indirect=True)
async def test_one_tenant_leaves_room_for_the_others(bench: Bench) -> None:
    """A tenant with many due turns takes no more than four fifths of the places, and others take the rest."""
    other = UUID(int=2)
    for _ in range(20):
        bench.dispatch.turn(ref(), 0.0)
    await eventually(lambda: bench.runner.running[TENANT] == 8)
    for _ in range(20):
        bench.dispatch.turn(ref(other), 0.0)
    await eventually(lambda: bench.runner.running[other] == 2)
    assert (bench.runner.most[TENANT], bench.dispatch.free) == (8, 0)


async def test_no_more_than_its_places(bench: Bench) -> None:
    """However many tenants nudge at once."""
    for number in range(20):
        bench.dispatch.turn(ref(UUID(int=number)), 0.0)
    await eventually(lambda: bench.runner.running.total() == 4)
    await asyncio.sleep(0.01)
    assert bench.runner.running.total() == 4


async def test_an_ended_turn_frees_its_place(bench: Bench) -> None:
    """And its conversation may have the next."""
    due = ref()
    bench.runner.gate.set()
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: bench.runner.done == [due.conversation_id])
    await eventually(lambda: bench.dispatch.free == 4)
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: len(bench.runner.done) == 2)


async def test_a_turn_that_breaks_is_given_back_later(bench: Bench) -> None:
    """Two seconds an attempt later; the process goes on."""
    due = ref()
    bench.runner.error = ZeroDivisionError()
    bench.runner.gate.set()
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: bench.turns.given_back)
    assert bench.turns.given_back == [(due.conversation_id, RETRY_SECONDS * 2)]
    await eventually(lambda: bench.dispatch.free == 4)


async def test_a_lost_lease_ends_the_turn(bench: Bench) -> None:
    """What went to another worker is stopped here; what is still ours goes on."""
    lost, kept = ref(), ref()
    for due in (lost, kept):
        bench.dispatch.turn(due, 0.0)
    await eventually(lambda: bench.runner.running[TENANT] == 2)
    bench.turns.lost = {lost.conversation_id}
    await bench.dispatch.renew_leases()
    await eventually(lambda: bench.runner.running[TENANT] == 1)
    bench.runner.gate.set()
    await eventually(lambda: bench.runner.done == [kept.conversation_id])


async def test_stopping_finishes_what_runs(bench: Bench) -> None:
    """No turn is cut; nothing new begins."""
    due = ref()
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: bench.runner.running[TENANT])
    stopping = asyncio.create_task(bench.dispatch.stop(5.0))
    await asyncio.sleep(0)
    bench.dispatch.turn(ref(), 0.0)
    bench.dispatch.send(ref())
    bench.runner.gate.set()
    await stopping
    assert (bench.runner.done, len(bench.turns.claims), bench.deliverer.runs) == ([due.conversation_id], 1, 0)


async def test_stopping_drops_timers(bench: Bench) -> None:
    """What waits stands in PostgreSQL: nobody waits for it."""
    bench.dispatch.turn(ref(), 15.0)
    async with asyncio.timeout(1):
        await bench.dispatch.stop(5.0)
    assert bench.turns.claims == []


async def test_who_does_not_finish_in_time_is_cut_and_given_back(bench: Bench) -> None:
    """After the grace the turn is somebody else's, at once."""
    due = ref()
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: bench.runner.running[TENANT])
    await bench.dispatch.stop(0.01)
    assert bench.turns.given_back == [(due.conversation_id, 0.0)]


async def test_a_claim_that_comes_with_the_stop_is_given_back(bench: Bench) -> None:
    """Claimed in the very moment of stopping: not begun, and not kept."""
    due = ref()
    claiming = asyncio.create_task(bench.dispatch._try_claim(due))
    await eventually(lambda: bench.turns.claims)
    await bench.dispatch.stop(1.0)
    await claiming
    assert (bench.runner.running.total(), bench.dispatch.free) == (0, 4)
    assert bench.turns.given_back == [(due.conversation_id, 0.0)]


async def test_one_sender_a_conversation(bench: Bench) -> None:
    """Nudges that come while we send make us look once more, not at the same time."""
    due = ref()
    for _ in range(5):
        bench.dispatch.send(due)
    await eventually(lambda: bench.deliverer.runs == 1)
    bench.deliverer.gate.set()
    await eventually(lambda: bench.deliverer.runs == 2)
    await asyncio.sleep(0.01)
    assert (bench.deliverer.runs, bench.deliverer.most_at_once) == (2, 1)


async def test_sending_that_breaks_may_be_tried_again(bench: Bench) -> None:
    """The next nudge finds the conversation free."""
    due = ref()
    bench.deliverer.gate.set()
    bench.deliverer.error = ZeroDivisionError()
    bench.dispatch.send(due)
    await eventually(lambda: bench.deliverer.runs == 1)
    await asyncio.sleep(0.01)
    bench.deliverer.error = None
    bench.dispatch.send(due)
    await eventually(lambda: bench.deliverer.runs == 2)


async def test_stopping_finishes_what_is_being_sent(bench: Bench) -> None:
    """A call to the provider is let to its end."""
    bench.dispatch.send(ref())
    await eventually(lambda: bench.deliverer.runs == 1)
    stopping = asyncio.create_task(bench.dispatch.stop(5.0))
    await asyncio.sleep(0.01)
    assert not stopping.done()
    bench.deliverer.gate.set()
    await stopping


async def test_the_sweeper_starts_what_is_overdue(bench: Bench) -> None:
    """No more than there are places for."""
    bench.turns.due = [ref(uuid4()) for _ in range(9)]
    sends = FakeSends()
    sends.abandoned = 1
    await Sweeper(bench.turns, sends, bench.dispatch, lease=15.0).sweep()
    await eventually(lambda: bench.runner.running.total() == 4)
    assert bench.turns.claims == bench.turns.due[:4]


async def test_the_sweeper_outlives_a_database_that_is_away(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep that fails is logged, and the next comes; the end is prompt."""
    monkeypatch.setattr("pipeline.sweeper.EVERY", 0.01)
    sends, finish, ended = FakeSends(), asyncio.Event(), asyncio.Event()
    running: asyncio.Task[Any] = asyncio.create_task(
        Sweeper(bench.turns, sends, bench.dispatch, lease=0.03).run(finish, ended)
    )
    await eventually(lambda: sends.abandoned >= 3)
    for event in (finish, ended):
        event.set()
    async with asyncio.timeout(1):
        await running


async def test_leases_are_renewed_until_the_last_turn_ended(bench: Bench) -> None:
    """While the worker stops its turns still run, and still are its own."""
    bench.dispatch.turn(ref(), 0.0)
    await eventually(lambda: bench.runner.running[TENANT])
    finish, ended = asyncio.Event(), asyncio.Event()
    finish.set()
    running = asyncio.create_task(Sweeper(bench.turns, FakeSends(), bench.dispatch, lease=0.03).run(finish, ended))
    await eventually(lambda: bench.turns.renewals >= 3)
    ended.set()
    async with asyncio.timeout(1):
        await running


async def test_a_committed_turn_is_not_ended_by_its_lease(bench: Bench) -> None:
    """Its lease is gone because it is written: what is left of it is telling others."""
    bench.runner.written = True
    due = ref()
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: bench.runner.running[TENANT])
    bench.turns.lost = {due.conversation_id}
    await bench.dispatch.renew_leases()
    bench.runner.gate.set()
    await eventually(lambda: bench.runner.done)


async def test_a_nudge_that_comes_while_sending_looks_once_more(bench: Bench) -> None:
    """Whenever it comes, also at the very end."""
    conversation = ref()
    bench.dispatch.send(conversation)
    bench.dispatch.send(conversation)
    bench.deliverer.gate.set()
    await eventually(lambda: bench.deliverer.runs == 2)


async def test_what_a_turn_wrote_is_sent_by_its_own_process(bench: Bench) -> None:
    """Without a way through the queue."""
    bench.runner.gate.set()
    bench.dispatch.turn(ref(), 0.0)
    await eventually(lambda: bench.deliverer.runs == 1)
    assert bench.runner.sent_here is True


async def test_a_process_that_stops_leaves_sending_to_others(bench: Bench) -> None:
    """What its last turns wrote is for the queue to tell."""
    bench.dispatch.turn(ref(), 0.0)
    await eventually(lambda: bench.runner.running[TENANT])
    stopping = asyncio.create_task(bench.dispatch.stop(5.0))
    await asyncio.sleep(0)
    bench.runner.gate.set()
    await stopping
    assert (bench.runner.sent_here, bench.deliverer.runs) == (False, 0)
