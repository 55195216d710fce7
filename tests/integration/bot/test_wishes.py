"""``/anotar``: what a lead wished of a person, by whatever way, is written down by whoever heard it."""

from core.domain.conversation import Role
from core.services.routing import make_active
from tests.integration.bot.stage import Stage
from tests.integration.chats import buttons
from tests.integration.sandbox.telegram_cast import ANA, BIA


async def _with_him_active(stage: Stage, person: int = ANA, role: Role = Role.ATTENDANT) -> None:
    member = await stage.member(person, role)
    await make_active(stage.tenant_id, member, stage.desk.thread.conversation_id)


async def test_an_attendant_writes_a_request_down_once(stage: Stage) -> None:
    """With its term; asked again, the same one stands."""
    await _with_him_active(stage)
    questions = [await stage.asks(ANA, "/anotar") for _ in range(2)]
    for asked in questions:
        assert "O que Ana pediu?" in asked["text"]
        assert (await stage.taps(ANA, asked, "🗑 Ser apagado")).startswith("Pedido anotado. O prazo é")
    assert await stage.desk.rows("SELECT kind, origin, state FROM data_requests") == [("erasure", "member", "open")]
    assert [action for _, action in await stage.audited()].count("request.opened") == 1


async def test_that_he_is_to_be_left_alone_is_written_down_and_taken_back(stage: Stage) -> None:
    """What stands is told, and the button is the one that changes it."""
    await _with_him_active(stage)
    asked = await stage.asks(ANA, "/anotar")
    assert "Hoje pode receber" in asked["text"]
    assert "não recebe mais" in await stage.taps(ANA, asked, "🔕 Não receber mais mensagens")
    assert await stage.desk.lead("opted_out_at") is not None
    again = await stage.asks(ANA, "/anotar")
    assert ("Hoje não recebe" in again["text"], buttons(again)[-1]) == (True, "🔔 Voltar a receber mensagens")
    assert "de novo" in await stage.taps(ANA, again, "🔔 Voltar a receber mensagens")
    assert await stage.desk.lead("opted_out_at") is None
    wrote = [row for row in await stage.audited() if row[1] in {"lead.opted_out", "lead.opted_in"}]
    assert [(who.startswith("member:"), action) for who, action in wrote] == [
        (True, "lead.opted_out"),
        (True, "lead.opted_in"),
    ]


async def test_a_wish_that_stands_is_not_written_down_twice(stage: Stage) -> None:
    """A tap on a button of before: it was so already."""
    await _with_him_active(stage)
    first, second = await stage.asks(ANA, "/anotar"), await stage.asks(ANA, "/anotar")
    await stage.taps(ANA, first, "🔕 Não receber mais mensagens")
    assert await stage.taps(ANA, second, "🔕 Não receber mais mensagens") == "Já estava assim."
    assert [action for _, action in await stage.audited()].count("lead.opted_out") == 1


async def test_nobody_is_meant_by_mistake(stage: Stage) -> None:
    """Without a lead it is asked whom; a lead whom a colleague has is nobody else's to write down."""
    colleague = await stage.member(BIA)
    await stage.member(ANA)
    assert "De quem?" in (await stage.asks(ANA, "/anotar"))["text"]
    await _of_colleague(stage, colleague)


async def _of_colleague(stage: Stage, colleague: object) -> None:
    own = await stage.desk.value("SELECT id FROM members WHERE telegram_user_id = $1", ANA)
    await make_active(stage.tenant_id, own, stage.desk.thread.conversation_id)
    await stage.desk.run("UPDATE conversations SET status = 'human', assignee_id = $1", colleague)
    asked = await stage.asks(ANA, "/anotar")
    await stage.taps(ANA, asked, "🗑 Ser apagado")
    assert await stage.desk.value("SELECT count(*) FROM data_requests") == 0
