"""The commands, as Telegram lists them."""

import re

import pytest

from bot.commands import ENTRIES, Menu, menus, usable_by
from bot.texts import Catalogs
from core.domain.conversation import Role

_MENUS = list(menus(Catalogs.load()))


@pytest.mark.parametrize("menu", _MENUS, ids=lambda menu: f"{menu.scope.type}-{menu.language}")
def test_telegram_takes_the_list(menu: Menu) -> None:
    """Names and descriptions as the Bot API wants them; no HTML, which it would show as it is."""
    for command in menu.commands:
        assert re.fullmatch(r"[a-z0-9_]{1,32}", command.command)
        assert 1 <= len(command.description) <= 256
        assert not re.search(r"[<>&]", command.description)


def test_no_name_stands_for_two_commands() -> None:
    """In either language."""
    names = [name for entry in ENTRIES for name in {entry.pt, entry.en}]
    assert len(set(names)) == len(names)


def test_whoever_may_more_may_all_that_others_may() -> None:
    """From attendant to admin."""
    attendant, manager, admin = (set(usable_by(role)) for role in (Role.ATTENDANT, Role.MANAGER, Role.ADMIN))
    assert attendant < manager < admin == set(ENTRIES)
