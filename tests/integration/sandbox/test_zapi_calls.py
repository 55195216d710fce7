"""The Z-API emulator's calls: tokens, bodies, answers and errors as the vendor's."""

import re
from typing import Any

import pytest

from tests.integration.sandbox.conftest import (
    CLIENT_TOKEN,
    INSTANCE,
    INSTANCE_TOKEN,
    LEAD,
    Control,
    LinkedPhone,
    Receiver,
)


async def test_an_accepted_message_has_its_ids(linked: LinkedPhone) -> None:
    """The answer names the queue's entry, and twice WhatsApp's id."""
    status, body = await linked.send()
    assert (status, body["messageId"]) == (200, body["id"])
    assert re.fullmatch(r"3EB0[0-9A-F]{18} [0-9A-F]{32}", f"{body['messageId']} {body['zaapId']}")


@pytest.mark.parametrize(
    ("given", "status", "error"),
    [
        (None, 403, "null not allowed"),
        ("wrong", 403, "Client-Token wrong not allowed"),
        (CLIENT_TOKEN, 200, None),
    ],
)
async def test_the_accounts_token_is_asked_for(
    linked: LinkedPhone, given: str | None, status: int, error: str | None
) -> None:
    """In its header, and the answer quotes a wrong one back."""
    got, body = await linked.call("GET", "me", client_token=given)
    assert (status, error) == (got, body.get("error"))


async def test_an_account_may_have_no_token(linked: LinkedPhone, zapi: Control) -> None:
    """One that is not switched on is not asked for."""
    await zapi.post("instances", instance_id=INSTANCE, token=INSTANCE_TOKEN)
    assert (await linked.call("GET", "status", client_token=None))[0] == 200


@pytest.mark.parametrize("path", [f"{INSTANCE}/token/wrong", f"UNKNOWN/token/{INSTANCE_TOKEN}"])
async def test_another_instance_is_not_found(zapi: Control, path: str) -> None:
    """A wrong token and a wrong id look the same."""
    async with zapi.http.post(f"{zapi.url}/instances/{path}/send-text", json={}) as response:
        assert (response.status, await response.json()) == (404, {"error": "Instance not found"})


@pytest.mark.parametrize(
    ("verb", "method", "status"),
    [
        ("GET", "send-text", 405),
        ("POST", "status", 405),
        ("POST", "send-telepathy", 404),
        ("POST", "send-text/x", 404),
        ("GET", "queue", 405),
    ],
)
async def test_an_unknown_call_is_refused(linked: LinkedPhone, verb: str, method: str, status: int) -> None:
    """By its verb, or by its name."""
    assert (await linked.call(verb, method))[0] == status


async def test_the_type_of_a_body_has_to_be_named(linked: LinkedPhone) -> None:
    """415 without it."""
    headers = {"Client-Token": CLIENT_TOKEN, "Content-Type": "text/plain"}
    async with linked.http.post(f"{linked.url}/send-text", data=b"{}", headers=headers) as response:
        assert response.status == 415


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "phone is required"),
        ({"phone": "+55 11 98765-4321", "message": "x"}, "phone is invalid"),
        ({"phone": "551198", "message": "x"}, "phone is invalid"),
        ({"phone": "70011223344550", "message": ""}, "message is required"),
        ({"phone": LEAD, "message": 7}, "message is required"),
        ({"phone": LEAD, "message": "x", "delayTyping": 16}, "delayTyping must be a number from 1 to 15"),
        ({"phone": LEAD, "message": "x", "delayMessage": "5"}, "delayMessage must be a number from 1 to 15"),
    ],
)
async def test_a_body_that_is_wrong_is_refused(
    linked: LinkedPhone, zapi: Control, body: dict[str, Any], words: str
) -> None:
    """With a sentence, and nothing is accepted."""
    assert await linked.call("POST", "send-text", body) == (400, {"error": words})
    assert await zapi.events("send_accepted") == []


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("send-image", {"image": "https://files.example/a.jpg", "caption": "c"}),
        ("send-video", {"video": "https://files.example/a.mp4"}),
        ("send-audio", {"audio": "data:audio/ogg;base64,AAAA"}),
        ("send-sticker", {"sticker": "https://files.example/a.webp"}),
        ("send-document/pdf", {"document": "https://files.example/a.pdf", "fileName": "a.pdf"}),
        ("send-reaction", {"reaction": "👍", "messageId": "3EB0A"}),
    ],
)
async def test_files_and_reactions_are_accepted(linked: LinkedPhone, method: str, body: dict[str, str]) -> None:
    """Each by its own call."""
    assert (await linked.call("POST", method, {"phone": LEAD, **body}))[0] == 200


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("send-image", {}),
        ("send-image", {"image": "a.jpg"}),
        ("send-document", {"document": "https://files.example/a.pdf"}),
        ("send-reaction", {"reaction": "👍"}),
    ],
)
async def test_files_that_are_none_are_refused(linked: LinkedPhone, method: str, body: dict[str, str]) -> None:
    """No address, no ending, no message to react to."""
    assert (await linked.call("POST", method, {"phone": LEAD, **body}))[0] == 400


