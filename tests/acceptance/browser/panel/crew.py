"""Who opens the panel: the demo's team, and whoever has come to it by an invitation."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

from app.embedded.processes import wait_until
from app.emulated import TEAM
from core.domain.conversation import Role
from tests.acceptance.browser.panel.world import Member, World
from tests.patience import PATIENCE

ATTENDANT: Final = TEAM[0].telegram_user_id
COLLEAGUE: Final = TEAM[1].telegram_user_id
ADMIN: Final = TEAM[2].telegram_user_id
LEAVING: Final = 5_000_000_011
STRANGER: Final = 5_000_000_012
NEWCOMER: Final = 5_000_000_015
OWNER: Final = 5_000_000_017
ENGLISH: Final = 5_000_000_013
MANAGER: Final = 5_000_000_014
_PEOPLE: Final[Mapping[int, tuple[str, str]]] = {
    LEAVING: ("Temporário", "pt-br"),
    STRANGER: ("Visita", "pt-br"),
    NEWCOMER: ("Dona do salão", "pt-br"),
    OWNER: ("Dono do salão", "pt-br"),
    ENGLISH: ("Operations", "en"),
    # The try-it page opens the panel as the last of them, who is to be of the team.
    MANAGER: ("Gestora", "pt-br"),
}
_ROLES: Final[Mapping[int, Role]] = {LEAVING: Role.ATTENDANT, ENGLISH: Role.ADMIN, MANAGER: Role.MANAGER}


def joined(world: World, admin: Member) -> None:
    """They have Telegram, and come into the team in their roles."""
    for person, (name, language) in _PEOPLE.items():
        world.control("telegram", "users", {"id": person, "first_name": name, "language_code": language})
    for person, role in _ROLES.items():
        enter(world, admin.ask("POST", "/team/invitations", {"role": role.value})["link"], person)
    names = {_PEOPLE[person][0] for person in _ROLES}
    assert wait_until(lambda: names <= _names(admin), PATIENCE), _names(admin)


def enter(world: World, link: str, person: int) -> None:
    """Follow an invitation."""
    payload = parse_qs(urlsplit(link).query)["start"][0]
    world.control("telegram", "start", {"user_id": person, "payload": payload})


def comes_in(world: World, person: int) -> bool:
    """Whether a launch of his opens the panel."""
    init_data = world.control("telegram", "init_data", {"user_id": person})["init_data"]
    return bool(world.http.post(f"{world.web_url}/api/v1/session", data={"init_data": init_data}).ok)


def _names(admin: Member) -> set[str]:
    return {member["name"] for member in admin.ask("GET", "/team")["members"]}
