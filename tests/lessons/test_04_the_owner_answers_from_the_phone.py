"""When the owner answers on his own phone the AI falls silent, and takes up the thread when it gets it back."""

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.services.assignments import Assignments
from core.services.turn_state import NotNow
from tests.integration.services.desk import Desk
from tests.lessons.deliveries import STRANGER, delivered, row


async def test_the_owners_words_stop_the_ai(desk: Desk) -> None:
    """The due turn goes, queued words go, and the lead's next message is the owner's to answer."""
    await desk.hears("Oi")
    await desk.answers()
    await desk.hears("Quanto custa?")
    await desk.phone_writes("Oi Ana, aqui é o Rui")
    await desk.hears("Ah, oi Rui!")
    await desk.deliverer.run(desk.ref)
    assert (desk.channel.sent, await desk.conversation("status")) == ([], "human")
    assert await desk.turns.claim(desk.ref) == NotNow(None)


async def test_the_owners_words_are_in_the_conversation(desk: Desk) -> None:
    """As a person's, sent, with nobody's name; anybody of the team may take it from there."""
    await desk.phone_writes("Oi Ana, aqui é o Rui")
    assert await desk.said() == [("attendant", "sent", "Oi Ana, aqui é o Rui")]
    assert await desk.conversation("assignee_id") is None
    member = await desk.seed.member(desk.ref.tenant_id, name="Bia")
    await Assignments(desk.jobs).take(Actor(desk.ref.tenant_id, member, Role.ATTENDANT), desk.ref.conversation_id)
    assert await desk.conversation("assignee_id") == member


async def test_the_owner_may_write_first(desk: Desk) -> None:
    """To somebody who never wrote: the AI does not answer for him when the answer comes."""
    await delivered(desk, row(desk, "Bom dia, aqui é da Acme", part="echo"))
    await delivered(desk, row(desk, "Bom dia! Quem fala?"))
    states = await desk.rows("SELECT status, turn_due_at FROM conversations WHERE reply_address = $1", STRANGER)
    assert states == [("human", None)]


async def test_our_own_words_coming_back_stop_nobody(desk: Desk) -> None:
    """A provider tells of the AI's own messages too; those are no owner's."""
    await desk.hears("Oi")
    await desk.answers()
    await desk.deliverer.run(desk.ref)
    ours = await desk.value("SELECT external_id FROM messages WHERE author = 'ai'")
    await delivered(desk, row(desk, "Claro!", address=desk.thread.address, part="echo", external_id=ours))
    assert (await desk.conversation("status"), len(await desk.said())) == ("ai", 1)


async def test_given_back_the_ai_knows_what_the_owner_said(desk: Desk) -> None:
    """It answers what he left open, having read his words."""
    await desk.hears("Abre sábado?")
    await desk.phone_writes("Abre sim, das 8h às 12h")
    await desk.hears("E domingo?")
    member = await desk.seed.member(desk.ref.tenant_id, name="Bia")
    actor = Actor(desk.ref.tenant_id, member, Role.ATTENDANT)
    await Assignments(desk.jobs).give_back(actor, desk.ref.conversation_id)
    await desk.answers()
    before, _, new = desk.model.prompts[-1].variable.partition("</history>")
    assert "Abre sim, das 8h às 12h" in before
    assert ("E domingo?" in new, "Abre sábado?" in new) == (True, False)
