"""Who may call what: versions, tokens, numbers, subscriptions."""

import re
import secrets

from aiohttp import web

from sandbox.meta.config import MetaApp, PhoneNumber
from sandbox.meta.courier import Courier
from sandbox.meta.errors import GraphError
from sandbox.meta.faults import MetaFault
from sandbox.meta.state import MetaState
from sandbox.wire import JsonObject, answer, decode_object, text_at

VERSIONS = frozenset(f"v{major}.0" for major in range(21, 27))


class Accounts:
    """Checks of every Graph call, and the calls about numbers and business accounts."""

    def __init__(self, state: MetaState, courier: Courier[MetaFault]) -> None:
        self._state = state
        self._courier = courier
        self._inbound: dict[tuple[str, str], str] = {}

    def add_routes(self, app: web.Application) -> None:
        """Put the routes into ``app``."""
        app.router.add_get("/{version}/{node}", self._node)
        app.router.add_route("*", "/{version}/{waba}/subscribed_apps", self._subscribed_apps)

    def remember_inbound(self, phone_number_id: str, wamid: str, lead: str) -> None:
        """A lead's message exists and can be marked read."""
        self._inbound[phone_number_id, wamid] = lead

    def writer_of(self, phone_number_id: str, wamid: str) -> str | None:
        """The lead who sent this message to this number; None when nobody did."""
        return self._inbound.get((phone_number_id, wamid))

    def authorized_number(self, request: web.Request) -> PhoneNumber:
        """The number in the path, when version and token are right; GraphError otherwise."""
        token = self._token(request)
        node = request.match_info.get("node", "")
        number = self._state.numbers.get(node)
        if number is None or number.access_token != token:
            raise unsupported(request.method, node)
        return number

    def _token(self, request: web.Request) -> str:
        if request.match_info["version"] not in VERSIONS:
            raise GraphError(2500, f"Unknown path components: {request.path}", http=400)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if not token:
            raise GraphError(190, "An access token is required to request this resource.")
        if not any(
            secrets.compare_digest(token.encode(), n.access_token.encode()) for n in self._state.numbers.values()
        ):
            raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")
        return token

    async def _node(self, request: web.Request) -> web.Response:
        number = self.authorized_number(request)
        return answer(
            {
                "id": number.phone_number_id,
                "verified_name": number.verified_name,
                "display_phone_number": number.display_phone_number,
                "code_verification_status": "VERIFIED",
                "quality_rating": "GREEN",
                "platform_type": "CLOUD_API",
                "throughput": {"level": "STANDARD"},
                "webhook_configuration": {"application": self._callback(number)},
            }
        )

    def _callback(self, number: PhoneNumber) -> str:
        app = self._state.app_of(number)
        return app.callback_urls[0] if app and app.callback_urls else ""

    async def _subscribed_apps(self, request: web.Request) -> web.Response:
        token = self._token(request)
        waba = request.match_info["waba"]
        numbers = [n for n in self._state.numbers.values() if n.waba_id == waba and n.access_token == token]
        if not numbers:
            raise unsupported(request.method, waba)
        if request.method == "GET":
            return answer({"data": [self._subscription(n.app_id) for n in numbers[:1] if n.subscribed]})
        if request.method == "POST":
            await self._override_callback(request, numbers[0])
        self._subscribe(numbers, subscribed=request.method == "POST")
        return answer({"success": True})

    def _subscribe(self, numbers: list[PhoneNumber], *, subscribed: bool) -> None:
        for number in numbers:
            self._state.numbers[number.phone_number_id] = number.model_copy(update={"subscribed": subscribed})

    def _subscription(self, app_id: str) -> JsonObject:
        return {"whatsapp_business_api_data": {"id": app_id, "name": "Sandbox app", "link": ""}}

    async def _override_callback(self, request: web.Request, number: PhoneNumber) -> None:
        body = decode_object(await request.read() or b"{}") or {}
        url, app = text_at(body, "override_callback_uri"), self._state.app_of(number)
        if not url or app is None:
            return
        if not await self._courier.shake_hands(app, url, text_at(body, "verify_token")):
            raise GraphError(2200, "(#2200) Callback verification failed", http=400)
        self._register(app, url)

    def _register(self, app: MetaApp, url: str) -> None:
        self._state.apps[app.app_id] = app.model_copy(update={"callback_urls": (url,)})


def unsupported(method: str, node: str) -> GraphError:
    """What Graph says of an object that does not exist or that the token may not see."""
    verb = re.sub(r"[^a-z]", "", method.lower())
    message = (
        f"Unsupported {verb} request. Object with ID '{node}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation."
    )
    return GraphError(100, message, message, subcode=33)
