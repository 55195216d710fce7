"""The MarkdownV2 parse mode, read as Telegram reads it: what is reserved has to be escaped."""

import re
from dataclasses import dataclass, field
from typing import NoReturn

from sandbox.telegram.formatting import Formatted, refuse_markup, span, units
from sandbox.wire import JsonObject

RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
_MARKS = {"_": "Italic", "*": "Bold", "~": "Strikethrough"}
_KINDS = {
    "Italic": "italic",
    "Bold": "bold",
    "Strikethrough": "strikethrough",
    "Underline": "underline",
    "Spoiler": "spoiler",
    "TextUrl": "text_link",
    "CustomEmoji": "custom_emoji",
    "Code": "code",
    "Pre": "pre",
    "PreCode": "pre",
}
_TWICE = {"__": "Underline", "||": "Spoiler"}
_LAST_ESCAPABLE = 126
_WORD = re.compile(r"[^\s`]+")
IGNORED = "\r"
"""The character that parts ``_`` from ``__`` and leaves no trace."""


@dataclass(frozen=True, slots=True)
class _Open:
    name: str
    mark: str
    offset: int
    position: int


@dataclass(slots=True)
class _Reader:
    source: str
    position: int = 0
    written: list[str] = field(default_factory=list)
    offset: int = 0
    stack: list[_Open] = field(default_factory=list)
    entities: list[JsonObject] = field(default_factory=list)
    quote: int | None = None

    def run(self) -> Formatted:
        """Read to the end; ApiError 400 "can't parse entities" with Telegram's reason."""
        while self.position < len(self.source):
            self._step()
        if self.stack:
            self._no_end(self.stack[-1].name, self.stack[-1].position)
        self._end_quote()
        ordered = sorted(self.entities, key=lambda entity: (span(entity)[0], -span(entity)[1]))
        return Formatted("".join(self.written), tuple(ordered))

    def _step(self) -> None:
        character = self.source[self.position]
        if character == IGNORED:
            self.position += 1
        elif character == "\\" and self._escapes():
            self._literal()
        elif character == "`":
            self._code()
        elif self._quotes(character):
            self.quote = self.offset if self.quote is None else self.quote
            self.position += 1
        elif character not in RESERVED:
            self._plain(character)
        else:
            self._mark(character)

    def _escapes(self) -> bool:
        after = self.source[self.position + 1 : self.position + 2]
        return bool(after) and 0 < ord(after) <= _LAST_ESCAPABLE

    def _plain(self, character: str) -> None:
        self._write(character, 1)
        if character == "\n" and not self.source.startswith(">", self.position):
            self._end_quote()

    def _quotes(self, character: str) -> bool:
        return character == ">" and (self.position == 0 or self.source[self.position - 1] == "\n")

    def _end_quote(self) -> None:
        if self.quote is not None and self.offset > self.quote:
            self.entities.append({"type": "blockquote", "offset": self.quote, "length": self.offset - self.quote})
        self.quote = None

    def _mark(self, character: str) -> None:
        top = self.stack[-1] if self.stack else None
        if character == "]" and top and top.mark == "]":
            self._link(top)
            return
        pair = self.source[self.position : self.position + 2]
        mark = self._ending(top) or (pair if pair in _TWICE else character)
        if top and mark == top.mark:
            self._close(top)
        else:
            self._open(mark)

    def _ending(self, top: _Open | None) -> str:
        """The mark that ends what is open, when it stands here; ``__`` goes before ``_``."""
        if top is None or not self.source.startswith(top.mark, self.position):
            return ""
        longer = top.mark == "_" and self.source.startswith("__", self.position)
        return "" if longer else top.mark

    def _open(self, mark: str) -> None:
        name = _TWICE.get(mark) or _MARKS.get(mark)
        if self.source.startswith("![", self.position):
            name, mark, size = "CustomEmoji", "]", 2
        elif mark == "[":
            name, mark, size = "TextUrl", "]", 1
        elif name is None:
            text = f"Character '{mark}' is reserved and must be escaped with the preceding '\\'"
            refuse_markup(text)
        else:
            size = len(mark)
        self.stack.append(_Open(name, mark, self.offset, self.position))
        self.position += size

    def _close(self, top: _Open) -> None:
        self.stack.pop()
        self.position += len(top.mark)
        self._note(top, {})

    def _link(self, top: _Open) -> None:
        self.position += 1
        url = ""
        if self.source.startswith("(", self.position):
            end = self.source.find(")", self.position)
            if end < 0:
                refuse_markup(f"Can't find end of a URL at byte offset {self._bytes(self.position)}")
            url, self.position = self.source[self.position + 1 : end].replace("\\", ""), end + 1
        self.stack.pop()
        if top.name == "CustomEmoji":
            self._note(top, {"custom_emoji_id": url.rpartition("=")[2]})
        elif url:
            self._note(top, {"url": url})

    def _code(self) -> None:
        start = self.position
        if self.source.startswith("```", start):
            name, extra = self._language(start + len("```"))
            self._until("```", _Open(name, "```", self.offset, start), extra)
        else:
            self.position += 1
            self._until("`", _Open("Code", "`", self.offset, start), {})

    def _language(self, begin: int) -> tuple[str, JsonObject]:
        """The word right after the fence, when more follows it; one line break goes too."""
        word = _WORD.match(self.source, begin)
        self.position = begin
        name, extra = "Pre", JsonObject()
        if word and self.source[word.end() : word.end() + 1] not in ("", "`"):
            name, extra["language"] = "PreCode", word.group()
            self.position = word.end()
        self.position += self.source.startswith("\n", self.position)
        return name, extra

    def _until(self, fence: str, opened: _Open, extra: JsonObject) -> None:
        while not self.source.startswith(fence, self.position):
            if self.position >= len(self.source):
                self._no_end(opened.name, opened.position)
            if self.source[self.position] == "`":
                self._code()
            else:
                self._literal()
        self.position += len(fence)
        self._note(opened, extra)

    def _literal(self) -> None:
        """A character inside code, where nothing but a backslash means anything."""
        escaped = self.source[self.position] == "\\" and self._escapes()
        self._write(self.source[self.position + escaped], 1 + escaped)

    def _note(self, opened: _Open, extra: JsonObject) -> None:
        length = self.offset - opened.offset
        if length:
            self.entities.append({"type": _KINDS[opened.name], "offset": opened.offset, "length": length, **extra})

    def _write(self, text: str, read: int) -> None:
        self.written.append(text)
        self.offset += units(text)
        self.position += read

    def _no_end(self, name: str, position: int) -> NoReturn:
        refuse_markup(f"Can't find end of {name} entity at byte offset {self._bytes(position)}")

    def _bytes(self, position: int) -> int:
        return len(self.source[:position].encode())


def parse_markdown(source: str) -> Formatted:
    """Text and entities of MarkdownV2."""
    return _Reader(source).run()
