"""The API over HTTP: each request read, its sender known, one operation called, and an answer for whatever happened."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, TypeVar
from uuid import UUID

import structlog
from aiohttp import web
from multidict import MultiMapping
from pydantic import BaseModel, ValidationError

from core.domain.errors import NotFound, RevezaError, TooLarge, Unauthorized, Unavailable
from core.domain.failure_limit import FailureLimit
from core.domain.request_limit import RequestLimit
from core.services.idempotency import Once
from core.services.session_tokens import TokenInvalid
from core.services.sessions import Sessions, SignedIn
from db.ingest import database_away
from miniapp.api.events import EventStreams
from miniapp.api.openapi import document
from miniapp.api.operation import IDEMPOTENCY_KEY, Call, Caller, Download, Nothing, Operation
from miniapp.api.problem import CONTENT_TYPE, Fault, InvalidInput, headers_of, problem_of

log = structlog.get_logger(__name__)

PREFIX: Final = "/api/v1"
EVENTS: Final = "/events"
LARGEST_BODY: Final = 256 * 1024
"""Bytes. The largest thing that is written by hand is a knowledge entry."""
_WORTH_COMPRESSING: Final = 1024
"""Characters. Below, the head is most of an answer."""
_SCHEME: Final = "Bearer "
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Who comes in: ``address`` tells where a request is from, ``limit`` how often one address may prove nothing.

    ``pace``: how often one session may ask.
    """

    sessions: Sessions
    limit: FailureLimit
    pace: RequestLimit
    address: Callable[[web.Request], str]


class Api:
    """The operations as routes, beside the document that describes them."""

    def __init__(self, operations: Sequence[Operation], doorkeeper: Doorkeeper, events: EventStreams) -> None:
        self._operations = operations
        self._doorkeeper = doorkeeper
        self._events = events
        self._document = document(operations, PREFIX, EVENTS)

    def routes(self) -> list[web.RouteDef]:
        """Of every operation, of the document, and of what is not there."""
        return [
            *(web.route(one.method, PREFIX + one.path, self._served(one)) for one in self._operations),
            web.get(EVENTS, self._streamed, allow_head=False),
            web.get(f"{PREFIX}/openapi.json", self._described),
            web.route("*", PREFIX + "/{rest:.*}", _unknown),
        ]

    def _served(self, operation: Operation) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            try:
                answer = await operation.handle(await self._call(operation, request))
            except Exception as error:  # noqa: BLE001 the app gets an answer whatever broke
                return self._refused(operation.name, request, error)
            if isinstance(answer, Download):
                return await _sent(request, operation, answer)
            return _answer(operation, answer)

        return serve

    async def _streamed(self, request: web.Request) -> web.StreamResponse:
        try:
            access = _access(request)
            who = await self._signed_in(access)
        except Exception as error:  # noqa: BLE001 see above
            return self._refused("events", request, error)
        return await self._events.serve(request, who, access)

    async def _call(self, operation: Operation, request: web.Request) -> Call[BaseModel, BaseModel]:
        address = self._doorkeeper.address(request)
        signed_in = None if operation.public else await self._signed_in(_access(request))
        body, ids = await _body(operation, request), _ids(request.match_info)
        return Call(
            query=_parsed("query", operation.query, _single(request.query)),
            body=body,
            ids=ids,
            caller=Caller(address, _client(request)),
            signed_in=signed_in,
            once=_once(operation, request, ids, body) if operation.repeatable else None,
        )

    async def _signed_in(self, access: str) -> SignedIn:
        who = await self._doorkeeper.sessions.signed_in(access)
        self._doorkeeper.pace.asked(who.session_id)
        return who

    def _refused(self, operation: str, request: web.Request, error: Exception) -> web.Response:
        ours = _as_ours(operation, error)
        if isinstance(ours, Unauthorized):
            try:
                self._doorkeeper.limit.failed(self._doorkeeper.address(request))
            except RevezaError as flood:
                ours = flood
        return _problem(ours)

    async def stop(self, _application: web.Application) -> None:
        """Streams do not end by themselves."""
        await self._events.stop()

    async def _described(self, _request: web.Request) -> web.Response:
        return web.json_response(self._document)


