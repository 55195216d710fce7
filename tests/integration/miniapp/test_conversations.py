"""A conversation on the screen: seen, taken, passed on, given back, closed."""

from collections.abc import Awaitable, Callable

import pytest

from core.domain.conversation import Author, ConversationStatus, MessageStatus
from core.domain.errors import Conflict, NotFound, NotOwner
from core.services.assignments import Assignments
from tests.integration.miniapp.crew import Crew, refused, seen

STANDINGS = [
    (None, ConversationStatus.AI),
    (None, ConversationStatus.WAITING_HUMAN),
    (None, ConversationStatus.HUMAN),
    ("attendant", ConversationStatus.HUMAN),
    ("colleague", ConversationStatus.HUMAN),
    (None, ConversationStatus.CLOSED),
]


async def test_how_it_stands(crew: Crew) -> None:
    """A lead who waits for a person: who he is, since when, and what may be done."""
    await crew.desk.hears("Quero falar com um atendente")
    await crew.desk.answers()
    page = seen(await crew["attendant"].ask("GET", crew.here))
    assert (page["status"], page["lead_id"], page["channel"], page["assignee_id"], page["assignee_name"]) == (
        "waiting_human",
        str(crew.desk.thread.lead_id),
        "meta_whatsapp",
        None,
        None,
    )
    assert page["hand_off"]["reason"] == "lead_asked"
    assert page["hand_off"]["claimed_by"] is None
    assert page["waiting_since"] is not None
    assert page["can"] == {
        "take": True, "give_back": True, "close": True, "transfer": False, "write": False, "note": True,
        "snooze": False,
    }  # fmt: skip


async def test_who_waits_is_told_since_when(crew: Crew) -> None:
    """Since the first of the lead's words that nobody has answered, and not at all once somebody has."""
    await crew.desk.hears(
        "Oi",
    )
    await crew.desk.hears("Alguém?")
    first = await crew.desk.value(
        "SELECT created_at FROM messages WHERE conversation_id = $1 AND seq = 1", crew.desk.thread.conversation_id
    )
    page = seen(await crew["manager"].ask("GET", crew.here))
    assert page["unanswered_since"] == first.isoformat().replace("+00:00", "Z")
    await crew.desk.answers()
    assert seen(await crew["manager"].ask("GET", crew.here))["unanswered_since"] is None


async def test_the_draft_of_who_was_interrupted_is_a_suggestion(crew: Crew) -> None:
    """What the AI was about to say when a person took over is there until something is said."""
    await crew.desk.hears("Quanto custa?")
    crew.desk.model.meanwhile = [lambda: crew["attendant"].ask("POST", f"{crew.here}/take")]
    await crew.desk.answers()
    page = seen(await crew["attendant"].ask("GET", crew.here))
    assert page["suggestion"]["text"] == "Claro!"
    listed = seen(await crew["attendant"].ask("GET", f"{crew.here}/messages"))
    assert page["suggestion"]["message_id"] not in {one["id"] for one in listed["items"]}
    await crew.desk.queued("Pois não?", author="attendant", purpose="attendant", turn_id=None)
    assert seen(await crew["attendant"].ask("GET", crew.here))["suggestion"] is None


async def test_a_suggestion_that_nobody_wants_is_gone(crew: Crew) -> None:
    """For who has the lead to say, and as often as it is said."""
    await crew.desk.hears("Quanto custa?")
    crew.desk.model.meanwhile = [lambda: crew["attendant"].ask("POST", f"{crew.here}/take")]
    await crew.desk.answers()
    assert refused(await crew["manager"].ask("POST", f"{crew.here}/suggestion/dismiss")) == (403, "not_owner")
    for _ in range(2):
        assert (await crew["attendant"].ask("POST", f"{crew.here}/suggestion/dismiss")).status == 204
    assert seen(await crew["attendant"].ask("GET", crew.here))["suggestion"] is None


@pytest.mark.parametrize("who", ["attendant", "manager", "admin"])
@pytest.mark.parametrize(("holder", "status"), STANDINGS)
async def test_what_can_be_done_is_what_is_done(
    crew: Crew, who: str, holder: str | None, status: ConversationStatus
) -> None:
    """What the screen offers to give back, pass on or close is exactly what is not refused."""
    await crew.held_by(holder, status)
    page = await crew[who].ask("GET", crew.here)
    if page.status == 404:
        assert (who, holder) == ("attendant", "colleague")
        return
    can, actor = page.body["can"], crew.members[who].actor
    assignments, here = Assignments(crew.desk.jobs), crew.desk.thread.conversation_id
    acts: dict[str, Callable[[], Awaitable[object]]] = {
        "give_back": lambda: assignments.give_back(actor, here),
        "transfer": lambda: assignments.transfer(actor, here, crew.id_of("colleague")),
        "close": lambda: assignments.close(actor, here),
    }
    done = {}
    for name, act in acts.items():
        await crew.held_by(holder, status)
        try:
            await act()
            done[name] = True
        except (Conflict, NotOwner, NotFound):
            done[name] = False
    assert {name: can[name] for name in acts} == done


async def test_the_first_who_takes_it_has_it(crew: Crew) -> None:
    """The second is told whose it is."""
    await crew.desk.hears("Oi")
    assert seen(await crew["attendant"].ask("POST", f"{crew.here}/take"))["settled"]
    late = await crew["manager"].ask("POST", f"{crew.here}/take")
    assert (refused(late), late.body["detail"]) == ((409, "already_taken"), "Ana")
    assert not seen(await crew["attendant"].ask("GET", crew.here))["can"]["take"]


