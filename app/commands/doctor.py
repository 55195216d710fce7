"""``reveza doctor``: looks at everything a run depends on and says how to mend what is wrong."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal, get_args

import aiohttp
import asyncpg
import click
import redis.asyncio
from redis.exceptions import RedisError
from tortoise.exceptions import DBConnectionError, OperationalError

from app import running
from app.backups import backups_in, taken_at, usual_folder
from app.database import open_live_database
from app.poller_lock import ASK_FOR_UPDATES, somebody_polls
from app.provider_session import provider_session
from app.settings import Role, Settings, load_settings
from core.domain.errors import ConfigurationError
from core.services.audit_chain import broken_logs

_SECONDS = 10.0
_OLDEST_POSTGRES = 150000
_OLD_DAYS = 7
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look gave; ``mend`` says what to do when it is not well."""

    subject: str
    state: Literal["ok", "wrong", "absent"]
    detail: str = ""
    mend: str = ""


@click.command()
def doctor() -> None:
    """Look at every dependency and say how to mend what is wrong."""
    findings = asyncio.run(examine())
    for finding in findings:
        _print(finding)
    sys.exit(1 if any(finding.state == "wrong" for finding in findings) else 0)


async def examine(*, env_file: Path | None = running.PROJECT / ".env") -> list[Finding]:
    """Look at everything; what needs settings is left out when they are wrong."""
    first = [_python(), _run()]
    try:
        settings = load_settings(env_file=env_file)
    except ConfigurationError as error:
        return [*first, Finding("settings", "wrong", "", str(error))]
    roles = [_role_look(role) for role in get_args(Role)]
    looks = [_postgres, *roles, _redis, _backup, _audit, _web, _claude, *_PROVIDERS, _telegram]
    return [*first, Finding("settings", "ok", settings.env), *await asyncio.gather(*(look(settings) for look in looks))]


def _print(finding: Finding) -> None:
    mark = {"ok": "ok   ", "wrong": "WRONG", "absent": "-    "}[finding.state]
    click.echo(f"{mark} {finding.subject}{': ' if finding.detail else ''}{finding.detail}")
    if finding.mend:
        for line in finding.mend.splitlines():
            click.echo(f"      {line}")


def _python() -> Finding:
    return Finding("Python", "ok", sys.version.split()[0])


def _run() -> Finding:
    run = running.current()
    if run is None:
        return Finding("reveza up", "absent", "does not run here")
    return Finding(
        "reveza up", "ok" if run.ready else "wrong", run.web_url, "" if run.ready else "not ready: see its log"
    )


async def _postgres(settings: Settings) -> Finding:
    mend = "is the server up, and is DATABASE_URL right?"
    try:
        connection = await asyncpg.connect(settings.database_url, timeout=_SECONDS)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        return Finding("PostgreSQL", "wrong", type(error).__name__, mend)
    try:
        number = int(await connection.fetchval("SHOW server_version_num"))
        may = await connection.fetchval("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")
    finally:
        await connection.close()
    if number < _OLDEST_POSTGRES:
        return Finding("PostgreSQL", "wrong", str(number), "version 15 or newer is needed")
    if not may:
        return Finding("PostgreSQL", "wrong", "the owner may not make roles", "ALTER ROLE … CREATEROLE, as a superuser")
    return Finding("PostgreSQL", "ok", f"version {number // 10000}.{number % 10000}")


async def _backup(settings: Settings) -> Finding:
    """By the names in the usual folder: whether one is whole is another command's to say."""
    folder = usual_folder(settings)
    newest = max(filter(None, map(taken_at, backups_in(folder))), default=None)
    if newest is None:
        return Finding("backup", "absent", f"none in {folder}", "`./reveza backup` writes one, also while all runs")
    days = (datetime.now(UTC) - newest).days
    detail = f"the newest in {folder} is of {newest:%Y-%m-%d %H:%M} UTC"
    if days >= _OLD_DAYS:
        return Finding("backup", "wrong", f"{detail}, {days} days ago", "`./reveza backup`; let a clock do it daily")
    return Finding("backup", "ok", detail)


async def _audit(settings: Settings) -> Finding:
    """By what workers have put on record: they look once a day."""
    mend = "`./reveza audit verify` tells what; docs/privacy.md says what to do where data got into wrong hands"
    try:
        async with open_live_database(settings, process="cli", pool=2):
            broken = await broken_logs()
    except (OSError, asyncpg.PostgresError, DBConnectionError, OperationalError):
        return Finding("audit logs", "absent", "the database does not tell")
    if broken:
        return Finding("audit logs", "wrong", f"not whole: {', '.join(map(str, broken))}", mend)
    return Finding("audit logs", "ok")


def _role_look(role: Role) -> Callable[[Settings], Awaitable[Finding]]:
    async def look(settings: Settings) -> Finding:
        subject = f"database role {settings.role_name(role)}"
        try:
            connection = await asyncpg.connect(settings.database_url_for(role), timeout=_SECONDS)
        except (OSError, asyncpg.PostgresError, TimeoutError) as error:
            mend = "run `./reveza migrate`: it makes the roles and sets their passwords from REVEZA_SECRET_KEY"
            return Finding(subject, "wrong", type(error).__name__, mend)
        await connection.close()
        return Finding(subject, "ok")

    return look


async def _redis(settings: Settings) -> Finding:
    try:
        async with redis.asyncio.from_url(settings.redis_url, socket_timeout=_SECONDS) as client:
            info = await client.info()
            policy = info.get("maxmemory_policy", "")
    except (RedisError, OSError) as error:
        return Finding("Redis", "wrong", type(error).__name__, "is the server up, and is REDIS_URL right?")
    if policy not in {"noeviction", ""}:
        return Finding(
            "Redis", "wrong", f"maxmemory-policy {policy}", "set maxmemory-policy noeviction: the queue is lost else"
        )
    return Finding("Redis", "ok", f"version {info.get('valkey_version') or info.get('redis_version')}")


