"""The Claude emulator put together."""

import time

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from sandbox.claude.api import Messages, Pace
from sandbox.claude.cache import PromptCache
from sandbox.claude.config import ClaudeConfig
from sandbox.claude.faults import ClaudeFault
from sandbox.claude.journal import Journal
from sandbox.claude.models import MODELS
from sandbox.desk import FaultDesk
from sandbox.eventlog import EventLog
from sandbox.faults import FaultBook, Holds
from sandbox.wire import answer, control_body

MAX_BODY = 32 * 1024 * 1024


class ModelDelay(BaseModel):
    """The constant latency of every answer."""

    model_config = ConfigDict(extra="forbid")

    ms: int = Field(ge=0)


def claude_app(config: ClaudeConfig, log: EventLog) -> web.Application:
    """An application that serves the Messages API and its control calls on one port."""
    faults, holds, pace = FaultBook[ClaudeFault](), Holds(), Pace(config.model_delay_ms)
    messages = Messages(
        config=config,
        pace=pace,
        faults=faults,
        holds=holds,
        journal=Journal(log),
        cache=PromptCache(time.monotonic),
    )

    async def set_delay(request: web.Request) -> web.Response:
        pace.delay_ms = (await control_body(request, ModelDelay)).ms
        return answer({"ms": pace.delay_ms})

    app = web.Application(client_max_size=MAX_BODY)
    FaultDesk(ClaudeFault, faults, holds, log).add_routes(app)
    app.router.add_post("/_sandbox/model_delay", set_delay)
    app.router.add_post("/v1/messages", messages.create)
    app.router.add_post("/v1/messages/count_tokens", messages.count_tokens)
    app.router.add_get("/v1/models", _list_models)
    return app


async def _list_models(_request: web.Request) -> web.Response:
    listed = [
        {"type": "model", "id": name, "display_name": name, "created_at": "2026-01-01T00:00:00Z"} for name in MODELS
    ]
    return answer({"data": listed, "has_more": False, "first_id": listed[0]["id"], "last_id": listed[-1]["id"]})
