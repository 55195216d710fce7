"""Groups: linked, refused, moved and given up."""

from typing import Any

import pytest

from core.domain.conversation import Role
from tests.integration.bot.stage import Stage
from tests.integration.chats import buttons
from tests.integration.sandbox.telegram_cast import ANA, BIA, BOT, CAIO, FORUM, GROUP

LINKED = "SELECT chat_id, status FROM telegram_chats WHERE kind = 'group'"


async def _new_group(stage: Stage, **more: Any) -> int:
    """A group that Ana owns, without the bot."""
    group = {"title": "Novo", "type": "supergroup", "is_forum": True, "members": [ANA, BIA], **more}
    return int((await stage.telegram.post("groups", **group))["id"])


async def _change(stage: Stage, chat_id: int, action: str, rights: list[str] | None = None) -> None:
    """Ana does something with the bot's membership."""
    body = {"chat_id": chat_id, "person_id": BOT.id, "by": ANA, "action": action}
    await stage.telegram.post("members", **body, **({} if rights is None else {"rights": rights}))


async def test_an_admin_links_his_group(stage: Stage) -> None:
    """The forum where the bot may manage topics is the business's, and the audit log says who did it."""
    ana = await stage.member(ANA, Role.ADMIN)
    assert "Este grupo agora é de Acme" in (await stage.asks(ANA, "/vincular", FORUM))["text"]
    assert await stage.desk.rows(LINKED) == [(FORUM, "active")]
    assert await stage.audited() == [(f"member:{ana}", "group.linked")]


async def test_a_linked_group_is_told_who_waits(stage: Stage) -> None:
    """The lead who waited all along has his topic at once."""
    await stage.desk.hears("Quero falar com um atendente")
    await stage.desk.answers()
    await stage.member(ANA, Role.ADMIN)
    await stage.asks(ANA, "/vincular", FORUM)
    assert buttons(await stage.shows(FORUM, "espera por alguém"))[0] == "🙋 Assumir"


@pytest.mark.parametrize(("user_id", "told"), [(BIA, "You are not allowed"), (CAIO, "Não sei quem você é")])
async def test_only_admins_link(stage: Stage, user_id: int, told: str) -> None:
    """An attendant and a stranger are turned away, and the group stays nobody's."""
    await stage.member(BIA, language="en")
    chat_id = await _new_group(stage, members=[ANA, BIA, CAIO, BOT.id], admins=[BOT.id])
    assert told in (await stage.asks(user_id, "/vincular", chat_id))["text"]
    assert await stage.desk.rows(LINKED) == []


async def test_a_group_is_one_business_alone(stage: Stage) -> None:
    """Another business's admin is told that it is taken."""
    elsewhere = await stage.desk.seed.business("elsewhere")
    await stage.member(BIA, Role.ADMIN, tenant_id=elsewhere.tenant_id)
    await stage.member(ANA, Role.ADMIN)
    await stage.asks(ANA, "/vincular", FORUM)
    assert (await stage.asks(BIA, "/vincular", FORUM))["text"] == "Este grupo já é de outra empresa."
    assert await stage.desk.rows("SELECT tenant_id FROM telegram_chats WHERE kind = 'group'") == [(stage.tenant_id,)]


@pytest.mark.parametrize(
    ("is_forum", "rights", "missing"),
    [
        (False, [], ["Tópicos", "administrador"]),
        (True, [], ["administrador"]),
        (True, ["can_pin_messages"], ["dar a este bot a permissão de gerenciar tópicos"]),
        (False, ["can_manage_topics"], ["Tópicos"]),
    ],
)
async def test_what_a_group_lacks_is_told(
    stage: Stage, rights: list[str], missing: list[str], *, is_forum: bool
) -> None:
    """Exactly what has to be changed, and a button to try again."""
    await stage.member(ANA, Role.ADMIN)
    chat_id = await _new_group(stage, is_forum=is_forum)
    await _change(stage, chat_id, "join")
    await stage.shows(chat_id, "não é de nenhuma empresa")
    if rights:
        await _change(stage, chat_id, "promote", rights)
    told = await stage.asks(ANA, f"/vincular@{BOT.username}", chat_id)
    assert told["text"].count("•") == len(missing)
    assert all(words in told["text"] for words in missing)
    assert buttons(told) == ["🔗 Tentar de novo"]


async def test_a_group_is_offered_when_the_bot_comes(stage: Stage) -> None:
    """An admin who adds the bot links the group by a tap, once the bot may what it needs."""
    await stage.member(ANA, Role.ADMIN)
    chat_id = await _new_group(stage)
    await _change(stage, chat_id, "join")
    offer = await stage.shows(chat_id, "não é de nenhuma empresa")
    await stage.taps(ANA, offer, "🔗 Acme")
    again = await stage.next(chat_id)
    await _change(stage, chat_id, "promote", ["can_manage_topics"])
    await stage.taps(ANA, again, "🔗 Tentar de novo")
    assert "Este grupo agora é de Acme" in (await stage.next(chat_id))["text"]
    assert await stage.desk.rows(LINKED) == [(chat_id, "active")]


async def test_an_admin_of_two_chooses(stage: Stage) -> None:
    """Which of his businesses the group is to be of."""
    elsewhere = await stage.desk.seed.business("elsewhere")
    await stage.member(ANA, Role.ADMIN)
    await stage.member(ANA, Role.ADMIN, tenant_id=elsewhere.tenant_id)
    asked = await stage.asks(ANA, "/vincular", FORUM)
    assert buttons(asked) == ["🔗 Acme", "🔗 Elsewhere"]
    await stage.taps(ANA, asked, "🔗 Elsewhere")
    assert "Este grupo agora é de Elsewhere" in (await stage.next(FORUM))["text"]


