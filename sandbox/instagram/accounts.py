"""Who may call what: versions, tokens of either login, accounts, profiles and subscriptions."""

import secrets
from dataclasses import dataclass

from aiohttp import web

from sandbox.eventlog import EventLog
from sandbox.faults import FaultBook
from sandbox.instagram.config import InstagramAccount
from sandbox.instagram.errors import InstagramError, no_such_object
from sandbox.instagram.faults import InstagramFault
from sandbox.instagram.payloads import node
from sandbox.instagram.state import InstagramState
from sandbox.meta.accounts import VERSIONS
from sandbox.meta.faults import BEFORE_ACCEPTING
from sandbox.wire import JsonObject, answer


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a token stands for, and by which login."""

    account: InstagramAccount
    login: str

    @property
    def node(self) -> str:
        """The object that sends: the account by Instagram Login, its Page by Facebook Login."""
        return self.account.account if self.login == "instagram" else self.account.page_id


class Accounts:
    """Checks of every call, and the calls about accounts and people."""

    def __init__(self, state: InstagramState, faults: FaultBook[InstagramFault], log: EventLog) -> None:
        self._state = state
        self._faults = faults
        self._log = log

    def add_routes(self, app: web.Application) -> None:
        """Put the routes into ``app``."""
        app.router.add_get("/{version}/{node}", self._node)
        app.router.add_route("*", "/{version}/{node}/subscribed_apps", self._subscribed_apps)

    def caller(self, request: web.Request) -> Caller:
        """Who calls, when version and token are right; InstagramError otherwise."""
        if request.match_info["version"] not in VERSIONS:
            raise InstagramError(2500, message=f"Unknown path components: {request.path}", http=400)
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        token = bearer or request.query.get("access_token", "")
        if not token:
            raise InstagramError(190, message="An access token is required to request this resource.")
        for account in self._state.accounts.values():
            for login, known in (("instagram", account.instagram_token), ("facebook", account.page_token)):
                if known and secrets.compare_digest(token.encode(), known.encode()):
                    return Caller(account, login)
        raise InstagramError(190, message="Invalid OAuth access token - Cannot parse access token")

    def sender(self, request: web.Request) -> Caller:
        """Who calls, when it is the object in the path, or ``me``."""
        caller = self.caller(request)
        node = request.match_info["node"]
        if node not in {"me", caller.node}:
            raise no_such_object(request.method, node)
        return caller

    async def _node(self, request: web.Request) -> web.Response:
        caller = self.caller(request)
        asked = request.match_info["node"]
        if asked in {"me", caller.node}:
            return answer(_selected(self._self(caller), request.query.get("fields", "")))
        if not asked.isdigit():
            return self._message(caller, asked)
        lead = self._state.lead(caller.account.account, asked)
        if lead is None:
            raise InstagramError(230, login=caller.login)
        return answer({"id": lead.igsid, "name": lead.name, "username": _username(lead.name)})

    def _message(self, caller: Caller, mid: str) -> web.Response:
        """A message of one of the caller's conversations."""
        account = caller.account
        rule = self._faults.take(BEFORE_ACCEPTING, {"call": "fetch", "account": account.account, "to": "", "text": mid})
        self._log.write("message_asked_for", mid=mid, account=account.account, login=caller.login)
        if rule is not None and rule.action == "status":
            raise InstagramError(rule.code or 1, rule.subcode, http=rule.http, headers=rule.headers, login=caller.login)
        found = self._state.written(account.account, mid)
        if found is None:
            raise no_such_object("GET", mid)  # noqa: EM101 - a method's name, no message
        sender, written = found
        lead = self._state.lead(account.account, sender.igsid)
        return answer(node(account, sender, written, _username(lead.name if lead else "")))

    def _self(self, caller: Caller) -> JsonObject:
        if caller.login == "facebook":
            linked = {"instagram_business_account": {"id": caller.account.account}}
            return {"id": caller.node, "name": caller.account.username, **linked}
        return {"id": f"9{caller.node}", "user_id": caller.node, "username": caller.account.username}

    async def _subscribed_apps(self, request: web.Request) -> web.Response:
        account = self.sender(request).account
        if request.method == "GET":
            return answer({"data": [{"id": account.app_id}] if account.subscribed else []})
        subscribed = request.method == "POST"
        self._state.accounts[account.account] = account.model_copy(update={"subscribed": subscribed})
        return answer({"success": True})


def _selected(node: JsonObject, fields: str) -> JsonObject:
    """The fields that were asked for, and the id; without a word of them, those that a node always tells."""
    asked = {"id", *fields.split(",")} if fields else {"id", "name", "user_id", "username"}
    return {name: value for name, value in node.items() if name in asked}


def _username(name: str) -> str:
    return name.casefold().replace(" ", "_")
