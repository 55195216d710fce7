"""Leads found over the API by what is typed: names, numbers, what was said."""

import pytest

from core.domain.conversation import Author, MessageStatus
from core.services.digests import Digests
from tests.integration.miniapp.crew import Crew, seen

SORTS = ("recent", "score", "name", "created")


async def _people(crew: Crew) -> None:
    """Three leads with something to be found by."""
    for name, phone, words in (
        ("João Conceição", "5511912345678", "Vocês têm hidroginástica?"),
        ("Marianna", "5521987654321", "Quero o plano anual, d'água"),
        (None, "5531900001111", "Ação e reação: 50%_off"),
    ):
        thread = await crew.desk.seed.thread(crew.desk.business)
        await crew.desk.run("UPDATE leads SET name = $2, phone = $3 WHERE id = $1", thread.lead_id, name, phone)
        await crew.desk.seed.message(thread, words)
        await crew.desk.seed.message(thread, "Claro!", author=Author.AI, status=MessageStatus.READ)


async def _found(crew: Crew, typed: str, sort: str = "recent", who: str = "manager") -> list[str]:
    page = await crew[who].ask("GET", "/leads", params={"q": typed, "sort": sort})
    return [one["phone"] for one in seen(page)["items"]]


FOUND = [
    ("conceicao", ["5511912345678"]),
    ("CONCEIÇÃO joao", ["5511912345678"]),
    ("ceic", ["5511912345678"]),
    ("2345", ["5511912345678"]),
    ("+55 (21) 98765", ["5521987654321"]),
    ("hidrog", ["5511912345678"]),
    ("joao hidroginastica", ["5511912345678"]),
    ("anual", ["5521987654321"]),
    ("acao", ["5531900001111"]),
    ("reação", ["5531900001111"]),
    ("50%_", ["5531900001111"]),
    ("nunca dito", []),
    ("ginastica", []),
    ("'); DROP TABLE leads; --", []),
    ("\\ : & | ! ' \"", []),
    ("--", []),
]
"""What is typed, and whose numbers come: words by their beginnings, names and numbers by any part."""


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize(("typed", "phones"), FOUND)
async def test_what_is_typed_finds(crew: Crew, typed: str, phones: list[str], *, written: bool) -> None:
    """The same before anybody has written down what conversations are found by, and after, in every order."""
    await _people(crew)
    if written:
        await Digests().write_stale(quiet=0.0)
        assert await crew.desk.value("SELECT count(*) FROM conversation_digests WHERE upto_seq = 2") == 3
    assert [await _found(crew, typed, sort) for sort in SORTS] == [phones] * 4


async def test_nothing_typed_finds_everybody(crew: Crew) -> None:
    """Blanks are nothing."""
    await _people(crew)
    assert len(await _found(crew, "  ")) == 4


async def test_what_was_said_since_is_found(crew: Crew) -> None:
    """A digest that has grown old keeps nothing back."""
    await crew.desk.seed.message(crew.desk.thread, "Bom dia")
    await Digests().write_stale(quiet=0.0)
    await crew.desk.seed.message(crew.desk.thread, "Aceita pix?")
    assert await _found(crew, "pix") == await _found(crew, "dia") == [crew.desk.thread.address]


async def test_what_is_erased_is_not_found(crew: Crew) -> None:
    """Words go with their messages, at once."""
    await crew.desk.seed.message(crew.desk.thread, "segredo")
    await Digests().write_stale(quiet=0.0)
    assert await _found(crew, "segredo") == [crew.desk.thread.address]
    await crew.desk.run("DELETE FROM messages WHERE conversation_id = $1", crew.desk.thread.conversation_id)
    assert await _found(crew, "segredo") == []


async def test_what_is_edited_is_found_as_it_is(crew: Crew) -> None:
    """By its new words, and not by the old ones."""
    await crew.desk.seed.message(crew.desk.thread, "antes")
    await Digests().write_stale(quiet=0.0)
    await crew.desk.run(
        "UPDATE messages SET text = 'depois' WHERE conversation_id = $1", crew.desk.thread.conversation_id
    )
    assert (await _found(crew, "antes"), await _found(crew, "depois")) == ([], [crew.desk.thread.address])


async def test_a_new_name_is_found(crew: Crew) -> None:
    """As soon as it is written down."""
    await Digests().write_stale(quiet=0.0)
    seen(await crew["manager"].ask("PATCH", f"/leads/{crew.desk.thread.lead_id}", {"name": "Zélia"}))
    assert await _found(crew, "zelia") == [crew.desk.thread.address]


async def test_nobody_is_found_elsewhere(crew: Crew) -> None:
    """Neither another business's lead, nor a colleague's."""
    await crew.desk.run("UPDATE leads SET name = 'Única'")
    await Digests().write_stale(quiet=0.0)
    await crew.held_by("colleague")
    assert await _found(crew, "unica") == [crew.desk.thread.address]
    assert await _found(crew, "unica", who="attendant") == []


async def test_digests_are_written_once(crew: Crew) -> None:
    """And only of what has been quiet; the mark moves on, so that nothing is looked at for ever."""
    await crew.desk.hears("Oi")
    assert await Digests().write_stale() == 0
    await crew.desk.run("UPDATE conversations SET last_activity_at = now() - interval '2 minutes'")
    assert await Digests().write_stale() == 1  # the other business has its own
    assert await Digests().write_stale() == 0
    assert await crew.desk.value("SELECT min(upto) > now() - interval '11 minutes' FROM digest_marks")


async def test_whose_conversation_is_the_latest_is_kept(crew: Crew) -> None:
    """When another begins, the one before is the latest no more."""
    thread = crew.desk.thread
    await crew.desk.run("UPDATE conversations SET status = 'closed', closed_at = now() - interval '8 days'")
    await crew.desk.hears("Voltei")
    rows = await crew.desk.rows(
        "SELECT id = $1, is_latest FROM conversations WHERE lead_id = $2 ORDER BY created_at",
        thread.conversation_id,
        thread.lead_id,
    )
    assert rows == [(True, False), (False, True)]


@pytest.mark.parametrize("first_of_lead", [True, False], ids=["a new lead's", "an old lead's"])
async def test_of_two_conversations_begun_at_once_one_is_the_latest(crew: Crew, *, first_of_lead: bool) -> None:
    """A lead who writes on two channels in one delivery stands in the list once."""
    lead_id = crew.desk.thread.lead_id
    await crew.desk.run("DELETE FROM conversation_digests")
    await crew.desk.run("UPDATE conversations SET status = 'closed', is_latest = false WHERE lead_id = $1", lead_id)
    await crew.desk.run(
        "INSERT INTO conversations (id, tenant_id, lead_id, channel_account_id, status, reply_kind, reply_address, last_activity_at,"
        " created_at) SELECT CASE WHEN n.number = 1 AND $2 THEN c.lead_id ELSE uuid_v7() END, c.tenant_id, c.lead_id,"
        " c.channel_account_id, 'closed', c.reply_kind, c.reply_address, now(), now() + interval '1 second'"
        " FROM conversations c, generate_series(1, 2) n(number) WHERE c.lead_id = $1",
        lead_id,
        first_of_lead,
    )
    rows = await crew.desk.rows(
        "SELECT count(*) FILTER (WHERE is_latest) FROM conversations WHERE lead_id = $1", lead_id
    )
    assert rows == [(1,)]
