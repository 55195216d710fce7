"""Somebody's app, as it speaks to the API."""

import time
from dataclasses import dataclass
from typing import Any

import aiohttp

from core.domain.conversation import Role
from core.services import members
from core.services.members import Membership, Person
from tests.integration.sandbox.telegram_cast import BOT
from tests.integration.services.desk import Desk
from tests.launches import launch


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class App:
    """Somebody's app: its requests, with what it knows of who it is."""

    url: str
    http: aiohttp.ClientSession
    access: str = ""
    refresh: str = ""

    async def ask(self, method: str, path: str, body: object = None, **options: Any) -> Answered:
        """One request, and its answer."""
        headers = {"Authorization": f"Bearer {self.access}"} if self.access else {}
        given: dict[str, Any] = {"json": body} if body is not None else {}
        async with self.http.request(
            method,
            f"{self.url}/api/v1{path}",
            headers={**headers, **options.pop("headers", {})},
            **given,
            **options,
        ) as response:
            kind = response.content_type
            if kind == "application/zip":
                return Answered(response.status, await response.read(), dict(response.headers))
            text = await response.text()
            found = await response.json(content_type=kind) if text and "json" in kind else text
            return Answered(response.status, found, dict(response.headers))

    async def sign_in(self, person: Person, **body: object) -> Answered:
        """Open the app, now."""
        return await self.ask("POST", "/session", {"init_data": opened_by(person), **body})

    def signed_in(self, tokens: Any) -> "App":
        """The same app with these tokens."""
        return App(self.url, self.http, tokens["access_token"], tokens["refresh_token"])

    async def come_in(self, person: Person) -> "App":
        """Open the app and be in."""
        return self.signed_in((await self.sign_in(person)).body)


def opened_by(person: Person, *, age: float = 0) -> str:
    """A launch by this person, that many seconds ago."""
    return launch(person.telegram_user_id, BOT.token, at=time.time() - age)


async def joined(desk: Desk, person: Person, role: Role = Role.MANAGER) -> Membership:
    """Somebody of the desk's business."""
    invitation = await members.invite(desk.business.tenant_id, role, by=None)
    return await members.join(invitation.token, person)
