"""How far a member's own words have come."""

import pytest

from core.domain.actor import Actor
from core.domain.conversation import MessageStatus, Role
from core.domain.ids import uuid7
from core.services import scenes
from core.services.assignments import Assignments
from core.services.attendance import Attendance, Spot
from tests.integration.services.desk import Desk


@pytest.mark.parametrize(
    ("statuses", "shown"),
    [
        (("read", "queued"), "queued"),
        (("read", "sending"), "sending"),
        (("read", "unknown"), "unknown"),
        (("delivered", "sent"), "sent"),
        (("read", "delivered"), "delivered"),
        (("read", "read"), "read"),
        (("read", "failed"), "failed"),
    ],
)
async def test_words_have_come_as_far_as_their_last_piece(desk: Desk, statuses: tuple[str, str], shown: str) -> None:
    """By the same ranks by which the provider's receipts move a message forward."""
    desk.channel.text_limit = 20
    bia = Actor(desk.ref.tenant_id, desk.business.member_id, Role.ATTENDANT)
    await Assignments(desk.jobs).take(bia, desk.ref.conversation_id)
    chat = {"bot_id": 1, "chat_id": -1001, "kind": "group"}
    spot = Spot(await desk.seed.insert("telegram_chats", tenant_id=bia.tenant_id, **chat), 42)
    attendance = Attendance({desk.channel.name: desk.channel}, desk.jobs)
    said = await attendance.say(
        bia, desk.ref.conversation_id, "Uma frase. E outra frase.", message_id=uuid7(), spot=spot
    )
    for message_id, status in zip(said, statuses, strict=True):
        await desk.run("UPDATE messages SET status = $2 WHERE id = $1", message_id, status)
    post = await desk.value("SELECT id FROM telegram_posts WHERE kind = 'tick' AND subject_id = $1", said[0])
    state = await scenes.tick_state(bia.tenant_id, post, said[0])
    assert state is not None
    assert state.status is MessageStatus(shown)
