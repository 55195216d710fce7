"""``/v1/messages`` and ``/v1/messages/count_tokens``."""

import asyncio
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import orjson
from aiohttp import web

from sandbox.claude.cache import PromptCache, segments_of
from sandbox.claude.config import ClaudeConfig
from sandbox.claude.errors import ApiError, refuse
from sandbox.claude.faults import BEFORE, ON_THE_ANSWER, ON_THE_WAY, ClaudeFault
from sandbox.claude.journal import Call, Journal
from sandbox.claude.limits import RateLimits
from sandbox.claude.message import Message, as_event
from sandbox.claude.prompt import lead_text, read_prompt
from sandbox.claude.request import MessagesRequest, parse_count, parse_messages
from sandbox.claude.standin import answer_to
from sandbox.claude.validation import check_prompt, check_request
from sandbox.faults import FaultBook, Holds
from sandbox.wire import JsonObject, answer, decode_object, object_at, text_at


class ConnectionCutError(Exception):
    """The connection is to be closed without an answer."""


@dataclass(slots=True)
class Pace:
    """The constant latency of every answer, in milliseconds."""

    delay_ms: int = 0


class Messages:
    """The Messages API."""

    def __init__(
        self,
        *,
        config: ClaudeConfig,
        pace: Pace,
        faults: FaultBook[ClaudeFault],
        holds: Holds,
        journal: Journal,
        cache: PromptCache,
    ) -> None:
        self._config = config
        self._pace = pace
        self._faults = faults
        self._holds = holds
        self._journal = journal
        self._cache = cache
        self._limits = RateLimits(config)

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Answer a conversation, whole or as a stream."""
        call = Call("req_01" + secrets.token_hex(11), _key(request), "")
        try:
            body = await self._body(request)
            call = Call(call.request_id, call.key, text_at(body, "model"))
            return await self._create(request, call, body)
        except ApiError as error:
            self._journal.event("claude_refused", call, status=error.status, message=error.message)
            return error.response(call.request_id)
        except ConnectionCutError:
            self._journal.event("claude_cut", call)
            return _cut(request)
        except asyncio.CancelledError:
            self._journal.event("claude_abandoned", call)
            raise

    async def count_tokens(self, request: web.Request) -> web.Response:
        """How many tokens a prompt has."""
        request_id = "req_01" + secrets.token_hex(11)
        try:
            body = await self._body(request)
            check_prompt(parse_count(body))
        except ApiError as error:
            return error.response(request_id)
        tokens = sum(segment.tokens for segment in segments_of(body))
        return answer({"input_tokens": tokens}, headers={"request-id": request_id})

    async def _body(self, request: web.Request) -> JsonObject:
        key = _key(request)
        if not key or (self._config.api_keys and key not in self._config.api_keys):
            refuse("invalid x-api-key" if key else "x-api-key header is required", 401)
        if not request.headers.get("anthropic-version"):
            refuse("anthropic-version: header is required")
        body = decode_object(await request.read())
        if body is None:
            refuse("The request body is not valid JSON")
        return body

    async def _create(self, request: web.Request, call: Call, body: JsonObject) -> web.StreamResponse:
        wanted = parse_messages(body)
        model, schema = check_request(wanted)
        heard, segments = read_prompt(wanted), segments_of(body)
        self._journal.asked(call, wanted, schema, heard, sum(segment.tokens for segment in segments))
        facts = _facts(wanted)
        await self._before(call, facts)
        answered = answer_to(wanted, model, schema, heard, self._faults.take(ON_THE_ANSWER, facts))
        usage = self._cache.bill(_cache_owner(call, body), segments, model.min_cacheable)
        message = Message(model.id, answered, usage)
        headers = self._limits.headers(call.key, usage.total - usage.read, answered.output_tokens)
        headers |= {"request-id": call.request_id, "anthropic-organization-id": "sandbox"}
        self._journal.answered(call, message)
        on_the_way = self._faults.take(ON_THE_WAY, facts)
        if wanted.stream:
            return await self._stream(request, call, message, headers, on_the_way)
        return await self._whole(request, message, headers, on_the_way)

    async def _before(self, call: Call, facts: dict[str, str]) -> None:
        await asyncio.sleep(self._pace.delay_ms / 1000)
        rule = self._faults.take(BEFORE, facts)
        if rule is None:
            return
        if rule.action == "status":
            raise rule.error()
        if rule.action == "hold":
            await self._hold(call, facts, rule)
            return
        await asyncio.sleep(rule.seconds)
        if rule.action == "hang":
            raise ConnectionCutError

    async def _hold(self, call: Call, facts: dict[str, str], rule: ClaudeFault) -> None:
        self._journal.event("claude_held", call)
        held = {"request_id": call.request_id, "model": call.model, "lead_text": facts["lead_text"]}
        if await self._holds.hold(dict(held), rule.seconds) == "cut":
            raise ConnectionCutError

    async def _whole(
        self, request: web.Request, message: Message, headers: dict[str, str], rule: ClaudeFault | None
    ) -> web.StreamResponse:
        if rule is None or rule.action != "cut":
            return answer(message.as_json(), headers=headers)
        body = orjson.dumps(message.as_json())
        response = web.StreamResponse(headers={**headers, "Content-Type": "application/json"})
        response.content_length = len(body)
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        return _close(request, response)

    async def _stream(
        self, request: web.Request, call: Call, message: Message, headers: dict[str, str], rule: ClaudeFault | None
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={**headers, "Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        events = [as_event(name, data) for name, data in message.events()]
        if rule is None:
            await response.write(b"".join(events))
            await response.write_eof()
            return response
        await response.write(b"".join(_first_half(events)))
        if rule.action == "stream_error":
            await response.write(as_event("error", rule.error().body(call.request_id)))
            await response.write_eof()
            return response
        return _close(request, response)


def _key(request: web.Request) -> str:
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return bearer or request.headers.get("x-api-key", "")


def _facts(wanted: MessagesRequest) -> dict[str, str]:
    user = wanted.last_user_text
    return {"model": wanted.model, "text": user, "lead_text": lead_text(user), "system": wanted.system_text}


def _cache_owner(call: Call, body: JsonObject) -> str:
    # The form of the answer is part of the prompt that is cached: another schema finds nothing.
    form = orjson.dumps(object_at(body, "output_config").get("format"), option=orjson.OPT_SORT_KEYS)
    return f"{call.key}\n{call.model}\n{form.decode()}"


def _first_half(events: list[bytes]) -> Iterator[bytes]:
    return islice(events, max(1, len(events) // 2))


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _close(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()
    return response
