"""The API described (OpenAPI 3.1), from the very operations that serve it: the app's types are generated from this."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from core.domain.errors import RevezaError, TooLarge, Unavailable
from core.domain.failure_limit import TooManyFailures
from core.domain.request_limit import TooManyRequests
from core.services.idempotency import IdempotencyMismatch
from core.services.session_tokens import TokenInvalid
from miniapp.api.operation import IDEMPOTENCY_KEY, Nothing, Operation
from miniapp.api.problem import CONTENT_TYPE, InvalidInput, Problem

_ID: Final = re.compile(r"\{(\w+)\}")
_COMPONENTS: Final = "#/components/schemas/{model}"
_Schemas = Mapping[tuple[type[BaseModel], JsonSchemaMode], Mapping[str, Any]]


def document(operations: Sequence[Operation], prefix: str, events: str) -> dict[str, Any]:
    """The whole document; the same operations give the same document, to the letter.

    ``prefix`` stands before every path but that of the ``events``.
    """
    found, definitions = models_json_schema(_models(operations), ref_template=_COMPONENTS)
    schemas = cast("_Schemas", found)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation, schemas)
    paths[events] = {"servers": [{"url": "/"}], "get": _events(schemas)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Reveza Mini App", "version": "1"},
        "servers": [{"url": prefix}],
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"access": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _events(schemas: _Schemas) -> dict[str, Any]:
    place = {"schema": {"type": "string"}, "required": False}
    refused = {"content": {CONTENT_TYPE: {"schema": schemas[Problem, "serialization"]}}}
    return {
        "operationId": "events",
        "summary": "What changes, as Server-Sent Events: `changes` with ids, or `reset`: load everything anew.",
        "parameters": [
            {"name": "Last-Event-ID", "in": "header", **place},
            {"name": "last_event_id", "in": "query", **place},
        ],
        "responses": {
            "200": {"description": "The stream.", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
            "401": {"description": TokenInvalid.code, **refused},
            "429": {"description": f"{TooManyFailures.code}, {TooManyRequests.code}", **refused},
            "503": {"description": Unavailable.code, **refused},
        },
        "security": [{"access": []}],
    }


def _models(operations: Sequence[Operation]) -> list[tuple[type[BaseModel], JsonSchemaMode]]:
    taken = {model for one in operations for model in (one.query, one.body) if model is not Nothing}
    given = {one.answer for one in operations if one.answer is not Nothing} | {Problem}
    found: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "validation") for model in taken]
    found += [(model, "serialization") for model in given]
    return sorted(found, key=lambda one: (one[0].__qualname__, one[1]))


def _described(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *_query_parameters(operation), *_header_parameters(operation)],
        "responses": _responses(operation, schemas),
    }
    if operation.body is not Nothing:
        content = {"application/json": {"schema": schemas[operation.body, "validation"]}}
        described["requestBody"] = {"required": True, "content": content}
    if not operation.public:
        described["security"] = [{"access": []}]
    return described


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        for name in _ID.findall(operation.path)
    ]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is Nothing:
        return []
    schema = operation.query.model_json_schema(ref_template=_COMPONENTS)
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": described}
        for name, described in schema["properties"].items()
    ]


def _header_parameters(operation: Operation) -> list[dict[str, Any]]:
    if not operation.repeatable:
        return []
    described = "Of the sender's making, and the same when the request is repeated: it is then carried out once."
    schema = {"type": "string", "format": "uuid"}
    return [{"name": IDEMPOTENCY_KEY, "in": "header", "required": True, "description": described, "schema": schema}]


def _responses(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    responses: dict[str, Any] = {str(operation.status): {"description": "Done."}}
    if operation.answer is not Nothing:
        content = {"application/json": {"schema": schemas[operation.answer, "serialization"]}}
        responses[str(operation.status)]["content"] = content
    if operation.media:
        # Of a file that is no text OpenAPI 3.1 tells nothing but its kind.
        schema = {"schema": {"type": "string"}} if operation.media.startswith("text/") else {}
        responses[str(operation.status)]["content"] = {operation.media: schema}
    for status, codes in sorted(_refusals(operation).items()):
        content = {CONTENT_TYPE: {"schema": schemas[Problem, "serialization"]}}
        responses[str(status)] = {"description": ", ".join(sorted(codes)), "content": content}
    return responses


def _refusals(operation: Operation) -> dict[int, set[str]]:
    """Codes by status: those the operation names, and those that its shape brings along."""
    errors: list[type[RevezaError]] = [*operation.refusals, Unavailable]
    if not operation.public:
        errors += [TokenInvalid, TooManyFailures]
        errors.append(TooManyRequests)
    if operation.body is not Nothing or operation.query is not Nothing or operation.repeatable:
        errors.append(InvalidInput)
    if operation.repeatable:
        errors.append(IdempotencyMismatch)
    if operation.body is not Nothing:
        errors.append(TooLarge)
    by_status: dict[int, set[str]] = {}
    for error in errors:
        by_status.setdefault(error.status, set()).add(error.code)
    return by_status
