"""Control calls of the Instagram emulator: register, write as a lead or as the owner, see what was sent."""

from dataclasses import asdict, replace

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from sandbox.eventlog import EventLog
from sandbox.instagram.config import InstagramAccount, InstagramApp, InstagramSettings
from sandbox.instagram.faults import InstagramFault
from sandbox.instagram.payloads import Form, Sender, Written, announcement, echo, lead_message
from sandbox.instagram.state import InstagramState, new_mid
from sandbox.instagram.webhooks import DirectDelivery, Webhooks, secret_of
from sandbox.meta.courier import Courier
from sandbox.wire import RawBody, answer, control_body, escaped, number_in_query


class Words(BaseModel):
    """Words or a file of one side of a conversation.

    ``copies`` deliveries go out at once; ``hold`` keeps them back until a release;
    ``wait`` answers after the first delivery that was answered 200.
    """

    model_config = ConfigDict(extra="forbid")

    account: str
    text: str = ""
    kind: str = "text"
    url: str = ""
    message_id: str = ""
    timestamp: int | None = None
    reply_to: str = ""
    copies: int = Field(default=1, ge=1, le=1000)
    callback_urls: tuple[str, ...] = ()
    hold: bool = False
    wait: bool = False


class LeadWrites(Words):
    """A lead's message; ``story`` is the story that it answers to, ``form`` whose conversation it is.

    ``announced``: told of as an edit of number 0, without its words, which are to be asked for.
    """

    sender: str = Field(alias="from", pattern=r"^\d+$")
    name: str = ""
    story: str = ""
    form: Form = "messaging"
    announced: bool = False


class OwnerWrites(Words):
    """A message typed in the Instagram app; with ``app_id`` another app sent it."""

    to: str = Field(pattern=r"^\d+$")
    app_id: str = ""


class RawDelivery(RawBody):
    """Bytes to sign and post as they are; ``app_id`` or ``account`` says with whose secret."""

    account: str = ""
    app_id: str = ""
    copies: int = Field(default=1, ge=1, le=1000)
    callback_urls: tuple[str, ...] = ()
    headers: dict[str, str] = Field(default_factory=dict)
    wait: bool = False


