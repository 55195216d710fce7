"""``/saude``: how the business stands."""

from typing import Final

from aiogram import Router
from aiogram.types import Message

from bot.asking import Ask, answer
from bot.commands import HEALTH, called
from bot.replies import Replies
from bot.texts import Html, Text
from core.services.health import Health, JobHealth, LogHealth, health

_MOMENT: Final = "%d/%m %H:%M"


class HealthCommand:
    """Tells it in plain words."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    def router(self) -> Router:
        """The route of the command."""
        router = Router(name="health")
        router.message.register(self.told, called(HEALTH))
        return router

    async def told(self, _message: Message, *, ask: Ask) -> None:
        """All of it in one message."""
        found = await health(ask.actor)
        lines = [*_state(found, ask.text), ask.text("health.jobs"), *(_job(one, ask.text) for one in found.jobs)]
        await answer(self._replies, ask, Html("\n".join((ask.text("health.title"), *lines))))


def _state(found: Health, text: Text) -> list[Html]:
    ai = "suspended" if found.suspended else "ai_paused" if found.ai_paused else "ai_on"
    failures = text("health.failures", count=found.failures) if found.failures else text("health.no_failures")
    channels = text("health.channels", channels=found.channels, stopped=found.stopped)
    return [text(f"health.{ai}"), channels, failures, _log(found.log, text)]


def _log(log: LogHealth, text: Text) -> Html:
    if log.looked_at is None:
        return text("health.log_new")
    time = f"{log.looked_at:{_MOMENT}}"
    if log.broken_at is None:
        return text("health.log_whole", time=time)
    return text("health.log_broken", time=time, number=log.broken_at)


def _job(one: JobHealth, text: Text) -> Html:
    name = one.job.replace("-", "_")
    job = text(f"job.{name}") if f"job.{name}" in text else one.job
    return text(f"health.job.{one.state}", job=job, time=f"{one.at:{_MOMENT}}")
