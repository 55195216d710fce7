"""People who take conversations over, at every step of a turn and of its sends: by buttons, and on the business's phone."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from bot.taps import Verb
from tests.acceptance.faults.cases import FIRST, PERSON, QUESTION, Case, cases_of, held_for_the_phone
from tests.acceptance.faults.emulator import Desk
from tests.acceptance.faults.hands import Hands, Talk
from tests.acceptance.faults.load import Who
from tests.acceptance.faults.run import Run
from tests.acceptance.faults.servers import SHOPS
from tests.acceptance.faults.taken import UNSETTLED
from tests.acceptance.faults.team import MATES, Mate

ENVIRONMENT: Final = {"SEND_LEASE_SECONDS": "10", "TURN_LEASE_SECONDS": "6"}
"""Leases of turns are looked at every two seconds: whoever is late then is stopped, and with him his draft."""
_HELD_MS: Final = 7000
"""Shorter than the lease of a send, as every call is: one that lasts longer counts as a dead sender's."""
_SILENT_MS: Final = 30_000
"""Longer than any call is waited for: it is cut before, and its outcome is unknown."""
_ON_THE_PHONE: Final = 30
_BY_PHONE: Final = "Deixa comigo!"
_PATIENT: Final = 0.75
"""How many calls go on only when the member has been answered."""
_SILENT: Final = 0.5
"""How many of them no receipt tells of, so that until they return nobody knows whether the lead has the message."""
_CARDS_FOR: Final = 15.0
_WAITING: Final = """
SELECT DISTINCT c.id, c.tenant_id, c.status, l.phone, t.slug FROM conversations c JOIN leads l ON l.id = c.lead_id
JOIN tenants t ON t.id = c.tenant_id JOIN telegram_messages k ON k.conversation_id = c.id AND k.purpose = 'card'
WHERE c.status = 'waiting_human' AND l.phone LIKE $1 || '%'"""


Step = Callable[[Case], Coroutine[Any, Any, None]]
"""One way of taking a lead over."""


async def take_over_anywhere(run: Run) -> None:
    """Every step of a turn meets a take-over, while cards are tapped and the owner writes; then once more while processes die."""
    first, *calm = calm_cases(run)
    async with asyncio.TaskGroup() as group:
        group.create_task(_tap_cards(run))
        group.create_task(_write_on_the_phone(run))
        await _told_that_one_may_come(first)
        await asyncio.gather(_take_over(calm, _STEPS), _write_while_it_thinks(run))
        group.create_task(_restart_some(run))
        others = [replace(case, calm=False) for case in cases_of(run)[2::2]]
        await _take_over(others, (_while_a_process_dies, *_STEPS))


def calm_cases(run: Run) -> list[Case]:
    """Those that are taken while every process lives."""
    first, *cases = cases_of(run)
    return [first, *cases[::2]]


def thought_of(run: Run) -> list[Who]:
    """Leads about whom the model was still thinking when somebody took them, while nothing else was wrong."""
    _, *calm = calm_cases(run)
    taken = [case.who for place, case in enumerate(calm) if _STEPS[place % len(_STEPS)] is _while_the_model_thinks]
    return [*taken, *held_for_the_phone(run)]


def storms(run: Run) -> int:
    """Answers to taps that Telegram refused."""
    _, *calm = calm_cases(run)
    return sum(1 for place, _ in enumerate(calm) if _STEPS[place % len(_STEPS)] is _through_a_429)


async def _take_over(cases: Sequence[Case], steps: Sequence[Step]) -> None:
    async with asyncio.TaskGroup() as group:
        for place, case in enumerate(cases):
            group.create_task(steps[place % len(steps)](case))


async def _while_the_model_thinks(case: Case) -> None:
    claude = case.run.emulator.claude
    await claude.arm("hold", {"lead_text_contains": case.who.token(2)})
    await case.writes(2)
    held = await claude.caught(_asks_about(case.who), may_be_gone=not case.calm)
    await case.run.pause(0.0, 0.3)
    await case.taken()
    await _let_go(claude, held)


async def _before_it_leaves(case: Case) -> None:
    """The provider has not taken the message yet when the member taps; at times it does before he is answered."""
    await _in_the_call(case, "hold_before")


async def _after_it_left(case: Case) -> None:
    """The provider has taken the message and has not said so."""
    await _in_the_call(case, "hold")


async def _with_more_queued(case: Case) -> None:
    """The AI's answer is in the provider's hands, and the words that a person will come are queued behind it."""
    await _in_the_call(case, "hold", PERSON)


async def _in_the_call(case: Case, action: str, text: str = QUESTION) -> None:
    meta = case.run.emulator.meta
    await meta.arm(action, case.to, ms=_HELD_MS)
    if case.run.chance.random() < _SILENT:
        await meta.arm("statuses", case.to, mode="none")
    await case.writes(2, text)
    held = await _caught_on_its_way(case)
    if case.run.chance.random() < _PATIENT:
        await case.taken()
    else:
        await case.taken(wait=False)
        await case.run.pause(0.2, 1.5)
    await _let_go(meta, held)