class InstagramControl:
    """Routes under ``/_sandbox``."""

    def __init__(
        self, state: InstagramState, courier: Courier[InstagramFault], webhooks: Webhooks, log: EventLog
    ) -> None:
        self._state = state
        self._courier = courier
        self._webhooks = webhooks
        self._log = log

    def add_routes(self, app: web.Application) -> None:
        """Put the routes into ``app``."""
        app.router.add_post("/_sandbox/apps", self._register_app)
        app.router.add_post("/_sandbox/accounts", self._register_account)
        app.router.add_get("/_sandbox/accounts", self._list_accounts)
        app.router.add_post("/_sandbox/settings", self._change_settings)
        app.router.add_post("/_sandbox/subscribe", self._subscribe)
        app.router.add_post("/_sandbox/lead", self._lead)
        app.router.add_post("/_sandbox/owner", self._owner)
        app.router.add_post("/_sandbox/deliver", self._deliver)
        app.router.add_get("/_sandbox/messages", self._messages)

    async def _register_app(self, request: web.Request) -> web.Response:
        app = await control_body(request, InstagramApp)
        self._state.apps[app.app_id] = app
        self._log.write("app_registered", app_id=app.app_id, callback_urls=app.callback_urls)
        return answer({"app_id": app.app_id}, 201)

    async def _register_account(self, request: web.Request) -> web.Response:
        account = await control_body(request, InstagramAccount)
        self._state.accounts[account.account] = account
        self._log.write("account_registered", account=account.account, app_id=account.app_id)
        return answer({"account": account.account}, 201)

    async def _list_accounts(self, _request: web.Request) -> web.Response:
        hidden = {"instagram_token", "page_token"}
        return answer({"accounts": [account.model_dump(exclude=hidden) for account in self._state.accounts.values()]})

    async def _change_settings(self, request: web.Request) -> web.Response:
        changes = await control_body(request, InstagramSettings)
        given = changes.model_dump(include=changes.model_fields_set)
        self._state.settings = self._state.settings.model_copy(update=given)
        return answer(self._state.settings.model_dump())

    async def _subscribe(self, request: web.Request) -> web.Response:
        app = self._state.apps.get(request.query.get("app_id", ""))
        if app is None:
            raise web.HTTPNotFound(text="no such app_id")
        accepted = [await self._courier.shake_hands(app, url) for url in app.callback_urls]
        return answer({"success": bool(accepted) and all(accepted)})

    async def _lead(self, request: web.Request) -> web.Response:
        writes = await control_body(request, LeadWrites)
        account = self._account(writes.account)
        written = replace(self._written(writes, writes.sender), story=writes.story)
        self._state.remember(account.account, writes.sender, writes.name)
        self._state.keep(account.account, Sender(writes.sender), written)
        self._log.write(
            "lead_wrote",
            mid=written.mid,
            account=account.account,
            lead=writes.sender,
            text=written.text,
            timestamp=written.timestamp,
        )
        now = self._state.now_ms()
        if writes.announced:
            body = announcement(account, written, now)
        else:
            body = lead_message(account, writes.sender, written, now, writes.form)
        made = self._webhooks.delivery(account, "message", body, written.mid, lead=writes.sender, text=written.text)
        return answer({"mid": written.mid, "lead": writes.sender, "acked": await self._bring(made, writes)})

    async def _owner(self, request: web.Request) -> web.Response:
        writes = await control_body(request, OwnerWrites)
        account = self._account(writes.account)
        written = self._written(writes, writes.to)
        self._state.keep(account.account, Sender(writes.to, is_business=True), written)
        self._log.write("owner_wrote", mid=written.mid, account=account.account, lead=writes.to, text=written.text)
        body = echo(account, writes.to, written, writes.app_id)
        made = self._webhooks.delivery(account, "echo", body, written.mid, lead=writes.to, text=written.text)
        return answer({"mid": written.mid, "lead": writes.to, "acked": await self._bring(made, writes)})

    def _account(self, name: str) -> InstagramAccount:
        account = self._state.accounts.get(name)
        if account is None:
            raise web.HTTPNotFound(text="no such account")
        return account

    def _written(self, words: Words, lead: str) -> Written:
        return Written(
            mid=words.message_id or new_mid(words.account, lead),
            timestamp=self._state.now_ms() if words.timestamp is None else words.timestamp,
            text=words.text,
            kind=words.kind,
            url=words.url,
            reply_to=words.reply_to,
        )

    async def _bring(self, made: DirectDelivery | None, words: Words) -> bool | None:
        if made is None:
            return False
        urls = words.callback_urls or made.urls
        copies = [replace(made, urls=urls, start=copy) for copy in range(words.copies)]
        return await self._webhooks.first_acked(copies, hold=words.hold, wait=words.wait)

    async def _deliver(self, request: web.Request) -> web.Response:
        raw = await control_body(request, RawDelivery)
        account = self._state.accounts.get(raw.account)
        app = self._state.apps.get(raw.app_id or (account.app_id if account else ""))
        if app is None:
            raise web.HTTPNotFound(text="no such app_id or account")
        urls = raw.callback_urls or app.callback_urls
        made = [
            DirectDelivery(
                body=raw.content(escaped),
                secret=secret_of(app, account),
                urls=urls,
                kind="raw",
                account=raw.account,
                start=copy,
                headers=raw.headers,
            )
            for copy in range(raw.copies if urls else 0)
        ]
        return answer({"acked": await self._webhooks.first_acked(made, hold=False, wait=raw.wait)})

    async def _messages(self, request: web.Request) -> web.Response:
        after = number_in_query(request, "after", 0)
        found = await self._state.sent_after(
            after,
            request.query.get("account", ""),
            request.query.get("to", ""),
            number_in_query(request, "wait_ms", 0) / 1000,
        )
        return answer({"messages": [asdict(sent) for sent in found], "next": found[-1].seq if found else after})
