"""Telegram's updates between the moment they come and the moment they are dealt with."""

import asyncio

from core.services.update_inbox import ClaimedUpdate, NewUpdate, UpdateInbox
from tests.integration.services.desk import Desk

AGAIN = "UPDATE telegram_updates SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL"


def update(number: int, lane: int = 7) -> NewUpdate:
    """An update with its number as its words."""
    return NewUpdate(number, lane, str(number).encode())


async def numbers(inbox: UpdateInbox) -> list[int]:
    """What is claimed now."""
    return [one.update_id for one in await inbox.claim()]


async def one(inbox: UpdateInbox) -> ClaimedUpdate:
    """The only update that can be claimed."""
    (claimed,) = await inbox.claim()
    return claimed


async def test_what_telegram_gives_again_is_kept_once(desk: Desk) -> None:
    """The same number from two processes at once is one update, also after it was processed."""
    inbox = UpdateInbox(1)
    assert sum(await asyncio.gather(*(inbox.store([update(5), update(6)]) for _ in range(8)))) == 2
    await inbox.finish(await one(inbox))
    assert await inbox.store([update(5)]) == 0
    assert await desk.value("SELECT count(*) FROM telegram_updates") == 2


async def test_a_lane_goes_in_order(desk: Desk) -> None:
    """The second of a chat waits for the first; another chat does not."""
    inbox = UpdateInbox(1)
    await inbox.store([update(2), update(1), update(3, lane=8)])
    assert await numbers(inbox) == [1, 3]
    assert await numbers(inbox) == []


async def test_of_many_processes_one_has_it(desk: Desk) -> None:
    """However many claim at once, nobody gets the same update."""
    inbox = UpdateInbox(1)
    await inbox.store([update(number, lane=number) for number in range(30)])
    claims = await asyncio.gather(*(numbers(inbox) for _ in range(6)))
    assert sorted(number for claim in claims for number in claim) == list(range(30))
    assert await desk.value("SELECT max(attempts) FROM telegram_updates") == 1


async def test_what_a_killed_process_had_comes_again(desk: Desk) -> None:
    """After the lease the same update, with the same id, is claimed once more."""
    inbox = UpdateInbox(1)
    await inbox.store([update(1)])
    first = await one(inbox)
    await desk.run(AGAIN)
    second = await one(inbox)
    assert (second.id, second.body, second.attempts) == (first.id, b"1", 2)


async def test_processed_words_are_forgotten(desk: Desk) -> None:
    """What is done keeps its number and nothing else."""
    inbox = UpdateInbox(1)
    await inbox.store([update(1)])
    await inbox.finish(await one(inbox))
    assert await desk.rows("SELECT update_id, body FROM telegram_updates") == [(1, b"")]


async def test_a_failure_holds_its_lane_until_it_is_tried_again(desk: Desk) -> None:
    """Order is kept: what is behind it waits for its next attempt."""
    inbox = UpdateInbox(1)
    await inbox.store([update(1), update(2)])
    assert await inbox.failed(await one(inbox), "Unavailable")
    assert await numbers(inbox) == []
    await desk.run(AGAIN)
    assert await numbers(inbox) == [1]


async def test_the_last_failure_lets_the_lane_go_on(desk: Desk) -> None:
    """It is kept with its words and its error, and the next one is processed."""
    inbox = UpdateInbox(1, attempts=2)
    await inbox.store([update(1), update(2)])
    assert await inbox.failed(await one(inbox), "KeyError")
    await desk.run(AGAIN)
    assert not await inbox.failed(await one(inbox), "KeyError")
    assert await numbers(inbox) == [2]
    assert await desk.rows("SELECT body, error FROM telegram_updates WHERE update_id = 1") == [(b"1", "KeyError")]


async def test_each_bot_has_its_own(desk: Desk) -> None:
    """Numbers of different bots are different updates."""
    ours, theirs = UpdateInbox(1), UpdateInbox(2)
    await ours.store([update(1)])
    assert await theirs.store([update(1)]) == 1
    assert (await numbers(ours), await numbers(theirs)) == ([1], [1])


async def test_old_numbers_are_purged(desk: Desk) -> None:
    """After two days a processed one goes, after a week one that was given up."""
    inbox = UpdateInbox(1, attempts=1)
    await inbox.store([update(1, lane=1), update(2, lane=2), update(3, lane=3)])
    first, second, _ = await inbox.claim()
    await inbox.finish(first)
    await inbox.failed(second, "KeyError")
    await desk.run("UPDATE telegram_updates SET done_at = done_at - interval '3 days'")
    assert await inbox.purge() == 1
    await desk.run("UPDATE telegram_updates SET done_at = done_at - interval '5 days'")
    assert (await inbox.purge(), await desk.value("SELECT count(*) FROM telegram_updates")) == (1, 1)