def _access(request: web.Request) -> str:
    given = request.headers.get("Authorization", "")
    if not given.startswith(_SCHEME):
        raise TokenInvalid
    return given.removeprefix(_SCHEME)


def _client(request: web.Request) -> str:
    """What the browser says of itself; bytes that are no text come as halves of characters, which nothing can hold."""
    return request.headers.get("User-Agent", "").encode(errors="replace").decode()


async def _unknown(_request: web.Request) -> web.Response:
    return _problem(NotFound())


async def _body(operation: Operation, request: web.Request) -> BaseModel:
    if operation.body is Nothing:
        return Nothing()
    if (request.content_length or 0) > LARGEST_BODY:
        raise TooLarge
    try:
        raw = await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise TooLarge from error
    if len(raw) > LARGEST_BODY:
        raise TooLarge
    try:
        return operation.body.model_validate_json(raw)
    except ValidationError as error:
        raise InvalidInput.of(error, "body") from error


def _parsed(part: str, model: type[_Model], values: Mapping[str, str]) -> _Model:
    try:
        return model.model_validate_strings(values)
    except ValidationError as error:
        raise InvalidInput.of(error, part) from error


def _single(query: MultiMapping[str]) -> dict[str, str]:
    """Each name once: of two values one would be left out without a word."""
    twice = sorted({name for name in query if len(query.getall(name)) > 1})
    if twice:
        raise InvalidInput([Fault(at=f"query.{name}", why="is there twice") for name in twice])
    return dict(query)


def _ids(parts: Mapping[str, str]) -> dict[str, UUID]:
    """What is no id names nothing that is there."""
    try:
        return {name: UUID(value) for name, value in parts.items()}
    except ValueError as error:
        raise NotFound from error


def _once(operation: Operation, request: web.Request, ids: Mapping[str, UUID], body: BaseModel) -> Once:
    """How the request is known when it comes again."""
    try:
        key = UUID(request.headers.get(IDEMPOTENCY_KEY, ""))
    except ValueError as error:
        raise InvalidInput([Fault(at=f"header.{IDEMPOTENCY_KEY}", why="is missing, or no UUID")]) from error
    whole = "\n".join((operation.name, *map(str, ids.values()), body.model_dump_json()))
    return Once(key, hashlib.sha256(whole.encode()).digest())


def _answer(operation: Operation, answer: BaseModel | None) -> web.Response:
    if answer is None:
        return web.Response(status=operation.status, headers=_HEADERS)
    response = web.Response(text=answer.model_dump_json(), content_type="application/json", headers=_HEADERS)
    # A list is a fifth of its size. Tokens are short, and nobody is to learn anything of them by their length.
    if not operation.public and len(response.text or "") > _WORTH_COMPRESSING:
        response.enable_compression()
    return response


async def _sent(request: web.Request, operation: Operation, file: Download) -> web.StreamResponse:
    """A file, as it is made. One that breaks off ends the connection, so that nobody takes it for whole."""
    response = web.StreamResponse(headers={**_HEADERS, "Content-Disposition": f'attachment; filename="{file.name}"'})
    response.content_type = operation.media
    if operation.media.startswith("text/"):
        response.charset = "utf-8"
    await response.prepare(request)
    async with aclosing(file.chunks) as chunks:
        async for chunk in chunks:
            await response.write(chunk)
    return response


def _problem(error: RevezaError) -> web.Response:
    found = problem_of(error)
    return web.Response(
        status=found.status,
        text=found.model_dump_json(),
        content_type=CONTENT_TYPE,
        headers=_HEADERS | headers_of(error),
    )


def _as_ours(operation: str, error: Exception) -> RevezaError:
    if isinstance(error, RevezaError) and error.status < 500:  # noqa: PLR2004 HTTP: the client's fault
        return error
    if isinstance(error, Unavailable) or database_away(error):
        log.warning("miniapp.unavailable", operation=operation, error=type(error).__qualname__)
        return Unavailable()
    log.error("miniapp.failed", operation=operation, exc_info=error)
    return error if isinstance(error, RevezaError) else RevezaError()
