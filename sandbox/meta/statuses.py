"""The life of a sent message after its acceptance: sent, delivered, read, or failed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.background import Background
from sandbox.meta.config import MetaSettings, PhoneNumber
from sandbox.meta.courier import Courier, Delivery
from sandbox.meta.faults import MetaFault
from sandbox.meta.payloads import status_update
from sandbox.meta.state import Lead, MetaState, SentMessage

UNDELIVERABLE = 131026


@dataclass(frozen=True, slots=True)
class Step:
    """One status webhook and the milliseconds after the acceptance at which it leaves."""

    status: str
    ms: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Which statuses come, when, and the error code of a failed one."""

    steps: tuple[Step, ...]
    early: bool = False
    code: int = UNDELIVERABLE


def usual_steps(settings: MetaSettings) -> tuple[Step, ...]:
    """sent, delivered, read at their configured delays."""
    delays = (("sent", settings.sent_ms), ("delivered", settings.delivered_ms), ("read", settings.read_ms))
    return tuple(Step(status, ms) for status, ms in delays if ms is not None)


def plan(settings: MetaSettings, fault: MetaFault | None, refusal: int | None) -> Plan:
    """What becomes of a message: ``refusal`` is an error code found on acceptance."""
    usual = usual_steps(settings)
    if refusal is not None:
        return Plan((Step("failed", settings.sent_ms or 0),), code=refusal)
    if fault is None:
        return Plan(usual)
    return _faulty_plan(usual, fault)


def _faulty_plan(usual: tuple[Step, ...], fault: MetaFault) -> Plan:
    match fault.mode:
        case "none":
            return Plan(())
        case "early":
            return Plan(tuple(Step(step.status, 0) for step in usual), early=True)
        case "reverse":
            statuses = [step.status for step in reversed(usual)]
            return Plan(tuple(Step(status, step.ms) for status, step in zip(statuses, usual, strict=True)))
        case "duplicate":
            return Plan(tuple(step for step in usual for _ in range(2)))
        case "read_only":
            return Plan(tuple(step for step in usual if step.status != "delivered"))
        case "failed":
            return Plan((Step("failed", usual[0].ms if usual else 0),), code=fault.code or UNDELIVERABLE)


class StatusReporter:
    """Sends the status webhooks of accepted messages."""

    def __init__(self, state: MetaState, courier: Courier[MetaFault]) -> None:
        self._state = state
        self._courier = courier
        self._underway: Background[None] = Background()

    async def report(self, number: PhoneNumber, lead: Lead, sent: SentMessage, what: Plan) -> None:
        """Start the plan; an early one returns only when its webhooks were answered or timed out."""
        app = self._state.app_of(number)
        if app is None or not app.callback_urls or not number.subscribed:
            return
        task = self._underway.start(self._run(number, lead, sent, what))
        if what.early:
            await asyncio.wait({task}, timeout=self._state.settings.webhook_timeout_s)

    async def stop(self) -> None:
        """Give up the statuses still to come."""
        await self._underway.stop()

    async def _run(self, number: PhoneNumber, lead: Lead, sent: SentMessage, what: Plan) -> None:
        brought: list[asyncio.Task[bool]] = []
        passed = 0
        for step in sorted(what.steps, key=lambda step: step.ms) if not what.early else what.steps:
            await asyncio.sleep(max(0, step.ms - passed) / 1000)
            passed = max(passed, step.ms)
            brought.append(self._bring(number, lead, sent, step.status, what.code))
        if what.early:
            await _all_done(brought)

    def _bring(self, number: PhoneNumber, lead: Lead, sent: SentMessage, status: str, code: int) -> asyncio.Task[bool]:
        app = self._state.apps[number.app_id]
        body = status_update(number, lead, sent, status, timestamp=int(self._state.now()), code=code)
        facts: dict[str, object] = {"wamids": [sent.wamid], "status_kind": status, "callback": sent.callback}
        if status == "failed":
            facts["code"] = code
        delivery = Delivery(
            body=body,
            secret=app.app_secret,
            urls=app.callback_urls,
            kind="status",
            account=number.phone_number_id,
            lead=lead.key,
            text=sent.text,
            facts=facts,
        )
        return self._courier.send(delivery)


async def _all_done(brought: Sequence[asyncio.Task[bool]]) -> None:
    if brought:
        await asyncio.wait(brought)
