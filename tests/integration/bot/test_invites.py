"""How people come in."""

from datetime import timedelta

import pytest

from core.domain.conversation import Role
from tests.integration.bot.stage import Stage, invitation
from tests.integration.chats import buttons
from tests.integration.sandbox.telegram_cast import ANA, BIA, CAIO

ENDED = "Este convite não vale mais"


async def test_an_admin_invites_by_two_taps(stage: Stage) -> None:
    """The link lets one person in, with the role that was chosen; both are in the audit log."""
    ana = await stage.member(ANA, Role.ADMIN)
    await stage.taps(ANA, await stage.asks(ANA, "/equipe"), "➕ Convidar")
    await stage.taps(ANA, await stage.next(ANA), "gerente")
    told = (await stage.next(ANA))["text"]
    link, _, token = told.rpartition("?start=")
    assert link.endswith("https://t.me/reveza_bot")
    joined = (await stage.starts(CAIO, token))["text"]
    assert "Você agora é gerente em Acme." in joined
    caio = await stage.desk.value("SELECT id FROM members WHERE telegram_user_id = $1", CAIO)
    assert await stage.audited() == [(f"member:{ana}", "member.invited"), (f"member:{caio}", "member.joined")]


async def test_whoever_joins_is_spoken_to_in_his_language(stage: Stage) -> None:
    """As Telegram tells it, until he chooses."""
    assert "You are now attendant at Acme." in (await stage.starts(BIA, await invitation(stage)))["text"]


async def test_whoever_joins_sees_who_waits(stage: Stage) -> None:
    """The lead's card comes to the first who can be reached."""
    await stage.desk.hears("Quero falar com um atendente")
    await stage.desk.answers()
    await stage.starts(ANA, await invitation(stage))
    assert buttons(await stage.shows(ANA, "espera por alguém"))[0] == "🙋 Assumir"


async def test_an_invite_works_once(stage: Stage) -> None:
    """The second who opens the link stays outside."""
    token = await invitation(stage)
    await stage.starts(ANA, token)
    assert ENDED in (await stage.starts(CAIO, token))["text"]
    assert await stage.desk.value("SELECT count(*) FROM members WHERE telegram_user_id = $1", CAIO) == 0


async def test_an_invite_ends(stage: Stage) -> None:
    """After its time it lets nobody in."""
    token = await invitation(stage, valid=timedelta(seconds=-1))
    assert ENDED in (await stage.starts(ANA, token))["text"]


async def test_who_is_in_stays_what_he_is(stage: Stage) -> None:
    """A link for another role makes nobody another, and stays good for whom it is meant."""
    await stage.member(ANA)
    token = await invitation(stage, Role.ADMIN)
    assert "Você agora é atendente" in (await stage.starts(ANA, token))["text"]
    assert "Você agora é admin" in (await stage.starts(CAIO, token))["text"]


@pytest.mark.parametrize("words", ["/start", "/status", "Oi, quanto custa?"])
async def test_who_is_in_no_team_is_told_how_to_come_in(stage: Stage, words: str) -> None:
    """Whatever he writes, in his language."""
    await stage.telegram.post("start", user_id=BIA, bot_id=stage.bot.id)
    await stage.shows(BIA, "Ask an admin for an invite")
    assert "Ask an admin for an invite" in (await stage.asks(BIA, words))["text"]


async def test_who_was_removed_is_outside(stage: Stage) -> None:
    """From the next word on."""
    ana = await stage.member(ANA)
    await stage.desk.run("UPDATE members SET removed_at = now() WHERE id = $1", ana)
    assert "Peça um convite" in (await stage.asks(ANA, "/status"))["text"]


async def test_a_suspended_business_answers_nobody(stage: Stage) -> None:
    """Its members are told why."""
    await stage.member(ANA)
    await stage.desk.run("UPDATE tenants SET status = 'suspended'")
    assert "está suspensa" in (await stage.asks(ANA, "/status"))["text"]
