"""The tenant's own words, longer than one message of the channel takes."""

from tests.fakes import decided
from tests.integration.services.desk import ATTEMPTS, Desk
from tests.integration.services.test_waiting_room import OVER, release, waiting

LONG = "Um instante, por favor. Já chamei a equipe para falar com você."
PIECES = ["Um instante, por favor.", "Já chamei a equipe para falar", "com você."]


async def _worded(desk: Desk, name: str) -> None:
    """This message of the tenant's is a long one, and the channel's messages are short."""
    desk.channel.text_limit = 30
    await desk.run(
        "UPDATE tenants SET settings = jsonb_set(settings, ARRAY['messages', $1], to_jsonb($2::text))", name, LONG
    )


async def _said(desk: Desk, purpose: str) -> list[str]:
    return [text for why, status, text in await desk.said() if (why, status) == (purpose, "queued")]


async def _numbered(desk: Desk) -> bool:
    """Every message has its own number, and the conversation knows the last."""
    numbers = [row[0] for row in await desk.rows("SELECT seq FROM messages ORDER BY seq")]
    return numbers == list(range(1, await desk.conversation("message_seq") + 1))


async def test_a_long_transition_is_several_messages(desk: Desk) -> None:
    """They follow the answer, in order, and reach the lead so."""
    await _worded(desk, "transition_open")
    await desk.run("UPDATE tenants SET settings = settings || '{\"hours\": {}}'")
    await desk.hears("Quero falar com um atendente")
    desk.model.answers = [decided("Claro!")]
    await desk.answers()
    assert (await _said(desk, "transition"), await _numbered(desk)) == (PIECES, True)
    for _ in range(4):
        await desk.deliverer.run(desk.ref)
    assert desk.channel.sent == ["Claro!", *PIECES]


async def test_a_long_generic_message_of_a_dead_turn_is_several_messages(desk: Desk) -> None:
    """A turn that failed every attempt says all of it."""
    await _worded(desk, "generic")
    await desk.hears()
    await desk.run("UPDATE conversations SET turn_attempts = $1", ATTEMPTS)
    await desk.answers()
    assert (await _said(desk, "generic"), await _numbered(desk)) == (PIECES, True)


async def test_a_long_apology_is_several_messages(desk: Desk) -> None:
    """Who waited too long reads all of it; what is said next has the next number."""
    await _worded(desk, "apology")
    await waiting(desk)
    await desk.run(OVER)
    await release(desk)
    assert (await _said(desk, "apology"), await _numbered(desk)) == (PIECES, True)


async def test_a_text_for_a_channel_that_is_not_installed_stays_whole(desk: Desk) -> None:
    """Nobody knows its measure; sending will tell what is wrong."""
    assert desk.fitting.pieces("pigeon", LONG) == [LONG]
