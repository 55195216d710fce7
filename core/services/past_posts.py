"""What was told to the team goes when nothing needs it any more."""

from typing import Final

from db.tenancy import platform_scope

_BATCH: Final = 1000
"""Rows that one transaction takes: nobody waits for it."""
_SAID_DAYS: Final = 2
"""Longer than Telegram may repeat the update that a reply answers, and than a notice counts as told today."""
_TICK_DAYS: Final = 7
"""A lead may read days later what a member wrote, and that is shown."""
_ROUTING_DAYS: Final = 90
"""A reply to a message of Telegram finds its conversation for so long."""
_HOPELESS_DAYS: Final = 30
"""What nobody could be shown or told for so long is no news; who still waits for a person is announced anew to whoever comes."""
_PURGES: Final[tuple[tuple[str, tuple[int, ...]], ...]] = (
    ("purge_posts", (_SAID_DAYS, _TICK_DAYS)),
    ("purge_unshown_posts", (_HOPELESS_DAYS,)),
    ("purge_meanings", (_ROUTING_DAYS,)),
    ("purge_told_notifications", (_SAID_DAYS,)),
    ("purge_untold_notifications", (_HOPELESS_DAYS,)),
)


async def purge_past_posts() -> int:
    """Forget posts, what messages of Telegram mean, and notifications, each after its time; returns how many rows."""
    return sum([await _purge(query, *days) for query, days in _PURGES])


async def _purge(query: str, *days: int) -> int:
    gone, more = 0, True
    while more:
        async with platform_scope() as scope:
            deleted = len(await scope.rows(query, _BATCH, *days))
        gone, more = gone + deleted, deleted == _BATCH
    return gone
