"""The Mini App's part of the web process."""

from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic

from aiohttp import web

from app.settings import Settings
from core.domain.failure_limit import FailureLimit
from core.services.session_tokens import SessionTokens
from core.services.sessions import Sessions
from miniapp.api.server import Api, Doorkeeper
from miniapp.api.sign_in import SignInDesk


def miniapp_api(settings: Settings, address: Callable[[web.Request], str]) -> Api | None:
    """The API, where a bot's token lets us tell who opened the app. ``address``: where a request comes from."""
    if not settings.telegram_bot_token:
        return None
    sessions = Sessions(SessionTokens(settings.secret_keys))
    desk = SignInDesk(sessions, settings.telegram_bot_token, lambda: datetime.now(UTC))
    return Api(desk.operations(), Doorkeeper(sessions, FailureLimit(monotonic), address))
