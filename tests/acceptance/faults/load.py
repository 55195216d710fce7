"""Random load: who writes what and when, all of it told by the seed."""

import asyncio
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tests.acceptance.faults.emulator import Emulator
from tests.acceptance.faults.servers import SHOPS, TENANTS

TOKEN: Final = re.compile(r"k(\d{2})t(\d)l(\d{4})m(\d+)")
_QUESTIONS: Final = ("Qual é o endereço da empresa?", "Qual é o horário de atendimento da empresa?")
_PERSON: Final = "Quero falar com um atendente"
_COMPLAINT: Final = "Que atendimento horrível, é uma reclamação"
SPAM: Final = "Ganhe dinheiro, clique aqui"


@dataclass(frozen=True, slots=True)
class Who:
    """A lead of a shop, in one run of a stage; the same person writes to every shop."""

    run: int
    tenant: int
    lead: int

    @property
    def phone(self) -> str:
        """The same at every shop: only the number written to tells the conversations apart."""
        return f"55119{self.run:02d}{self.lead:06d}"

    def token(self, number: int) -> str:
        """A word that stands in one message only."""
        return f"k{self.run:02d}t{self.tenant}l{self.lead:04d}m{number}"


@dataclass(frozen=True, slots=True)
class Say:
    """One message, ``at`` seconds after the load began."""

    at: float
    who: Who
    text: str


def plan(seed: int, run: int, *, conversations: int = 200, seconds: float = 3.0) -> list[Say]:
    """Conversations that begin at random, most with one burst of 1 to 5 messages, some with a second one."""
    chance = random.Random(seed)
    says: list[Say] = []
    for place in range(conversations):
        who = Who(run, place % TENANTS, place // TENANTS)
        begin = chance.uniform(0.0, seconds)
        said = list(_burst(chance, who, begin, 1))
        if chance.random() < 0.15:
            said += _burst(chance, who, said[-1].at + chance.uniform(0.2, 1.5), len(said) + 1)
        says += said
    return sorted(says, key=lambda say: say.at)


def _burst(chance: random.Random, who: Who, begin: float, first: int) -> Iterator[Say]:
    at = begin
    for number in range(first, first + chance.randint(1, 5)):
        yield Say(at, who, f"{_words(chance)} {who.token(number)}")
        at += chance.uniform(0.0, 0.15)


def _words(chance: random.Random) -> str:
    rare = chance.random()
    if rare < 0.01:
        return SPAM
    if rare < 0.03:
        return _COMPLAINT
    return _PERSON if rare < 0.05 else chance.choice(_QUESTIONS)


async def play(emulator: Emulator, says: Sequence[Say], urls: Sequence[str], chance: random.Random) -> None:
    """Let everybody write at his time; deliveries go to the web processes at random, and to the next one when refused."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.TaskGroup() as group:
        for say in says:
            await asyncio.sleep(max(began + say.at - loop.time(), 0.0))
            first = chance.randrange(len(urls))
            turned = [*urls[first:], *urls[:first]]
            group.create_task(emulator.write(SHOPS[say.who.tenant].number_id, say.who.phone, say.text, urls=turned))
