"""The desk's people with their apps open, one of each role, and somebody of another business."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from core.domain.conversation import ConversationStatus, Role
from core.services.members import Membership, Person
from tests.factories import Business, Thread
from tests.integration.miniapp.client import Answered, App, joined
from tests.integration.services.desk import Desk

ADA = Person(5_000_001_001, "Ada")
MEL = Person(5_000_001_002, "Mel")
ANA = Person(5_000_001_003, "Ana")
BIA = Person(5_000_001_004, "Bia")
ROLES: Mapping[str, tuple[Person, Role]] = {
    "admin": (ADA, Role.ADMIN),
    "manager": (MEL, Role.MANAGER),
    "attendant": (ANA, Role.ATTENDANT),
    "colleague": (BIA, Role.ATTENDANT),
}


@dataclass(frozen=True, slots=True)
class Crew:
    """Their apps, and who they are; another business beside theirs, with a lead of its own."""

    desk: Desk
    apps: Mapping[str, App]
    members: Mapping[str, Membership]
    others: Business
    their_thread: Thread

    def __getitem__(self, who: str) -> App:
        return self.apps[who]

    def id_of(self, who: str) -> UUID:
        """The member's id."""
        return self.members[who].member_id

    @property
    def here(self) -> str:
        """The path of the lead's conversation."""
        return f"/conversations/{self.desk.thread.conversation_id}"

    async def held_by(self, who: str | None, status: ConversationStatus = ConversationStatus.HUMAN) -> None:
        """The conversation stands so, whoever was to be asked."""
        await self.desk.run(
            "UPDATE conversations SET status = $2, assignee_id = $3 WHERE id = $1",
            self.desk.thread.conversation_id,
            status.value,
            self.id_of(who) if who else None,
        )


async def crew_of(desk: Desk, app: App) -> Crew:
    """Everybody, signed in."""
    members = {name: await joined(desk, person, role) for name, (person, role) in ROLES.items()}
    apps = {name: await app.come_in(person) for name, (person, _) in ROLES.items()}
    others = await desk.seed.business("others")
    return Crew(desk, apps, members, others, await desk.seed.everything(others))


async def once(app: App, path: str, body: object = None, *, key: UUID | None = None) -> Answered:
    """A request that may be repeated."""
    return await app.ask("POST", path, body, headers={"Idempotency-Key": str(key or uuid4())})


def seen(answered: Answered) -> Any:
    """What came back, which is no refusal."""
    assert answered.status in {200, 204}, answered
    return answered.body


def refused(answered: Answered) -> tuple[int, str]:
    """How it was refused."""
    return answered.status, answered.body["code"]
