"""How the business stands: what it has, and what runs for it by the clock."""

from collections.abc import Sequence

from pydantic import AwareDatetime

from core.domain.errors import Forbidden
from core.services.health import JobState, health
from miniapp.api.operation import ApiModel, Call, Nothing, Operation


class JobOfBusiness(ApiModel):
    """One job. ``at``: when it ran, should have run, or will, as ``state`` tells."""

    job: str
    state: JobState
    at: AwareDatetime


class LogOfDeeds(ApiModel):
    """When it was looked through last, and the first entry that did not fit, if one did not."""

    looked_at: AwareDatetime | None
    broken_at: int | None


class BusinessHealth(ApiModel):
    """All of it. ``stopped``: channel accounts that their providers refuse; ``failures``: what was given up and is open."""

    suspended: bool
    ai_paused: bool
    channels: int
    stopped: int
    failures: int
    log: LogOfDeeds
    jobs: Sequence[JobOfBusiness]


class HealthDesk:
    """The operation."""

    def operations(self) -> Sequence[Operation]:
        """It alone."""
        return (
            Operation(
                "health", "GET", "/health", "How the business stands.", self._health,
                answer=BusinessHealth, refusals=(Forbidden,),
            ),
        )  # fmt: skip

    async def _health(self, call: Call[Nothing, Nothing]) -> BusinessHealth:
        return BusinessHealth.model_validate(await health(call.actor), from_attributes=True)
