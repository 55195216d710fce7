"""The embedded servers: made once, kept, taken over, stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from app.embedded.keeping import free_port, keep_secret, read_json, write_private
from app.embedded.places import Account, scratch_dir, state_dir
from app.embedded.postgres import UNSAFE_AND_QUICK, EmbeddedPostgres
from app.embedded.processes import Identity, wait_until
from app.embedded.valkey import EmbeddedValkey
from core.domain.errors import ConfigurationError

_PROJECT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.xdist_group("embedded")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One cluster for this module: making it costs half a second."""
    with scratch_dir("reveza-test-") as place:
        yield place


def _postgres(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder / "postgres", options=UNSAFE_AND_QUICK, copies=state_dir(_PROJECT) / "programs")


async def _execute(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_postgres_keeps_its_data_between_runs(folder: Path) -> None:
    """What was committed before a stop is there after the next start."""
    with _postgres(folder) as server:
        await _execute(server.url, "CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS value")

    with _postgres(folder) as server:
        assert await _execute(server.url, "SELECT value FROM kept") == 7


async def test_postgres_that_was_left_running_is_taken_over(folder: Path) -> None:
    """A server without an owner is stopped in order, and its data is served on."""
    left = _postgres(folder)
    left.start()
    await _execute(left.url, "CREATE TABLE IF NOT EXISTS left_behind AS SELECT 8 AS value")
    pid = left.pid

    with _postgres(folder) as server:
        assert server.pid != pid
        assert await _execute(server.url, "SELECT value FROM left_behind") == 8
    left.stop()


async def test_postgres_comes_back_after_kill_9(folder: Path) -> None:
    """A stale pid file and a crashed cluster are no obstacle; committed rows are recovered."""
    server = _postgres(folder)
    server.start()
    await _execute(server.url, "CREATE TABLE IF NOT EXISTS survived AS SELECT 9 AS value")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)

    with _postgres(folder) as again:
        assert await _execute(again.url, "SELECT value FROM survived") == 9
    server.stop()


def test_a_pid_file_with_a_strangers_number_is_no_obstacle(folder: Path) -> None:
    """After a reboot the number in the pid file may belong to anybody: they are left alone."""
    with _postgres(folder):
        pass
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    pid_file = folder / "postgres" / "cluster" / "data" / "postmaster.pid"
    pid_file.write_text(f"{stranger.pid}\n{pid_file.parent}\n1\n5432\n\n127.0.0.1\n\n")

    with _postgres(folder) as server:
        assert (server.pid is not None, stranger.poll()) == (True, None)
    stranger.communicate(b"\n")


def test_postgres_dies_with_its_owner(folder: Path) -> None:
    """Killing the owner with -9 stops the server too: nothing is left running."""
    code = (
        "import sys, time; from pathlib import Path; from app.embedded.postgres import EmbeddedPostgres;"
        "server = EmbeddedPostgres(Path(sys.argv[1]), copies=Path(sys.argv[2])); server.start();"
        "print(server.pid, flush=True); time.sleep(60)"
    )
    copies = state_dir(_PROJECT) / "programs"
    owner = subprocess.Popen(
        [sys.executable, "-c", code, str(folder / "postgres"), str(copies)], stdout=subprocess.PIPE, cwd=_PROJECT
    )
    assert owner.stdout is not None
    server = Identity.of(int(owner.stdout.readline()))
    owner.kill()
    owner.communicate()

    assert server is not None
    assert wait_until(lambda: not server.alive, 20)


def test_a_cluster_of_another_version_is_named(folder: Path) -> None:
    """A newer PostgreSQL does not read an older one's files: the error says which and what to do."""
    with _postgres(folder):
        pass
    version = folder / "postgres" / "cluster" / "data" / "PG_VERSION"
    before = version.read_text()
    version.write_text("9\n")

    with pytest.raises(ConfigurationError, match="made by PostgreSQL 9"):
        _postgres(folder).start()
    version.write_text(before)


async def test_valkey_keeps_its_keys_through_kill_9(folder: Path) -> None:
    """The append-only file brings back what was written; the left server's number is not confused."""
    server = EmbeddedValkey(folder / "valkey")
    server.start()
    async with redis.asyncio.from_url(server.url) as client:
        await client.set("kept", "1")
        await client.waitaof(1, 0, 5000)
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)

    with EmbeddedValkey(folder / "valkey") as again:
        async with redis.asyncio.from_url(again.url) as client:
            assert await client.get("kept") == b"1"
    server.stop()


async def test_valkey_that_was_left_running_is_taken_over(folder: Path) -> None:
    """A second start stops the first server and serves in its place."""
    left = EmbeddedValkey(folder / "valkey")
    left.start()
    pid = left.pid

    with EmbeddedValkey(folder / "valkey") as server:
        async with redis.asyncio.from_url(server.url) as client:
            assert (await client.ping(), server.pid == pid) == (True, False)
    left.stop()


async def test_valkey_wants_its_password(folder: Path) -> None:
    """Other accounts of the machine reach the port, and get nothing."""
    with EmbeddedValkey(folder / "valkey") as server:
        async with redis.asyncio.Redis(port=server.port, retry=Retry(NoBackoff(), 0)) as client:
            with pytest.raises(redis.exceptions.AuthenticationError):
                await client.get("kept")


def test_secrets_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    """Mode 600, from the first byte on."""
    secret = keep_secret(tmp_path / "secret")

    assert ((tmp_path / "secret").stat().st_mode & 0o777, keep_secret(tmp_path / "secret")) == (0o600, secret)


def test_half_written_json_counts_as_absent(tmp_path: Path) -> None:
    """A file cut by a full disk must not stop the next start."""
    write_private(tmp_path / "cut.json", b'{"port": 1')

    assert read_json(tmp_path / "cut.json") == {}


def test_a_taken_port_is_not_given(tmp_path: Path) -> None:
    """The preferred port is given only when nobody listens there."""
    with EmbeddedValkey(tmp_path) as server:
        assert free_port(server.port) != server.port


def test_permissions_decide_who_can_enter(tmp_path: Path) -> None:
    """One closed folder on the way is enough to keep an account out."""
    closed = tmp_path / "closed"
    (closed / "inner").mkdir(parents=True)
    closed.chmod(0o700)
    somebody = Account("somebody", uid=54321, gid=54321)

    assert not somebody.can_enter(closed / "inner")


def test_root_keeps_data_where_the_service_account_can_enter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project in a closed folder has its data outside, in a place of its own."""
    monkeypatch.delenv("REVEZA_STATE_DIR", raising=False)
    tmp_path.chmod(0o700)
    monkeypatch.setattr("app.embedded.places.service_account", lambda: Account("somebody", 54321, 54321))
    places = {state_dir(tmp_path / name) for name in _made(tmp_path, "one", "two")}

    assert [place.parent for place in places] == [Path("/var/lib/reveza")] * 2


def _made(parent: Path, *names: str) -> list[str]:
    for name in names:
        (parent / name).mkdir()
    return list(names)


def test_without_root_data_lie_beside_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary user's servers run as that user."""
    monkeypatch.delenv("REVEZA_STATE_DIR", raising=False)
    monkeypatch.setattr("app.embedded.places.service_account", lambda: None)

    assert state_dir(tmp_path) == tmp_path / ".reveza"
