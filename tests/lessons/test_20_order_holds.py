"""What is said keeps its order: within a delivery, media among words, out to the lead, and before the eyes of the team."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.errors import SendRetry
from core.domain.ids import uuid7
from core.services.assignments import Assignments
from core.services.attendance import Attendance
from tests.integration.sandbox.telegram_cast import FORUM
from tests.integration.services.desk import Desk
from tests.integration.team.office import Office, telling
from tests.lessons.deliveries import delivered, picture, row

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SEEDS = (1, 2, 3)


async def _heard(desk: Desk) -> list[str]:
    return [one[0] for one in await desk.rows("SELECT text FROM messages WHERE direction = 'in' ORDER BY seq")]


@pytest.mark.parametrize("shuffled", SEEDS)
async def test_a_delivery_is_put_into_the_order_of_its_clock(desk: Desk, shuffled: int) -> None:
    """Providers list what happened as they like, words and pictures; the times in it say what came first."""
    address = desk.thread.address
    said = [row(desk, str(number), address=address) for number in range(6)]
    said += [picture(desk, number, address=address) for number in range(6)]
    Random(shuffled).shuffle(said)
    listed = [(NOON + timedelta(seconds=second), one) for second, one in enumerate(said)]
    Random(shuffled + 1).shuffle(listed)
    await delivered(desk, *(one._replace(ts=at) for at, one in listed))
    assert await _heard(desk) == [one.content for one in said]


async def test_what_has_the_same_second_stays_as_listed(desk: Desk) -> None:
    """WhatsApp's clock knows seconds only: an album keeps the order in which it was listed."""
    album = [picture(desk, number, address=desk.thread.address)._replace(ts=NOON) for number in range(6)]
    await delivered(desk, *album)
    assert await _heard(desk) == [f"foto {number}" for number in range(6)]


async def test_media_keep_their_place_among_words(desk: Desk) -> None:
    """The AI reads word, picture, word as they were sent, over several deliveries too."""
    address = desk.thread.address
    await delivered(desk, row(desk, "Olha este:", address=address), picture(desk, 1, address=address))
    await delivered(desk, row(desk, "e este:", address=address), picture(desk, 2, address=address))
    await desk.answers()
    asked = desk.model.prompts[-1].variable
    places = [asked.index(words) for words in ("Olha este:", "foto 1", "e este:", "foto 2")]
    assert places == sorted(places)


async def test_what_waits_holds_back_what_follows(desk: Desk) -> None:
    """The first bubble is refused for now: the second does not overtake it."""
    await desk.queued("um")
    await desk.queued("dois")
    desk.channel.refusals = [SendRetry("slow down", retry_after=timedelta(minutes=1))]
    await desk.deliverer.run(desk.ref)
    await desk.deliverer.run(desk.ref)
    assert desk.channel.sent == []
    await desk.run("UPDATE messages SET next_attempt_at = now()")
    await desk.deliverer.run(desk.ref)
    assert desk.channel.sent == ["um", "dois"]


async def test_a_persons_words_leave_in_the_order_he_said_them(desk: Desk) -> None:
    """Long ones in pieces, and none between the pieces of another."""
    desk.channel.text_limit = 20
    actor = Actor(desk.ref.tenant_id, await desk.seed.member(desk.ref.tenant_id, name="Ana"), Role.ATTENDANT)
    await desk.hears("Oi")
    await Assignments(desk.jobs).take(actor, desk.ref.conversation_id)
    attendance = Attendance({desk.channel.name: desk.channel}, desk.jobs)
    for words in ("Primeira frase. Segunda frase.", "Terceira."):
        await attendance.say(actor, desk.ref.conversation_id, words, message_id=uuid7())
    for _ in range(3):
        await desk.deliverer.run(desk.ref)
    assert desk.channel.sent == ["Primeira frase.", "Segunda frase.", "Terceira."]


@pytest.mark.parametrize("shuffled", SEEDS)
async def test_the_team_reads_it_in_order(quiet_office: Office, shuffled: int) -> None:
    """Words and pictures of two deliveries stand in the lead's topic as he sent them, in whatever order they are told of."""
    office, desk = quiet_office, quiet_office.desk
    await office.group()
    await office.hand_off()
    async with telling(office):
        await office.shows(FORUM, "espera por alguém")
        await office.quiet()
    address = desk.thread.address
    await delivered(
        desk,
        row(desk, "antes", address=address),
        picture(desk, 1, address=address),
        row(desk, "entre", address=address),
    )
    await delivered(desk, picture(desk, 2, address=address), row(desk, "depois", address=address))
    news = [
        one[0] for one in await desk.rows("SELECT id FROM notifications WHERE status = 'queued' ORDER BY due_at, id")
    ]
    assert len(news) == 5
    Random(shuffled).shuffle(news)
    earlier = "UPDATE notifications SET due_at = now() - make_interval(mins => $2) WHERE id = $1"
    for place, one in enumerate(news):
        await desk.run(earlier, one, len(news) - place)
    async with telling(office):
        await office.shows(FORUM, "depois")
        await office.quiet()
    shown = "\n".join(message["text"] for message in await office.messages(FORUM) if message["text"].startswith("👤"))
    places = [shown.index(words) for words in ("antes", "foto 1", "entre", "foto 2", "depois")]
    assert places == sorted(places)
    assert [shown.count(words) for words in ("antes", "foto 1", "entre", "foto 2", "depois")] == [1] * 5
