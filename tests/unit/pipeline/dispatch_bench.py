"""A dispatch over turns, runs and sends that a test steers."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

from core.domain.ports import ConversationRef
from core.services.fitting import Fitting
from core.services.sealing import Sealer
from core.services.sends import Sends, SendTimes
from core.services.turn_state import Claim, Committed, NotNow
from core.services.turns import Turns
from pipeline.deliver import Deliverer
from pipeline.dispatch import Dispatch
from pipeline.prompt import PromptBuilder
from pipeline.turn import TurnRunner
from tests.fakes import ManualClock, RecordedJobs, ScriptedModel
from tests.patience import PATIENCE

TENANT = UUID(int=1)


async def eventually(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
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
