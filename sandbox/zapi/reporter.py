"""The webhooks of a message after its acceptance: its echo, Z-API's own word, and the lead's phone's."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.background import Background
from sandbox.wire import JsonObject
from sandbox.zapi import payloads
from sandbox.zapi.config import Instance, ZapiSettings
from sandbox.zapi.courier import Courier, Delivery
from sandbox.zapi.faults import ZapiFault
from sandbox.zapi.state import Contact, SentMessage, ZapiState, lid_of

_WEBHOOK_OF = {"echo": "received", "delivery": "delivery"}


@dataclass(frozen=True, slots=True)
class Step:
    """One webhook and the milliseconds after the acceptance at which it leaves: echo, delivery, or a status."""

    name: str
    ms: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Which webhooks come, when, and why the message failed, if it did."""

    steps: tuple[Step, ...]
    early: bool = False
    error: str = ""
    error_code: str = ""


def plan(settings: ZapiSettings, fault: ZapiFault | None, *, echoed: bool) -> Plan:
    """What becomes of a message."""
    delays = (
        ("echo", settings.echo_ms if echoed else None),
        ("delivery", settings.delivery_ms),
        ("SENT", settings.sent_ms),
        ("RECEIVED", settings.received_ms),
        ("READ", settings.read_ms),
    )
    usual = tuple(Step(name, ms) for name, ms in delays if ms is not None)
    return Plan(usual) if fault is None else _faulty(usual, fault)


def _faulty(usual: tuple[Step, ...], fault: ZapiFault) -> Plan:
    match fault.mode:
        case "none":
            return Plan(())
        case "early":
            return Plan(tuple(Step(step.name, 0) for step in usual), early=True)
        case "reverse":
            names = [step.name for step in reversed(usual)]
            return Plan(tuple(Step(name, step.ms) for name, step in zip(names, usual, strict=True)))
        case "duplicate":
            return Plan(tuple(step for step in usual for _ in range(2)))
        case "read_only":
            return Plan(tuple(step for step in usual if step.name == "READ"))
        case "failed":
            ms = usual[0].ms if usual else 0
            return Plan((Step("delivery", ms),), error=fault.error, error_code=fault.error_code)


class Reporter:
    """Sends the webhooks of accepted messages."""

    def __init__(self, state: ZapiState, courier: Courier) -> None:
        self._state = state
        self._courier = courier
        self._underway: Background[None] = Background()

    async def report(self, instance: Instance, sent: SentMessage, what: Plan, content: JsonObject) -> None:
        """Start the plan; an early one returns only when its webhooks were answered or timed out."""
        task = self._underway.start(self._run(instance, sent, what, content))
        if what.early:
            await asyncio.wait({task}, timeout=self._state.settings.webhook_timeout_s)

    async def stop(self) -> None:
        """Give up the webhooks still to come."""
        await self._underway.stop()

    async def _run(self, instance: Instance, sent: SentMessage, what: Plan, content: JsonObject) -> None:
        brought: list[asyncio.Task[bool]] = []
        passed = 0
        for step in sorted(what.steps, key=lambda step: step.ms):
            await asyncio.sleep(max(0, step.ms - passed) / 1000)
            passed = max(passed, step.ms)
            brought.append(self._bring(instance, sent, step.name, what, content))
        if what.early:
            await _all_done(brought)

    def _bring(
        self, instance: Instance, sent: SentMessage, name: str, what: Plan, content: JsonObject
    ) -> asyncio.Task[bool]:
        body = self._body(name, what)(instance, sent, content)
        kind = name if name in _WEBHOOK_OF else "status"
        facts: JsonObject = {"message_id": sent.message_id}
        if kind == "status":
            facts["status_kind"] = name
        delivery = Delivery(
            instance=instance,
            kind=kind,
            url=instance.address(_WEBHOOK_OF.get(name, "message-status")),
            body=payloads.encoded(body),
            to=sent.to,
            text=sent.text,
            facts=facts,
        )
        return self._courier.send(delivery)

    def _body(self, name: str, what: Plan) -> Callable[[Instance, SentMessage, JsonObject], JsonObject]:
        moment = int(self._state.now() * 1000)
        match name:
            case "echo":
                return self._echo
            case "delivery":
                return lambda _instance, sent, _content: payloads.delivery(
                    sent, moment, error=what.error, error_code=what.error_code
                )
        return lambda _instance, sent, _content: payloads.status(sent, name, moment)

    def _echo(self, instance: Instance, sent: SentMessage, content: JsonObject) -> JsonObject:
        contact = self._state.contact(instance.instance_id, sent.to) or Contact(sent.to, lid_of(sent.to))
        written = payloads.Written(
            message_id=sent.message_id,
            moment=int(self._state.now() * 1000),
            content=content,
            reference=sent.reply_to,
            from_me=True,
            from_api=sent.author == "api",
        )
        return payloads.received(instance, contact, written)


async def _all_done(brought: Sequence[asyncio.Task[bool]]) -> None:
    if brought:
        await asyncio.wait(brought)
