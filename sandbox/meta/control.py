"""Control calls of the Meta emulator: register, write as a lead, see what was sent."""

from dataclasses import asdict, replace

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from sandbox.background import first_success
from sandbox.eventlog import EventLog
from sandbox.meta.accounts import Accounts
from sandbox.meta.config import MetaApp, MetaSettings, PhoneNumber
from sandbox.meta.courier import Courier, Delivery
from sandbox.meta.faults import MetaFault
from sandbox.meta.payloads import InboundText, text_message
from sandbox.meta.raw import RawInbound, inbound_messages
from sandbox.meta.state import Lead, MetaState, new_wamid, scoped_user_id
from sandbox.wire import RawBody, answer, control_body, escaped, number_in_query


class LeadWrites(BaseModel):
    """A lead's text. ``from`` may be left out for a lead known by ``user_id`` alone.

    ``copies`` deliveries go out at once; ``hold`` keeps them back until a release;
    ``wait`` answers after the first delivery that was answered 200.
    """

    model_config = ConfigDict(extra="forbid")

    phone_number_id: str
    sender: str = Field(default="", alias="from", pattern=r"^\d*$")
    user_id: str = ""
    username: str = ""
    name: str = ""
    text: str
    message_id: str = ""
    timestamp: int | None = None
    context: str = ""
    copies: int = Field(default=1, ge=1, le=1000)
    callback_urls: tuple[str, ...] = ()
    hold: bool = False
    wait: bool = False


class RawDelivery(RawBody):
    """Bytes to sign and post as they are; ``app_id`` or ``phone_number_id`` says with whose secret."""

    phone_number_id: str = ""
    app_id: str = ""
    copies: int = Field(default=1, ge=1, le=1000)
    callback_urls: tuple[str, ...] = ()
    headers: dict[str, str] = Field(default_factory=dict)
    wait: bool = False


