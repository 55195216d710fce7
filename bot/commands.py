"""The bot's commands: their names in both languages, who may use them, and Telegram's menus of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aiogram.filters import Command
from aiogram.types import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats

from bot.texts import DEFAULT, Catalogs, Text
from core.domain.conversation import Role

_RANK: Final = {Role.ATTENDANT: 0, Role.MANAGER: 1, Role.ADMIN: 2}


@dataclass(frozen=True, slots=True)
class Entry:
    """A command. ``role``: the least that may use it."""

    pt: str
    en: str
    role: Role = Role.ATTENDANT
    private: bool = True
    group: bool = False

    def name(self, language: str) -> str:
        """As it is called in this language; both names work in either."""
        return self.pt if language == DEFAULT else self.en


HELP: Final = Entry("ajuda", "help", group=True)
STATUS: Final = Entry("status", "status", group=True)
ONLINE: Final = Entry("online", "online")
OFFLINE: Final = Entry("offline", "offline")
NOTE: Final = Entry("nota", "note", group=True)
SNOOZE: Final = Entry("adiar", "snooze", group=True)
RECORD: Final = Entry("anotar", "record", group=True)
TEAM: Final = Entry("equipe", "team")
CHANNELS: Final = Entry("canais", "channels", Role.MANAGER)
FAILURES: Final = Entry("falhas", "failures", Role.MANAGER)
HEALTH: Final = Entry("saude", "health", Role.MANAGER)
PAUSE: Final = Entry("pausar", "pause", Role.MANAGER)
RESUME: Final = Entry("retomar", "resume", Role.MANAGER)
USAGE: Final = Entry("uso", "usage", Role.MANAGER)
REQUESTS: Final = Entry("pedidos", "requests", Role.MANAGER)
EXPORT: Final = Entry("exportar", "export", Role.ADMIN, group=True)
FORGET: Final = Entry("esquecer", "forget", Role.ADMIN, group=True)
LANGUAGE: Final = Entry("idioma", "language")
SWITCH: Final = Entry("trocar", "switch")
LINK: Final = Entry("vincular", "link", Role.ADMIN, private=False, group=True)
UNLINK: Final = Entry("desvincular", "unlink", Role.ADMIN, private=False, group=True)

ENTRIES: Final = (
    STATUS, ONLINE, OFFLINE, NOTE, SNOOZE, RECORD, TEAM, CHANNELS, FAILURES, HEALTH, PAUSE, RESUME, USAGE, REQUESTS, EXPORT, FORGET, LANGUAGE, SWITCH, LINK, UNLINK, HELP,
)  # fmt: skip
"""In the order in which they are told."""


def called(entry: Entry) -> Command:
    """Matches the command under either name."""
    return Command(entry.pt, entry.en)


def only_private() -> Command:
    """Matches what is asked in a private chat alone."""
    return Command(*(name for entry in ENTRIES if not entry.group for name in (entry.pt, entry.en)))


def described(entry: Entry, text: Text) -> str:
    """What it does, in a line without HTML."""
    return text.plain(f"command.{entry.en}")


def usable_by(role: Role) -> list[Entry]:
    """What a member of this role may use."""
    return [entry for entry in ENTRIES if _RANK[role] >= _RANK[entry.role]]


@dataclass(frozen=True, slots=True)
class Menu:
    """One list of commands that Telegram shows; without a ``language`` to everybody who has none of his own."""

    scope: BotCommandScopeAllPrivateChats | BotCommandScopeAllGroupChats
    language: str | None
    commands: Sequence[BotCommand]


def menus(catalogs: Catalogs) -> Iterator[Menu]:
    """Every list there is to be."""
    for scope, entries in (
        (BotCommandScopeAllPrivateChats(), [entry for entry in ENTRIES if entry.private]),
        (BotCommandScopeAllGroupChats(), [entry for entry in ENTRIES if entry.group]),
    ):
        for code, language in ((None, "en"), ("pt", DEFAULT)):
            text = catalogs.of(language)
            commands = [
                BotCommand(command=entry.name(language), description=described(entry, text)) for entry in entries
            ]
            yield Menu(scope, code, commands)
