"""The owner answers in the provider's own app: on every channel his words are a person's, and the AI steps back."""

import pytest

from tests.integration.webhooks.lines import INSTAGRAM, INSTAGRAM_PAGE, WHATSAPP, WHATSAPP_STANDBY, ZAPI, Line

EVERYWHERE = pytest.mark.parametrize(
    "line",
    [WHATSAPP, WHATSAPP_STANDBY, INSTAGRAM, INSTAGRAM_PAGE, ZAPI],
    ids=["whatsapp", "whatsapp-standby", "instagram", "instagram-page", "zapi"],
    indirect=True,
)


@EVERYWHERE
async def test_his_words_are_stored_and_the_turn_is_taken_away(line: Line) -> None:
    """As an attendant's, after the lead's, once; a turn that runs meanwhile comes too late."""
    await line.lead()
    token = await line.superuser.fetchval("SELECT turn_token FROM conversations")
    await line.owner()
    await line.owner()
    assert await line.thread() == [("lead", "received", "Quanto custa?"), ("attendant", "sent", "Deixa comigo")]
    assert await line.stands() == ("human", False)
    assert await line.superuser.fetchval("SELECT turn_token > $1 FROM conversations", token)


@EVERYWHERE
async def test_what_the_ai_was_about_to_say_stays_unsaid(line: Line) -> None:
    """Queued words of the AI are cancelled; those that are leaving already are left alone."""
    await line.lead()
    await line.writes("Já saiu.", "sending")
    await line.writes("Ainda não.")
    await line.owner()
    assert await line.thread("author, status") == [
        ("lead", "received"), ("ai", "sending"), ("ai", "cancelled"), ("attendant", "sent"),
    ]  # fmt: skip


@EVERYWHERE
async def test_he_is_answered_where_the_lead_is(line: Line) -> None:
    """His echo makes no lead of the business, and changes no address."""
    await line.lead()
    before = await line.superuser.fetchrow("SELECT reply_kind, reply_address FROM conversations")
    await line.owner()
    assert await line.superuser.fetchval("SELECT count(*) FROM leads") == 1
    assert await line.superuser.fetchrow("SELECT reply_kind, reply_address FROM conversations") == before


@EVERYWHERE
async def test_he_may_speak_first(line: Line) -> None:
    """A conversation that begins with him is his; what the lead answers makes no turn."""
    await line.owner("Oi! Tudo certo para amanhã?")
    await line.lead("Tudo!")
    assert ([author for (author,) in await line.thread("author")], await line.stands()) == (
        ["attendant", "lead"], ("human", False),
    )  # fmt: skip


@pytest.mark.parametrize("line", [INSTAGRAM], indirect=True)
async def test_a_message_to_oneself_is_nobodys(line: Line) -> None:
    """The business is not its own lead."""
    given = INSTAGRAM.owner("nota", "m_self").replace(b"6610000000000001", INSTAGRAM.account.encode())
    assert await line.post(given) == 200
    assert await line.superuser.fetchval("SELECT count(*) FROM leads") == 0
