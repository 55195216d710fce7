"""Brings updates to webhooks: in order within a chat, again and again until 2xx, and does what the answer asks."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qsl

import aiohttp
import orjson
from aiohttp import MultipartReader

from sandbox.eventlog import EventLog
from sandbox.faults import FaultBook
from sandbox.retrying import pauses
from sandbox.telegram.errors import ApiError
from sandbox.telegram.faults import ON_WEBHOOKS, TelegramFault
from sandbox.telegram.params import Params, read_multipart
from sandbox.telegram.state import BotAccount, TelegramState, Webhook
from sandbox.telegram.updates import Update
from sandbox.wire import decode_object

IDLE_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.2
Execute = Callable[[BotAccount, str, Params], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    reason: str
    asked: Params | None = None

    @property
    def taken(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


class WebhookCourier:
    """One task a bot with a webhook, and one an update on its way; all end with the courier."""

    def __init__(self, state: TelegramState, faults: FaultBook[TelegramFault], log: EventLog) -> None:
        self._state = state
        self._faults = faults
        self._log = log
        self._serving: dict[int, asyncio.Task[None]] = {}
        self._executing: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self.execute: Execute | None = None

    async def start(self) -> None:
        """Open the outgoing connections' pool."""
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=512))

    async def stop(self) -> None:
        """Give up what is on its way and close the connections."""
        tasks = [*self._serving.values(), *self._executing]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def changed(self, account: BotAccount) -> None:
        """The bot's webhook was set or deleted: what is on its way to the old one is given up."""
        old = self._serving.pop(account.id, None)
        if old is not None:
            old.cancel()
            await asyncio.wait({old})
        if account.webhook is not None:
            self._serving[account.id] = asyncio.create_task(self._serve(account, account.webhook))

    async def _serve(self, account: BotAccount, webhook: Webhook) -> None:
        busy: dict[int, asyncio.Task[None]] = {}

        def next_update() -> Update | None:
            return account.updates.first_outside(busy) if len(busy) < webhook.max_connections else None

        try:
            while True:
                while (update := next_update()) is not None:
                    task = asyncio.create_task(self._bring(account, webhook, update))
                    busy[update.chat_id] = task
                    task.add_done_callback(partial(self._free, busy, update.chat_id, account))
                await account.updates.bell.until(lambda: next_update() is not None, IDLE_SECONDS)
        finally:
            underway = list(busy.values())
            for task in underway:
                task.cancel()
            await asyncio.gather(*underway, return_exceptions=True)

    def _free(
        self, busy: dict[int, asyncio.Task[None]], chat_id: int, account: BotAccount, _done: asyncio.Task[None]
    ) -> None:
        busy.pop(chat_id, None)
        account.updates.bell.ring()

    async def _bring(self, account: BotAccount, webhook: Webhook, update: Update) -> None:
        await self._up_again(account, update)
        copies = await self._delayed(account, update)
        if copies:
            await asyncio.gather(*(self._attempt(account, webhook, update) for _ in range(copies)))
        for pause in self._pauses():
            await self._up_again(account, update)
            if not account.updates.is_pending(update) or await self._attempt(account, webhook, update):
                return
            await asyncio.sleep(pause)

    def _pauses(self) -> Iterator[float]:
        settings = self._state.settings
        return pauses(settings.retry_first_ms, settings.retry_factor, settings.retry_max_ms)

    async def _delayed(self, account: BotAccount, update: Update) -> int:
        """Fault rules on the way: a pause, or how many copies go out besides."""
        rule = self._faults.take(ON_WEBHOOKS, self._facts(account, update))
        if rule is None:
            return 0
        self._log.write("telegram_webhook_fault", action=rule.action, bot_id=account.id, update_id=update.update_id)
        if rule.action == "duplicate_webhook":
            return 2
        await asyncio.sleep(rule.seconds if rule.ms is not None else next(self._pauses()))
        return 0

    def _facts(self, account: BotAccount, update: Update) -> dict[str, str]:
        text = update.body.get("text") or update.body.get("data") or ""
        return {
            "method": "webhook",
            "bot_id": str(account.id),
            "chat_id": str(update.chat_id),
            "update_kind": update.kind,
            "text": str(text),
        }

    async def _up_again(self, account: BotAccount, update: Update) -> None:
        """While Telegram is down nothing leaves it."""
        facts = self._facts(account, update)
        while self._faults.take({"down"}, facts) is not None:  # noqa: ASYNC110 - clearing a rule rings no bell
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _attempt(self, account: BotAccount, webhook: Webhook, update: Update) -> bool:
        told = {"bot_id": account.id, "update_id": update.update_id, "kind": update.kind, "chat_id": update.chat_id}
        answered = await self._post(webhook, update)
        self._log.write("telegram_webhook_attempt", status=answered.status, reason=answered.reason, **told)
        if not answered.taken:
            webhook.error_at, webhook.error = int(self._state.now()), answered.reason
            return False
        if account.updates.confirm(update.update_id):
            self._log.write("telegram_webhook_acked", **told)
        if answered.asked is not None and answered.asked.given("method"):
            self._run(account, answered.asked)
        return True

    def _run(self, account: BotAccount, asked: Params) -> None:
        if self.execute is None:
            return
        task = asyncio.create_task(self.execute(account, asked.text("method"), asked))
        self._executing.add(task)
        task.add_done_callback(self._executing.discard)

    async def _post(self, webhook: Webhook, update: Update) -> _Answer:
        if self._session is None:
            message = "the courier has not been started"
            raise RuntimeError(message)
        headers = {"Content-Type": "application/json"}
        if webhook.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret_token
        timeout = aiohttp.ClientTimeout(total=self._state.settings.webhook_timeout_s)
        body = orjson.dumps(update.as_json())
        try:
            async with self._session.post(webhook.url, data=body, headers=headers, timeout=timeout) as response:
                asked = await _asked(response)
                reason = f"Wrong response from the webhook: {response.status} {response.reason}"
                return _Answer(response.status, reason, asked)
        except TimeoutError:
            return _Answer(0, "Read timeout expired")
        except (aiohttp.ClientError, OSError):
            return _Answer(0, "Connection refused")


async def _asked(response: aiohttp.ClientResponse) -> Params | None:
    """The method call in a webhook's answer, as JSON or as a form; what cannot be read asks for nothing."""
    try:
        return await _read_answer(response)
    except (ApiError, ValueError):
        return None


async def _read_answer(response: aiohttp.ClientResponse) -> Params | None:
    if response.content_type.startswith("multipart/"):
        return await read_multipart(MultipartReader.from_response(response))
    raw = await response.read()
    if response.content_type == "application/x-www-form-urlencoded":
        return _form(raw)
    values = decode_object(raw)
    return Params(values) if values else None


def _form(raw: bytes) -> Params:
    return Params(dict(parse_qsl(raw.decode("utf-8", "replace"))))
