"""What is told reaches the tenant's screens, each change once and in order, across a screen's absence too."""

import asyncio
from collections.abc import Awaitable
from contextlib import AsyncExitStack

import pytest

from core.domain.changes import Change, ChangeKind
from core.domain.ids import uuid7
from pipeline.live import MOST_CHANGES
from pipeline.live_reader import LiveReader, reading
from pipeline.live_stream import MOST_ENTRIES, stream_of
from pipeline.live_wire import VERSION
from tests.integration.live.screens import RESET, Stage, change, eventually
from tests.patience import PATIENCE

NODE_ENTRIES = 100
"""A stream is shortened by whole nodes of as many entries."""


async def test_a_newcomer_loads_everything_and_then_hears_changes(stage: Stage) -> None:
    """The first event is a reset, what follows are changes."""
    changes = [change(), change(ChangeKind.CONVERSATION)]
    async with stage.fresh() as screen:
        stage.tell(*changes)
        await screen.shows_last(changes[-1])
        assert screen.seen == [RESET, *changes]


async def test_another_tenants_changes_are_not_heard(stage: Stage) -> None:
    """Each tenant's screens hear of it alone, also when changes travel together."""
    other = uuid7()
    ours, theirs = change(), change()
    async with stage.fresh() as screen, stage.fresh(tenant=other) as their_screen:
        stage.tell(theirs, tenant=other)
        stage.tell(ours)
        await screen.shows_last(ours)
        await their_screen.shows_last(theirs)
        assert (screen.seen, their_screen.seen) == ([RESET, ours], [RESET, theirs])


async def test_an_id_of_another_tenant_leads_nowhere(stage: Stage) -> None:
    """A client that comes with a place in somebody else's stream gets a reset and none of what followed there."""
    elsewhere = await stage.told(change())
    stage.tell(change())
    async with stage.screen(elsewhere, tenant=uuid7()) as screen:
        await screen.shows_last(RESET)
        assert screen.seen == [RESET]


async def test_what_was_missed_comes_first(stage: Stage) -> None:
    """A client that comes back hears what it missed and what is new, and no reset."""
    last_id = await stage.told(change())
    missed = [change() for _ in range(3)]
    for one in missed:
        stage.tell(one)
        await stage.publisher.drained()
    async with stage.screen(last_id) as screen:
        await screen.shows_last(missed[-1])
        fresh = change()
        stage.tell(fresh)
        await screen.shows_last(fresh)
        assert screen.seen == [*missed, fresh]


async def test_who_comes_back_to_a_quiet_tenant_hears_no_reset(stage: Stage) -> None:
    """A place before the first change is a place too."""
    last_id = await stage.told()
    async with stage.screen(last_id) as screen:
        first = change()
        stage.tell(first)
        await screen.shows_last(first)
        assert screen.seen == [first]


@pytest.mark.parametrize(
    "last_id", ["", "0", "abc-1", "abc-1-1-1", "zz-1-1", "ab-99999999999999999999-0", "\u0661-1-1"]
)
async def test_an_id_that_is_none_gives_a_reset(stage: Stage, last_id: str) -> None:
    """Whatever a client sends, it gets one reset and then what is live."""
    await stage.told(change())
    async with stage.screen(last_id) as screen:
        await screen.shows_last(RESET)
        fresh = change()
        stage.tell(fresh)
        await screen.shows_last(fresh)
        assert screen.seen == [RESET, fresh]


async def test_an_id_that_is_too_old_gives_a_reset(stage: Stage) -> None:
    """A place that was trimmed away gives one reset and then what is live."""
    last_id = await stage.told(change())
    await stage.redis.xtrim(stream_of(stage.tenant), maxlen=0, approximate=False)
    await stage.redis.xadd(stream_of(stage.tenant), {"e": last_id.split("-", maxsplit=1)[0], "d": b"{}"})
    async with stage.screen(last_id) as screen:
        await screen.shows_last(RESET)
        fresh = change()
        stage.tell(fresh)
        await screen.shows_last(fresh)
        assert screen.seen == [RESET, fresh]


async def test_too_much_missed_is_a_reset(stage: Stage) -> None:
    """More than may wait for a client is not sent to it piece by piece."""
    last_id = await stage.told(change())
    for _ in range(30):
        stage.tell(change())
        await stage.publisher.drained()
    async with stage.screen(last_id) as screen:
        await screen.shows_last(RESET)
        assert screen.seen == [RESET]


async def test_a_client_that_does_not_read_gets_a_reset(stage: Stage) -> None:
    """What waits for it is bounded; when it reads again it loads everything and goes on from the latest."""
    async with stage.reader.subscribe(stage.tenant, None) as sleeper, stage.fresh() as screen:
        for _ in range(50):
            one = change()
            stage.tell(one)
            await screen.shows_last(one)
        assert screen.last is not None
        waiting = [await anext(sleeper)]
        while waiting[-1].place != screen.last.place:
            waiting.append(await anext(sleeper))
        assert len(waiting) <= 20
        assert waiting[0].is_reset


