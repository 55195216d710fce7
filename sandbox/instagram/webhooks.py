"""What the emulator tells the apps: what leads wrote, the business's echoes, what was seen."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sandbox.background import Background, first_success
from sandbox.eventlog import EventLog
from sandbox.instagram.config import InstagramAccount, InstagramApp
from sandbox.instagram.faults import InstagramFault
from sandbox.instagram.payloads import Written, echo, read
from sandbox.instagram.state import InstagramState, Sent
from sandbox.meta.courier import Courier, Delivery


@dataclass(frozen=True, slots=True)
class DirectDelivery(Delivery):
    """A webhook about an Instagram account."""

    ACCOUNT_KEY: ClassVar[str] = "account"


def secret_of(app: InstagramApp, account: InstagramAccount | None) -> str:
    """What signs: the Instagram product's secret by Instagram Login, where it has its own, else the app's."""
    by_instagram = account is None or bool(account.instagram_token)
    return (app.instagram_app_secret if by_instagram else "") or app.app_secret


class Webhooks:
    """Brings webhooks of an account to its app, and those that follow an accepted message."""

    def __init__(self, state: InstagramState, courier: Courier[InstagramFault], log: EventLog) -> None:
        self._state = state
        self._courier = courier
        self._log = log
        self._underway: Background[None] = Background()

    def delivery(
        self, account: InstagramAccount, kind: str, body: bytes, mid: str, *, lead: str, text: str
    ) -> DirectDelivery | None:
        """A signed webhook on its way to the account's app; None (and logged) when nobody has subscribed."""
        app = self._state.apps.get(account.app_id)
        urls = app.callback_urls if app is not None and account.subscribed else ()
        made = DirectDelivery(
            body=body,
            secret=secret_of(app, account) if app is not None else "",
            urls=urls,
            kind=kind,
            account=account.account,
            lead=lead,
            text=text,
            facts={"mids": [mid]},
        )
        if not urls:
            self._log.write("webhook_unsubscribed", **made.logged())
            return None
        return made

    async def first_acked(self, deliveries: Sequence[DirectDelivery], *, hold: bool, wait: bool) -> bool | None:
        """Bring them all at once; with ``wait``, whether one was answered 200."""
        tasks = [self._courier.send(delivery, hold=hold) for delivery in deliveries]
        if not wait:
            return None if deliveries else False
        return await first_success(tasks)

    async def after(self, account: InstagramAccount, sent: Sent, fault: InstagramFault | None) -> None:
        """Echo and read receipt of an accepted message; an early echo is answered before this returns."""
        settings = self._state.settings
        mode = fault.mode if fault is not None else ""
        if settings.echo_ms is not None and mode != "none":
            app_id = "" if mode == "without_app" else account.app_id
            written = Written(sent.mid, int(sent.at * 1000), sent.text, sent.kind, sent.url, sent.reply_to)
            task = self._underway.start(self._echo(account, sent, echo(account, sent.to, written, app_id), mode))
            if mode == "early":
                await asyncio.wait({task}, timeout=settings.webhook_timeout_s)
        if settings.read_ms is not None:
            self._underway.start(self._seen(account, sent, settings.read_ms))

    async def stop(self) -> None:
        """Give up what is still to come."""
        await self._underway.stop()

    async def _echo(self, account: InstagramAccount, sent: Sent, body: bytes, mode: str) -> None:
        if mode != "early":
            await asyncio.sleep((self._state.settings.echo_ms or 0) / 1000)
        made = self.delivery(account, "echo", body, sent.mid, lead=sent.to, text=sent.text)
        if made is not None:
            copies = [made] * (2 if mode == "duplicate" else 1)
            await asyncio.wait([self._courier.send(copy) for copy in copies])

    async def _seen(self, account: InstagramAccount, sent: Sent, delay_ms: int) -> None:
        await asyncio.sleep(delay_ms / 1000)
        body = read(account, sent.to, sent.mid, self._state.now_ms())
        made = self.delivery(account, "read", body, sent.mid, lead=sent.to, text=sent.text)
        if made is not None:
            self._courier.send(made)
