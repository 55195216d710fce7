"""``/exportar``, ``/esquecer`` and ``/pedidos``: a lead's rights, in an admin's own chat."""

from uuid import UUID

import pytest

from core.domain.conversation import Role
from core.domain.data_request import RequestKind
from core.services.data_requests import write_down_request
from core.services.members import Person, memberships
from core.services.routing import make_active
from tests.integration.bot.stage import Stage
from tests.integration.sandbox.telegram_cast import ANA, BIA


async def _admin_with_him_active(stage: Stage) -> UUID:
    member = await stage.member(ANA, Role.ADMIN)
    await make_active(stage.tenant_id, member, stage.desk.thread.conversation_id)
    return member


async def _leads(stage: Stage) -> int:
    return int(await stage.desk.value("SELECT count(*) FROM leads WHERE id = $1", stage.desk.thread.lead_id))


async def test_an_admin_is_sent_the_archive(stage: Stage) -> None:
    """As a file in his own chat, under a name that tells nothing of the person."""
    await _admin_with_him_active(stage)
    await stage.says(ANA, "/exportar")
    await stage.quiet()
    files = [one["document"] for one in (await stage.chats.chat(ANA))["messages"] if "document" in one]
    assert [one["file_name"] for one in files] == [f"lead-{stage.desk.thread.lead_id}.zip"]


async def test_a_lead_is_forgotten_after_two_questions(stage: Stage) -> None:
    """Each names him; after the second yes he is gone."""
    await _admin_with_him_active(stage)
    asked = await stage.asks(ANA, "/esquecer")
    assert "Esquecer Ana?" in asked["text"]
    await stage.taps(ANA, asked, "🗑 Esquecer Ana")
    sure = await stage.next(ANA)
    assert ("apagar Ana para sempre?" in sure["text"], await _leads(stage)) == (True, 1)
    await stage.taps(ANA, sure, "Sim, apagar Ana para sempre")
    await stage.shows(ANA, "O lead foi esquecido")
    assert await _leads(stage) == 0


@pytest.mark.parametrize("command", ["/exportar", "/esquecer"])
async def test_nobody_is_meant_by_mistake(stage: Stage, command: str) -> None:
    """Without a lead it is asked whom; who is no admin is refused."""
    await stage.member(ANA, Role.ADMIN)
    assert "De quem?" in (await stage.asks(ANA, command))["text"]
    member = await stage.member(BIA, Role.MANAGER)
    await make_active(stage.tenant_id, member, stage.desk.thread.conversation_id)
    assert "De quem?" not in (await stage.asks(BIA, command))["text"]
    assert await _leads(stage) == 1


async def test_requests_are_listed_with_what_answers_them(stage: Stage) -> None:
    """Who asks what, and by when; the export closes one."""
    await stage.member(ANA, Role.ADMIN)
    assert "Nenhum pedido" in (await stage.asks(ANA, "/pedidos"))["text"]
    (membership,) = await memberships(Person(ANA, "").telegram_user_id)
    await write_down_request(membership.actor, stage.desk.thread.lead_id, RequestKind.ACCESS)
    await stage.shows(ANA, "ver os próprios dados (LGPD)")
    listed = await stage.asks(ANA, "/pedidos")
    await stage.taps(ANA, listed, "📦 Exportar 1")
    await stage.quiet()
    assert await stage.desk.value("SELECT state FROM data_requests") == "done"


_STILL_OPEN = {"pt-BR": "continua aberto", "en": "stays open"}


async def _asks_to_be_shown(stage: Stage, language: str) -> None:
    """Of the lead who is an admin's active one."""
    member = await stage.member(ANA, Role.ADMIN, language=language)
    await make_active(stage.tenant_id, member, stage.desk.thread.conversation_id)
    (membership,) = await memberships(Person(ANA, "").telegram_user_id)
    await write_down_request(membership.actor, stage.desk.thread.lead_id, RequestKind.ACCESS)


async def _request(stage: Stage) -> str:
    return str(await stage.desk.value("SELECT state FROM data_requests"))


@pytest.mark.parametrize("language", ["pt-BR", "en"])
async def test_an_archive_that_telegram_has_no_room_for_answers_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """The request stays open, and the admin reads where else the archive is to be had."""
    monkeypatch.setattr("bot.handlers.rights._LARGEST", 10)
    await _asks_to_be_shown(stage, language)
    await stage.says(ANA, "/exportar")
    told = await stage.shows(ANA, "49 MiB")
    assert _STILL_OPEN[language] in told["text"]
    assert f"lead export {'NEGÓCIO' if language == 'pt-BR' else 'BUSINESS'} {stage.desk.thread.lead_id}" in told["text"]
    await stage.quiet()
    assert await _request(stage) == "open"


@pytest.mark.parametrize("language", ["pt-BR", "en"])
async def test_an_archive_that_telegram_refuses_answers_nothing(stage: Stage, language: str) -> None:
    """The request stays open, and the admin is told; the next time Telegram takes it, and it is answered."""
    await _asks_to_be_shown(stage, language)
    await stage.telegram.post("faults", match={"method": "sendDocument"}, action="status", http=400, times=1)
    await stage.says(ANA, "/exportar")
    await stage.shows(ANA, _STILL_OPEN[language])
    await stage.quiet()
    assert await _request(stage) == "open"
    await stage.says(ANA, "/exportar")
    await stage.quiet()
    assert await _request(stage) == "done"
