"""Prompt caching as it is billed: byte-identical prefixes up to a breakpoint, with a length below which it is off."""

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import orjson

from sandbox.wire import JsonObject, is_array, is_object, object_at, text_at

LOOK_BACK = 20
"""Blocks before a breakpoint in which an older entry is still found."""
TTL_SECONDS = {"5m": 300.0, "1h": 3600.0}
PRUNE_ABOVE = 20_000


def tokens_of(text: str) -> int:
    """An estimate of a text's tokens: three and a half characters each."""
    return math.ceil(len(text) / 3.5)


@dataclass(frozen=True, slots=True)
class Segment:
    """One block of the prompt in the order tools, system, messages."""

    raw: bytes
    tokens: int
    ttl: str | None


@dataclass(slots=True)
class Usage:
    """The input side of a bill."""

    uncached: int = 0
    read: int = 0
    written: dict[str, int] = field(default_factory=lambda: {"5m": 0, "1h": 0})

    @property
    def total(self) -> int:
        """All input tokens."""
        return self.uncached + self.read + sum(self.written.values())

    def as_json(self) -> JsonObject:
        """The fields of ``usage`` that tell of the input."""
        return {
            "input_tokens": self.uncached,
            "cache_creation_input_tokens": sum(self.written.values()),
            "cache_read_input_tokens": self.read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": self.written["5m"],
                "ephemeral_1h_input_tokens": self.written["1h"],
            },
        }


def segments_of(body: JsonObject) -> list[Segment]:
    """The prompt of a request body, block by block; a top-level breakpoint falls on the last one."""
    found = [_segment("tool", tool) for tool in _items(body, "tools")]
    system = body.get("system")
    found += [_segment("system", block) for block in (system if is_array(system) else [system] if system else [])]
    for turn in _items(body, "messages"):
        if is_object(turn):
            found += _turn_segments(turn)
    automatic = text_at(object_at(body, "cache_control"), "ttl") or "5m" if body.get("cache_control") else None
    if automatic and found:
        last = found[-1]
        found[-1] = Segment(last.raw, last.tokens, last.ttl or automatic)
    return found


def _items(body: JsonObject, key: str) -> list[object]:
    value = body.get(key)
    return value if is_array(value) else []


def _turn_segments(turn: JsonObject) -> Iterator[Segment]:
    content, role = turn.get("content"), text_at(turn, "role")
    for block in content if is_array(content) else [content]:
        yield _segment(role, block)


def _segment(place: str, block: object) -> Segment:
    if not is_object(block):
        text = block if isinstance(block, str) else ""
        return Segment(f"{place}:".encode() + text.encode(), tokens_of(text), None)
    bare = {key: value for key, value in block.items() if key != "cache_control"}
    raw = orjson.dumps(bare, option=orjson.OPT_SORT_KEYS)
    text = text_at(bare, "text") if bare.get("type") == "text" else raw.decode()
    mark = block.get("cache_control")
    ttl = (text_at(mark, "ttl") or "5m") if is_object(mark) else None
    return Segment(f"{place}:".encode() + raw, tokens_of(text), ttl)


@dataclass(frozen=True, slots=True)
class _Prefix:
    digest: bytes
    tokens: int
    ttl: str | None


class PromptCache:
    """Entries written at breakpoints, each good for its lifetime after the last use."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: dict[bytes, tuple[float, float]] = {}

    def bill(self, owner: str, segments: list[Segment], min_tokens: int) -> Usage:
        """What the prompt costs; ``owner`` is everything beside the blocks that separates caches."""
        prefixes = list(_prefixes(owner, segments))
        total = prefixes[-1].tokens if prefixes else 0
        marked = [i for i, prefix in enumerate(prefixes) if prefix.ttl and prefix.tokens >= min_tokens]
        usage = Usage(read=self._read(prefixes, marked))
        covered = usage.read
        for index in marked:
            covered = self._write(prefixes[index], covered, usage)
        usage.uncached = total - covered
        self._prune()
        return usage

    def _read(self, prefixes: list[_Prefix], marked: list[int]) -> int:
        for index in reversed(marked):
            for prefix in reversed(prefixes[max(0, index - LOOK_BACK + 1) : index + 1]):
                if self._touch(prefix.digest):
                    return prefix.tokens
        return 0

    def _touch(self, digest: bytes) -> bool:
        expires, lifetime = self._entries.get(digest, (0.0, 0.0))
        now = self._clock()
        if expires <= now:
            return False
        self._entries[digest] = (now + lifetime, lifetime)
        return True

    def _write(self, prefix: _Prefix, covered: int, usage: Usage) -> int:
        if prefix.tokens <= covered:
            self._touch(prefix.digest)
            return covered
        ttl = prefix.ttl or "5m"
        lifetime = TTL_SECONDS[ttl]
        self._entries[prefix.digest] = (self._clock() + lifetime, lifetime)
        usage.written[ttl] += prefix.tokens - covered
        return prefix.tokens

    def _prune(self) -> None:
        if len(self._entries) > PRUNE_ABOVE:
            now = self._clock()
            self._entries = {key: entry for key, entry in self._entries.items() if entry[0] > now}


def _prefixes(owner: str, segments: list[Segment]) -> Iterator[_Prefix]:
    running, tokens = hashlib.sha256(owner.encode()), 0
    for segment in segments:
        running.update(len(segment.raw).to_bytes(8, "big"))
        running.update(segment.raw)
        tokens += segment.tokens
        yield _Prefix(running.digest(), tokens, segment.ttl)
