"""The owner answers on the phone itself, in the WhatsApp Business app: an echo tells the app of it (coexistence)."""

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from sandbox.eventlog import EventLog
from sandbox.meta.config import MetaApp, PhoneNumber
from sandbox.meta.courier import Courier, Delivery
from sandbox.meta.faults import MetaFault
from sandbox.meta.payloads import InboundText, owner_echo
from sandbox.meta.state import MetaState, new_wamid
from sandbox.wire import answer, control_body


class OwnerWrites(BaseModel):
    """Words to a lead, typed on the business's own phone; ``wait`` answers once the echo was answered 200."""

    model_config = ConfigDict(extra="forbid")

    phone_number_id: str
    to: str = Field(pattern=r"^\d+$")
    text: str = Field(min_length=1)
    wait: bool = False


class OwnersPhone:
    """The route under ``/_sandbox`` for what the business itself writes."""

    def __init__(self, state: MetaState, courier: Courier[MetaFault], log: EventLog) -> None:
        self._state = state
        self._courier = courier
        self._log = log

    def add_routes(self, app: web.Application) -> None:
        """Put the route into ``app``."""
        app.router.add_post("/_sandbox/owner", self._owner)

    async def _owner(self, request: web.Request) -> web.Response:
        writes = await control_body(request, OwnerWrites)
        number = self._state.numbers.get(writes.phone_number_id)
        if number is None:
            raise web.HTTPNotFound(text="no such phone_number_id")
        known = self._state.lead(number.phone_number_id, writes.to)
        to = known.key if known is not None else writes.to
        written = InboundText(new_wamid(to, inbound=False), int(self._state.now()), writes.text)
        facts: dict[str, object] = {"wamid": written.wamid, "phone_number_id": number.phone_number_id, "lead": to}
        self._log.write("owner_wrote", text=written.text, **facts)
        app = self._state.app_of(number)
        acked = await self._bring(app, number, to, written, wait=writes.wait)
        return answer({"wamid": written.wamid, "lead": to, "acked": acked})

    async def _bring(
        self, app: MetaApp | None, number: PhoneNumber, to: str, written: InboundText, *, wait: bool
    ) -> bool | None:
        urls = app.callback_urls if app is not None and number.subscribed else ()
        delivery = Delivery(
            body=owner_echo(number, to, written),
            secret=app.app_secret if app is not None else "",
            urls=urls,
            kind="echo",
            account=number.phone_number_id,
            lead=to,
            text=written.text,
            facts={"wamids": [written.wamid]},
        )
        if not urls:
            self._log.write("webhook_unsubscribed", **delivery.logged())
            return False
        task = self._courier.send(delivery)
        return await task if wait else None
