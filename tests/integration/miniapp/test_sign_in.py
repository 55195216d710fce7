"""Coming in to the Mini App, staying in, and being out."""

import asyncio
from collections import Counter
from datetime import datetime

import aiohttp
import pytest

from core.domain.conversation import Role
from core.services.members import Person
from core.services.suspension import suspend
from core.services.tenant_deletion import announce_deletion
from miniapp.api.init_data import LONGEST_AGE
from tests.factories import Seeder
from tests.integration.bot.stage import settings_of
from tests.integration.conftest import Database
from tests.integration.miniapp.client import App, joined, opened_by
from tests.integration.miniapp.conftest import NOWHERE, reach_of, serving
from tests.integration.services.desk import Desk

ANA = Person(5_000_000_201, "Ana")
BIA = Person(5_000_000_202, "Bia")


async def test_a_member_comes_in(desk: Desk, app: App) -> None:
    """By a launch of Telegram's, and is told who he is."""
    member = await joined(desk, ANA)
    me = await (await app.come_in(ANA)).ask("GET", "/me")
    assert me.status == 200
    told = {name: me.body[name] for name in ("member_id", "name", "role", "tenant_id")}
    assert told == {
        "member_id": str(member.member_id),
        "name": "Ana",
        "role": "manager",
        "tenant_id": str(desk.business.tenant_id),
    }
    assert [one["id"] for one in me.body["tenants"]] == [str(desk.business.tenant_id)]


async def test_nobody_else_comes_in(desk: Desk, app: App) -> None:
    """A stranger with a launch of his own leaves no trace."""
    answered = await app.sign_in(BIA)
    assert (answered.status, answered.body["code"]) == (403, "no_member")
    assert await desk.value("SELECT count(*) FROM app_sessions") == 0


async def test_whose_business_is_suspended_is_told_so(desk: Desk, app: App) -> None:
    """And when all of it is to be deleted, once that is ordered; a business in which he is nobody is told of as ever."""
    await joined(desk, ANA)
    await suspend(desk.business.tenant_id)
    told = (await app.sign_in(ANA)).body
    assert (told["code"], told["detail"]) == ("tenant_suspended", None)
    due = await announce_deletion(desk.business.tenant_id)
    told = (await app.sign_in(ANA)).body
    assert (told["code"], datetime.fromisoformat(told["detail"])) == ("tenant_suspended", due)
    assert (await app.sign_in(BIA)).body["code"] == "no_member"


async def test_who_works_elsewhere_too_reads_there_what_is_suspended(desk: Desk, app: App) -> None:
    """Which of his businesses, and when it goes: there he is let in no more."""
    other = await desk.seed.business("outra")
    await desk.seed.member(other.tenant_id, telegram_user_id=ANA.telegram_user_id, name="Ana", role=Role.ADMIN)
    await joined(desk, ANA)
    due = await announce_deletion(desk.business.tenant_id)
    me = (await (await app.come_in(ANA)).ask("GET", "/me")).body
    assert (me["tenant_id"], [one["id"] for one in me["tenants"]]) == (str(other.tenant_id), [str(other.tenant_id)])
    (away,) = me["away"]
    assert (away["id"], datetime.fromisoformat(away["leaves_at"])) == (str(desk.business.tenant_id), due)


async def test_a_changed_launch_is_nobodys(desk: Desk, app: App) -> None:
    """One byte of it, and the answer is that of nothing at all."""
    await joined(desk, ANA)
    changed = opened_by(ANA).replace("first_name", "first_nama")
    answers = [await app.ask("POST", "/session", {"init_data": one}) for one in (changed, "", "hash=x")]
    assert {(one.status, one.body["code"], one.body["title"]) for one in answers} == {
        (401, "launch_invalid", "Unauthorized")
    }


async def test_an_old_launch_opens_nothing(desk: Desk, app: App) -> None:
    """The app has to be opened anew, and is told so."""
    await joined(desk, ANA)
    old = opened_by(ANA, age=LONGEST_AGE.total_seconds() + 5)
    answered = await app.ask("POST", "/session", {"init_data": old})
    assert (answered.status, answered.body["code"]) == (401, "launch_expired")


