"""Control calls of the Z-API emulator: register, write as a lead or as the owner, unplug the phone, see what was sent."""

from dataclasses import asdict

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from sandbox.background import first_success
from sandbox.eventlog import EventLog
from sandbox.wire import JsonObject, RawBody, answer, control_body, number_in_query
from sandbox.zapi import payloads
from sandbox.zapi.config import Instance, ZapiSettings
from sandbox.zapi.courier import Courier, Delivery
from sandbox.zapi.outbox import Outbox
from sandbox.zapi.outgoing import Outgoing
from sandbox.zapi.state import Contact, ZapiState, lid_of, new_message_id


class LeadWrites(BaseModel):
    """A lead's message: ``text``, or any other ``content`` by its key of the webhook.

    ``lid_alone`` names the chat by its LID where the phone belongs; ``waiting`` sends the placeholder of a message whose
    content comes later; ``edit`` changes the message ``message_id``; ``changes`` sets any other field of the envelope.
    ``copies`` deliveries go out at once; ``hold`` keeps them back until a release; ``wait`` answers after the first
    delivery that was answered 200.
    """

    model_config = ConfigDict(extra="forbid")

    instance_id: str
    sender: str = Field(alias="from", pattern=r"^\d{5,20}$")
    lid: str = Field(default="", pattern=r"^(\d+@lid)?$")
    name: str = ""
    text: str = ""
    content: JsonObject = Field(default_factory=dict)
    message_id: str = ""
    moment: int | None = None
    context: str = ""
    lid_alone: bool = False
    waiting: bool = False
    edit: bool = False
    changes: JsonObject = Field(default_factory=dict)
    copies: int = Field(default=1, ge=1, le=1000)
    hold: bool = False
    wait: bool = False


class OwnerWrites(BaseModel):
    """The owner answers on the phone itself."""

    model_config = ConfigDict(extra="forbid")

    instance_id: str
    to: str = Field(pattern=r"^\d{5,20}(@lid)?$")
    text: str = ""
    content: JsonObject = Field(default_factory=dict)


class Connection(BaseModel):
    """The phone is unlinked, or back."""

    model_config = ConfigDict(extra="forbid")

    instance_id: str
    connected: bool


class PresenceShown(BaseModel):
    """A lead opens the chat, types, or leaves it."""

    model_config = ConfigDict(extra="forbid")

    instance_id: str
    sender: str = Field(alias="from")
    status: str = Field(default="COMPOSING", pattern=r"^(AVAILABLE|UNAVAILABLE|COMPOSING|PAUSED|RECORDING)$")


class RawDelivery(RawBody):
    """Bytes to post as they are, with the headers of Z-API; ``headers`` replaces some of them."""

    instance_id: str
    copies: int = Field(default=1, ge=1, le=1000)
    headers: dict[str, str] = Field(default_factory=dict)
    wait: bool = False


