"""Telegram in trouble while leads are handed off: asked to wait, away for a while, and silent about what it took."""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.taps import Verb
from tests.acceptance.faults.chats import word_token
from tests.acceptance.faults.checker import Verdict
from tests.acceptance.faults.hands import Hands
from tests.acceptance.faults.load import Who
from tests.acceptance.faults.run import Run
from tests.acceptance.faults.servers import SHOPS
from tests.acceptance.faults.team import BOT_ID, Mate

_FIRST: Final = 7000
_LEADS: Final = 9
_AWAY_SECONDS: Final = 20.0
_PERSON: Final = "Quero falar com um atendente"
_HAND_OFFS: Final = """
SELECT h.id, c.status, count(p.id) AS cards, l.phone,
       array_agg(k.chat_id) AS chats, array_agg(p.number) AS numbers, COALESCE(m.name, '') AS holder, t.slug
FROM hand_offs h JOIN conversations c ON c.id = h.conversation_id JOIN leads l ON l.id = c.lead_id JOIN tenants t ON t.id = h.tenant_id
LEFT JOIN members m ON m.id = c.assignee_id
LEFT JOIN telegram_posts p ON p.kind = 'card' AND p.subject_id = h.id LEFT JOIN telegram_chats k ON k.id = p.chat_ref
WHERE l.phone LIKE $1 || '%' AND h.reason <> 'taken' GROUP BY h.id, c.status, l.phone, m.name, t.slug"""


_TROUBLES: Final = {
    ("sendMessage", "cut"): 3,
    ("editMessageText", "cut"): 2,
    ("sendMessage", 429): 4,
    ("editMessageText", 429): 4,
    ("createForumTopic", 429): 4,
}
"""How often a call meets what: no answer to what was done, or a time to wait."""


async def break_telegram(run: Run) -> None:
    """A storm of 429s, and answers that never come, for what is sent and for what is changed."""
    for (method, trouble), times in _TROUBLES.items():
        if trouble == "cut":
            await run.emulator.telegram.arm("accept_then_cut", {"method": method}, times=times)
        else:
            wait = run.chance.randint(1, 3)
            await run.emulator.telegram.arm("status", {"method": method}, http=trouble, retry_after=wait, times=times)


async def hand_off_through_it(run: Run) -> None:
    """Some leads are handed off in the storm, some while Telegram is away; then everybody is taken and told a word."""
    leads = _leads(run)
    await _ask_for_a_person(run, leads[: _LEADS // 2])
    await run.pause(2.0, 4.0)
    down = await run.emulator.telegram.arm("down")
    await _ask_for_a_person(run, leads[_LEADS // 2 :])
    await asyncio.sleep(_AWAY_SECONDS)
    await run.emulator.telegram.disarm(down)
    async with asyncio.TaskGroup() as group:
        for who in _leads(run):
            group.create_task(_taken_and_told(run, who))
    await run.emulator.telegram.bitten()


async def _ask_for_a_person(run: Run, leads: Sequence[Who]) -> None:
    for who in leads:
        text = f"{_PERSON} {who.token(1)}"
        await run.emulator.write(SHOPS[who.tenant].number_id, who.phone, text, urls=run.stage.web_urls)
        await run.pause(0.0, 0.6)


async def _taken_and_told(run: Run, who: Who) -> None:
    hands, mate = Hands(run), Mate(who.tenant, 0)
    talk = await hands.talk(who)
    card = await hands.spot(talk, mate, "card")
    await hands.tap(mate, card, talk, Verb.TAKE)
    await hands.write(mate, card, f"Pronto: {word_token(who, 1)}", reply=card.chat_id > 0)
    await run.emulator.write(SHOPS[who.tenant].number_id, who.phone, f"Obrigada! {who.token(2)}")


@dataclass(frozen=True, slots=True)
class _Chats:
    """What every chat of the teams shows in the end."""

    texts: dict[tuple[int, int], str]

    @classmethod
    async def of(cls, run: Run) -> "_Chats":
        told = await run.emulator.telegram.get("chats", after=-1, bot_id=BOT_ID, limit=1000)
        return cls(
            {(chat["id"], one["message_id"]): one.get("text", "") for chat in told["chats"] for one in chat["messages"]}
        )


async def every_card_is_right(run: Run, verdict: Verdict) -> None:
    """Each hand-off has its card where its team works, which shows what is so now; what the leads said next is there."""
    chats = await _Chats.of(run)
    rows = await run.rows(_HAND_OFFS, run.phones)
    assert len(rows) >= _LEADS
    assert [wrong for row in rows for wrong in _wrong(row, chats)] == []
    shown = "\n".join(chats.texts.values())
    assert [who.token(2) for who in _leads(run) if who.token(2) not in shown] == []
    assert verdict.words == _LEADS
    met = Counter(
        (event["method"], event.get("code", "cut"))
        for event in run.emulator.events(run.before)
        if event["event"] in {"telegram_cut", "telegram_refused"}
    )
    assert {trouble: met[trouble] for trouble, least in _TROUBLES.items() if met[trouble] < least} == {}


def _wrong(row: dict[str, Any], chats: _Chats) -> list[str]:
    """What is wrong with a hand-off's cards."""
    if not row["cards"] or None in row["numbers"]:
        return [f"{row['slug']} {row['phone']}: a card is missing"]
    state = f"Com {row['holder']} desde" if row["holder"] else _STATES[row["status"]]
    places = zip(row["chats"], row["numbers"], strict=True)
    texts = [chats.texts.get(place, "gone") for place in places]
    return [
        f"{row['slug']} {row['phone']}: {text!r} instead of {state!r}" for text in texts if not re.search(state, text)
    ]


_STATES: Final = {"waiting_human": "espera por alguém", "human": "celular da empresa", "ai": "voltou para a IA"}


def _leads(run: Run) -> list[Who]:
    return [Who(run.number, place % len(SHOPS), _FIRST + place) for place in range(_LEADS)]