async def test_given_back_the_ai_goes_on(crew: Crew) -> None:
    """And answers what the lead said last."""
    await crew.desk.hears("Oi")
    await crew.held_by("attendant")
    assert seen(await crew["attendant"].ask("POST", f"{crew.here}/give-back")) == {"ai_answers": True}
    assert await crew.desk.conversation("status") == "ai"


async def test_passed_on_a_colleague_has_it(crew: Crew) -> None:
    """And whoever passed it on does not see it any more, if he is no manager."""
    await crew.held_by("attendant")
    to = {"member_id": str(crew.id_of("colleague"))}
    assert (await crew["attendant"].ask("POST", f"{crew.here}/transfer", to)).status == 204
    assert await crew.desk.conversation("assignee_id") == crew.id_of("colleague")
    assert refused(await crew["attendant"].ask("GET", crew.here)) == (404, "not_found")


async def test_nobody_of_elsewhere_is_given_it(crew: Crew) -> None:
    """Whoever works in another business is nobody here."""
    await crew.held_by("attendant")
    to = {"member_id": str(crew.others.member_id)}
    assert refused(await crew["attendant"].ask("POST", f"{crew.here}/transfer", to)) == (404, "not_found")


async def test_closed_it_is_over(crew: Crew) -> None:
    """Nobody has it, and nothing is to be taken there."""
    await crew.held_by("attendant")
    assert (await crew["attendant"].ask("POST", f"{crew.here}/close")).status == 204
    assert refused(await crew["attendant"].ask("POST", f"{crew.here}/take")) == (409, "conflict")


@pytest.mark.parametrize("path", ["", "/messages"])
async def test_a_colleagues_lead_is_not_there(crew: Crew, path: str) -> None:
    """For an attendant; whoever leads the team sees everybody's."""
    await crew.held_by("colleague")
    assert refused(await crew["attendant"].ask("GET", crew.here + path)) == (404, "not_found")
    assert seen(await crew["manager"].ask("GET", crew.here + path))


async def test_an_old_conversation_is_whose_the_latest_is(crew: Crew) -> None:
    """What he once had himself is not his to see when a colleague has the lead now."""
    await crew.held_by("attendant", ConversationStatus.CLOSED)
    await crew.desk.seed.insert(
        "conversations",
        tenant_id=crew.desk.thread.tenant_id,
        lead_id=crew.desk.thread.lead_id,
        channel_account_id=crew.desk.thread.account_id,
        reply_kind="phone",
        reply_address=crew.desk.thread.address,
        last_activity_at=await crew.desk.value("SELECT now()"),
        status=ConversationStatus.HUMAN,
        assignee_id=crew.id_of("colleague"),
    )
    assert refused(await crew["attendant"].ask("GET", crew.here)) == (404, "not_found")


async def test_the_window_is_told(crew: Crew) -> None:
    """Until when free words may go out, and that it is over when it is."""
    crew.desk.channel.window_hours = 24
    await crew.desk.hears("Oi")
    await crew.held_by("attendant")
    page = seen(await crew["attendant"].ask("GET", crew.here))
    assert (page["can"]["write"], page["window_closes_at"] is None) == (True, False)
    await crew.desk.run("UPDATE conversations SET last_inbound_at = now() - interval '25 hours'")
    assert not seen(await crew["attendant"].ask("GET", crew.here))["can"]["write"]


async def test_the_thread_is_read_in_both_directions(crew: Crew) -> None:
    """The latest first; then those before, and those after, with nothing left out and nothing twice."""
    for number in range(1, 8):
        await crew.desk.seed.message(crew.desk.thread, f"{number}")

    async def numbers(query: str) -> tuple[list[int], bool, bool]:
        page = seen(await crew["attendant"].ask("GET", f"{crew.here}/messages?limit=3{query}"))
        return [one["seq"] for one in page["items"]], page["has_before"], page["has_after"]

    assert await numbers("") == ([5, 6, 7], True, False)
    assert await numbers("&before=5") == ([2, 3, 4], True, True)
    assert await numbers("&before=2") == ([1], False, True)
    assert await numbers("&after=0") == ([1, 2, 3], False, True)
    assert await numbers("&after=4") == ([5, 6, 7], True, False)


async def test_a_message_tells_what_it_is(crew: Crew) -> None:
    """Whose words, with which file, in answer to what, and how far they have come."""
    asked = await crew.desk.seed.message(crew.desk.thread, "Tem foto?", external_id="wamid.asked")
    await crew.desk.seed.message(
        crew.desk.thread,
        "Esta",
        author=Author.ATTENDANT,
        purpose="attendant",
        member_id=crew.id_of("attendant"),
        status=MessageStatus.DELIVERED,
        type="image",
        media={"id": "1", "mime_type": "image/png", "url": "https://secret.example/x", "filename": "foto.png"},
        ref_external_id="wamid.asked",
    )
    await crew.held_by("attendant")
    first, second = seen(await crew["attendant"].ask("GET", f"{crew.here}/messages"))["items"]
    assert (first["id"], first["direction"], first["author"]) == (str(asked), "in", "lead")
    told = {name: second[name] for name in ("author", "member_name", "status", "reply_to", "media", "can_retry")}
    assert told == {
        "author": "attendant",
        "member_name": "Ana",
        "status": "delivered",
        "reply_to": {"seq": 1, "text": "Tem foto?"},
        "media": {"kind": "image", "mime": "image/png", "name": "foto.png", "size": None, "stored": False},
        "can_retry": False,
    }


async def test_both_sides_at_once_are_none(crew: Crew) -> None:
    """Before one number and after another is no question."""
    answered = await crew["attendant"].ask("GET", f"{crew.here}/messages?before=3&after=1")
    assert refused(answered) == (400, "invalid_input")
