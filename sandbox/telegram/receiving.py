"""How a bot gets its updates: getUpdates with a long poll, or a webhook."""

import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from sandbox.eventlog import EventLog
from sandbox.telegram.calls import Call, Methods
from sandbox.telegram.errors import conflict, refuse
from sandbox.telegram.keyboards import on_this_machine
from sandbox.telegram.state import BotAccount, Webhook
from sandbox.telegram.updates import Update
from sandbox.wire import JsonObject

PORTS = frozenset({443, 80, 88, 8443})
MOST_UPDATES = 100
LONGEST_POLL = 50
MOST_CONNECTIONS = 100
USUAL_CONNECTIONS = 40

WebhookChanged = Callable[[BotAccount], Awaitable[None]]


class Receiving:
    """Methods about updates; ``changed`` is told when a bot's webhook is another one."""

    def __init__(self, changed: WebhookChanged, log: EventLog) -> None:
        self._changed = changed
        self._log = log

    def add_methods(self, methods: Methods) -> None:
        """Put the methods into the table."""
        methods.add(
            getUpdates=self._updates,
            setWebhook=self._set,
            deleteWebhook=self._delete,
            getWebhookInfo=self._info,
        )

    async def _updates(self, call: Call) -> list[JsonObject]:
        account, params = call.account, call.params
        if account.webhook is not None:
            conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        account.poll += 1
        turn = account.poll
        account.updates.bell.ring()
        if params.given("allowed_updates"):
            self._choose(call)
        self._confirm(account, params.integer("offset"))
        wait = min(max(params.integer("timeout"), 0), LONGEST_POLL)
        limit = min(max(params.integer("limit", MOST_UPDATES), 1), MOST_UPDATES)
        await account.updates.bell.until(lambda: account.poll != turn or len(account.updates) > 0, wait)
        if account.poll != turn:
            conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
        return self._handed(account, account.updates.pending(limit))

    def _handed(self, account: BotAccount, updates: list[Update]) -> list[JsonObject]:
        if updates:
            self._log.write("telegram_polled", bot_id=account.id, update_ids=[update.update_id for update in updates])
        return [update.as_json() for update in updates]

    def _confirm(self, account: BotAccount, offset: int) -> None:
        gone = account.updates.seek(offset) if offset else []
        if gone:
            self._log.write("telegram_confirmed", bot_id=account.id, update_ids=gone)

    def _choose(self, call: Call) -> None:
        kinds = call.params.array("allowed_updates")
        call.account.updates.choose(kind for kind in kinds if isinstance(kind, str))

    async def _set(self, call: Call) -> bool:
        params, account = call.params, call.account
        url = params.text("url").strip()
        if not url:
            return await self._delete(call)
        _check_url(url)
        secret = params.text("secret_token")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            refuse("secret token contains unallowed characters")
        if params.given("allowed_updates"):
            self._choose(call)
        if params.flag("drop_pending_updates"):
            account.updates.drop_all()
        most = min(max(params.integer("max_connections", USUAL_CONNECTIONS), 1), MOST_CONNECTIONS)
        account.webhook = Webhook(url, secret, most)
        account.poll += 1
        account.updates.bell.ring()
        self._log.write("telegram_webhook_set", bot_id=account.id, url=url, secret=bool(secret))
        await self._changed(account)
        return True

    async def _delete(self, call: Call) -> bool:
        if call.params.flag("drop_pending_updates"):
            call.account.updates.drop_all()
        if call.account.webhook is not None:
            call.account.webhook = None
            self._log.write("telegram_webhook_deleted", bot_id=call.account.id)
            await self._changed(call.account)
        return True

    async def _info(self, call: Call) -> JsonObject:
        webhook, updates = call.account.webhook, call.account.updates
        info: JsonObject = {"url": webhook.url if webhook else "", "has_custom_certificate": False}
        info["pending_update_count"] = len(updates)
        if updates.allowed is not None:
            info["allowed_updates"] = sorted(updates.allowed)
        if webhook is None:
            return info
        info |= {"max_connections": webhook.max_connections, "ip_address": "127.0.0.1"}
        if webhook.error_at is not None:
            info |= {"last_error_date": webhook.error_at, "last_error_message": webhook.error}
        return info


def _check_url(url: str) -> None:
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        refuse("bad webhook: invalid webhook URL specified")
    if not parts.hostname:
        refuse("bad webhook: invalid webhook URL specified")
    if on_this_machine(url):
        return
    if parts.scheme != "https":
        refuse("bad webhook: An HTTPS URL must be provided for webhook")
    if (port or 443) not in PORTS:
        refuse("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
