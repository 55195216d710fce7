"""Where people can be reached, and for which business they act."""

from tests.integration.bot.stage import Stage
from tests.integration.chats import buttons
from tests.integration.sandbox.telegram_cast import ANA, BOT

CHAT = "SELECT status FROM telegram_chats WHERE chat_id = $1"


async def test_a_member_who_blocks_the_bot_cannot_be_reached(stage: Stage) -> None:
    """Until he lets it in again, and without a word from him."""
    await stage.member(ANA)
    await stage.telegram.post("block", user_id=ANA, bot_id=BOT.id, blocked=True)
    await stage.quiet()
    assert await stage.desk.value(CHAT, ANA) == "unreachable"
    await stage.telegram.post("block", user_id=ANA, bot_id=BOT.id, blocked=False)
    await stage.quiet()
    assert await stage.desk.value(CHAT, ANA) == "active"


async def test_who_comes_back_is_told_who_waits(stage: Stage) -> None:
    """The lead came while the only member had blocked the bot."""
    await stage.member(ANA)
    await stage.telegram.post("block", user_id=ANA, bot_id=BOT.id, blocked=True)
    await stage.quiet()
    await stage.desk.hears("Quero falar com um atendente")
    await stage.desk.answers()
    await stage.telegram.post("block", user_id=ANA, bot_id=BOT.id, blocked=False)
    await stage.shows(ANA, "espera por alguém")


async def test_whoever_writes_can_be_reached(stage: Stage) -> None:
    """A chat that was lost comes back by any word of its person."""
    await stage.member(ANA)
    await stage.desk.run("UPDATE telegram_chats SET status = 'unreachable'")
    await stage.asks(ANA, "/status")
    assert await stage.desk.value(CHAT, ANA) == "active"


async def test_of_several_businesses_one_is_acted_in(stage: Stage) -> None:
    """The first until another is chosen; every answer names it, and both reach the person."""
    elsewhere = await stage.desk.seed.business("elsewhere")
    await stage.member(ANA)
    await stage.member(ANA, tenant_id=elsewhere.tenant_id)
    assert (await stage.asks(ANA, "/status"))["text"].startswith("🏢 Acme\n")
    asked = await stage.asks(ANA, "/trocar")
    assert buttons(asked) == ["Acme", "Elsewhere"]
    assert await stage.taps(ANA, asked, "Elsewhere") == "Agora: Elsewhere"
    assert (await stage.next(ANA))["text"].startswith("🏢 Elsewhere\n")
    assert (await stage.asks(ANA, "/status"))["text"].startswith("🏢 Elsewhere\n")
    assert await stage.desk.value("SELECT count(*) FROM telegram_chats WHERE status = 'active'") == 2


async def test_who_is_in_one_business_is_not_told_which(stage: Stage) -> None:
    """There is nothing to mix up."""
    await stage.member(ANA)
    assert (await stage.asks(ANA, "/status"))["text"].startswith("📋")
