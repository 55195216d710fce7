"""The Graph API of the emulator: what a WhatsApp client calls."""

import asyncio
import re
from dataclasses import dataclass

from aiohttp import web

from sandbox.eventlog import EventLog
from sandbox.faults import FaultBook, Holds
from sandbox.meta.accounts import Accounts
from sandbox.meta.config import PhoneNumber
from sandbox.meta.errors import GraphError
from sandbox.meta.faults import AFTER_ACCEPTING, BEFORE_ACCEPTING, ON_STATUSES, MetaFault
from sandbox.meta.outgoing import Outgoing, ReadMark, parse_outgoing
from sandbox.meta.state import Lead, MetaState, SentMessage, new_wamid, scoped_user_id
from sandbox.meta.statuses import StatusReporter, plan
from sandbox.wire import JsonObject, answer, decode_object, object_at, text_at

OUTSIDE_WINDOW = 131047


class ConnectionCutError(Exception):
    """The connection is to be closed without an answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of ``/messages``: what rules match on and what every event about it says."""

    id: str
    number: PhoneNumber
    kind: str
    to: str
    text: str
    callback: str

    def facts(self) -> dict[str, str]:
        """What fault rules match on."""
        return {"call": self.kind, "phone_number_id": self.number.phone_number_id, "to": self.to, "text": self.text}

    def logged(self) -> JsonObject:
        """What events say."""
        return {
            "call": self.id,
            "kind": self.kind,
            "phone_number_id": self.number.phone_number_id,
            "lead": self.to,
            "text": self.text,
            "callback": self.callback,
        }


class GraphMessages:
    """``POST /{version}/{phone_number_id}/messages``."""

    def __init__(
        self,
        *,
        state: MetaState,
        accounts: Accounts,
        faults: FaultBook[MetaFault],
        holds: Holds,
        reporter: StatusReporter,
        log: EventLog,
    ) -> None:
        self._state = state
        self._accounts = accounts
        self._faults = faults
        self._holds = holds
        self._reporter = reporter
        self._log = log
        self._calls = 0

    async def post(self, request: web.Request) -> web.Response:
        """Accept a message or a read mark, or refuse it, or do what a fault rule says."""
        number = self._accounts.authorized_number(request)
        body = decode_object(await request.read())
        if body is None:
            raise GraphError(100, "(#100) The parameter messaging_product is required.", "Body is not a JSON object.")
        call = self._call(number, body)
        self._log.write("send_received", body_kind=str(body.get("type", "")), **call.logged())
        try:
            return await self._handle(call, body)
        except GraphError as error:
            self._log.write("send_refused", code=error.code, http=error.status, **call.logged())
            raise
        except ConnectionCutError:
            self._log.write("send_cut", **call.logged())
            return cut(request)
        except asyncio.CancelledError:
            self._log.write("send_abandoned", **call.logged())
            raise

    def _call(self, number: PhoneNumber, body: JsonObject) -> Call:
        self._calls += 1
        return Call(
            id=f"call-{self._calls}",
            number=number,
            kind="read" if "status" in body else "message",
            to=self._addressee(number.phone_number_id, body),
            text=text_at(object_at(body, "text"), "body"),
            callback=text_at(body, "biz_opaque_callback_data"),
        )

    def _addressee(self, phone_number_id: str, body: JsonObject) -> str:
        if "status" in body:
            return self._accounts.writer_of(phone_number_id, text_at(body, "message_id")) or ""
        to = re.sub(r"\D", "", text_at(body, "to")) or text_at(body, "recipient")
        lead = self._state.lead(phone_number_id, to)
        return lead.key if lead else to

    async def _handle(self, call: Call, body: JsonObject) -> web.Response:
        await self._before(call)
        wanted = parse_outgoing(body)
        if isinstance(wanted, ReadMark):
            accepted = self._mark_read(call, wanted)
        else:
            accepted = await self._accept(call, wanted)
        await self._after(call)
        self._log.write("send_answered", **call.logged())
        return answer(accepted)

    async def _before(self, call: Call) -> None:
        rule = self._faults.take(BEFORE_ACCEPTING, call.facts())
        if rule is None:
            return
        if rule.action == "status":
            raise GraphError(rule.code or 131000, http=rule.http, headers=rule.headers)
        if rule.action == "cut":
            raise ConnectionCutError
        await self._hold(call, "before", rule)

    async def _after(self, call: Call) -> None:
        rule = self._faults.take(AFTER_ACCEPTING, call.facts())
        if rule is None:
            return
        if rule.action == "accept_then_cut":
            raise ConnectionCutError
        await self._hold(call, "after", rule)

    async def _hold(self, call: Call, stage: str, rule: MetaFault) -> None:
        self._log.write("send_held", stage=stage, **call.logged())
        if await self._holds.hold({"stage": stage, **call.logged()}, rule.seconds) == "cut":
            raise ConnectionCutError

    def _mark_read(self, call: Call, mark: ReadMark) -> JsonObject:
        if self._accounts.writer_of(call.number.phone_number_id, mark.message_id) is None:
            raise GraphError(100, "(#100) Invalid parameter", "Message with the given id does not exist.")
        self._log.write("read_marked", wamid=mark.message_id, typing=mark.typing, **call.logged())
        return {"success": True}

    async def _accept(self, call: Call, wanted: Outgoing) -> JsonObject:
        number = call.number
        lead = self._state.lead(number.phone_number_id, wanted.to)
        refusal = OUTSIDE_WINDOW if wanted.kind != "template" and not self._state.window_open(lead) else None
        if refusal and self._state.settings.window_refusal == "response":
            raise GraphError(refusal)
        recipient = lead or stranger(number, wanted.to)
        sent = self._file(call, wanted, recipient)
        what = plan(self._state.settings, self._faults.take(ON_STATUSES, call.facts()), refusal)
        await self._reporter.report(number, recipient, sent, what)
        return receipt(wanted, recipient, sent)

    def _file(self, call: Call, wanted: Outgoing, lead: Lead) -> SentMessage:
        sent = SentMessage(
            seq=self._state.inboxes.next_seq(),
            at=self._state.now(),
            wamid=new_wamid(lead.key, inbound=False),
            phone_number_id=call.number.phone_number_id,
            to=lead.key,
            kind=wanted.kind,
            text=wanted.text,
            callback=wanted.callback,
            context=wanted.context,
        )
        self._log.write("send_accepted", wamid=sent.wamid, context=sent.context, **call.logged())
        self._state.inboxes.add(sent.phone_number_id, sent)
        return sent


def stranger(number: PhoneNumber, to: str) -> Lead:
    """Somebody who never wrote to the number."""
    if "." in to:
        return Lead(wa_id="", user_id=to, name="")
    return Lead(wa_id=to, user_id=scoped_user_id(number.app_id, to), name="")


def receipt(wanted: Outgoing, lead: Lead, sent: SentMessage) -> JsonObject:
    """The answer to an accepted message: ``wa_id`` may differ from what was typed."""
    contact: JsonObject = {"input": wanted.raw_to}
    if lead.wa_id:
        contact["wa_id"] = lead.wa_id
    else:
        contact["user_id"] = lead.user_id
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": sent.wamid}]}


def cut(request: web.Request) -> web.Response:
    """Close the caller's connection at once; the response goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