async def _told_that_one_may_come(case: Case) -> None:
    """The provider has the message and says nothing for longer than a member is kept waiting for his answer."""
    meta = case.run.emulator.meta
    await meta.arm("hold", case.to, ms=_SILENT_MS)
    await meta.arm("statuses", case.to, mode="none")
    await case.writes(2)
    held = await _caught_on_its_way(case)
    assert await case.taken() == UNSETTLED
    await _let_go(meta, held)


async def _caught_on_its_way(case: Case) -> int | None:
    def is_meant(call: Mapping[str, Any]) -> bool:
        return call.get("lead") == case.who.phone and _from(case.who, call)

    return await case.run.emulator.meta.caught(is_meant, may_be_gone=not case.calm)


async def _while_a_process_dies(case: Case) -> None:
    run = case.run
    await run.emulator.claude.arm("hold", {"lead_text_contains": case.who.token(2)})
    await case.writes(2)
    held = await run.emulator.claude.caught(_asks_about(case.who), may_be_gone=True)
    await case.taken(wait=False)
    await run.pause(0.0, 0.4)
    run.chance.choice([*run.stage.bots, *run.stage.workers]).restart()
    await run.pause(0.0, 1.0)
    await _let_go(run.emulator.claude, held)


async def _through_a_429(case: Case) -> None:
    """Telegram asks the bot to wait, for the answer to the tap and for whatever else the chat is to show."""
    telegram = case.run.emulator.telegram
    await telegram.arm("status", {"method": "answerCallbackQuery"}, http=429, retry_after=1)
    _, spot = await case.button()
    await telegram.arm("status", {"chat_id": str(spot.chat_id)}, http=429, retry_after=1, times=2)
    await _anywhere(case)


async def _anywhere(case: Case) -> None:
    await case.writes(2)
    await case.run.pause(0.0, 2.0)
    await case.taken()


_STEPS: Final[tuple[Step, ...]] = (
    _while_the_model_thinks, _before_it_leaves, _after_it_left, _with_more_queued, _through_a_429, _anywhere,
)  # fmt: skip


async def _tap_cards(run: Run) -> None:
    """Who waits for a person is taken, at times by two at once."""
    seen: set[Any] = set()
    end = asyncio.get_running_loop().time() + _CARDS_FOR
    async with asyncio.TaskGroup() as group:
        while asyncio.get_running_loop().time() < end:
            for row in await run.rows(_WAITING, run.phones):
                if row["id"] not in seen and int(row["phone"][-6:]) < FIRST:
                    seen.add(row["id"])
                    group.create_task(_tap_card(run, Talk(row["id"], row["tenant_id"], row["status"]), row["slug"]))
            await asyncio.sleep(0.3)


async def _tap_card(run: Run, talk: Talk, slug: str) -> None:
    shop = next(shop.index for shop in SHOPS if shop.slug == slug)
    hands = Hands(run)
    await run.pause(0.0, 1.5)
    mates = [Mate(shop, place) for place in run.chance.sample(range(MATES), run.chance.randint(1, 2))]
    for mate in mates:
        # The button may be gone by now: somebody else was faster, or the lead is the phone's.
        card = await hands.spot(talk, mate, "card")
        await hands.try_tap(mate, card, talk, Verb.TAKE)


async def _write_on_the_phone(run: Run) -> None:
    """The owner answers some leads himself, whenever."""
    async with asyncio.TaskGroup() as group:
        for who in run.some_leads(_ON_THE_PHONE):
            group.create_task(_answered_by_phone(run, who, run.chance.uniform(0.5, 6.0)))


async def _write_while_it_thinks(run: Run) -> None:
    """The owner answers some leads himself while the model is asked what to say to them."""
    async with asyncio.TaskGroup() as group:
        for who in held_for_the_phone(run):
            group.create_task(_answered_while_it_thinks(run, who))


async def _answered_while_it_thinks(run: Run, who: Who) -> None:
    await Case(run, who).writes(1)
    held = await run.emulator.claude.caught(_asks_about(who))
    await run.emulator.owner_writes(SHOPS[who.tenant].number_id, who.phone, _BY_PHONE, wait=True)
    await run.pause(0.0, 1.0)
    await _let_go(run.emulator.claude, held)


async def _answered_by_phone(run: Run, who: Who, after: float) -> None:
    await asyncio.sleep(after)
    await run.emulator.owner_writes(SHOPS[who.tenant].number_id, who.phone, _BY_PHONE)


async def _restart_some(run: Run) -> None:
    for _ in range(2):
        await run.pause(1.0, 3.0)
        run.chance.choice(run.stage.bots).restart()
        await run.pause(1.0, 3.0)
        run.chance.choice(run.stage.workers).restart()


def _asks_about(who: Who) -> Callable[[Mapping[str, Any]], bool]:
    return lambda call: f"{who.token(1)[:-1]}" in str(call.get("lead_text", ""))


def _from(who: Who, call: Mapping[str, Any]) -> bool:
    return bool(call.get("phone_number_id") == SHOPS[who.tenant].number_id)


async def _let_go(desk: Desk, held: int | None) -> None:
    if held is not None:
        await desk.release(held)
