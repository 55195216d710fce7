"""The API against its own description: whatever is sent, it answers as the document says it may, and never with a 5xx."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import aiohttp
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.domain.request_limit import RequestLimit
from tests.integration.bot.stage import settings_of
from tests.integration.conftest import Database
from tests.integration.miniapp.client import App
from tests.integration.miniapp.conftest import reach_of, serving
from tests.integration.miniapp.crew import Crew, crew_of
from tests.integration.miniapp.test_rights import TABLES
from tests.integration.sandbox.conftest import Control, emulators, http, receiver, telegram
from tests.integration.services.desk import Desk

__all__ = ["emulators", "http", "receiver", "telegram"]

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
UNTRIED: Final[Mapping[str, str]] = {
    "events": "a stream, which does not end",
    "sign_out": "whoever asks it asks nothing more",
}
TOO_LONG: Final = b"Got more than"
"""An address that the HTTP server reads no further: no operation has seen it."""
NASTY: Final[Sequence[object]] = (
    "a\0b",
    "\ud800",
    10**30,
    -1,
    2**63,
    "",
    "%00",
    [],
    {},
    None,
    True,
    "🙂" * 50,
    "9" * 400,
)
"""What databases, drivers and parsers stumble over."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One run: who asks, and how much."""

    crew: Crew
    ids: Mapping[str, str]
    examples: int

    def tried(self, operation: APIOperation[Any, Any, Any, Any]) -> None:
        """The operation with what fits its description and with what does not; half of the ids are of what there is."""
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            self._run(operation, mode)

    def _run(self, operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode) -> None:
        app = self.crew["admin"]
        named = [one.name for one in operation.path_parameters]

        @settings(
            max_examples=self.examples,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
        def ask(case: Case[Any], *, real: bool) -> None:
            if real and named:
                case.path_parameters = {name: self.ids[name] for name in named}
            answered = case.call(
                base_url=f"{app.url}/api/v1", headers={"Authorization": f"Bearer {app.access}"}, timeout=30
            )
            if TOO_LONG not in answered.content:
                case.validate_response(answered, checks=CHECKS)

        try:
            ask()
        except Exception as error:
            error.add_note(f"{operation.method} {operation.path}, {mode}")
            raise


async def _trial(desk: Desk, url: str, http: aiohttp.ClientSession, examples: int) -> tuple[Trial, dict[str, Any]]:
    crew = await crew_of(desk, App(url, http))
    await desk.seed.everything(desk.business)
    ids = {
        name: str(await desk.value(f"SELECT id FROM {table} WHERE tenant_id = $1", desk.business.tenant_id))
        for name, table in TABLES.items()
    }
    # Of oneself and of one's own session nothing is to be left over to chance.
    ids |= {"member_id": str(crew.id_of("colleague")), "session_id": str(uuid4())}
    ids |= {"conversation_id": str(desk.thread.conversation_id), "lead_id": str(desk.thread.lead_id)}
    described = (await crew["admin"].ask("GET", "/openapi.json")).body
    return Trial(crew, ids, examples), described


@pytest.mark.parametrize("examples", [3, pytest.param(60, marks=pytest.mark.slow)])
async def test_it_answers_as_it_is_described(  # noqa: PLR0917 - fixtures
    desk: Desk, opened: Database, valkey: str, telegram: Control, http: aiohttp.ClientSession, examples: int
) -> None:
    """No 5xx, no status that is not in the document, no answer that does not fit its schema."""
    configured = settings_of(opened, telegram.url).model_copy(update={"redis_url": valkey})
    pace = RequestLimit(time.monotonic, burst=10**6, per_second=10**6)
    async with serving(configured, reach_of(desk, http, pace=pace)) as url:
        trial, described = await _trial(desk, url, http, examples)
        operations = [_sound(one) for one in schemathesis.openapi.from_dict(described).get_all_operations()]
        assert len(operations) > 40
        for operation in operations:
            if operation.definition.raw["operationId"] not in UNTRIED:
                await asyncio.to_thread(trial.tried, operation)


def _sound(read: Any) -> APIOperation[Any, Any, Any, Any]:
    """The operation; one that the document describes wrongly raises."""
    operation: APIOperation[Any, Any, Any, Any] = read.ok()
    return operation


async def test_what_nothing_can_hold_is_refused(crew: Crew) -> None:
    """NUL characters, halves of characters, numbers without end, in every field of every body: 400 each."""
    described = (await crew["admin"].ask("GET", "/openapi.json")).body
    wrong = []
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            for body in _nasty_bodies(described, one):
                there = path.format(**dict.fromkeys(TABLES, uuid4()))
                answered = await crew["admin"].ask(
                    method.upper(), there, body, headers={"Idempotency-Key": str(uuid4())}
                )
                if answered.status >= 500:
                    wrong.append((path, method, body))
    assert wrong == []


def _nasty_bodies(described: Mapping[str, Any], operation: Any) -> list[dict[str, Any]]:
    if not isinstance(operation, dict) or "requestBody" not in operation:
        return []
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    fields = described["components"]["schemas"][name]["properties"]
    return [dict.fromkeys(fields, value) for value in NASTY]
