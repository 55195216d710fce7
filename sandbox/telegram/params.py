"""A call's parameters, however they came: query, JSON, form or multipart."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.multipart import MultipartResponseWrapper

from sandbox.telegram.errors import ApiError, refuse
from sandbox.wire import JsonObject, is_array, is_object

UPLOAD_LIMIT = 50 * 1024 * 1024
TRUE = frozenset({"true", "yes", "1"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    mime: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Params:
    """Typed reading of the parameters; forms carry JSON values as text."""

    values: Mapping[str, object]
    files: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A string; numbers count as their digits, an absent one is empty."""
        value = self.values.get(name, "")
        if isinstance(value, str):
            return value.replace("\x00", "")
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value) if isinstance(value, int | float) else ""

    def integer(self, name: str, default: int = 0) -> int:
        """An integer; the default where there is none."""
        return _integer(self.values.get(name), default)

    def flag(self, name: str) -> bool:
        """A Boolean, as Telegram reads it."""
        return self.text(name).strip().lower() in TRUE

    def given(self, name: str) -> bool:
        """Whether the parameter is there and not empty."""
        return name in self.values and self.values[name] not in ("", None)

    def json(self, name: str) -> object:
        """A JSON value, decoded if it came as text; None where there is none."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            decoded: object = orjson.loads(value)
        except orjson.JSONDecodeError:
            refuse(f"can't parse {name.replace('_', ' ')} JSON object")
        return decoded

    def record(self, name: str) -> JsonObject:
        """A JSON object; an empty one where there is none."""
        value = self.json(name)
        if value is None:
            return {}
        if not is_object(value):
            refuse(f"object expected as {name.replace('_', ' ')}")
        return value

    def array(self, name: str) -> list[object]:
        """A JSON array; an empty one where there is none."""
        value = self.json(name)
        if value is None:
            return []
        if not is_array(value):
            refuse(f"can't parse {name}: expected an Array")
        return value


def _integer(value: object, default: int) -> int:
    if isinstance(value, bool) or value is None:
        return default
    if isinstance(value, float) and math.isfinite(value):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        digits = value.strip()
        return int(digits) if digits.lstrip("-").isascii() and digits.lstrip("-").isdigit() else default
    return default


def integer_in(holder: Mapping[str, object], name: str, default: int = 0) -> int:
    """An integer field of an object, whether it came as number or as text."""
    return _integer(holder.get(name), default)


async def read_params(request: web.Request) -> Params:
    """The parameters of an HTTP call; ApiError 400 or 413 when the body cannot be read."""
    query: dict[str, object] = dict(request.query)
    kind = request.content_type
    try:
        if kind == "application/json":
            return Params(query | _decoded(await request.read()))
        if kind == "multipart/form-data":
            return _with_query(query, await read_multipart(await request.multipart()))
        if kind == "application/x-www-form-urlencoded":
            return Params(query | {key: value for key, value in (await request.post()).items() if _is_text(value)})
    except web.HTTPRequestEntityTooLarge as error:
        raise ApiError(413, "Request Entity Too Large") from error
    except ValueError:
        refuse("failed to parse request body")
    return Params(query)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _with_query(query: JsonObject, params: Params) -> Params:
    return Params(query | dict(params.values), params.files)


def _decoded(raw: bytes) -> JsonObject:
    if not raw:
        return {}
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        refuse("can't parse JSON object")
    if not is_object(value):
        refuse("object expected as request body")
    return value


async def read_multipart(reader: MultipartReader | MultipartResponseWrapper) -> Params:
    """The fields and files of a multipart body, coming in or given as a webhook's answer."""
    values: JsonObject = {}
    files: dict[str, Upload] = {}
    size = 0
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or not part.name:
            continue
        data = bytes(await part.read(decode=True))
        size += len(data)
        if size > UPLOAD_LIMIT:
            raise ApiError(413, "Request Entity Too Large")
        if part.filename:
            files[part.name] = Upload(part.filename, _mime(part), data)
        else:
            values[part.name] = data.decode("utf-8", "replace")
    return Params(values, files)


def _mime(part: BodyPartReader) -> str:
    return part.headers.get("Content-Type", "application/octet-stream").partition(";")[0]
