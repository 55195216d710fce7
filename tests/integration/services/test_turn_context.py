"""What a turn looks at: the new, the earlier, and what came over from before."""

from collections.abc import Sequence

from core.domain.conversation import Author
from core.domain.events import IdentityKind, SenderId
from core.services.turn_state import TurnContext
from tests.integration.services.desk import Desk

CLOSED = "UPDATE conversations SET status = 'closed', turn_due_at = NULL, closed_at = now() - interval '1 day' * $1"


async def loaded(desk: Desk) -> TurnContext:
    """The context of the due turn, in whichever conversation it is."""
    (due,) = await desk.turns.overdue(0.0, 10)
    claim = await desk.turns.claim(due)
    return await desk.turns.load(claim)  # type: ignore[arg-type] # it is due, so it is claimed


async def talked(desk: Desk, count: int) -> None:
    """So many messages of the lead, each answered."""
    for number in range(count):
        await desk.hears(f"pergunta {number}")
        await desk.answers()


def texts(context: TurnContext) -> Sequence[str]:
    """The history's words."""
    return [line.text for line in context.history]


async def test_history_is_ten_messages(desk: Desk) -> None:
    """The latest ten, in order, without the new one."""
    await talked(desk, 7)
    await desk.hears("e agora?")
    context = await loaded(desk)
    assert (context.texts, len(context.history), texts(context)[:2], texts(context)[-2:]) == (
        ["e agora?"], 10, ["pergunta 2", "Claro!"], ["pergunta 6", "Claro!"],
    )  # fmt: skip


async def test_closed_lately_the_conversation_goes_on(desk: Desk) -> None:
    """Within seven days: the same conversation, with its last five messages."""
    await talked(desk, 5)
    await desk.run(CLOSED, 6)
    await desk.hears("voltei")
    context = await loaded(desk)
    assert (context.claim.ref, context.texts, texts(context)) == (
        desk.ref, ["voltei"], ["Claro!", "pergunta 3", "Claro!", "pergunta 4", "Claro!"],
    )  # fmt: skip


async def test_closed_long_ago_a_new_one_begins(desk: Desk) -> None:
    """After seven days: another conversation, with the last three messages of the old one."""
    await talked(desk, 5)
    await desk.run(CLOSED, 8)
    await desk.hears("voltei")
    context = await loaded(desk)
    assert (context.claim.ref == desk.ref, context.texts, texts(context)) == (
        False, ["voltei"], ["Claro!", "pergunta 4", "Claro!"],
    )  # fmt: skip


async def test_what_was_never_answered_before_the_end_is_no_news(desk: Desk) -> None:
    """A conversation that was closed without an answer does not answer old words when it reopens."""
    await desk.hears("antiga")
    await desk.run(CLOSED, 1)
    await desk.hears("nova")
    context = await loaded(desk)
    assert (context.texts, texts(context)) == (["nova"], ["antiga"])


async def test_what_never_reached_the_lead_is_not_history(desk: Desk) -> None:
    """Cancelled and failed words, and suggestions, were not said; a person's words were."""
    for status, purpose in (("cancelled", "answer"), ("failed", "answer"), ("internal", "suggestion")):
        await desk.queued(f"{status} {purpose}", status=status, purpose=purpose)
    await desk.queued("da equipe", author=Author.ATTENDANT, purpose="attendant", turn_id=None, status="sent")
    await desk.hears()
    assert texts(await loaded(desk)) == ["da equipe"]


async def test_what_a_person_said_is_passed_on(desk: Desk) -> None:
    """After a person returned the conversation the AI knows what he said."""
    await talked(desk, 1)
    await desk.phone_writes("Fica R$ 100,00 para você")
    await desk.run("UPDATE conversations SET status = 'ai'")
    await desk.hears("Fechado")
    assert (texts(await loaded(desk))[-1]) == "Fica R$ 100,00 para você"


async def test_the_first_answer_is_the_leads_first(desk: Desk) -> None:
    """Of the lead, not of the conversation."""
    await desk.hears()
    first = await loaded(desk)
    await desk.runner.run(first.claim)
    await desk.run(CLOSED, 8)
    await desk.hears()
    assert (first.first_answer, (await loaded(desk)).first_answer) == (True, False)


async def test_last_months_cost_is_not_this_months(desk: Desk) -> None:
    """The budget begins anew with the tenant's month."""
    month = "date_trunc('month', now() AT TIME ZONE 'America/Sao_Paulo')::date"
    insert = "INSERT INTO usage_months (id, tenant_id, month, ai_cost_micros) VALUES (uuid_v7(), $1, {}, 900)"
    await desk.run(insert.format(f"({month} - interval '1 month')::date"), desk.ref.tenant_id)
    await desk.hears()
    assert (await loaded(desk)).cost_micros == 0


async def test_the_lead_is_addressed_as_the_channel_knows_him(desk: Desk) -> None:
    """Some channels show that a message was read only with its chat's address."""
    await desk.hears("oi")
    context = await loaded(desk)
    assert context.reply_to == SenderId(IdentityKind.PHONE, desk.thread.address)
