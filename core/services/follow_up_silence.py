"""What the rules of follow-ups are asked about, as it stands in the database."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from core.domain.conversation import ConversationStatus
from core.domain.follow_up import FollowUpRules, FollowUpStep, Silenced, StepKind, Verdict, rules_of, verdict
from core.domain.follow_up_words import words_for
from core.domain.tenant import TenantProfile
from core.services.tenants import load_profile
from db.tenancy import Scope

_MICROS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Standing:
    """A tenant's rules at one moment."""

    tenant: TenantProfile
    rules: FollowUpRules
    at: datetime

    @property
    def zone(self) -> ZoneInfo:
        """By whose clocks hours and holidays are."""
        return ZoneInfo(self.tenant.timezone)

    def lead(self, row: Mapping[str, Any], window: timedelta | None) -> Silenced:
        """The lead in a row of ``silence_of``; his channel takes free words for so long after his own."""
        settings = self.tenant.settings
        return Silenced(
            status=ConversationStatus(row["status"]),
            stage=row["stage_key"],
            opted_out=row["opted_out"],
            last_word_at=_moment(row["last_word_at"]),
            is_answered=row["is_answered"],
            is_unsent=row["is_unsent"],
            steps_done=row["steps_done"],
            last_step_at=None if row["last_step_at"] is None else _moment(row["last_step_at"]),
            ai_answers=self.tenant.ai_answers,
            over_budget=row["cost_micros"] >= settings.monthly_budget_usd * _MICROS,
            channel_works=row["channel_works"],
            window=window,
        )

    def verdict(self, lead: Silenced) -> Verdict:
        """What is next for him now."""
        return verdict(self.rules, lead, self.zone, self.at)

    def plan(self, lead: Silenced, at: datetime) -> Verdict:
        """What is to be planned for him: whatever may pass until it is due is looked at then."""
        lasting = replace(
            lead, ai_answers=True, over_budget=False, channel_works=True, is_unsent=False, window=None
        )  # fmt: skip
        return verdict(self.rules, lasting, self.zone, at)

    def foreseen(self, lead: Silenced, at: datetime) -> Verdict:
        """What would be next for him at that moment, if all else stays as it is; what is on its way has arrived by then."""
        return verdict(self.rules, replace(lead, is_unsent=False), self.zone, at)

    def words(self, step: FollowUpStep, name: str | None) -> str:
        """What a text step says to a lead of that name; nothing for what is written, or made out, only when it leaves."""
        return words_for(step.text, name=name, business=self.tenant.name) if step.kind is StepKind.TEXT else ""


async def load_standing(scope: Scope, tenant_id: UUID) -> Standing:
    """The tenant's rules as they are, in the caller's transaction."""
    tenant, at = await load_profile(scope, tenant_id)
    stages = await scope.rows("open_stages", tenant_id)
    return Standing(tenant, rules_of(tenant.settings.follow_up, [row["key"] for row in stages]), at)


def _moment(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