async def _web(settings: Settings) -> Finding:
    url = f"http://{settings.web_host}:{settings.web_port}/readyz"
    status = await _status(url)
    if status is None:
        return Finding("web process", "absent", f"nothing answers at {url}")
    if status != HTTPStatus.OK:
        return Finding("web process", "wrong", f"{url} answers {status}", "its log says what it waits for")
    return Finding("web process", "ok", url)


async def _claude(settings: Settings) -> Finding:
    if not settings.anthropic_api_key:
        mend = "set ANTHROPIC_API_KEY in .env, or use `./reveza up`, which brings an emulator"
        return Finding("Claude", "wrong", "no key", mend)
    headers = {"Authorization": f"Bearer {settings.anthropic_api_key}", "anthropic-version": "2026-10-21"}
    status = await _status(f"{settings.anthropic_base_url}/v1/models", headers)
    if status in _REFUSED:
        return Finding("Claude", "wrong", f"the key is refused ({status})", "put a working key into ANTHROPIC_API_KEY")
    return _reachable("Claude", settings.anthropic_base_url, status, "ANTHROPIC_BASE_URL")


async def _graph(settings: Settings) -> Finding:
    status = await _status(f"{settings.meta_graph_url}/{settings.meta_graph_version}/me")
    return _reachable("WhatsApp Graph API", settings.meta_graph_url, status, "META_GRAPH_URL")


async def _instagram(settings: Settings) -> Finding:
    status = await _status(f"{settings.instagram_graph_url}/{settings.meta_graph_version}/me")
    return _reachable("Instagram API", settings.instagram_graph_url, status, "INSTAGRAM_GRAPH_URL")


async def _zapi(settings: Settings) -> Finding:
    return _reachable("Z-API", settings.zapi_url, await _status(settings.zapi_url), "ZAPI_URL")


async def _telegram(settings: Settings) -> Finding:
    """The token, and whether updates come the way that the settings say."""
    if not settings.telegram_bot_token:
        mend = "nobody of the team is told of anything: ask BotFather for a token and set TELEGRAM_BOT_TOKEN"
        return Finding("Telegram", "absent", "no token", mend)
    bot = f"{settings.telegram_api_url}/bot{settings.telegram_bot_token}"
    status, me = await _answer(f"{bot}/getMe")
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
        return Finding("Telegram", "wrong", f"the token is refused ({status})", "put a working TELEGRAM_BOT_TOKEN")
    if status != HTTPStatus.OK:
        return _reachable("Telegram", settings.telegram_api_url, None, "TELEGRAM_API_URL")
    _, webhook = await _answer(f"{bot}/getWebhookInfo")
    return await _updates(settings, f"@{me.get('username', '')}", webhook)


async def _updates(settings: Settings, name: str, webhook: Mapping[str, Any]) -> Finding:
    """Whether updates come the way that the settings say, or wait for somebody who is not there."""
    if settings.telegram_webhook_url and not str(webhook.get("url", "")).startswith(settings.telegram_webhook_url):
        mend = "is a worker running? it tells Telegram where updates go (TELEGRAM_WEBHOOK_URL)"
        return Finding("Telegram", "wrong", f"{name} has another webhook, or none", mend)
    if webhook.get("last_error_message") and webhook.get("pending_update_count"):
        mend = "is TELEGRAM_WEBHOOK_URL reachable from outside, with a valid certificate?"
        return Finding("Telegram", "wrong", f"{name}: {webhook['last_error_message']}", mend)
    waiting = webhook.get("pending_update_count") or 0
    if waiting and not settings.telegram_webhook_url and not await _asked_for(settings):
        return Finding(
            "Telegram", "wrong", f"{name}: {waiting} updates wait, and nobody asks for them", ASK_FOR_UPDATES
        )
    return Finding("Telegram", "ok", name)


async def _asked_for(settings: Settings) -> bool:
    """Whether some process asks Telegram for updates, as far as the database tells; what is wrong with that is told elsewhere."""
    try:
        return await somebody_polls(settings)
    except (OSError, asyncpg.PostgresError, TimeoutError):
        return True


_PROVIDERS = (_graph, _instagram, _zapi)


def _reachable(subject: str, url: str, status: int | None, name: str) -> Finding:
    if status is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Finding(subject, "wrong", f"{url} does not answer", f"is the network there, and is {name} right?")
    return Finding(subject, "ok", f"{url} answers")


async def _status(url: str, headers: dict[str, str] | None = None) -> int | None:
    """The status of a GET; ``None`` when nobody answers."""
    async with _asked(url, headers) as answer:
        return answer.status if answer is not None else None


async def _answer(url: str) -> tuple[int | None, Mapping[str, Any]]:
    """The status of a call of the Bot API, and its result."""
    async with _asked(url) as answer:
        if answer is None or answer.status != HTTPStatus.OK:
            return answer.status if answer is not None else None, {}
        return answer.status, (await answer.json()).get("result", {})


@asynccontextmanager
async def _asked(url: str, headers: Mapping[str, str] | None = None) -> AsyncIterator[aiohttp.ClientResponse | None]:
    """The answer to a GET; ``None`` when nobody answers."""
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    async with provider_session(timeout=timeout) as session:
        try:
            answer = await session.get(url, headers=headers)
        except (aiohttp.ClientError, TimeoutError):
            yield None
            return
        async with answer:
            yield answer
