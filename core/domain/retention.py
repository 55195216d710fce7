"""What is kept for how long: the classes of data, whose choice each is, and what is due to go at a moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from core.domain.ids import uuid7
from core.domain.tenant import PrivacyRules

SHORTEST_MESSAGE_DAYS: Final = 30
"""A conversation that waits for a weekend and a holiday still has its beginning."""
SHORTEST_LEAD_DAYS: Final = 180
"""Longer than any figure that a business is shown looks back."""
LONGEST_DAYS: Final = 3650


class Sensitive(StrEnum):
    """Data that the law calls sensitive (LGPD, art. 5, II), as a business says of its trade."""

    NONE = "none"
    HEALTH = "health"
    OTHER = "other"


class Kept(StrEnum):
    """A class of data that a tenant's clock takes away. The order is that in which they go."""

    RAW_EVENTS = "raw_events"
    TURNS = "turns"
    SUMMARIES = "summaries"
    SCORE_CHANGES = "score_changes"
    MESSAGES = "messages"
    AI_CALLS = "ai_calls"
    DEAD_LETTERS = "dead_letters"
    INCIDENTS = "incidents"
    SESSIONS = "sessions"
    INVITES = "invites"
    LEADS = "leads"
    AUDIT_LOG = "audit_log"


INSTALLATION_DAYS: Final[Mapping[Kept, int]] = {
    Kept.RAW_EVENTS: 30,
    Kept.AI_CALLS: 400,
    Kept.DEAD_LETTERS: 90,
    Kept.INCIDENTS: 365,
    Kept.SESSIONS: 90,
    Kept.INVITES: 90,
    Kept.AUDIT_LOG: 1825,
}
"""The same for every tenant: the product works by them. Why each is as it is stands in ``docs/privacy.md``."""


@dataclass(frozen=True, slots=True)
class Due:
    """What of a class has to go: all that is older than this."""

    kept: Kept
    before: datetime

    @property
    def floor(self) -> UUID:
        """No row that is younger has an id below it: ids are ordered by time."""
        return UUID(int=uuid7(int(self.before.timestamp() * 1000)).int >> 80 << 80)


def days_of(kept: Kept, rules: PrivacyRules) -> int:
    """How long a tenant with these rules keeps a class."""
    if kept is Kept.LEADS:
        return rules.lead_days
    return INSTALLATION_DAYS.get(kept, rules.message_days)


def due_at(moment: datetime, rules: PrivacyRules) -> tuple[Due, ...]:
    """What is over at that moment, class by class."""
    return tuple(Due(kept, moment - timedelta(days=days_of(kept, rules))) for kept in Kept)
