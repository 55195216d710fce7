"""The Send API of the emulator: what a client of Instagram calls."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from sandbox.eventlog import EventLog
from sandbox.faults import FaultBook, Holds
from sandbox.instagram.accounts import Accounts, Caller
from sandbox.instagram.errors import NO_SUCH_USER, WINDOW_CLOSED, InstagramError, refuse
from sandbox.instagram.faults import ON_ECHOES, InstagramFault
from sandbox.instagram.outgoing import Action, Outgoing, parse_outgoing
from sandbox.instagram.state import HUMAN_AGENT_SECONDS, WINDOW_SECONDS, InstagramState, Sent, new_mid
from sandbox.instagram.webhooks import Webhooks
from sandbox.meta.faults import AFTER_ACCEPTING, BEFORE_ACCEPTING
from sandbox.meta.graph import ConnectionCutError, cut
from sandbox.wire import JsonObject, answer, decode_object, object_at, text_at


@dataclass(frozen=True, slots=True)
class Call:
    """One call of ``/messages``: what rules match on and what every event about it says."""

    id: str
    caller: Caller
    kind: str
    to: str
    text: str
    action: str

    def facts(self) -> dict[str, str]:
        """What fault rules match on."""
        return {"call": self.kind, "account": self.caller.account.account, "to": self.to, "text": self.text}

    def logged(self) -> JsonObject:
        """What events say."""
        return {
            "call": self.id,
            "kind": self.kind,
            "account": self.caller.account.account,
            "login": self.caller.login,
            "lead": self.to,
            "text": self.text,
            "action": self.action,
        }


class Messages:
    """``POST /{version}/{account, Page or me}/messages``."""

    def __init__(
        self,
        *,
        state: InstagramState,
        accounts: Accounts,
        faults: FaultBook[InstagramFault],
        holds: Holds,
        webhooks: Webhooks,
        log: EventLog,
    ) -> None:
        self._state = state
        self._accounts = accounts
        self._faults = faults
        self._holds = holds
        self._webhooks = webhooks
        self._log = log
        self._calls = 0

    async def post(self, request: web.Request) -> web.Response:
        """Accept a message or an action, or refuse it, or do what a fault rule says."""
        caller = self._accounts.sender(request)
        body = decode_object(await request.read())
        if body is None:
            refuse("The parameter recipient is required.")
        call = self._call(caller, body)
        self._log.write("send_received", **call.logged())
        try:
            return await self._handle(call, body)
        except InstagramError as error:
            error.login = caller.login
            self._log.write("send_refused", code=error.code, http=error.status, **call.logged())
            raise
        except ConnectionCutError:
            self._log.write("send_cut", **call.logged())
            return cut(request)
        except asyncio.CancelledError:
            self._log.write("send_abandoned", **call.logged())
            raise

    def _call(self, caller: Caller, body: JsonObject) -> Call:
        self._calls += 1
        return Call(
            id=f"call-{self._calls}",
            caller=caller,
            kind="action" if "sender_action" in body else "message",
            to=text_at(object_at(body, "recipient"), "id"),
            text=text_at(object_at(body, "message"), "text"),
            action=text_at(body, "sender_action"),
        )

    async def _handle(self, call: Call, body: JsonObject) -> web.Response:
        await self._before(call)
        wanted = parse_outgoing(body)
        accepted = self._act(call, wanted) if isinstance(wanted, Action) else await self._accept(call, wanted)
        await self._after(call)
        self._log.write("send_answered", **call.logged())
        return answer(accepted)

    async def _before(self, call: Call) -> None:
        rule = self._faults.take(BEFORE_ACCEPTING, call.facts())
        if rule is None:
            return
        if rule.action == "status":
            raise InstagramError(rule.code or 1, rule.subcode, http=rule.http, headers=rule.headers)
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

    async def _hold(self, call: Call, stage: str, rule: InstagramFault) -> None:
        self._log.write("send_held", stage=stage, **call.logged())
        if await self._holds.hold({"stage": stage, **call.logged()}, rule.seconds) == "cut":
            raise ConnectionCutError

    def _act(self, call: Call, wanted: Action) -> JsonObject:
        if self._state.lead(call.caller.account.account, wanted.to) is None:
            raise InstagramError(*NO_SUCH_USER)
        self._log.write("action_shown", **call.logged())
        return {"recipient_id": wanted.to}

    async def _accept(self, call: Call, wanted: Outgoing) -> JsonObject:
        account = call.caller.account
        lead = self._state.lead(account.account, wanted.to)
        if lead is None:
            raise InstagramError(*NO_SUCH_USER)
        # A person's hand may answer for seven days; an app is never told how the window stands.
        window = HUMAN_AGENT_SECONDS if wanted.tag else WINDOW_SECONDS
        if self._state.now() - lead.last_inbound >= window:
            raise InstagramError(*WINDOW_CLOSED)
        if wanted.reply_to and not self._state.knows_mid(account.account, wanted.reply_to):
            refuse("Param reply_to[mid] names no message of the conversation.")
        sent = self._file(call, wanted)
        await self._webhooks.after(account, sent, self._faults.take(ON_ECHOES, call.facts()))
        return {"recipient_id": wanted.to, "message_id": sent.mid}

    def _file(self, call: Call, wanted: Outgoing) -> Sent:
        account = call.caller.account.account
        sent = Sent(
            seq=self._state.next_seq(),
            at=self._state.now(),
            mid=new_mid(account, wanted.to),
            account=account,
            to=wanted.to,
            login=call.caller.login,
            kind=wanted.kind,
            text=wanted.text,
            url=wanted.url,
            reply_to=wanted.reply_to,
            tag=wanted.tag,
        )
        self._log.write("send_accepted", mid=sent.mid, reply_to=sent.reply_to, **call.logged())
        self._state.file(sent)
        return sent
