"""A lead waits for anybody of the team: who is told of it, when, and what is done when nobody comes."""

import math
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from itertools import pairwise

from core.domain.open_time import after_open
from core.domain.tenant import HandOffRules, TenantProfile


class WaitingAction(StrEnum):
    """What becomes of a lead for whom nobody came in the tenant's time."""

    AI = "ai"
    """The AI apologises and goes on."""
    MESSAGE = "message"
    """He is told that he is not forgotten, and goes on waiting."""
    NOTHING = "nothing"
    """He goes on waiting."""


class Rung(IntEnum):
    """What happens while a lead waits, each once, in this order."""

    REMINDER = 1
    """The team is told again."""
    ESCALATION = 2
    """Those who lead it are told."""
    FALLBACK = 3
    """The tenant's choice happens."""


@dataclass(frozen=True, slots=True)
class DueRung:
    """What comes next, and when."""

    rung: Rung
    at: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait of a lead's. ``climbed``: the last rung that lies behind it, 0 for none."""

    since: datetime
    until: datetime | None
    """When the tenant's choice is due; ``None``: never."""
    climbed: int = 0

    def woken(self, at: datetime | None, tenant: TenantProfile) -> "Wait":
        """The same wait, in which the conversation slept until ``at``: what that time hid has its time anew."""
        if at is None or at <= self.since:
            return self
        again = after_open(tenant, at, tenant.settings.hand_off.waiting_minutes)
        until = None if self.until is None or again is None else max(self.until, again)
        return replace(self, since=at, until=until)

    def after(self, rung: Rung) -> "Wait":
        """The same wait once this has happened."""
        return replace(self, climbed=rung, until=None if rung is Rung.FALLBACK else self.until)

    def for_ever(self) -> "Wait":
        """The same wait, at whose end nothing can be done."""
        return replace(self, until=None)

    def next_rung(self, tenant: TenantProfile) -> DueRung | None:
        """The earliest rung above those that lie behind; ``None``: nothing happens any more.

        What is due at the same moment happens in the order of the rungs. A rung that a later one has overtaken (its
        time was set longer) does not happen: who leads the team is told, so the team needs no reminder.
        """
        rules = tenant.settings.hand_off
        moments = {
            Rung.REMINDER: _told_at(tenant, self.since, rules.reminder_minutes),
            Rung.ESCALATION: _told_at(tenant, self.since, rules.escalation_minutes),
            Rung.FALLBACK: self.until,
        }
        ahead = [DueRung(rung, at) for rung, at in moments.items() if at is not None and rung > self.climbed]
        return min(ahead, key=lambda due: (due.at, due.rung), default=None)


def waiting_action(tenant: TenantProfile) -> WaitingAction:
    """The tenant's choice; one that this release does not know counts as not set."""
    chosen = tenant.settings.hand_off.waiting_action
    return WaitingAction(chosen) if chosen in set(WaitingAction) else WaitingAction.AI


def minutes_to_fallback(tenant: TenantProfile, since: datetime) -> int | None:
    """So many minutes of everybody's clock the tenant's open time lasts from then on; ``None``: it never ends."""
    until = after_open(tenant, since, tenant.settings.hand_off.waiting_minutes)
    return None if until is None else math.ceil((until - since).total_seconds() / 60)


def out_of_order(rules: HandOffRules) -> str:
    """Which of the times comes too late for its place in the order, by its setting's name; nothing when none does."""
    times = [("reminder_minutes", rules.reminder_minutes), ("escalation_minutes", rules.escalation_minutes)]
    wanted = [(name, minutes) for name, minutes in times if minutes > 0] + [("waiting_minutes", rules.waiting_minutes)]
    return next((name for (name, minutes), (_, then) in pairwise(wanted) if minutes >= then), "")


def _told_at(tenant: TenantProfile, since: datetime, minutes: int) -> datetime | None:
    return after_open(tenant, since, minutes) if minutes > 0 else None
