"""What each scheduled job does: for every line of ``core.domain.schedule``, its body."""

from collections.abc import Mapping

from core.services.data_request_clock import DataRequestClock
from core.services.follow_up_plans import FollowUpPlans
from core.services.retention import Retention
from core.services.score_decay import ScoreDecay
from core.services.stale_conversations import StaleConversations
from core.services.tenant_job import TenantJob
from core.services.usage_periods import UsagePeriods


def tenant_jobs() -> Mapping[str, TenantJob]:
    """The bodies by the names of their jobs."""
    return {
        "reset-monthly-leads": UsagePeriods(),
        ScoreDecay.name: ScoreDecay(),
        StaleConversations.name: StaleConversations(),
        FollowUpPlans.name: FollowUpPlans(),
        Retention.name: Retention(),
        DataRequestClock.name: DataRequestClock(),
    }