async def test_one_change_told_many_times_at_once_is_one(stage: Stage) -> None:
    """What changes again before it could be told is told once."""
    one, two = change(), change()
    async with stage.fresh() as screen:
        stage.tell(one, two)
        stage.tell(one)
        await screen.shows(lambda screen: len(screen.seen) > 2)
        await stage.publisher.drained()
        assert screen.seen == [RESET, one, two]


async def test_a_flood_is_a_reset(stage: Stage) -> None:
    """Of more changes at once than anybody would follow the screens are told that there were some."""
    async with stage.fresh() as screen:
        stage.tell(*[change() for _ in range(MOST_CHANGES + 1)])
        await screen.shows(lambda screen: len(screen.seen) > 1)
        assert screen.seen == [RESET, RESET]


async def test_a_tenants_stream_does_not_grow_without_end(stage: Stage) -> None:
    """About as many entries are kept as are allowed, and it is forgotten when nobody listens any more."""
    async with stage.fresh():
        for _ in range(MOST_ENTRIES + 300):
            stage.tell(change())
            await stage.publisher.drained()
        length = await stage.redis.xlen(stream_of(stage.tenant))
        lasts = await stage.redis.ttl(stream_of(stage.tenant))
    assert MOST_ENTRIES <= length <= MOST_ENTRIES + NODE_ENTRIES
    assert 0 < lasts <= 3_600


async def test_what_nobody_could_come_back_for_is_not_kept(stage: Stage) -> None:
    """A tenant whom nobody looks at leaves nothing in Redis."""
    stage.tell(change())
    await stage.publisher.drained()
    assert await stage.redis.exists(stream_of(stage.tenant)) == 0


async def test_what_this_release_cannot_read_is_a_reset(stage: Stage) -> None:
    """An event of a later version makes the screens load everything, whoever published it."""
    async with stage.fresh() as screen:
        stream = stream_of(stage.tenant)
        epoch, before = await stage.newest()
        body = b'{"v":%d,"changes":[{"kind":"message_in"}]}' % (VERSION + 1)
        await stage.redis.xadd(stream, {"e": epoch, "d": body})
        _, entry = await stage.newest()
        await stage.redis.publish(stream, b" ".join([epoch, before, entry, body]))
        await screen.shows(lambda screen: screen.seen == [RESET, RESET])


async def test_one_connection_hears_for_all_clients(stage: Stage) -> None:
    """However many clients a process has, one connection of it waits for calls."""
    async with (
        stage.fresh(),
        stage.fresh(),
        stage.fresh(tenant=uuid7()),
        stage.fresh(tenant=uuid7()),
    ):
        assert len(await stage.redis.client_list(_type="pubsub")) == 1


async def test_a_tenant_nobody_looks_at_is_not_heard(stage: Stage) -> None:
    """When a tenant's last client goes its channel is given up; another client makes it heard again."""
    stream = stream_of(stage.tenant)

    async def listeners() -> int:
        return int((await stage.redis.pubsub_numsub(stream))[0][1])

    async with stage.fresh():
        assert await listeners() == 1
    await eventually(lambda: _none(listeners()))
    async with stage.fresh() as screen:
        one = change()
        stage.tell(one)
        await screen.shows_last(one)


async def _none(count: Awaitable[int]) -> bool:
    return await count == 0


async def test_many_come_and_go_while_events_flow(stage: Stage) -> None:
    """Clients that come back again and again miss nothing and hear nothing twice."""
    flowing = [change() for _ in range(300)]

    async def flow() -> None:
        for one in flowing:
            stage.tell(one)
            await stage.publisher.drained()
            await asyncio.sleep(0.002)

    async def visitor(stay: float) -> list[Change | str]:
        seen: list[Change | str] = []
        last_id: str | None = None
        while not seen or seen[-1] != flowing[-1]:
            async with stage.screen(last_id) as screen:
                await asyncio.sleep(stay)
                if screen.last is not None:
                    last_id = screen.last_id
                    seen += screen.seen
        return seen

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(flow())
        visits = [tasks.create_task(visitor(0.02 + 0.005 * number)) for number in range(8)]
    for seen in [visit.result() for visit in visits]:
        after = seen[seen.index(RESET) + 1 :]
        assert after == flowing[len(flowing) - len(after) :]


async def test_the_end_of_the_reader_ends_what_is_read(stage: Stage) -> None:
    """A process that stops leaves no client waiting, and none that comes later."""
    reader = LiveReader(stage.redis, lambda: "e1")
    async with AsyncExitStack() as stack:
        async with reading(reader):
            events = await stack.enter_async_context(reader.subscribe(stage.tenant, None))
            await anext(events)
        async with asyncio.timeout(PATIENCE):
            assert [event async for event in events] == []
    async with reader.subscribe(stage.tenant, None) as events, asyncio.timeout(PATIENCE):
        assert [event async for event in events] == []
