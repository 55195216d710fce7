"""The Graph API of the emulator: what it accepts, and how it refuses."""

from typing import Any

import aiohttp
import pytest

from tests.integration.sandbox.conftest import LEAD, NUMBER, OTHER_NUMBER, OTHER_TOKEN, TOKEN, Control, Graph, Receiver


async def test_answers_as_meta_does(graph: Graph, inbound: str) -> None:
    """An accepted text is answered with the contact and the message id."""
    status, body = await graph.send(to="+55 11 98765-4321")
    assert status == 200
    assert body["contacts"] == [{"input": "+55 11 98765-4321", "wa_id": LEAD}]
    assert body["messages"][0]["id"].startswith("wamid.")


async def test_refusal_has_the_shape_of_graph_errors(graph: Graph) -> None:
    """A refusal has every field of a Graph error."""
    status, body = await graph.send(token="wrong")
    assert status == 401
    assert set(body["error"]) == {"message", "type", "code", "error_data", "fbtrace_id"}
    assert set(body["error"]["error_data"]) == {"messaging_product", "details"}


@pytest.mark.parametrize(
    ("path", "token", "status", "code", "subcode"),
    [
        (f"v26.0/{NUMBER}/messages", "", 401, 190, None),
        (f"v26.0/{NUMBER}/messages", OTHER_TOKEN, 400, 100, 33),
        ("v26.0/999/messages", TOKEN, 400, 100, 33),
        (f"v20.0/{NUMBER}/messages", TOKEN, 400, 2500, None),
        (f"latest/{NUMBER}/messages", TOKEN, 400, 2500, None),
    ],
)
async def test_refuses_callers(
    *, graph: Graph, path: str, token: str, status: int, code: int, subcode: int | None
) -> None:
    """Token, number and version are checked as Graph checks them."""
    got, body = await graph.post(path, {"messaging_product": "whatsapp"}, token)
    assert (status, code, subcode) == (got, body["error"]["code"], body["error"].get("error_subcode"))


@pytest.mark.parametrize(
    "change",
    [
        {"messaging_product": "sms"},
        {"to": ""},
        {"to": "not a phone"},
        {"type": "telegram"},
        {"text": {}},
        {"text": {"body": ""}},
        {"text": {"body": "x" * 4097}},
        {"biz_opaque_callback_data": "x" * 513},
        {"context": {}},
        {"status": "delivered", "message_id": "wamid.x"},
        {"status": "read"},
    ],
)
async def test_refuses_bodies(graph: Graph, inbound: str, change: dict[str, Any]) -> None:
    """A body that Meta would not take is error 100."""
    status, body = await graph.send(**change) if "to" not in change else await graph.send(to=change["to"])
    assert (status, body["error"]["code"]) == (400, 100)


async def test_limits_are_inclusive(graph: Graph, inbound: str) -> None:
    """4096 characters of text and 512 of callback data are still good."""
    status, _ = await graph.send("x" * 4096, biz_opaque_callback_data="y" * 512)
    assert status == 200


async def test_read_mark_of_an_unknown_message(graph: Graph, inbound: str) -> None:
    """A message that nobody sent cannot be marked read."""
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.unknown"}
    status, answered = await graph.post(f"v26.0/{NUMBER}/messages", body)
    assert (status, answered["error"]["code"]) == (400, 100)


async def test_read_mark_with_typing(graph: Graph, inbound: str) -> None:
    """One call marks read and shows that somebody types."""
    body = {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": inbound,
        "typing_indicator": {"type": "text"},
    }
    assert await graph.post(f"v26.0/{NUMBER}/messages", body) == (200, {"success": True})


async def test_outside_the_window_fails_by_webhook(
    graph: Graph, meta: Control, inbound: str, receiver: Receiver
) -> None:
    """A day after the lead's last message a text is accepted, and then fails with 131047."""
    await meta.post("settings", clock_offset_s=24 * 3600 + 1)
    status, _ = await graph.send()
    failed = (await receiver.wait(1))[0].value["statuses"][0]
    assert (status, failed["status"], failed["errors"][0]["code"]) == (200, "failed", 131047)


