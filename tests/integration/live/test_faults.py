"""Trouble with Redis: who changes something never waits for it, and a screen that missed something is told so."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack

import pytest
from redis.exceptions import NoPermissionError

from app.embedded.valkey import EmbeddedValkey
from core.domain.ids import uuid7
from pipeline.connection import ACL_COMMANDS
from pipeline.live_stream import stream_of
from pipeline.live_wire import encoded
from tests.integration.live.screens import RESET, Stage, change, eventually, open_stage
from tests.integration.queue.test_faults import kill
from tests.patience import PATIENCE


async def test_an_emptied_redis_gives_a_reset(stage: Stage) -> None:
    """After FLUSHALL the next change is told as a reset, and those after it as they are, three times over."""
    async with stage.fresh() as screen:
        for _ in range(3):
            await stage.redis.flushall()
            screen.seen.clear()
            stage.tell(change())
            await screen.shows_last(RESET)
            fresh = change()
            stage.tell(fresh)
            await screen.shows_last(fresh)
            assert screen.seen == [RESET, fresh]


async def test_an_id_from_before_the_loss_gives_a_reset(stage: Stage) -> None:
    """A client that comes back with a place in a stream that was lost meanwhile loads everything anew."""
    last_id = await stage.told(change())
    await stage.redis.flushall()
    stage.tell(change())
    await stage.publisher.drained()
    async with stage.screen(last_id) as screen:
        await screen.shows_last(RESET)
        assert screen.seen == [RESET]


async def test_a_killed_redis_gives_a_reset(server: EmbeddedValkey, stage: Stage) -> None:
    """A Redis that comes back empty is joined again: a reset, then what is live, for old and new clients."""
    async with stage.fresh() as screen, stage.fresh(tenant=uuid7()) as other:
        kill(server)
        screen.seen.clear()
        stage.tell(change())
        async with stage.screen() as newcomer:
            server.start()
            await screen.shows_last(RESET)
            await other.shows(lambda screen: screen.seen == [RESET, RESET])
            await newcomer.shows_last(RESET)
            await stage.publisher.drained()
            fresh = change()
            stage.tell(fresh)
            await screen.shows_last(fresh)
            await newcomer.shows_last(fresh)


async def test_what_could_not_be_told_is_a_reset(server: EmbeddedValkey, stage: Stage) -> None:
    """Of changes made while Redis stood still the screens of that tenant learn, and no other tenant's."""
    async with stage.fresh() as screen, stage.fresh(tenant=uuid7()) as other:
        assert server.pid is not None
        os.kill(server.pid, signal.SIGSTOP)
        try:
            stage.tell(change())
            await eventually(lambda: stage.publisher.failures > 0)
            stage.tell(change())
        finally:
            os.kill(server.pid, signal.SIGCONT)
        await screen.shows(lambda screen: screen.seen[-1] == RESET and len(screen.seen) > 1)
        fresh = change()
        stage.tell(fresh)
        await screen.shows_last(fresh)
        assert other.seen == [RESET]


async def test_telling_waits_for_nobody(server: EmbeddedValkey, stage: Stage) -> None:
    """Thousands of changes are told and given up while Redis stands still, and none of them is kept."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGSTOP)
    try:
        for _ in range(5_000):
            stage.tell(change())
        assert not stage.publisher._waiting
        async with asyncio.timeout(PATIENCE):
            await stage.publisher.drained()
        assert stage.publisher.failures > 0
    finally:
        os.kill(server.pid, signal.SIGCONT)


async def test_a_lost_connection_loses_nothing(stage: Stage) -> None:
    """When only the reader's connection breaks it hears what was told meanwhile, and nobody gets a reset."""
    async with stage.fresh() as screen:
        told = [change() for _ in range(15)]
        for number, one in enumerate(told):
            if number % 5 == 0:
                await stage.redis.client_kill_filter(_type="pubsub")
            stage.tell(one)
            await stage.publisher.drained()
        await screen.shows_last(told[-1])
        assert screen.seen == [RESET, *told]


async def test_what_was_called_out_unheard_is_noticed(stage: Stage) -> None:
    """An entry whose call never arrived is found in the stream: a connection may be gone without a word."""
    async with stage.fresh() as screen:
        stream = stream_of(stage.tenant)
        epoch, _ = await stage.newest()
        unheard = change()
        await stage.redis.xadd(stream, {"e": epoch, "d": encoded([unheard])})
        await screen.shows_last(unheard)
        assert screen.seen == [RESET, unheard]


async def test_a_stream_lost_and_begun_by_another_reader_is_noticed(server: EmbeddedValkey, stage: Stage) -> None:
    """A client whose stream another process began anew gets a reset without a change having to come."""
    async with stage.fresh() as screen, open_stage(server.url) as neighbour:
        await stage.redis.flushall()
        async with neighbour.fresh(tenant=stage.tenant):
            await screen.shows(lambda screen: screen.seen == [RESET, RESET])


async def test_what_others_call_out_harms_nobody(stage: Stage) -> None:
    """Nonsense on a tenant's channel is passed over."""
    async with stage.fresh() as screen:
        for nonsense in (b"", b"a b c", b"\xff - 0-1 {}", b"e 0-0 x-y {}"):
            await stage.redis.publish(stream_of(stage.tenant), nonsense)
        one = change()
        stage.tell(one)
        await screen.shows_last(one)
        assert screen.seen == [RESET, one]


async def test_a_reader_starts_without_redis(server: EmbeddedValkey) -> None:
    """A process that comes up first waits for Redis, its clients with it."""
    server.stop()
    async with open_stage(server.url) as stage, stage.screen() as screen:
        await eventually(lambda: stage.reader.failures > 0)
        server.start()
        await screen.shows_last(RESET)


async def test_a_reader_stops_without_redis(server: EmbeddedValkey) -> None:
    """A stop does not wait for a Redis that is gone."""
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(open_stage(server.url))
        await stack.enter_async_context(stage.fresh())
        kill(server)
        stage.tell(change())
        async with asyncio.timeout(PATIENCE):
            await stack.aclose()
    assert server.pid is None


async def test_live_events_need_their_own_commands_only(server: EmbeddedValkey, stage: Stage) -> None:
    """An ACL user with our rules publishes and reads, and reaches no other key or channel."""
    await stage.redis.acl_setuser(
        "reveza", enabled=True, passwords=["+pass"], keys=["reveza:*"], channels=["reveza:*"], categories=["-@all"],
        commands=[rule for rule in ACL_COMMANDS if not rule.startswith("-@")],
    )  # fmt: skip
    async with open_stage(f"redis://reveza:pass@127.0.0.1:{server.port}/0") as limited:
        async with limited.fresh() as screen:
            one = change()
            limited.tell(one)
            await screen.shows_last(one)
        async with limited.screen(screen.last_id) as again:
            two = change()
            limited.tell(two)
            await again.shows_last(two)
            assert again.seen == [two]
        for command in (("PUBLISH", "other", "a"), ("XRANGE", "other", "-", "+"), ("FLUSHALL",)):
            with pytest.raises(NoPermissionError):
                await limited.redis.execute_command(*command)  # type: ignore[no-untyped-call] # redis-py left it untyped