async def test_what_was_sent_can_be_seen(linked: LinkedPhone, zapi: Control) -> None:
    """With the message that it answers, under the person's number or LID."""
    wrote = await zapi.post("lead", **{"instance_id": INSTANCE, "from": LEAD, "text": "Oi"})
    await linked.send("primeira")
    seen = await zapi.get("messages", instance_id=INSTANCE, to=LEAD, wait_ms=2000)
    await linked.send("segunda", to=wrote["lid"], messageId="3EB0A", delayTyping=1)
    later = await zapi.get("messages", instance_id=INSTANCE, to=wrote["lid"], wait_ms=2000, after=seen["next"])
    [message] = later["messages"]
    assert (message["text"], message["to"], message["reply_to"], message["delay_typing"]) == (
        "segunda",
        LEAD,
        "3EB0A",
        1,
    )


async def test_the_ninth_digit_makes_no_other_person(linked: LinkedPhone, zapi: Control) -> None:
    """What was sent to one spelling is found under the other."""
    await linked.send(to="551187654321")
    assert len((await zapi.get("messages", instance_id=INSTANCE, to=LEAD))["messages"]) == 1


async def test_reading_answers_without_a_body(linked: LinkedPhone, zapi: Control) -> None:
    """204, and the log tells which chat and message."""
    marked = await linked.call("POST", "read-message", {"phone": LEAD, "messageId": "3EB0A"})
    assert marked == (204, {})
    assert [(e["chat"], e["message_id"]) for e in await zapi.events("read_marked")] == [(LEAD, "3EB0A")]


@pytest.mark.parametrize("body", [{"messageId": "3EB0A"}, {"phone": LEAD}])
async def test_reading_needs_chat_and_message(linked: LinkedPhone, body: dict[str, str]) -> None:
    """Neither alone names a message."""
    assert (await linked.call("POST", "read-message", body))[0] == 400


async def test_a_number_is_told_as_whatsapp_has_it(linked: LinkedPhone) -> None:
    """Without the ninth digit, and with its LID."""
    _, body = await linked.call("GET", f"phone-exists/{LEAD}")
    assert (body["exists"], body["phone"], body["lid"].endswith("@lid")) == (True, "551187654321", True)


async def test_webhooks_can_be_moved(linked: LinkedPhone, receiver: Receiver) -> None:
    """One kind goes elsewhere, the others stay."""
    await linked.call("PUT", "update-webhook-message-status", {"value": f"{receiver.url}?statuses"})
    _, me = await linked.call("GET", "me")
    assert (me["messageStatusCallbackUrl"], me["receivedCallbackUrl"]) == (f"{receiver.url}?statuses", receiver.url)


async def test_all_webhooks_can_be_moved_at_once(linked: LinkedPhone, receiver: Receiver) -> None:
    """And the owner's own messages be left out."""
    body = {"value": f"{receiver.url}?all", "notifySentByMe": False}
    await linked.call("PUT", "update-every-webhooks", body)
    _, me = await linked.call("GET", "me")
    assert (me["connectedCallbackUrl"], me["receivedAndDeliveryCallbackEnabled"]) == (f"{receiver.url}?all", False)


@pytest.mark.parametrize("value", [None, "", "http://example.org/hook", "ftp://127.0.0.1"])
async def test_webhooks_are_https(linked: LinkedPhone, value: str | None) -> None:
    """Only this machine is let off."""
    assert (await linked.call("PUT", "update-webhook-received", {"value": value}))[0] == 400


async def test_without_its_phone_an_instance_goes_on_accepting(linked: LinkedPhone, zapi: Control) -> None:
    """It says that it is not connected, and queues what it is given all the same."""
    await zapi.post("connection", instance_id=INSTANCE, connected=False)
    _, state = await linked.call("GET", "status")
    sent, _ = await linked.send()
    seen = await zapi.get("messages", instance_id=INSTANCE, to=LEAD)
    assert (state["connected"], state["error"], sent, seen["messages"]) == (
        False,
        "You are not connected.",
        200,
        [],
    )


async def test_what_was_queued_leaves_when_the_phone_is_back(linked: LinkedPhone, zapi: Control) -> None:
    """In order, however stale."""
    await zapi.post("connection", instance_id=INSTANCE, connected=False)
    for text in ("um", "dois"):
        await linked.send(text)
    back = await zapi.post("connection", instance_id=INSTANCE, connected=True)
    seen = await zapi.get("messages", instance_id=INSTANCE, to=LEAD)
    assert (back["flushed"], [message["text"] for message in seen["messages"]]) == (2, ["um", "dois"])


async def test_the_queue_can_be_purged(linked: LinkedPhone, zapi: Control) -> None:
    """What waits then never leaves."""
    await zapi.post("connection", instance_id=INSTANCE, connected=False)
    await linked.send()
    await linked.call("DELETE", "queue")
    assert (await zapi.post("connection", instance_id=INSTANCE, connected=True))["flushed"] == 0


async def test_the_queue_has_an_end(linked: LinkedPhone, zapi: Control) -> None:
    """A thousand wait, and no more."""
    await zapi.post("connection", instance_id=INSTANCE, connected=False)
    statuses = [(await linked.send())[0] for _ in range(1001)]
    assert (statuses[999], statuses[1000]) == (200, 400)


async def test_tokens_are_not_listed(zapi: Control) -> None:
    """Control calls tell of instances without their secrets."""
    listed = (await zapi.get("instances"))["instances"][0]
    assert listed["instance_id"] == INSTANCE
    assert not {"token", "client_token"} & set(listed)
