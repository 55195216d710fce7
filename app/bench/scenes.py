"""What a benchmark of turns plays."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

SATURATED: Final = "saturated"
WAITING: Final = "waiting"
PACED: Final = "paced"
_SATURATING: Final = 64
"""Leads who talk at a time when the model takes no time: enough to keep a worker busy."""
_SLOW_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Scene:
    """One load: ``talking`` leads at a time, or ``rate`` messages a second. Times in seconds."""

    name: str
    model: float
    duration: float
    talking: int = 0
    rate: float = 0.0

    @property
    def warmup(self) -> float:
        """Until everybody talks and the second answers are on their way."""
        return 3.0 + 1.5 * self.model

    @property
    def together(self) -> int:
        """Leads who may wait at the same time, with room for slow answers."""
        return 2 * self.talking or int(self.rate * (self.model + _SLOW_SECONDS))

    @property
    def title(self) -> str:
        """In a table's words."""
        load = f"{self.talking} talking" if self.talking else f"{self.rate:g} a second"
        return f"model {self.model * 1000:.0f} ms, {load}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked for. Times in seconds."""

    in_flight: int
    rate: float
    model: float
    duration: float

    def scenes(self, parts: Collection[str]) -> list[Scene]:
        """Those of these parts, in the order in which they are played."""
        every = (
            Scene(SATURATED, 0.0, self.duration, talking=_SATURATING),
            Scene(WAITING, self.model, self.duration, talking=self.in_flight),
            Scene(PACED, self.model, self.duration, rate=self.rate),
        )
        return [scene for scene in every if scene.name in parts]