class ZapiControl:
    """Routes under ``/_sandbox``."""

    def __init__(self, state: ZapiState, courier: Courier, outbox: Outbox, log: EventLog) -> None:
        self._state = state
        self._courier = courier
        self._outbox = outbox
        self._log = log

    def add_routes(self, app: web.Application) -> None:
        """Put the routes into ``app``."""
        app.router.add_post("/_sandbox/instances", self._register)
        app.router.add_get("/_sandbox/instances", self._list)
        app.router.add_post("/_sandbox/settings", self._change_settings)
        app.router.add_post("/_sandbox/lead", self._lead)
        app.router.add_post("/_sandbox/owner", self._owner)
        app.router.add_post("/_sandbox/connection", self._connection)
        app.router.add_post("/_sandbox/presence", self._presence)
        app.router.add_post("/_sandbox/deliver", self._deliver)
        app.router.add_get("/_sandbox/messages", self._messages)

    async def _register(self, request: web.Request) -> web.Response:
        instance = await control_body(request, Instance)
        self._state.instances[instance.instance_id] = instance
        self._log.write("instance_registered", instance_id=instance.instance_id, callback_url=instance.callback_url)
        return answer({"instance_id": instance.instance_id}, 201)

    async def _list(self, _request: web.Request) -> web.Response:
        listed = [one.model_dump(exclude={"token", "client_token"}) for one in self._state.instances.values()]
        return answer({"instances": listed})

    async def _change_settings(self, request: web.Request) -> web.Response:
        changes = await control_body(request, ZapiSettings)
        given = changes.model_dump(include=changes.model_fields_set)
        self._state.settings = self._state.settings.model_copy(update=given)
        return answer(self._state.settings.model_dump())

    async def _lead(self, request: web.Request) -> web.Response:
        writes = await control_body(request, LeadWrites)
        instance = self._instance(writes.instance_id)
        lead = Contact(writes.sender, writes.lid or lid_of(writes.sender), writes.name)
        contact = self._state.remember(instance.instance_id, lead)
        written = self._written(writes)
        self._log.write(
            "lead_wrote",
            message_id=written.message_id,
            instance_id=instance.instance_id,
            lead=contact.key,
            text=writes.text,
            timestamp=written.moment // 1000,
        )
        delivery = Delivery(
            instance=instance,
            kind="received",
            url=instance.address("received") if instance.connected else "",
            body=payloads.encoded(payloads.received(instance, contact, written)),
            to=contact.key,
            text=writes.text,
            facts={"message_id": written.message_id},
        )
        acked = await self._send(delivery, writes.copies, hold=writes.hold, wait=writes.wait)
        return answer({"message_id": written.message_id, "lead": contact.key, "lid": contact.lid, "acked": acked})

    def _written(self, writes: LeadWrites) -> payloads.Written:
        content = writes.content or {"text": {"message": writes.text}}
        marks: JsonObject = {"isEdit": writes.edit, "waitingMessage": writes.waiting}
        return payloads.Written(
            message_id=writes.message_id or new_message_id(),
            moment=int(self._state.now() * 1000) if writes.moment is None else writes.moment,
            content={} if writes.waiting else content,
            reference=writes.context,
            lid_alone=writes.lid_alone,
            changes={**marks, **writes.changes},
        )

    async def _owner(self, request: web.Request) -> web.Response:
        writes = await control_body(request, OwnerWrites)
        instance = self._instance(writes.instance_id)
        content = writes.content or {"text": {"message": writes.text}}
        kind = next(iter(content))
        sent = await self._outbox.by_hand(instance, Outgoing(writes.to, kind, writes.text, content, "", 0))
        return answer({"message_id": sent.message_id, "lead": sent.to})

    async def _connection(self, request: web.Request) -> web.Response:
        """Tell of the change; a phone that is back lets everything go that was queued meanwhile."""
        wanted = await control_body(request, Connection)
        self._instance(wanted.instance_id)
        instance = self._state.change(wanted.instance_id, connected=wanted.connected)
        kind = "connected" if wanted.connected else "disconnected"
        self._log.write(f"phone_{kind}", instance_id=instance.instance_id)
        body = payloads.encoded(payloads.connection(instance, int(self._state.now() * 1000)))
        self._courier.send(Delivery(instance, "connection", instance.address(kind), body))
        flushed = await self._outbox.flush(instance) if wanted.connected else 0
        return answer({"connected": wanted.connected, "flushed": flushed})

    async def _presence(self, request: web.Request) -> web.Response:
        shown = await control_body(request, PresenceShown)
        instance = self._instance(shown.instance_id)
        body = payloads.encoded(payloads.presence(instance, shown.sender, shown.status))
        self._courier.send(Delivery(instance, "presence", instance.address("chat-presence"), body, shown.sender))
        return answer({"status": shown.status})

    async def _deliver(self, request: web.Request) -> web.Response:
        raw = await control_body(request, RawDelivery)
        instance = self._instance(raw.instance_id)
        delivery = Delivery(
            instance, "raw", instance.address("received"), raw.content(payloads.encoded), headers=raw.headers
        )
        return answer({"acked": await self._send(delivery, raw.copies, hold=False, wait=raw.wait)})

    def _instance(self, instance_id: str) -> Instance:
        instance = self._state.instances.get(instance_id)
        if instance is None:
            raise web.HTTPNotFound(text="no such instance_id")
        return instance

    async def _send(self, delivery: Delivery, copies: int, *, hold: bool, wait: bool) -> bool | None:
        tasks = [self._courier.send(delivery, hold=hold) for _ in range(copies)]
        return await first_success(tasks) if wait else None

    async def _messages(self, request: web.Request) -> web.Response:
        instance, to = request.query.get("instance_id", ""), request.query.get("to", "")
        contact = self._state.contact(instance, to)
        after = number_in_query(request, "after", 0)
        key = (instance, contact.key if contact else to)
        messages = await self._state.inboxes.after(key, after, number_in_query(request, "wait_ms", 0) / 1000)
        listed = [asdict(message) for message in messages]
        return answer({"messages": listed, "next": messages[-1].seq if messages else after})
