"""``reveza backup`` and ``reveza restore`` as a person uses them: real processes, embedded servers."""

import asyncio
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis

from app.settings import load_settings
from pipeline.connection import STREAM, queue_client
from tests.acceptance.project import Project, own_project

_QUESTION = "Oi, quanto custa a avaliação?"
_EARLY, _OWED, _LATE = "5511900000031", "5511900000032", "5511900000033"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("up")]


@pytest.fixture
def project() -> Iterator[Project]:
    """An installation of its own; whatever a failed test left running is stopped."""
    with own_project("reveza-backup-") as project:
        yield project


def test_a_restored_installation_is_as_it_was(project: Project) -> None:
    """What was said since is gone, what was owed then is a person's, and whoever writes now is answered."""
    process = project.up()
    project.say(_QUESTION, _EARLY)
    with _Owed(project):
        backup = _backed_up(project)
        refused = project.call("restore", str(backup), "--yes", "--replace")
    project.say(_QUESTION, _LATE)
    _stop(process)
    unforced = project.call("restore", str(backup), "--yes")
    done = project.call("restore", str(backup), "--yes", "--replace")
    process = project.up()
    answer = project.say(_QUESTION, _LATE)
    conversations = _asked(project, _CONVERSATIONS)
    _stop(process)

    assert (refused.returncode, "stop it first" in refused.stderr) == (1, True)
    assert (unforced.returncode, "--replace" in unforced.stderr) == (1, True)
    assert (done.returncode, "1 answers the AI owed" in done.stdout) == (0, True), done.stderr
    assert "R$ 120" in answer
    assert conversations == {_EARLY: ("ai", 1), _OWED: ("waiting_human", 0), _LATE: ("ai", 1)}


def test_a_backup_while_nothing_runs(project: Project) -> None:
    """The embedded servers are started for it and stopped; old backups make room; a deep look finds it whole."""
    _stop(project.up())
    first, second = (_backed_up(project, "--keep", "1") for _ in range(2))
    looked = project.call("backup", "verify", str(second), "--deep")
    assert (first.exists(), second.exists()) == (False, True)
    assert (looked.returncode, "the same row by row" in looked.stdout) == (0, True), looked.stderr


def test_who_was_forgotten_since_is_nowhere(project: Project) -> None:
    """A backup of when he was owed an answer is restored, and the queue of then is played again: he stands in no table, key or log."""
    process = project.up()
    with _Owed(project):
        backup, queue = _backed_up(project), asyncio.run(_queued(project))
    lead_id = _rows(project, f"SELECT id FROM leads WHERE phone = '{_OWED}'")[0]["id"]
    slug = _rows(project, "SELECT slug FROM tenants")[0]["slug"]
    project.told("lead", "forget", slug, str(lead_id), "--yes")
    _stop(process)
    project.told("restore", str(backup), "--yes", "--replace")
    process = project.up()
    asyncio.run(_played_again(project, queue))
    project.say(_QUESTION, _EARLY)  # whatever came before it in the queue is through
    tables, keys = _tables_holding(project, _OWED, str(lead_id)), asyncio.run(_keys_holding(project, _OWED))
    _stop(process)

    # The event that brought him bears the number that he got: its key stays, so that it brings nobody again.
    assert (len(queue) > 0, tables) == (True, {_OWED: set(), str(lead_id): {"audit_log", "erasures", "raw_events"}})
    assert keys == []
    logs = [project.state.with_name(f"{project.state.name}-up.log"), *project.state.rglob("*.log")]
    # The emulated providers' own log is theirs, as WhatsApp's would be.
    assert [log.name for log in logs if _OWED in log.read_text(errors="replace")] in ([], ["sandbox.log"])


async def _queued(project: Project) -> list[Any]:
    async with _valkey(project) as redis:
        entries: list[Any] = await redis.xrange(STREAM) or []
        return [fields for _, fields in entries]


async def _played_again(project: Project, entries: list[Any]) -> None:
    async with _valkey(project) as redis:
        for fields in entries:
            await redis.xadd(STREAM, fields)


async def _keys_holding(project: Project, word: str) -> list[str]:
    """Streams, which is all that there is, and whatever else there may be."""
    found = []
    async with _valkey(project) as redis:
        async for key in redis.scan_iter():
            value = await (redis.xrange(key) if await redis.type(key) == b"stream" else redis.dump(key))
            if word in f"{key!r} {value!r}":
                found.append(key.decode())
    return found


def _valkey(project: Project) -> Redis:
    return queue_client(load_settings(env_file=None, made=project.run["environment"]).redis_url)


def _tables_holding(project: Project, *words: str) -> dict[str, set[str]]:
    """In which tables each word stands, in whatever column, also within what is kept as bytes."""
    tables = [row["tablename"] for row in _rows(project, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    looks = " UNION ALL ".join(
        f"""SELECT '{table}' AS found, '{word}' AS word WHERE EXISTS (SELECT 1 FROM "{table}" t"""
        f" WHERE position('{word}' IN t::text) + position('{word.encode().hex()}' IN t::text) > 0)"
        for table in tables
        for word in words
    )
    rows = _rows(project, looks)
    return {word: {row["found"] for row in rows if row["word"] == word} for word in words}


_CONVERSATIONS = """
SELECT c.reply_address AS lead, c.status,
       (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id AND m.author = 'ai' AND m.status <> 'internal') AS answers
FROM conversations c WHERE c.reply_address LIKE '55119000000__'
"""


class _Owed:
    """A lead whose message is stored and whom nobody answers inside the block: the worker stands still; then he is answered."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._worker = int(project.run["children"]["worker"]["pid"])
        self._asking = threading.Thread(target=project.say, args=(_QUESTION, _OWED))

    def __enter__(self) -> None:
        os.kill(self._worker, signal.SIGSTOP)
        self._asking.start()
        while _OWED not in _asked(self._project, _CONVERSATIONS):
            self._asking.join(0.1)

    def __exit__(self, *_: object) -> None:
        os.kill(self._worker, signal.SIGCONT)
        self._asking.join()


def _asked(project: Project, question: str) -> dict[str, tuple[str, int]]:
    return {row["lead"]: (row["status"], row["answers"]) for row in _rows(project, question)}


def _rows(project: Project, question: str) -> list[Any]:
    settings = load_settings(env_file=None, made=project.run["environment"])

    async def ask() -> list[Any]:
        connection = await asyncpg.connect(settings.database_url_for("backup"))
        try:
            return list(await connection.fetch(question))
        finally:
            await connection.close()

    return asyncio.run(ask())


def _backed_up(project: Project, *options: str) -> Path:
    return Path(project.told("backup", *options).partition(": ")[0])


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
