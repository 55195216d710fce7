"""Prompt caching: what is read, what is written, and when it is forgotten."""

from typing import Any

from sandbox.claude.cache import PromptCache, Usage, segments_of

LONG = "x" * 3500
MIN = 512


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def block(text: str, ttl: str = "") -> dict[str, Any]:
    """A text block, with a breakpoint or without."""
    mark = {"cache_control": {"type": "ephemeral", "ttl": ttl}} if ttl else {}
    return {"type": "text", "text": text, **mark}


def bill(cache: PromptCache, *system: dict[str, Any], user: Any = "Oi", owner: str = "key") -> Usage:
    """What one prompt costs."""
    body: dict[str, object] = {"system": list(system), "messages": [{"role": "user", "content": user}]}
    return cache.bill(owner, segments_of(body), MIN)


def test_write_then_read() -> None:
    """What one call writes the next one reads."""
    cache = PromptCache(Clock())
    first, second = bill(cache, block(LONG, "5m")), bill(cache, block(LONG, "5m"), user="Outra")
    assert (first.read, first.written["5m"]) == (0, 1000)
    assert (second.read, second.written["5m"]) == (1000, 0)


def test_a_changed_byte_misses() -> None:
    """One other byte before the breakpoint and nothing is read."""
    cache = PromptCache(Clock())
    bill(cache, block(LONG, "5m"))
    assert bill(cache, block("y" + LONG[1:], "5m")).read == 0


def test_keys_do_not_share() -> None:
    """Another key has another cache."""
    cache = PromptCache(Clock())
    bill(cache, block(LONG, "5m"))
    assert bill(cache, block(LONG, "5m"), owner="other").read == 0


def test_expires() -> None:
    """After its lifetime without use an entry is gone."""
    clock = Clock()
    cache = PromptCache(clock)
    bill(cache, block(LONG, "5m"))
    clock.now += 301
    assert bill(cache, block(LONG, "5m")).read == 0


def test_use_keeps_it_alive() -> None:
    """Every read starts the lifetime anew."""
    clock = Clock()
    cache = PromptCache(clock)
    for _ in range(4):
        bill(cache, block(LONG, "5m"))
        clock.now += 200
    assert bill(cache, block(LONG, "5m")).read == 1000


def test_an_hour() -> None:
    """An entry of an hour outlives one of five minutes."""
    clock = Clock()
    cache = PromptCache(clock)
    first = bill(cache, block(LONG, "1h"), block(LONG, "5m"))
    clock.now += 600
    second = bill(cache, block(LONG, "1h"), block(LONG, "5m"))
    assert (first.written, second.read, second.written) == ({"1h": 1000, "5m": 1000}, 1000, {"1h": 0, "5m": 1000})


def test_a_growing_conversation_reads_its_past() -> None:
    """A breakpoint that moves on finds the entry of the one before it."""
    cache = PromptCache(Clock())
    bill(cache, user=[block(LONG, "5m")])
    usage = bill(cache, user=[block(LONG), block(LONG, "5m")])
    assert (usage.read, usage.written["5m"]) == (1000, 1000)


def test_too_short_does_nothing() -> None:
    """Below the minimum nothing is written."""
    usage = bill(PromptCache(Clock()), block("x" * 350, "5m"))
    assert (sum(usage.written.values()), usage.uncached) == (0, 101)


def test_the_parts_add_up() -> None:
    """Read, written and uncached tokens are all the tokens there are."""
    cache = PromptCache(Clock())
    totals = {bill(cache, block(LONG, "1h"), block(LONG, "5m"), block("z")).total for _ in range(3)}
    assert {2000 + 1 + 1} == totals


def test_top_level_mark_caches_everything() -> None:
    """A breakpoint on the request as a whole falls on its last block."""
    body: dict[str, object] = {"cache_control": {"type": "ephemeral"}, "messages": [{"role": "user", "content": LONG}]}
    assert [segment.ttl for segment in segments_of(body)] == ["5m"]
