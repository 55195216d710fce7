"""Instagram's Send API at the emulator: what it accepts, and how it refuses."""

from typing import Any

import pytest

from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.instagram import ACCOUNT, LEAD, PAGE, PAGE_ACCOUNT, PAGE_TOKEN, Direct

DAY = 24 * 3600


@pytest.fixture
async def wrote(instagram: Control) -> str:
    """A lead wrote to the account and the window is open; the mid."""
    answer = await instagram.post(
        "lead", **{"account": ACCOUNT, "from": LEAD, "name": "Ana Lima", "text": "Oi", "wait": True}
    )
    return str(answer["mid"])


async def test_answers_as_instagram_does(direct: Direct, wrote: str) -> None:
    """An accepted text is answered with the lead and a long message id."""
    status, body = await direct.send()
    assert (status, body["recipient_id"], len(body["message_id"]) > 100) == (200, LEAD, True)


@pytest.mark.parametrize("node", [PAGE, "me"])
async def test_a_page_sends_by_its_token(direct: Direct, instagram: Control, node: str) -> None:
    """By Facebook Login the Page sends, or ``me``."""
    await instagram.post("lead", **{"account": PAGE_ACCOUNT, "from": LEAD, "text": "Oi"})
    body = {"recipient": {"id": LEAD}, "message": {"text": "Olá"}}
    status, _ = await direct.post(f"v26.0/{node}/messages", body, PAGE_TOKEN)
    [sent] = (await instagram.get("messages", account=PAGE_ACCOUNT))["messages"]
    assert (status, sent["login"], sent["text"]) == (200, "facebook", "Olá")


@pytest.mark.parametrize(
    ("path", "token", "status", "code", "subcode"),
    [
        (f"v26.0/{ACCOUNT}/messages", "", 401, 190, None),
        (f"v26.0/{ACCOUNT}/messages", "IGAA-other", 401, 190, None),
        (f"v26.0/{ACCOUNT}/messages", PAGE_TOKEN, 400, 100, 33),
        (f"v26.0/{PAGE_ACCOUNT}/messages", PAGE_TOKEN, 400, 100, 33),
        (f"v20.0/{ACCOUNT}/messages", "IGAA-sandbox-token", 400, 2500, None),
    ],
)
async def test_refuses_callers(
    *, direct: Direct, path: str, token: str, status: int, code: int, subcode: int | None
) -> None:
    """Token, object and version are checked as Graph checks them."""
    got, body = await direct.post(path, {}, token)
    assert (status, code, subcode) == (got, body["error"]["code"], body["error"].get("error_subcode"))


@pytest.mark.parametrize(
    "change",
    [
        {"recipient": "x"},
        {"recipient": {}},
        {"message": "Olá"},
        {"message": {}},
        {"message": {"text": " "}},
        {"message": {"text": 7}},
        {"message": {"text": "x" * 1001}},
        {"message": {"text": "ã" * 501}},
        {"message": {"text": "a", "attachment": {"type": "image", "payload": {"url": "https://x/1"}}}},
        {"message": {"attachment": {"type": "image", "payload": {"url": "file:///x"}}}},
        {"message": {"attachment": {"type": "hologram"}}},
        {"sender_action": "typing_on"},
        {"reply_to": {}},
        {"reply_to": {"mid": "of another conversation"}},
        {"tag": "HUMAN_AGENT"},
    ],
)
async def test_refuses_bodies(direct: Direct, wrote: str, change: dict[str, Any]) -> None:
    """A body that Instagram would not take is error 100."""
    status, body = await direct.send(**change)
    assert (status, body["error"]["code"]) == (400, 100)


@pytest.mark.parametrize("text", ["x" * 1000, "ã" * 500])
async def test_the_limit_is_inclusive_and_in_bytes(direct: Direct, wrote: str, text: str) -> None:
    """1,000 bytes are still good, however few letters they are."""
    assert (await direct.send(text))[0] == 200


async def test_a_stranger_is_not_found(direct: Direct, wrote: str) -> None:
    """Nobody is written to who did not write first."""
    status, body = await direct.send(to="6619")
    assert (status, body["error"]["code"], body["error"]["error_subcode"]) == (400, 100, 2534014)


async def test_the_window_closes(direct: Direct, instagram: Control, wrote: str) -> None:
    """After 24 hours a text is refused at once, by the type of Instagram's own host."""
    await instagram.post("settings", clock_offset_s=DAY + 1)
    status, body = await direct.send()
    error = body["error"]
    assert (status, error["code"], error["error_subcode"], error["type"]) == (403, 10, 2534022, "IGApiException")


@pytest.mark.parametrize(("days", "status"), [(6.9, 200), (7.1, 403)])
async def test_a_persons_hand_has_seven_days(
    direct: Direct, instagram: Control, wrote: str, *, days: float, status: int
) -> None:
    """With its tag alone."""
    await instagram.post("settings", clock_offset_s=days * DAY)
    assert (await direct.send(messaging_type="MESSAGE_TAG", tag="HUMAN_AGENT"))[0] == status


@pytest.mark.parametrize("action", ["typing_on", "typing_off", "mark_seen"])
async def test_actions_are_shown(direct: Direct, instagram: Control, wrote: str, action: str) -> None:
    """They are no messages."""
    body = {"recipient": {"id": LEAD}, "sender_action": action}
    status, answer = await direct.post("v26.0/me/messages", body)
    assert (status, answer) == (200, {"recipient_id": LEAD})
    assert [event["action"] for event in await instagram.events("action_shown")] == [action]


async def test_an_answer_may_name_a_message(direct: Direct, instagram: Control, wrote: str) -> None:
    """One of the conversation."""
    await direct.send(reply_to={"mid": wrote})
    [sent] = (await instagram.get("messages", account=ACCOUNT, to=LEAD))["messages"]
    assert sent["reply_to"] == wrote


async def test_profiles_need_consent(direct: Direct, wrote: str) -> None:
    """Who wrote has a name; who did not has none to tell."""
    known, stranger = await direct.get(f"v26.0/{LEAD}"), await direct.get("v26.0/6619")
    assert (known[1]["name"], stranger[1]["error"]["code"]) == ("Ana Lima", 230)


async def test_an_account_knows_itself(direct: Direct) -> None:
    """By Instagram Login its id for webhooks is not its id for the app; by Facebook Login it is the Page."""
    own, page = await direct.get("v26.0/me"), await direct.get("v26.0/me", PAGE_TOKEN)
    assert (own[1]["user_id"], own[1]["id"] == ACCOUNT, page[1]["id"]) == (ACCOUNT, False, PAGE)
