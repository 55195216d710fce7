"""Holds as the panel shows them: whose they are, who placed them, and what keeps one lead."""

from tests.integration.miniapp.crew import Crew, refused, seen


async def test_they_are_told_with_whom_they_keep_and_who_placed_them(crew: Crew) -> None:
    """A lead by his name, the business by none; the member who placed it by his."""
    lead = str(crew.desk.thread.lead_id)
    seen(await crew["admin"].ask("POST", "/holds", {"lead_id": lead, "reason": "processo"}))
    seen(await crew["admin"].ask("POST", "/holds", {"reason": "auditoria", "until": "2999-01-01T00:00:00Z"}))
    name = await crew.desk.lead("name")
    told = seen(await crew["admin"].ask("GET", "/holds"))["holds"]
    assert [(one["lead_id"], one["lead"], one["reason"]) for one in told] == [
        (lead, name, "processo"),
        (None, None, "auditoria"),
    ]
    placed_by = await crew.desk.value("SELECT name FROM members WHERE id = $1", crew.id_of("admin"))
    assert [one["placed_by_name"] for one in told] == [placed_by, placed_by]


async def test_of_a_lead_are_told_his_own_and_those_of_the_business(crew: Crew) -> None:
    """Another lead's are not his; one that was lifted is nobody's."""
    lead, other = str(crew.desk.thread.lead_id), await crew.desk.seed.thread(crew.desk.business)
    for keeps in ({"lead_id": lead}, {"lead_id": str(other.lead_id)}, {}):
        seen(await crew["admin"].ask("POST", "/holds", {**keeps, "reason": "processo"}))
    his = seen(await crew["admin"].ask("GET", "/holds", params={"lead_id": lead}))["holds"]
    assert [one["lead_id"] for one in his] == [lead, None]
    for one in his:
        assert (await crew["admin"].ask("POST", f"/holds/{one['id']}/lift")).status == 204
    assert seen(await crew["admin"].ask("GET", "/holds", params={"lead_id": lead}))["holds"] == []
    assert refused(await crew["admin"].ask("POST", f"/holds/{his[0]['id']}/lift")) == (404, "not_found")


async def test_what_an_operator_placed_names_nobody_of_the_team(crew: Crew) -> None:
    """And no lead but those of the business is kept."""
    await crew.desk.seed.insert(
        "retention_holds", tenant_id=crew.desk.business.tenant_id, reason="lei", placed_by="operator"
    )
    (one,) = seen(await crew["admin"].ask("GET", "/holds"))["holds"]
    assert (one["placed_by"], one["placed_by_name"]) == ("operator", None)
