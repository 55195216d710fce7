"""A lead who asks for his data in chat: written down with its term, told, reminded of, and answered."""

from datetime import UTC, datetime, timedelta

import pytest

from app.tenant_jobs import tenant_jobs
from core.domain.actor import Actor
from core.domain.conversation import Role, TurnOutcome
from core.domain.data_request import RequestKind
from core.domain.errors import Forbidden, NotFound
from core.services.audit import OPERATOR
from core.services.data_requests import close_request, list_requests, write_down_request
from core.services.erasure import Erasures
from core.services.lead_export import export_lead
from core.services.tenant_job import Batch
from core.services.tombstone_journal import TombstoneJournal
from tests.fakes import decided
from tests.integration.services.desk import Desk

JOB = tenant_jobs()["remind-data-requests"]


def _admin(desk: Desk, role: Role = Role.ADMIN) -> Actor:
    return Actor(desk.business.tenant_id, desk.business.member_id, role)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("apaguem meus dados", "erasure"),
        ("com base na lgpd solicito a exclusão do meu cadastro", "erasure"),
        ("quais dados vocês têm?", "access"),
        ("please delete my data", "erasure"),
        ("quero corrigir meus dados", "correction"),
    ],
)
async def test_it_is_written_down_with_its_term(desk: Desk, words: str, kind: str) -> None:
    """For fifteen days; the lead is told by when at once, without the model, admins are told, and nothing is held against him."""
    await desk.hears(words)
    committed = await desk.answers()
    ((asked_kind, state, days),) = await desk.rows("SELECT kind, state, (due_at - asked_at)::text FROM data_requests")
    ((_, _, said),) = await desk.said()
    assert (committed.outcome, asked_kind, state, days) == (TurnOutcome.ANSWERED, kind, "open", "15 days")
    due = await desk.value("SELECT to_char(due_at AT TIME ZONE 'America/Sao_Paulo', 'DD/MM/YYYY') FROM data_requests")
    assert (due in said, desk.model.prompts) == (True, [])
    assert await desk.value("SELECT count(*) FROM notifications WHERE kind = 'data_request'") == 1
    assert await desk.value("SELECT count(*) FROM security_incidents") == 0


async def test_a_question_beside_it_is_answered_too(desk: Desk) -> None:
    """One message: the answer, then by when."""
    await desk.hears("Apaguem meus dados. Quanto custa a avaliação?")
    desk.model.answers = [decided("Custa R$ 120,00.")]
    await desk.answers()
    ((_, _, said),) = await desk.said()
    assert (said.startswith("Custa R$ 120,00."), "apagar seus dados" in said) == (True, True)


async def test_who_asks_again_has_one_request(desk: Desk) -> None:
    """The term stays what he was told first."""
    await desk.hears("apaguem meus dados")
    await desk.answers()
    await desk.run(
        "UPDATE data_requests SET asked_at = asked_at - interval '3 days', due_at = due_at - interval '3 days'"
    )
    await desk.hears("apaguem meus dados!!")
    await desk.answers()
    due = await desk.value("SELECT to_char(due_at AT TIME ZONE 'America/Sao_Paulo', 'DD/MM/YYYY') FROM data_requests")
    assert (await desk.value("SELECT count(*) FROM data_requests"), due in (await desk.said())[-1][2]) == (1, True)
    assert await desk.value("SELECT count(*) FROM notifications WHERE kind = 'data_request'") == 1


async def test_talk_is_no_request(desk: Desk) -> None:
    """The model answers it, as ever."""
    await desk.hears("quero dados do imóvel")
    desk.model.answers = [decided("Claro!")]
    await desk.answers()
    assert (await desk.value("SELECT count(*) FROM data_requests"), len(desk.model.prompts)) == (0, 1)


async def test_an_export_answers_it(desk: Desk) -> None:
    """Who asked to see is done with; who asked to be erased waits on."""
    for kind in (RequestKind.ACCESS, RequestKind.ERASURE):
        await write_down_request(_admin(desk), desk.thread.lead_id, kind)
    (await export_lead(desk.business.tenant_id, desk.thread.lead_id, by=_admin(desk))).file.discard()
    rows = await desk.rows("SELECT kind, state, closed_by FROM data_requests ORDER BY kind")
    assert rows == [("access", "done", desk.business.member_id), ("erasure", "open", None)]


async def test_an_erasure_answers_all(desk: Desk, journal: TombstoneJournal) -> None:
    """What remains is that he asked, and when: no reason in anybody's words."""
    for kind in (RequestKind.ACCESS, RequestKind.ERASURE):
        await write_down_request(_admin(desk), desk.thread.lead_id, kind)
    refused = await write_down_request(_admin(desk), desk.thread.lead_id, RequestKind.CORRECTION)
    await close_request(_admin(desk), refused, refused_because="Ana não provou quem é")
    await Erasures(journal).forget(desk.business.tenant_id, desk.thread.lead_id, by=OPERATOR)
    rows = await desk.rows("SELECT kind, state, reason FROM data_requests ORDER BY kind")
    assert rows == [("access", "lapsed", None), ("correction", "refused", None), ("erasure", "done", None)]
    assert [one.lead for one in await list_requests(_admin(desk))] == [None] * 3


async def test_who_may_what(desk: Desk) -> None:
    """Whoever heard it writes it down, those who lead look at them all, admins end them, nobody ends one twice."""
    manager = _admin(desk, Role.MANAGER)
    request = await write_down_request(_admin(desk, Role.ATTENDANT), desk.thread.lead_id, RequestKind.ACCESS)
    assert await write_down_request(manager, desk.thread.lead_id, RequestKind.ACCESS) == request
    with pytest.raises(Forbidden):
        await close_request(manager, request)
    with pytest.raises(Forbidden):
        await list_requests(_admin(desk, Role.ATTENDANT))
    await close_request(_admin(desk), request)
    with pytest.raises(NotFound):
        await close_request(_admin(desk), request)


async def test_the_clock_is_told_of_twice(desk: Desk) -> None:
    """Three days before the term ends, and once it is over; neither again."""
    await write_down_request(_admin(desk), desk.thread.lead_id, RequestKind.ACCESS)
    due_at: datetime = await desk.value("SELECT due_at FROM data_requests")
    told = []
    for days in (-4, -3, -2, 0, 1):
        moment = due_at + timedelta(days=days)
        dry = await JOB.batch(desk.business.tenant_id, moment, dry=True)
        done = await JOB.batch(desk.business.tenant_id, moment, dry=False)
        assert done == dry
        told.append((done.counts["near"], done.counts["overdue"]))
    assert told == [(0, 0), (1, 0), (0, 0), (0, 1), (0, 0)]
    kinds = await desk.rows("SELECT kind FROM notifications WHERE kind LIKE 'data_request_%' ORDER BY id")
    assert kinds == [("data_request_due",), ("data_request_overdue",)]


async def test_one_that_is_answered_is_not_told_of(desk: Desk) -> None:
    """Nobody is reminded of what is done."""
    request = await write_down_request(_admin(desk), desk.thread.lead_id, RequestKind.ACCESS)
    await close_request(_admin(desk), request)
    late = datetime.now(UTC) + timedelta(days=90)
    assert await JOB.batch(desk.business.tenant_id, late, dry=False) == Batch({"near": 0, "overdue": 0})