async def test_a_group_is_given_up(stage: Stage) -> None:
    """Nothing is left of it, topics neither, and it may be linked anew."""
    ana = await stage.member(ANA, Role.ADMIN)
    await stage.asks(ANA, "/vincular", FORUM)
    await stage.desk.hears("Quero falar com um atendente")
    await stage.desk.answers()
    await stage.shows(FORUM, "espera por alguém")
    await stage.quiet()
    await stage.says(ANA, "/desvincular", FORUM)
    await stage.shows(FORUM, "Este grupo não é mais de Acme")
    assert await stage.desk.rows(LINKED) == []
    assert await stage.desk.value("SELECT count(*) FROM telegram_topics") == 0
    assert (f"member:{ana}", "group.unlinked") in await stage.audited()
    await stage.shows(ANA, "espera por alguém")
    await stage.says(ANA, "/vincular", FORUM)
    await stage.quiet()
    assert await stage.desk.rows(LINKED) == [(FORUM, "active")]


async def test_a_group_that_grows_keeps_its_business(stage: Stage) -> None:
    """A basic group becomes a supergroup with another number, and stays linked."""
    await stage.member(ANA, Role.ADMIN)
    await stage.desk.seed.insert(
        "telegram_chats", tenant_id=stage.tenant_id, bot_id=BOT.id, chat_id=GROUP, kind="group", title="Turma"
    )
    upgraded = await stage.telegram.post("upgrade", chat_id=GROUP, user_id=ANA, is_forum=True)
    await stage.quiet()
    assert await stage.desk.rows(LINKED) == [(upgraded["id"], "active")]
    assert "de plantão" in (await stage.asks(ANA, "/status", upgraded["id"]))["text"]


async def test_a_bot_thrown_out_and_let_in_again(stage: Stage) -> None:
    """While it is out the group counts as unreachable; back in, it is the business's as before."""
    await stage.member(ANA, Role.ADMIN)
    await stage.asks(ANA, "/vincular", FORUM)
    await _change(stage, FORUM, "kick")
    await stage.quiet()
    assert await stage.desk.rows(LINKED) == [(FORUM, "unreachable")]
    await _change(stage, FORUM, "join")
    await stage.quiet()
    assert await stage.desk.rows(LINKED) == [(FORUM, "active")]


async def test_a_stranger_in_the_group_gets_no_answers(stage: Stage) -> None:
    """Who waits is told to the team alone."""
    await stage.member(ANA, Role.ADMIN)
    await stage.asks(ANA, "/vincular", FORUM)
    assert "I do not know who you are" in (await stage.asks(BIA, "/status", FORUM))["text"]


async def test_what_is_not_for_everybody_is_asked_in_private(stage: Stage) -> None:
    """The team is not listed, and nobody invited, in front of a whole group."""
    await stage.member(ANA, Role.ADMIN)
    await stage.asks(ANA, "/vincular", FORUM)
    assert "conversa privada" in (await stage.asks(ANA, "/equipe", FORUM))["text"]


async def test_a_group_is_linked_in_the_admins_language(stage: Stage) -> None:
    """Though Telegram tells another, and nobody's group has none: what is missing is told in it too."""
    await stage.member(BIA, Role.ADMIN, language="pt-BR")
    chat_id = await _new_group(stage, members=[ANA, BIA, BOT.id])
    assert "Antes de vincular, falta:" in (await stage.asks(BIA, "/vincular", chat_id))["text"]


async def test_members_of_a_suspended_business_are_told_so_in_groups(stage: Stage) -> None:
    """They are no strangers: by a command, by a button, and in a group that is nobody's yet."""
    await stage.member(ANA, Role.ADMIN)
    await stage.asks(ANA, "/vincular", FORUM)
    paused = await stage.asks(ANA, "/pausar")
    await stage.desk.run("UPDATE tenants SET status = 'suspended'")
    assert "está suspensa" in (await stage.asks(ANA, "/status", FORUM))["text"]
    assert "está suspensa" in await stage.taps(ANA, paused, "▶️ Retomar a IA")
    chat_id = await _new_group(stage, members=[ANA, BOT.id], admins=[BOT.id])
    assert "está suspensa" in (await stage.asks(ANA, "/vincular", chat_id))["text"]


@pytest.mark.parametrize(
    ("rights", "missing"), [([], "administrador"), (["can_pin_messages"], "permissão de gerenciar tópicos")]
)
async def test_a_bot_that_loses_its_rights_says_so(stage: Stage, rights: list[str], missing: str) -> None:
    """In the group and to the admin: it would be deaf there, and nobody would know."""
    await stage.member(ANA, Role.ADMIN)
    await stage.asks(ANA, "/vincular", FORUM)
    await _change(stage, FORUM, "promote", rights)
    for chat_id in (FORUM, ANA):
        told = await stage.shows(chat_id, "Perdi permissões no grupo Equipe")
        assert missing in told["text"]


async def test_a_bot_that_keeps_its_rights_says_nothing(stage: Stage) -> None:
    """Another right, given or taken, is no news."""
    await stage.member(ANA, Role.ADMIN)
    await stage.asks(ANA, "/vincular", FORUM)
    await _change(stage, FORUM, "promote", ["can_manage_topics", "can_pin_messages"])
    await stage.quiet()
    assert not [words for words in await stage.said(FORUM) if "Perdi" in words]
