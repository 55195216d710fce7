"""T: tenants apart."""

from collections.abc import Iterator

from tests.acceptance.faults.dump import MessageRow
from tests.acceptance.faults.evidence import Evidence, Violation, lead_part, place
from tests.acceptance.faults.load import TOKEN
from tests.acceptance.faults.servers import SHOPS
from tests.acceptance.faults.team import shop_of_chat


def apart(evidence: Evidence) -> Iterator[Violation]:
    """No row, prompt, send or chat of a team mixes tenants."""
    for row in evidence.dump.messages:
        yield from _row_apart(evidence, row)
    for send in evidence.history.accepted:
        stored = evidence.by_id.get(send.callback)
        if stored is not None and (stored.number_id, stored.phone) != (send.number_id, send.lead):
            yield Violation("T", "sent through another number or to another lead", f"message {send.callback}")
        yield from _marked(send.text, _shop_of(send.number_id), f"send {send.seq}")
    yield from _chats_apart(evidence)
    for call in evidence.history.asked:
        leads = {lead_part(token) for token in call.tokens | call.history_tokens}
        if len(leads) > 1:
            yield Violation("T", f"a prompt holds words of {len(leads)} leads", f"request {call.request_id}")
        for lead in leads:
            text = evidence.history.systems.get(call.system, "") + call.history
            yield from _marked(text, int(lead[4]), f"request {call.request_id}")


def _chats_apart(evidence: Evidence) -> Iterator[Violation]:
    for shown in evidence.history.chats.shown:
        shops = {int(found[2]) for found in TOKEN.finditer(shown.text)}
        if shops - {shop_of_chat(shown.chat_id)}:
            yield Violation("T", "shown to another tenant's team", f"message {shown.number} of {shown.chat_id}")


def _row_apart(evidence: Evidence, row: MessageRow) -> Iterator[Violation]:
    shop = _shop_of(row.number_id)
    if not row.one_tenant or row.slug != SHOPS[shop].slug:
        yield Violation("T", "a row points into another tenant", place(row))
    wrote = evidence.history.wrote.get(row.external_id or "") if row.direction == "in" else None
    if wrote is not None and (wrote.number_id, wrote.lead) != (row.number_id, row.phone):
        yield Violation("T", "stored for another number or lead", wrote.token)
    yield from _marked(row.text, shop, place(row))
    for found in TOKEN.finditer(row.text):
        if int(found[2]) != shop:
            yield Violation("T", "words of another tenant's lead", place(row))


def _marked(text: str, shop: int, where: str) -> Iterator[Violation]:
    for other in SHOPS:
        if other.index != shop and other.mark in text:
            yield Violation("T", f"{SHOPS[shop].slug} says what only {other.slug} knows", where)


def _shop_of(number_id: str) -> int:
    return int(number_id[-1])
