"""What leads wish is heard where no turn of the AI hears it: with a person, and while the AI is off."""

import asyncio

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.opt_out import WishKind
from core.services import hearing
from core.services.ai_pause import pause_ai, resume_ai
from core.services.hearing import Hearing
from core.services.opt_outs import write_down_wish
from core.services.suspension import suspend
from tests.fakes import decided
from tests.integration.services.desk import Desk
from tests.integration.services.test_announcements import Team, told

LEFT = "não vamos mais escrever para você por conta própria"


@pytest.fixture
def team(desk: Desk) -> Team:
    """Nobody yet."""
    return Team(desk)


def _admin(desk: Desk) -> Actor:
    return Actor(desk.business.tenant_id, desk.business.member_id, Role.ADMIN)


async def _heard(desk: Desk, *words: str) -> int:
    """What a lead says to a person, and somebody listens."""
    await desk.phone_writes()
    for text in words:
        await desk.hears(text)
    return await Hearing().listen_due()


async def _wishes(desk: Desk) -> list[tuple[str, str]]:
    """Of what the team is to be told."""
    return await desk.rows("SELECT kind, payload ->> 'wish' FROM notifications WHERE kind = 'wish_heard' ORDER BY id")


@pytest.mark.parametrize("words", ["PARAR", "não quero mais receber mensagens", "me tira da lista por favor"])
async def test_who_tells_a_person_to_leave_him_alone_is_left_alone(desk: Desk, words: str) -> None:
    """It is written down as if he had told the AI, whoever has him is to be told, and the AI says nothing."""
    assert await _heard(desk, words) == 1
    assert (await desk.lead("opted_out_at") is not None, await _wishes(desk)) == (True, [("wish_heard", "leave")])
    assert [purpose for purpose, _, _ in await desk.said()] == ["attendant"]
    logged = await desk.rows("SELECT actor, details ->> 'said' FROM audit_log WHERE action = 'lead.opted_out'")
    assert logged == [("system", "by_lead")]


async def test_what_he_asks_of_his_data_has_its_term(desk: Desk) -> None:
    """Fifteen days, from when he said it to a person; admins are told, and whoever has him."""
    assert await _heard(desk, "apaguem meus dados") == 1
    rows = await desk.rows("SELECT kind, origin, state, (due_at - asked_at)::text FROM data_requests")
    assert rows == [("erasure", "lead", "open", "15 days")]
    assert await _wishes(desk) == [("wish_heard", "erasure")]
    assert (await desk.notified()).count("data_request") == 1
    assert [purpose for purpose, _, _ in await desk.said()] == ["attendant"]


async def test_it_is_heard_once_however_many_listen(desk: Desk) -> None:
    """Eight listen at the same moment: one entry in the log, one word to the team."""
    await desk.phone_writes()
    await desk.hears("PARAR")
    heard = await asyncio.gather(*(Hearing().listen_due() for _ in range(8)))
    assert (sum(heard), await _wishes(desk), await Hearing().listen_due()) == (1, [("wish_heard", "leave")], 0)


@pytest.mark.parametrize("words", ["tem como parar a dor?", "quero sair amanhã", "quero dados do imóvel"])
async def test_talk_is_no_wish(desk: Desk, words: str) -> None:
    """It is listened to and comes to nothing, once."""
    assert await _heard(desk, words) == 0
    assert (await desk.lead("opted_out_at"), await _wishes(desk)) == (None, [])
    assert await desk.value("SELECT listen_due_at IS NULL AND heard_seq = inbound_seq FROM conversations")


async def test_he_may_take_it_back(desk: Desk) -> None:
    """The last that he says counts, in one breath or in two."""
    assert await _heard(desk, "PARAR", "VOLTAR") == 0
    assert await _heard(desk, "sair") == 1
    assert await _heard(desk, "VOLTAR") == 1
    assert (await desk.lead("opted_out_at"), await _wishes(desk)) == (
        None,
        [("wish_heard", "leave"), ("wish_heard", "return")],
    )


async def test_who_says_much_is_heard_to_the_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not go into one look is listened to in the next."""
    monkeypatch.setattr(hearing, "_AT_ONCE", 2)
    assert await _heard(desk, "Oi", "Tudo bem?", "PARAR") == 0
    assert (await Hearing().listen_due(), await Hearing().listen_due()) == (1, 0)
    assert await desk.lead("opted_out_at") is not None


async def test_words_that_break_a_rule_stand_in_nobodys_way(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What he says beside them is heard, and nobody listens to them for ever."""

    def broken(_text: str) -> None:
        raise RecursionError

    monkeypatch.setattr(hearing, "wish_in", broken)
    assert await _heard(desk, "apaguem meus dados") == 1
    assert await Hearing().listen_due() == 0


