"""The team on the screen: who is there, who comes, what each is, and what each decides for himself."""

from core.domain.request_limit import BURST
from tests.integration.miniapp.crew import Crew, refused, seen


async def test_everybody_sees_the_team(crew: Crew) -> None:
    """With what each has to do, and who of them one is oneself: attendants need it to pass a lead on."""
    await crew.held_by("colleague")
    team = {one["id"]: one for one in seen(await crew["attendant"].ask("GET", "/team"))["members"]}
    bia, ana = team[str(crew.id_of("colleague"))], team[str(crew.id_of("attendant"))]
    assert (bia["name"], bia["role"], bia["conversations"], bia["you"]) == ("Bia", "attendant", 1, False)
    assert (ana["conversations"], ana["you"]) == (0, True)


async def test_the_last_admin_stays(crew: Crew) -> None:
    """Somebody else has to become one first."""
    await crew.desk.run("UPDATE members SET role = 'manager' WHERE id = $1", crew.desk.business.member_id)
    own = f"/team/{crew.id_of('admin')}"
    assert refused(await crew["admin"].ask("PATCH", own, {"role": "manager"})) == (409, "last_admin")
    assert refused(await crew["admin"].ask("DELETE", own)) == (409, "last_admin")


async def test_what_who_goes_had_waits_for_anybody(crew: Crew) -> None:
    """A lead does not go with him."""
    await crew.desk.hears("Oi")
    await crew.held_by("colleague")
    assert (await crew["admin"].ask("DELETE", f"/team/{crew.id_of('colleague')}")).status == 204
    assert await crew.desk.conversation("status") == "waiting_human"


async def test_one_decides_for_oneself(crew: Crew) -> None:
    """What is left out stays."""
    changed = seen(await crew["attendant"].ask("PATCH", "/me", {"on_duty": False}))
    assert (changed["on_duty"], changed["language"]) == (False, "pt-BR")
    seen(await crew["attendant"].ask("PATCH", "/me", {"language": "en"}))
    me = seen(await crew["attendant"].ask("GET", "/me"))
    assert (me["on_duty"], me["language"]) == (False, "en")


async def test_a_language_that_nobody_speaks_is_none(crew: Crew) -> None:
    """And nothing is changed."""
    assert refused(await crew["attendant"].ask("PATCH", "/me", {"language": "tlh"})) == (400, "invalid_input")


async def test_a_session_that_runs_wild_is_slowed(crew: Crew) -> None:
    """And told when to come back; a colleague's is not."""
    answers = [await crew["manager"].ask("GET", "/stages") for _ in range(2 * BURST)]
    slowed = [one for one in answers if one.status == 429]
    assert {one.body["code"] for one in slowed} == {"too_many_requests"}
    assert all(int(one.headers["Retry-After"]) >= 1 for one in slowed)
    assert (await crew["attendant"].ask("GET", "/stages")).status == 200
