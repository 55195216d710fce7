"""Posts webhooks: signed over the raw bytes, again and again until 200, with faults on the way."""

import asyncio
import hashlib
import hmac
import random
import secrets
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import ClassVar, Generic, Protocol, TypeVar

import aiohttp

from sandbox.background import Background
from sandbox.eventlog import EventLog
from sandbox.faults import FaultBook, Holds
from sandbox.meta.config import MetaApp
from sandbox.meta.faults import ON_WEBHOOKS, MetaFault
from sandbox.retrying import RetrySettings, pauses
from sandbox.wire import JsonObject

Rule = TypeVar("Rule", bound=MetaFault)


class Retrying(Protocol):
    """What may change how webhooks are brought while they are."""

    @property
    def settings(self) -> RetrySettings:
        """The settings of this moment."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook to bring; ``facts`` go into the log and are what fault rules match on."""

    ACCOUNT_KEY: ClassVar[str] = "phone_number_id"
    """What events and rules call the account."""

    body: bytes
    secret: str
    urls: tuple[str, ...]
    kind: str
    account: str
    lead: str = ""
    text: str = ""
    facts: JsonObject = field(default_factory=dict)
    start: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: secrets.token_hex(6))

    def url(self, attempt: int) -> str:
        """Where this attempt goes: the callbacks in turn."""
        return self.urls[(self.start + attempt) % len(self.urls)]

    def logged(self) -> JsonObject:
        """What every event about this delivery says."""
        return {
            "delivery": self.id,
            "kind": self.kind,
            self.ACCOUNT_KEY: self.account,
            "lead": self.lead,
            **self.facts,
        }

    def matched(self) -> dict[str, str]:
        """What fault rules match on."""
        return {"call": f"webhook_{self.kind}", self.ACCOUNT_KEY: self.account, "to": self.lead, "text": self.text}


def signature(secret: str, body: bytes) -> str:
    """The value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Courier(Generic[Rule]):
    """Delivers in the background; one task a delivery, ended with the courier."""

    def __init__(self, state: Retrying, faults: FaultBook[Rule], holds: Holds, log: EventLog) -> None:
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
        """Bring a webhook; the task's result says whether it was answered 200 before the deadline."""
        return self._underway.start(self._bring(delivery, hold=hold))

    async def shake_hands(self, app: MetaApp, url: str, verify_token: str = "") -> bool:
        """Meta's GET handshake: whether the callback gives the challenge back."""
        challenge = str(secrets.randbelow(10**10))
        query = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": verify_token or app.verify_token,
        }
        try:
            async with self._open_session().get(url, params=query) as response:
                echoed = await response.text()
                accepted = response.status == HTTPStatus.OK and echoed == challenge
        except aiohttp.ClientError:
            accepted = False
        self._log.write("handshake", app_id=app.app_id, accepted=accepted)
        return accepted

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            message = "the courier has not been started"
            raise RuntimeError(message)
        return self._session

    async def _bring(self, delivery: Delivery, *, hold: bool) -> bool:
        if hold:
            held: JsonObject = {"stage": "webhook", **delivery.logged()}
            if await self._holds.hold(held) == "cut":
                self._log.write("webhook_dropped", **delivery.logged())
                return False
        rule = self._faults.take(ON_WEBHOOKS, delivery.matched())
        if rule is None:
            return await self._until_acked(delivery)
        return await self._faulty(delivery, rule)

    async def _faulty(self, delivery: Delivery, rule: Rule) -> bool:
        if rule.action == "drop":
            self._log.write("webhook_dropped", **delivery.logged())
            return False
        if rule.action == "duplicate":
            copies = (self._until_acked(delivery) for _ in range(rule.copies))
            return all(await asyncio.gather(*copies))
        late = rule.seconds if rule.action == "delay" else self._random.uniform(0, rule.seconds)
        await asyncio.sleep(late)
        return await self._until_acked(delivery)

    async def _until_acked(self, delivery: Delivery) -> bool:
        settings = self._state.settings
        deadline = time.monotonic() + settings.retry_deadline_s
        for attempt, pause in enumerate(pauses(settings.retry_first_ms, settings.retry_factor, settings.retry_max_ms)):
            if await self._attempt(delivery, attempt, settings.webhook_timeout_s):
                self._log.write("webhook_acked", attempt=attempt, **delivery.logged())
                return True
            if time.monotonic() + pause > deadline:
                break
            await asyncio.sleep(pause)
        self._log.write("webhook_gave_up", **delivery.logged())
        return False

    async def _attempt(self, delivery: Delivery, attempt: int, seconds: float) -> bool:
        url = delivery.url(attempt)
        started = time.time()
        status, error = await self._post(delivery, url, seconds)
        self._log.write(
            "webhook_attempt",
            attempt=attempt,
            url=url,
            status=status,
            error=error,
            started=started,
            ms=round((time.time() - started) * 1000, 2),
            **delivery.logged(),
        )
        return status == HTTPStatus.OK

    async def _post(self, delivery: Delivery, url: str, seconds: float) -> tuple[int | None, str | None]:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": signature(delivery.secret, delivery.body),
            **delivery.headers,
        }
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._open_session().post(url, data=delivery.body, headers=headers, timeout=timeout) as response:
                await response.read()
                return response.status, None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return None, type(error).__name__
