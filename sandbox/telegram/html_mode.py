"""The HTML parse mode, read as Telegram reads it: few tags, all of them closed."""

import re
from dataclasses import dataclass, field

from sandbox.telegram.formatting import Formatted, refuse_markup, units
from sandbox.wire import JsonObject

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_CHARACTER = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_ATTRIBUTE = re.compile(r"""\s+([A-Za-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_TAG = re.compile(r"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
_NAME = re.compile(r"[A-Za-z0-9-]*")


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    offset: int
    attributes: dict[str, str]


@dataclass(slots=True)
class _Reader:
    """The text read so far, with what is open."""

    source: str
    written: list[str] = field(default_factory=list)
    offset: int = 0
    stack: list[_Open] = field(default_factory=list)
    entities: list[JsonObject] = field(default_factory=list)

    def write(self, text: str) -> None:
        self.written.append(text)
        self.offset += units(text)

    def at(self, position: int) -> int:
        """The byte offset, in which Telegram tells where a fault is."""
        return len(self.source[:position].encode())

    def start_tag(self, position: int, body: str) -> None:
        name = (_NAME.match(body) or [""])[0].lower()
        if name not in TAGS:
            refuse_markup(f'Unsupported start tag "{name}" at byte offset {self.at(position)}')
        attributes = {key.lower(): _plain(a or b or c) for key, a, b, c in _ATTRIBUTE.findall(body[len(name) :])}
        if name == "span" and attributes.get("class") != "tg-spoiler":
            message = f'Tag "span" must have class "tg-spoiler" at byte offset {self.at(position)}'
            refuse_markup(message)
        self.stack.append(_Open(name, self.offset, attributes))

    def end_tag(self, position: int, body: str) -> None:
        if not self.stack:
            refuse_markup(f"Unexpected end tag at byte offset {self.at(position)}")
        opened, name = self.stack.pop(), body.strip().lower()
        if name and name != opened.tag:
            refuse_markup(
                f'Unmatched end tag at byte offset {self.at(position)}, expected "</{opened.tag}>", found "</{name}>"'
            )
        self._close(opened)

    def _close(self, opened: _Open) -> None:
        length = self.offset - opened.offset
        extra = self._extra(opened)
        if length and extra is not None:
            kind = "expandable_blockquote" if "expandable" in opened.attributes else TAGS[opened.tag]
            self.entities.append({"type": kind, "offset": opened.offset, "length": length, **extra})

    def _extra(self, opened: _Open) -> JsonObject | None:
        """What the entity says beyond its place; None for a tag that marks nothing."""
        match opened.tag:
            case "a":
                url = opened.attributes.get("href") or self._said_since(opened.offset)
                return {"url": url} if re.match(r"(https?|tg|mailto|tel)[:/]", url) else None
            case "tg-emoji":
                return {"custom_emoji_id": opened.attributes.get("emoji-id", "")}
            case "code" if self.stack and self.stack[-1].tag == "pre":
                self.stack[-1].attributes["language"] = opened.attributes.get("class", "").removeprefix("language-")
                return None
            case "pre" if opened.attributes.get("language"):
                return {"language": opened.attributes["language"]}
            case _:
                return {}

    def _said_since(self, offset: int) -> str:
        whole = "".join(self.written).encode("utf-16-le")
        return whole[offset * 2 :].decode("utf-16-le")


def _plain(text: str) -> str:
    return _CHARACTER.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    allowed = 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 - the bounds of Unicode
    return chr(code) if allowed else match.group()


def parse_html(source: str) -> Formatted:
    """Text and entities; ApiError 400 "can't parse entities" with Telegram's reason."""
    reader, position = _Reader(source), 0
    while position < len(source):
        opening = source.find("<", position)
        if opening != position:
            until = len(source) if opening < 0 else opening
            reader.write(_plain(source[position:until]))
            position = until
            continue
        position = _tag(reader, position)
    if reader.stack:
        refuse_markup(f'Can\'t find end tag corresponding to start tag "{reader.stack[-1].tag}"')
    ordered = sorted(reader.entities, key=_place)
    return Formatted("".join(reader.written), tuple(ordered))


def _tag(reader: _Reader, position: int) -> int:
    tag, ends = _TAG.match(reader.source, position), reader.source.startswith("</", position)
    if tag is None:
        refuse_markup(f"Unclosed {'end' if ends else 'start'} tag at byte offset {reader.at(position)}")
    if ends:
        reader.end_tag(position, tag.group()[2:-1])
    else:
        reader.start_tag(position, tag.group()[1:-1])
    return tag.end()


def _place(entity: JsonObject) -> tuple[int, int]:
    offset, length = entity["offset"], entity["length"]
    return (offset, -length) if isinstance(offset, int) and isinstance(length, int) else (0, 0)
