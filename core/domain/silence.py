"""A lead waits for whoever has his conversation: when the team is told, and when something is done about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.open_time import after_open
from core.domain.tenant import TenantProfile


class SilentAction(StrEnum):
    """What becomes of a conversation whose holder stays silent after the team was told."""

    ALERT = "alert"
    """Nothing more: it stays his."""
    RELEASE = "release"
    """It is nobody's and waits for anybody."""
    AI = "ai"
    """The AI goes on."""


def chosen_action(tenant: TenantProfile) -> SilentAction:
    """The tenant's choice; one that this release does not know counts as not set."""
    chosen = tenant.settings.hand_off.silent_action
    return SilentAction(chosen) if chosen in set(SilentAction) else SilentAction.ALERT


@dataclass(frozen=True, slots=True)
class Silence:
    """The lead's words that nobody of the team has answered, and what the team was told of them."""

    first_at: datetime
    last_at: datetime
    held_since: datetime | None
    """When whoever has it came to have it: before that he could not answer."""
    told_at: datetime | None
    """When the team was told last, of this silence or of an earlier one."""

    @property
    def told(self) -> bool:
        """Whether the team was told of this very silence."""
        return self.told_at is not None and self.told_at >= self._held(self.first_at)

    def to_be_told_at(self, tenant: TenantProfile) -> datetime | None:
        """When it has lasted too long: counted from the lead's last word.

        A lead who writes again and again does not put it off for ever: twice that time after his first word is enough.
        """
        patience = tenant.settings.hand_off.silent_minutes
        moments = [
            after_open(tenant, self._held(self.last_at), patience),
            after_open(tenant, self._held(self.first_at), 2 * patience),
        ]
        return min((moment for moment in moments if moment is not None), default=None)

    def to_be_ended_at(self, tenant: TenantProfile) -> datetime | None:
        """When the tenant's choice is due: as long again after the team was told. ``None``: never, or not yet told."""
        if not self.told or self.told_at is None or chosen_action(tenant) is SilentAction.ALERT:
            return None
        return after_open(tenant, self.told_at, tenant.settings.hand_off.silent_minutes)

    def _held(self, moment: datetime) -> datetime:
        return max(moment, self.held_since or moment)
