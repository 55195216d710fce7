"""What is said keeps its order: within a delivery, media among words, out to the lead, and before the eyes of the team."""

from datetime import UTC, datetime, timedelta

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.errors import SendRetry
from core.domain.ids import uuid7
from core.services.assignments import Assignments
from core.services.attendance import Attendance
from tests.integration.sandbox.telegram_cast import FORUM
from tests.integration.services.desk import Desk
from tests.integration.team.office import Office
from tests.lessons.deliveries import delivered, picture, row

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def _heard(desk: Desk) -> list[str]:
    return [one[0] for one in await desk.rows("SELECT text FROM messages WHERE direction = 'in' ORDER BY seq")]


async def test_a_delivery_is_put_into_the_order_of_its_clock(desk: Desk) -> None:
    """Providers list what happened as they like; the times in it say what came first."""
    address = desk.thread.address
    says = [row(desk, str(number), address=address, ts=NOON + timedelta(seconds=number)) for number in (3, 1, 5, 2, 4)]
    await delivered(desk, *says)
    assert await _heard(desk) == ["1", "2", "3", "4", "5"]


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


async def test_the_team_reads_it_in_order(office: Office) -> None:
    """Words and pictures of two deliveries stand in the lead's topic as he sent them, though told of in any order."""
    desk = office.desk
    await office.group()
    await office.hand_off()
    await office.shows(FORUM, "espera por alguém")
    address = desk.thread.address
    await delivered(
        desk,
        row(desk, "antes", address=address),
        picture(desk, 1, address=address),
        row(desk, "entre", address=address),
    )
    await delivered(desk, picture(desk, 2, address=address), row(desk, "depois", address=address))
    await office.shows(FORUM, "depois")
    await office.quiet()
    shown = "\n".join(message["text"] for message in await office.messages(FORUM) if message["text"].startswith("👤"))
    places = [shown.index(words) for words in ("antes", "foto 1", "entre", "foto 2", "depois")]
    assert places == sorted(places)
    assert [shown.count(words) for words in ("antes", "foto 1", "entre", "foto 2", "depois")] == [1] * 5