class MetaControl:
    """Routes under ``/_sandbox``."""

    def __init__(self, state: MetaState, accounts: Accounts, courier: Courier[MetaFault], log: EventLog) -> None:
        self._state = state
        self._accounts = accounts
        self._courier = courier
        self._log = log

    def add_routes(self, app: web.Application) -> None:
        """Put the routes into ``app``."""
        app.router.add_post("/_sandbox/apps", self._register_app)
        app.router.add_post("/_sandbox/numbers", self._register_number)
        app.router.add_get("/_sandbox/numbers", self._list_numbers)
        app.router.add_post("/_sandbox/settings", self._change_settings)
        app.router.add_post("/_sandbox/subscribe", self._subscribe)
        app.router.add_post("/_sandbox/lead", self._lead)
        app.router.add_post("/_sandbox/deliver", self._deliver)
        app.router.add_get("/_sandbox/messages", self._messages)

    async def _register_app(self, request: web.Request) -> web.Response:
        app = await control_body(request, MetaApp)
        self._state.apps[app.app_id] = app
        self._log.write("app_registered", app_id=app.app_id, callback_urls=app.callback_urls)
        return answer({"app_id": app.app_id}, 201)

    async def _register_number(self, request: web.Request) -> web.Response:
        number = await control_body(request, PhoneNumber)
        self._state.numbers[number.phone_number_id] = number
        self._log.write("number_registered", phone_number_id=number.phone_number_id, app_id=number.app_id)
        return answer({"phone_number_id": number.phone_number_id}, 201)

    async def _list_numbers(self, _request: web.Request) -> web.Response:
        listed = [number.model_dump(exclude={"access_token"}) for number in self._state.numbers.values()]
        return answer({"numbers": listed})

    async def _change_settings(self, request: web.Request) -> web.Response:
        changes = await control_body(request, MetaSettings)
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
        number, app = self._routing(writes.phone_number_id)
        lead = self._known_lead(number, writes)
        inbound = self._inbound(lead, writes)
        lead.last_inbound = max(lead.last_inbound, inbound.timestamp)
        self._note_inbound(number, lead, inbound)
        delivery = Delivery(
            body=text_message(number, lead, inbound),
            secret=app.app_secret,
            urls=writes.callback_urls or app.callback_urls,
            kind="message",
            account=number.phone_number_id,
            lead=lead.key,
            text=inbound.text,
            facts={"wamids": [inbound.wamid]},
        )
        acked = await self._send(delivery, number, writes.copies, hold=writes.hold, wait=writes.wait)
        return answer({"wamid": inbound.wamid, "lead": lead.key, "acked": acked})

    def _routing(self, phone_number_id: str, app_id: str = "") -> tuple[PhoneNumber, MetaApp]:
        number = self._state.numbers.get(phone_number_id)
        if number is None:
            raise web.HTTPNotFound(text="no such phone_number_id")
        app = self._state.apps.get(app_id or number.app_id)
        if app is None:
            raise web.HTTPNotFound(text="the number's app is not registered")
        return number, app

    def _known_lead(self, number: PhoneNumber, writes: LeadWrites) -> Lead:
        if not writes.sender and not writes.user_id:
            raise web.HTTPBadRequest(text="one of from, user_id is required")
        user_id = writes.user_id or scoped_user_id(number.app_id, writes.sender)
        return self._state.remember(number, Lead(writes.sender, user_id, writes.name, writes.username))

    def _inbound(self, lead: Lead, writes: LeadWrites) -> InboundText:
        timestamp = int(self._state.now()) if writes.timestamp is None else writes.timestamp
        return InboundText(
            wamid=writes.message_id or new_wamid(lead.key, inbound=True),
            timestamp=timestamp,
            text=writes.text,
            context=writes.context,
        )

    async def _deliver(self, request: web.Request) -> web.Response:
        raw = await control_body(request, RawDelivery)
        app = self._state.apps.get(raw.app_id)
        if app is None:
            _number, app = self._routing(raw.phone_number_id, raw.app_id)
        body = raw.content(escaped)
        wamids = [self._take_in(inbound) for inbound in inbound_messages(body)]
        delivery = Delivery(
            body=body,
            secret=app.app_secret,
            urls=raw.callback_urls or app.callback_urls,
            kind="raw",
            account=raw.phone_number_id,
            headers=raw.headers,
            facts={"wamids": [wamid for wamid in wamids if wamid]},
        )
        acked = await self._send(delivery, None, raw.copies, hold=False, wait=raw.wait)
        return answer({"delivery": delivery.id, "acked": acked})

    def _take_in(self, inbound: RawInbound) -> str:
        number = self._state.numbers.get(inbound.phone_number_id)
        if number is None or not (inbound.wa_id or inbound.user_id):
            return ""
        user_id = inbound.user_id or scoped_user_id(number.app_id, inbound.wa_id)
        lead = self._state.remember(number, Lead(inbound.wa_id, user_id, ""))
        lead.last_inbound = self._state.now()
        self._note_inbound(number, lead, InboundText(inbound.wamid, _seconds(inbound.timestamp), inbound.text))
        return inbound.wamid

    def _note_inbound(self, number: PhoneNumber, lead: Lead, inbound: InboundText) -> None:
        self._accounts.remember_inbound(number.phone_number_id, inbound.wamid, lead.key)
        self._log.write(
            "lead_wrote",
            wamid=inbound.wamid,
            phone_number_id=number.phone_number_id,
            lead=lead.key,
            text=inbound.text,
            timestamp=inbound.timestamp,
        )

    async def _send(
        self, delivery: Delivery, number: PhoneNumber | None, copies: int, *, hold: bool, wait: bool
    ) -> bool | None:
        if not delivery.urls or (number is not None and not number.subscribed):
            self._log.write("webhook_unsubscribed", **delivery.logged())
            return False
        tasks = [self._courier.send(replace(delivery, start=copy), hold=hold) for copy in range(copies)]
        return await first_success(tasks) if wait else None

    async def _messages(self, request: web.Request) -> web.Response:
        number = request.query.get("phone_number_id", "")
        lead = self._state.lead(number, request.query.get("to", ""))
        key = (number, lead.key if lead else request.query.get("to", ""))
        after = number_in_query(request, "after", 0)
        messages = await self._state.inboxes.after(key, after, number_in_query(request, "wait_ms", 0) / 1000)
        listed = [asdict(message) for message in messages]
        return answer({"messages": listed, "next": messages[-1].seq if messages else after})


def _seconds(timestamp: str) -> int:
    return int(timestamp) if timestamp.isascii() and timestamp.isdigit() else 0