async def test_what_a_turn_heard_is_not_heard_again(desk: Desk) -> None:
    """A member put it right after the AI confirmed it; that he speaks to a person now changes nothing of that."""
    await desk.hears("PARAR")
    await desk.answers()
    await write_down_wish(_admin(desk), desk.thread.lead_id, WishKind.RETURN)
    assert await _heard(desk, "Oi de novo") == 0
    assert await desk.lead("opted_out_at") is None


async def test_what_was_said_before_a_person_took_him_over_is_heard(desk: Desk) -> None:
    """The AI's turn came to nothing: nobody else would hear it."""
    await desk.hears("PARAR")
    assert await _heard(desk) == 1
    assert await desk.lead("opted_out_at") is not None


async def test_a_paused_ai_hears_and_confirms_it_when_it_is_back(desk: Desk) -> None:
    """At once he is left alone; the word that tells him so is the first that is said to him."""
    await pause_ai(_admin(desk))
    await desk.hears("PARAR")
    assert (await Hearing().listen_due(), await desk.said()) == (1, [])
    assert await desk.lead("opted_out_at") is not None
    await resume_ai(_admin(desk))
    await desk.run("UPDATE conversations SET turn_due_at = now()")
    await desk.answers()
    ((_, _, text),) = await desk.said()
    assert (LEFT in text, desk.model.prompts) == (True, [])


async def test_what_was_put_right_meanwhile_stays_so(desk: Desk) -> None:
    """Somebody saw that he was misunderstood: the AI that is back takes his word as any other."""
    await pause_ai(_admin(desk))
    await desk.hears("PARAR")
    await Hearing().listen_due()
    await write_down_wish(_admin(desk), desk.thread.lead_id, WishKind.RETURN)
    await resume_ai(_admin(desk))
    await desk.run("UPDATE conversations SET turn_due_at = now()")
    desk.model.answers = [decided("Parar o quê?")]
    await desk.answers()
    assert (await desk.lead("opted_out_at"), [text for _, _, text in await desk.said()]) == (None, ["Parar o quê?"])


async def test_a_request_that_was_answered_meanwhile_is_not_opened_anew(desk: Desk) -> None:
    """The AI that is back does not promise it a second time."""
    await pause_ai(_admin(desk))
    await desk.hears("quais dados vocês têm sobre mim?")
    await Hearing().listen_due()
    await desk.run("UPDATE data_requests SET state = 'done', closed_at = now()")
    await resume_ai(_admin(desk))
    await desk.run("UPDATE conversations SET turn_due_at = now()")
    desk.model.answers = [decided("Já enviamos.")]
    await desk.answers()
    assert await desk.rows("SELECT state FROM data_requests") == [("done",)]


async def test_a_suspended_business_hears_it(desk: Desk) -> None:
    """Nobody is answered; who asks to be erased has his term all the same."""
    await suspend(desk.ref.tenant_id)
    await desk.hears("apaguem meus dados")
    assert (await Hearing().listen_due(), await desk.said()) == (1, [])
    assert await desk.value("SELECT count(*) FROM data_requests WHERE state = 'open'") == 1


async def test_while_the_ai_hears_nobody_listens_beside(desk: Desk) -> None:
    """A turn is due, or has heard it: what it confirms is told to nobody else."""
    await desk.hears("PARAR")
    assert await Hearing().listen_due() == 0
    await desk.answers()
    assert (await Hearing().listen_due(), await _wishes(desk)) == (0, [])


async def test_whoever_has_him_is_told_where_he_reads_him(desk: Desk, team: Team) -> None:
    """In the holder's own chat; his colleague's says nothing."""
    ana, chat = await team.member("Ana")
    await team.member("Bia")
    await team.hand_off()
    await told()
    await team.shown()
    await team.assignments.take(ana, desk.ref.conversation_id)
    await desk.hears("PARAR")
    await Hearing().listen_due()
    await told()
    assert {post for post in await team.posts() if post[0] == "notice"} == {("notice", chat)}


async def test_of_whom_nobody_has_the_team_is_told_where_cards_are(desk: Desk, team: Team) -> None:
    """The AI is paused: whoever is on duty hears of it."""
    _, ana = await team.member("Ana")
    _, bia = await team.member("Bia")
    await team.member("Caio", on_duty=False)
    await pause_ai(_admin(desk))
    await desk.hears("PARAR")
    await Hearing().listen_due()
    await told()
    assert {post for post in await team.posts() if post[0] == "notice"} == {("notice", ana), ("notice", bia)}
