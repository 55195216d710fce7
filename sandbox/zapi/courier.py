"""Posts webhooks: unsigned, once, and lost when nobody takes them."""

import asyncio
import random
import secrets
import time
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp

from sandbox.background import Background
from sandbox.eventlog import EventLog
from sandbox.faults import FaultBook, Holds
from sandbox.wire import JsonObject
from sandbox.zapi.config import Instance
from sandbox.zapi.faults import ON_WEBHOOKS, ZapiFault
from sandbox.zapi.state import ZapiState


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook to bring; ``facts`` go into the log and are what fault rules match on."""

    instance: Instance
    kind: str
    url: str
    body: bytes
    to: str = ""
    text: str = ""
    facts: JsonObject = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: secrets.token_hex(6))

    def logged(self) -> JsonObject:
        """What every event about this delivery says."""
        return {
            "delivery": self.id,
            "kind": self.kind,
            "instance_id": self.instance.instance_id,
            "lead": self.to,
            **self.facts,
        }


class Courier:
    """Delivers in the background; one task a delivery, ended with the courier."""

    def __init__(self, state: ZapiState, faults: FaultBook[ZapiFault], holds: Holds, log: EventLog) -> None:
        self._state = state
        self._faults = faults
        self._holds = holds
        self._log = log
        self._underway: Background[bool] = Background()
        self._random = random.Random()
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the outgoing connections' pool."""
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=512))

    async def stop(self) -> None:
        """Give up what is on its way and close the connections."""
        await self._underway.stop()
        if self._session is not None:
            await self._session.close()

    def send(self, delivery: Delivery, *, hold: bool = False) -> asyncio.Task[bool]:
        """Bring a webhook; the task's result says whether it was answered 200."""
        return self._underway.start(self._bring(delivery, hold=hold))

    async def _bring(self, delivery: Delivery, *, hold: bool) -> bool:
        if not delivery.url:
            self._log.write("webhook_unsubscribed", **delivery.logged())
            return False
        if hold:
            held: JsonObject = {"stage": "webhook", **delivery.logged()}
            if await self._holds.hold(held) == "cut":
                self._log.write("webhook_dropped", **delivery.logged())
                return False
        facts = {
            "call": f"webhook_{delivery.kind}",
            "instance_id": delivery.instance.instance_id,
            "to": delivery.to,
            "text": delivery.text,
        }
        rule = self._faults.take(ON_WEBHOOKS, facts)
        return await self._once(delivery) if rule is None else await self._faulty(delivery, rule)

    async def _faulty(self, delivery: Delivery, rule: ZapiFault) -> bool:
        if rule.action == "drop":
            self._log.write("webhook_dropped", **delivery.logged())
            return False
        if rule.action == "duplicate":
            return all(await asyncio.gather(*(self._once(delivery) for _ in range(rule.copies))))
        await asyncio.sleep(rule.seconds if rule.action == "delay" else self._random.uniform(0, rule.seconds))
        return await self._once(delivery)

    async def _once(self, delivery: Delivery) -> bool:
        """The one attempt that Z-API makes."""
        started = time.time()
        status, error = await self._post(delivery)
        self._log.write(
            "webhook_attempt",
            url=delivery.url,
            status=status,
            error=error,
            started=started,
            ms=round((time.time() - started) * 1000, 2),
            **delivery.logged(),
        )
        taken = status == HTTPStatus.OK
        self._log.write("webhook_acked" if taken else "webhook_lost", **delivery.logged())
        return taken

    async def _post(self, delivery: Delivery) -> tuple[int | None, str | None]:
        headers = {
            "Content-Type": "application/json",
            "z-api-token": delivery.instance.token,
            "Origin": "https://api.z-api.io",
            "Server": "Z-API",
            **delivery.headers,
        }
        timeout = aiohttp.ClientTimeout(total=self._state.settings.webhook_timeout_s)
        try:
            async with self._open_session().post(
                delivery.url, data=delivery.body, headers=headers, timeout=timeout
            ) as response:
                await response.read()
                return response.status, None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return None, type(error).__name__

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            message = "the courier has not been started"
            raise RuntimeError(message)
        return self._session