async def test_a_launch_works_once(desk: Desk, app: App) -> None:
    """Of ten who bring it at once one comes in."""
    await joined(desk, ANA)
    body = {"init_data": opened_by(ANA)}
    answers = await asyncio.gather(*(app.ask("POST", "/session", body) for _ in range(10)))
    assert Counter((one.status, (one.body or {}).get("code")) for one in answers) == {
        (200, None): 1,
        (409, "launch_used"): 9,
    }


async def test_the_pair_is_renewed(desk: Desk, app: App) -> None:
    """The new access token opens what the old one opened."""
    await joined(desk, ANA)
    first = await app.come_in(ANA)
    renewed = await app.ask("POST", "/session/refresh", {"refresh_token": first.refresh})
    assert (await app.signed_in(renewed.body).ask("GET", "/me")).status == 200


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer x", "Basic eA==", "bearer x", "tma x"])
async def test_without_a_token_nothing_opens(app: App, authorization: str) -> None:
    """Whatever is said instead; the answer says how to say it."""
    answered = await app.ask("GET", "/me", headers={"Authorization": authorization})
    assert (answered.status, answered.body["code"]) == (401, "token_invalid")
    assert answered.headers["WWW-Authenticate"] == "Bearer"


async def test_who_signs_out_is_out(desk: Desk, app: App) -> None:
    """With both of his tokens."""
    await joined(desk, ANA)
    mine = await app.come_in(ANA)
    assert (await mine.ask("DELETE", "/session")).status == 204
    assert (await mine.ask("GET", "/me")).status == 401
    assert (await app.ask("POST", "/session/refresh", {"refresh_token": mine.refresh})).status == 401


async def test_an_admin_ends_a_colleagues_session(desk: Desk, app: App) -> None:
    """He sees it in the list, and it is over."""
    await joined(desk, ANA, Role.ADMIN)
    await joined(desk, BIA)
    admin, colleague = await app.come_in(ANA), await app.come_in(BIA)
    listed = (await admin.ask("GET", "/sessions")).body["sessions"]
    assert [(one["member_name"], one["current"]) for one in sorted(listed, key=lambda one: one["member_name"])] == [
        ("Ana", True),
        ("Bia", False),
    ]
    theirs = next(one["id"] for one in listed if not one["current"])
    assert (await admin.ask("DELETE", f"/sessions/{theirs}")).status == 204
    assert (await colleague.ask("GET", "/me")).status == 401


async def test_a_person_goes_to_another_business(desk: Desk, seed: Seeder, app: App) -> None:
    """Of those that he works in; the session he leaves is over, and nobody gets where he is nobody."""
    other, strange = await seed.business(), await seed.business()
    await joined(desk, ANA)
    await desk.run(
        "INSERT INTO members (id, tenant_id, telegram_user_id, name, role, language)"
        " VALUES (uuid_v7(), $1, $2, 'Ana', 'attendant', 'pt-BR')",
        other.tenant_id,
        ANA.telegram_user_id,
    )
    first = app.signed_in((await app.sign_in(ANA, tenant_id=str(desk.business.tenant_id))).body)
    assert (await first.ask("POST", "/session/tenant", {"tenant_id": str(strange.tenant_id)})).status == 404
    switched = await first.ask("POST", "/session/tenant", {"tenant_id": str(other.tenant_id)})
    me = await app.signed_in(switched.body).ask("GET", "/me")
    assert (me.body["tenant_id"], me.body["role"]) == (str(other.tenant_id), "attendant")
    assert (await first.ask("GET", "/me")).status == 401


async def test_where_telegram_has_to_sign_the_bots_token_opens_nothing(
    desk: Desk, opened: Database, valkey: str
) -> None:
    """A launch that only the token sealed is nobody's there."""
    await joined(desk, ANA)
    settings = settings_of(opened, NOWHERE).model_copy(
        update={"redis_url": valkey, "telegram_launch_proof": "telegram"}
    )
    async with aiohttp.ClientSession() as http, serving(settings, reach_of(desk, http)) as url:
        answered = await App(url, http).sign_in(ANA)
    assert (answered.status, answered.body["code"]) == (401, "launch_invalid")
