"""JSON on the wire: reading what a caller sent, writing what a vendor would."""

import base64
import json
from collections.abc import Callable
from typing import TypeGuard, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

JsonObject = dict[str, object]
Body = TypeVar("Body", bound=BaseModel)


def is_object(value: object) -> TypeGuard[JsonObject]:
    """Whether a decoded JSON value is an object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[object]]:
    """Whether a decoded JSON value is an array."""
    return isinstance(value, list)


def object_at(holder: JsonObject, key: str) -> JsonObject:
    """The object under ``key``, or an empty one where there is none."""
    value = holder.get(key)
    return value if is_object(value) else {}


def text_at(holder: JsonObject, key: str) -> str:
    """The string under ``key``, or an empty one where there is none."""
    value = holder.get(key)
    return value if isinstance(value, str) else ""


def decode_object(raw: bytes) -> JsonObject | None:
    """The JSON object in ``raw``, or None when it is not one."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return value if is_object(value) else None


def answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON answer."""
    return web.Response(
        body=orjson.dumps(body), status=status, content_type="application/json", charset="utf-8", headers=headers
    )


def escaped(body: object) -> bytes:
    r"""JSON as Meta writes it: everything beyond ASCII as ``\uXXXX``, slashes as ``\/``."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode("ascii")


class RawBody(BaseModel):
    """Bytes for a webhook: as they are in base64, as text, or as JSON that the vendor's way of writing turns into bytes."""

    model_config = ConfigDict(extra="forbid")

    body: JsonObject | str | None = None
    body_base64: str = ""

    def content(self, encode: Callable[[JsonObject], bytes]) -> bytes:
        """The bytes; none at all where nothing is given."""
        if self.body_base64:
            return base64.b64decode(self.body_base64)
        if isinstance(self.body, str):
            return self.body.encode()
        return b"" if self.body is None else encode(self.body)


async def control_body(request: web.Request, model: type[Body]) -> Body:
    """The body of a control call, checked; 400 with what is wrong with it otherwise."""
    try:
        return model.model_validate_json(await request.read() or b"{}")
    except ValidationError as error:
        detail = error.json(include_url=False, include_context=False)
        raise web.HTTPBadRequest(text=detail, content_type="application/json") from error


def number_in_query(request: web.Request, name: str, default: int) -> int:
    """An integer of the query; 400 when it is none."""
    try:
        return int(request.query.get(name, default))
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"{name} has to be an integer") from error
