"""Leads whom the AI has again after a person had them: a button to take each one stands in a chat of the team."""

import asyncio
from dataclasses import dataclass
from typing import Final

from bot.taps import Verb
from tests.acceptance.faults.hands import Hands, Spot, Talk, until
from tests.acceptance.faults.load import Who
from tests.acceptance.faults.run import Run
from tests.acceptance.faults.servers import SHOPS
from tests.acceptance.faults.taken import RETURNED, SETTLED, UNSETTLED
from tests.acceptance.faults.team import MATES, Mate

QUESTION: Final = "Qual é o endereço da empresa?"
PERSON: Final = "Quero falar com um atendente"
FIRST: Final = 7000
"""The numbers of leads beside the plan begin here."""
_CASES: Final = 26
_FOR_THE_PHONE: Final = 6


@dataclass(frozen=True, slots=True)
class Case:
    """A lead whom the AI has again after a person had him: a button to take him stands in a chat of the team."""

    run: Run
    who: Who
    calm: bool = True
    """Whether every process lives while he is taken."""

    @property
    def hands(self) -> Hands:
        """Whoever of the team does something."""
        return Hands(self.run)

    @property
    def mate(self) -> Mate:
        """The member who does."""
        return Mate(self.who.tenant, self.who.lead % MATES)

    @property
    def to(self) -> dict[str, str]:
        """What calls of the provider for this lead match."""
        return {"phone_number_id": SHOPS[self.who.tenant].number_id, "to": self.who.phone}

    async def writes(self, number: int, text: str = QUESTION) -> None:
        """The lead says something."""
        text = f"{text} {self.who.token(number)}"
        urls = self.run.stage.web_urls
        await self.run.emulator.write(SHOPS[self.who.tenant].number_id, self.who.phone, text, urls=urls)

    async def button(self) -> tuple[Talk, Spot]:
        """Where it stands: under the bot's refusal to say a member's words."""
        talk = await self.hands.talk(self.who)
        return talk, await self.hands.spot(talk, self.mate, "view")

    async def taken(self, *, wait: bool = True) -> str:
        """The member taps it; what pops up."""
        talk, spot = await self.button()
        return await self.hands.tap(self.mate, spot, talk, Verb.TAKE, wait=wait)


async def give_them_back(run: Run) -> None:
    """Leads who had a person and whom the AI has again; then calls of the model that wait for the owner's phone."""
    async with asyncio.TaskGroup() as group:
        for case in cases_of(run):
            group.create_task(_given_back(case))
    for who in held_for_the_phone(run):
        await run.emulator.claude.arm("hold", {"lead_text_contains": who.token(1)})


async def _given_back(case: Case) -> None:
    hands, mate = case.hands, case.mate
    await case.writes(1, PERSON)
    talk = await hands.talk(case.who)
    card = await hands.spot(talk, mate, "card")
    assert await hands.tap(mate, card, talk, Verb.TAKE) in {SETTLED, UNSETTLED}
    assert await hands.tap(mate, card, talk, Verb.RETURN) == RETURNED
    before = len(await hands.spots(talk, "view"))
    await hands.write(mate, card, "Posso ajudar?", reply=card.chat_id > 0)

    async def refused() -> bool | None:
        return len(await hands.spots(talk, "view")) > before or None

    await until(refused, f"a refusal of {mate.name}'s words")


def cases_of(run: Run) -> list[Case]:
    """Those of a run."""
    return [Case(run, Who(run.number, place % len(SHOPS), FIRST + place)) for place in range(_CASES)]


def held_for_the_phone(run: Run) -> list[Who]:
    """Leads of whom the model is asked while somebody answers on the phone."""
    return [Who(run.number, place % len(SHOPS), FIRST + 500 + place) for place in range(_FOR_THE_PHONE)]