async def test_outside_the_window_refused_at_once(graph: Graph, meta: Control) -> None:
    """Set so, the response itself refuses a text to somebody who never wrote."""
    await meta.post("settings", window_refusal="response")
    status, body = await graph.send()
    assert (status, body["error"]["code"]) == (400, 131047)


async def test_ninth_digit_reaches_the_same_lead(graph: Graph, meta: Control) -> None:
    """A lead known without the ninth digit is found by the number with it; the answer tells the difference."""
    await meta.post("lead", **{"phone_number_id": NUMBER, "from": "551187654321", "text": "Oi", "wait": True})
    _, body = await graph.send(to="5511987654321")
    assert body["contacts"] == [{"input": "5511987654321", "wa_id": "551187654321"}]


async def test_lead_without_a_phone(graph: Graph, meta: Control, receiver: Receiver) -> None:
    """A lead who hides the phone writes and is answered by the scoped user id alone."""
    await meta.post("lead", phone_number_id=NUMBER, user_id="BR.1502", username="@ze", text="Oi", wait=True)
    assert "from" not in receiver.got[0].value["messages"][0]
    status, body = await graph.post(
        f"v26.0/{NUMBER}/messages",
        {"messaging_product": "whatsapp", "recipient": "BR.1502", "type": "text", "text": {"body": "Olá"}},
    )
    assert (status, body["contacts"]) == (200, [{"input": "BR.1502", "user_id": "BR.1502"}])


async def test_subscription_ends_webhooks(
    graph: Graph, meta: Control, http: aiohttp.ClientSession, receiver: Receiver
) -> None:
    """An account that is not subscribed sends no webhooks; subscribing brings them back."""
    url, headers = f"{graph.url}/v26.0/waba-1/subscribed_apps", {"Authorization": f"Bearer {TOKEN}"}
    async with http.delete(url, headers=headers) as response:
        assert response.status == 200
    unheard = await meta.post("lead", **{"phone_number_id": NUMBER, "from": LEAD, "text": "1", "wait": True})
    await graph.post("v26.0/waba-1/subscribed_apps", {})
    heard = await meta.post("lead", **{"phone_number_id": NUMBER, "from": LEAD, "text": "2", "wait": True})
    assert (unheard["acked"], heard["acked"], len(receiver.got)) == (False, True, 1)


async def test_callback_override_shakes_hands(graph: Graph, receiver: Receiver) -> None:
    """Overriding the callback asks it first, and a wrong verify token is refused."""
    body = {"override_callback_uri": receiver.url, "verify_token": "wrong"}
    status, _ = await graph.post("v26.0/waba-1/subscribed_apps", body)
    assert (status, receiver.handshakes[0]["hub.mode"]) == (400, "subscribe")


async def test_handshake_on_demand(meta: Control, receiver: Receiver) -> None:
    """The control call asks every callback of the app and says whether it answered right."""
    assert await meta.post("subscribe?app_id=app-1") == {"success": True}


async def test_numbers_keep_apart(graph: Graph, meta: Control, inbound: str) -> None:
    """What one number sends is not among another's messages."""
    await graph.send()
    other = await meta.get("messages", phone_number_id=OTHER_NUMBER, to=LEAD)
    assert other["messages"] == []


async def test_a_new_token_ends_the_old(graph: Graph, meta: Control) -> None:
    """Registering a number anew with another token revokes the first."""
    number = {"phone_number_id": NUMBER, "display_phone_number": "1", "waba_id": "waba-1", "app_id": "app-1"}
    await meta.post("numbers", **number, access_token="new")
    status, body = await graph.send()
    assert (status, body["error"]["code"]) == (401, 190)


async def test_long_poll_sees_the_next_message(graph: Graph, meta: Control, inbound: str) -> None:
    """After the messages seen so far, the poll waits for the next one alone."""
    await graph.send("first")
    seen = await meta.get("messages", phone_number_id=NUMBER, to=LEAD, wait_ms=2000)
    await graph.send("second")
    later = await meta.get("messages", phone_number_id=NUMBER, to=LEAD, wait_ms=2000, after=seen["next"])
    assert [message["text"] for message in later["messages"]] == ["second"]
