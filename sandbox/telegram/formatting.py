"""Formatted text: what every parse mode yields, and the limits that Telegram counts in UTF-16 units."""

import re
from dataclasses import dataclass, field
from typing import NoReturn

from sandbox.telegram.errors import refuse
from sandbox.wire import JsonObject

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_FOUND = (
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w@])")),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z0-9_]{4,32}(?!\w)")),
    ("url", re.compile(r"https?://[^\s<>\"]*[^\s<>\".,!?;:)]")),
)


@dataclass(frozen=True, slots=True)
class Formatted:
    """Text without markup, with its entities."""

    text: str
    entities: tuple[JsonObject, ...] = field(default_factory=tuple)

    def fields(self, *, caption: bool = False) -> JsonObject:
        """The fields of a Message."""
        prefix, key = ("caption", "caption_entities") if caption else ("text", "entities")
        return {prefix: self.text} | ({key: list(self.entities)} if self.entities else {})


def units(text: str) -> int:
    """The length in UTF-16 code units, in which Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def refuse_markup(what: str) -> NoReturn:
    """Refuse markup that does not hold together."""
    refuse(f"can't parse entities: {what}")


def trimmed(parsed: Formatted) -> Formatted:
    """Without white space at both ends; entities move along, and empty ones go."""
    text = parsed.text.strip()
    gone = units(parsed.text[: len(parsed.text) - len(parsed.text.lstrip())])
    length = units(text)
    kept = (_moved(entity, gone, length) for entity in parsed.entities)
    return Formatted(text, tuple(entity for entity in kept if entity is not None))


def _moved(entity: JsonObject, gone: int, length: int) -> JsonObject | None:
    start, size = span(entity)
    first, last = max(0, start - gone), min(length, start + size - gone)
    return {**entity, "offset": first, "length": last - first} if last > first else None


def span(entity: JsonObject) -> tuple[int, int]:
    """Offset and length of an entity."""
    offset, length = entity.get("offset"), entity.get("length")
    if not isinstance(offset, int) or not isinstance(length, int):
        refuse("can't parse MessageEntity: Can't find field \"offset\"")
    return offset, length


def with_found(parsed: Formatted) -> Formatted:
    """Commands, mentions and links that Telegram finds by itself, besides the given entities."""
    taken = [span(entity) for entity in parsed.entities]
    found = [entity for entity in _found(parsed.text) if not _overlaps(span(entity), taken)]
    order = sorted([*parsed.entities, *found], key=lambda entity: (span(entity)[0], -span(entity)[1]))
    return Formatted(parsed.text, tuple(order))


def _found(text: str) -> list[JsonObject]:
    entities: list[JsonObject] = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            offset, length = units(text[: match.start()]), units(match.group())
            if not _overlaps((offset, length), [span(entity) for entity in entities]):
                entities.append({"type": kind, "offset": offset, "length": length})
    return entities


def _overlaps(one: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(one[0] < start + size and start < one[0] + one[1] for start, size in others)
