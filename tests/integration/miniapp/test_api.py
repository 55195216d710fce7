"""What the API answers to what is not as it should be, and how it describes itself."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from core.services.members import Person
from miniapp.api.server import LARGEST_BODY
from tests.integration.miniapp.conftest import App, joined, opened_by
from tests.integration.services.desk import Desk

ANA = Person(5_000_000_301, "Ana")


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ("{", "body"),
        ("[]", "body"),
        ("{}", "body.init_data"),
        ('{"init_data": 7}', "body.init_data"),
        ('{"init_data": "x", "more": 1}', "body.more"),
        ('{"init_data": "x", "tenant_id": "y"}', "body.tenant_id"),
    ],
)
async def test_what_does_not_fit_is_named(app: App, body: str, at: str) -> None:
    """Where it is wrong, and never with what was there."""
    answered = await app.ask("POST", "/session", data=body)
    assert (answered.status, answered.body["code"]) == (400, "invalid_input")
    assert [one["at"] for one in answered.body["faults"]] == [at]
    assert answered.headers["Content-Type"].startswith("application/problem+json")


async def test_a_body_has_its_limit(app: App) -> None:
    """What is larger is not read."""
    answered = await app.ask("POST", "/session", {"init_data": "x" * LARGEST_BODY})
    assert (answered.status, answered.body["code"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["/nothing", "/sessions/none", "/me/more"])
async def test_what_is_not_there(desk: Desk, app: App, path: str) -> None:
    """Addresses that nobody knows, and ids that are none."""
    await joined(desk, ANA)
    answered = await (await app.come_in(ANA)).ask("DELETE", path)
    assert (answered.status, answered.body["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "guess"),
    [
        ("GET", "/me", {"headers": {"Authorization": "Bearer guess"}}),
        ("POST", "/session", {"json": {"init_data": "user=%7B%22id%22%3A1%7D&auth_date=1&hash=00"}}),
        ("POST", "/session/refresh", {"json": {"refresh_token": "guess"}}),
    ],
)
async def test_a_flood_of_guesses_is_slowed(
    desk: Desk, app: App, method: str, path: str, guess: Mapping[str, Any]
) -> None:
    """Who proves nothing, again and again, is told when to come back; others at the same address still come in."""
    answers = [await app.ask(method, path, **guess) for _ in range(60)]
    slowed = [one for one in answers if one.status == 429]
    assert {(one.body["code"], int(one.headers["Retry-After"]) >= 1) for one in slowed} == {("too_many_failures", True)}
    await joined(desk, ANA)
    assert (await app.sign_in(ANA)).status == 200


async def test_nothing_of_an_answer_is_kept(desk: Desk, app: App) -> None:
    """Neither by the browser nor by anything between."""
    await joined(desk, ANA)
    answered = await app.sign_in(ANA)
    assert (answered.headers["Cache-Control"], answered.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")


async def test_it_describes_itself(app: App) -> None:
    """Every operation, by name, with what may come of it."""
    described = (await app.ask("GET", "/openapi.json")).body
    operations = {
        one["operationId"]: one for path in described["paths"].values() for one in path.values() if "operationId" in one
    }
    assert operations.keys() >= {
        "events",
        "sign_in",
        "refresh",
        "me",
        "switch_tenant",
        "sign_out",
        "list_sessions",
        "end_session",
    }
    assert operations["sign_in"]["responses"].keys() == {"200", "400", "401", "403", "409", "413", "429", "503"}
    assert "security" not in operations["sign_in"]
    assert operations["me"]["security"] == [{"access": []}]


async def test_it_says_of_everything_that_it_may_be_too_much(app: App) -> None:
    """429, of every operation: whoever writes a client is told of it once and for all."""
    described = (await app.ask("GET", "/openapi.json")).body
    silent = [
        one["operationId"]
        for path in described["paths"].values()
        for one in path.values()
        if isinstance(one, dict) and "operationId" in one and "429" not in one["responses"]
    ]
    assert silent == []


@pytest.mark.parametrize(
    "header", ["User-Agent", "Authorization", "Last-Event-ID", "Idempotency-Key", "X-Forwarded-For"]
)
async def test_bytes_that_are_no_text_break_nothing(desk: Desk, app: App, header: str) -> None:
    """In whatever header they come: somebody who sends them is answered like anybody else."""
    await joined(desk, ANA)
    ana = await app.come_in(ANA)
    body = json.dumps({"init_data": opened_by(ANA)})
    for method, path in (("POST", "/session"), ("GET", "/me"), ("POST", "/session/refresh")):
        answered = await _raw(ana, method, path, f"{header}: Bearer \udcff\udcfe", body)
        assert answered in {200, 400, 401}, (path, answered)


async def _raw(app: App, method: str, path: str, header: str, body: str) -> int:
    """The status of a request whose header no client would send."""
    address = urlsplit(app.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    own = [f"Authorization: Bearer {app.access}"] if not header.startswith("Authorization") else []
    lines = [f"{method} /api/v1{path} HTTP/1.1", f"Host: {address.netloc}", "Connection: close", header, *own]
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}", "", body]
    writer.write("\r\n".join(lines).encode(errors="surrogateescape"))
    status = (await reader.readline()).split()[1]
    writer.close()
    return int(status)


async def test_long_answers_come_compressed(desk: Desk, app: App) -> None:
    """Tokens do not: nothing is to be learnt of them by their length."""
    await joined(desk, ANA)
    known = await app.come_in(ANA)
    zipped = {"Accept-Encoding": "gzip"}
    long, short = (
        await known.ask("GET", "/dashboard?days=90", headers=zipped),
        await known.ask("GET", "/me", headers=zipped),
    )
    renewed = await app.ask("POST", "/session/refresh", {"refresh_token": known.refresh}, headers=zipped)
    told = [one.headers.get("Content-Encoding") for one in (long, short, renewed)]
    assert told == ["gzip", None, None]
