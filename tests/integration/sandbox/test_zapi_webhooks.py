"""Z-API's webhooks: unsigned, once, with the token in a header that nobody documents."""

from typing import Any

import pytest

from tests.integration.sandbox.conftest import (
    INSTANCE,
    INSTANCE_TOKEN,
    LEAD,
    OTHER_INSTANCE,
    Control,
    LinkedPhone,
    Receiver,
    eventually,
)

_LEAD: dict[str, Any] = {"instance_id": INSTANCE, "from": LEAD, "name": "Zé", "text": "Preço à vista?", "wait": True}


async def test_the_token_comes_in_a_header(zapi: Control, receiver: Receiver) -> None:
    """Beside where it says that it comes from; there is no signature."""
    await zapi.post("lead", **_LEAD)
    headers = receiver.got[0].headers
    assert (headers["z-api-token"], headers["Origin"], "X-Hub-Signature-256" in headers) == (
        INSTANCE_TOKEN,
        "https://api.z-api.io",
        False,
    )


async def test_a_leads_text_has_the_shape_of_2026(zapi: Control, receiver: Receiver) -> None:
    """Phone and LID, names, milliseconds, and letters as they are."""
    wrote = await zapi.post("lead", **_LEAD, moment=1790000000000)
    body = receiver.got[0].json
    expected = (LEAD, wrote["lid"], "Zé", 1790000000000, False, False, {"message": "Preço à vista?"})
    assert expected == (
        body["phone"], body["chatLid"], body["senderName"], body["momment"], body["fromMe"], body["fromApi"], body["text"],
    )  # fmt: skip
    assert "Preço".encode() in receiver.got[0].body


async def test_a_lead_may_be_a_lid_alone(zapi: Control, receiver: Receiver) -> None:
    """The number's place then holds the LID."""
    wrote = await zapi.post("lead", **_LEAD, lid_alone=True)
    assert receiver.got[0].json["phone"] == wrote["lid"]


async def test_a_lid_stays_a_persons(zapi: Control) -> None:
    """The same number has the same LID, always."""
    first, second = [(await zapi.post("lead", **_LEAD))["lid"] for _ in range(2)]
    assert first == second


async def test_a_placeholder_comes_before_its_content(zapi: Control, receiver: Receiver) -> None:
    """Both under one id."""
    wrote = await zapi.post("lead", **_LEAD, waiting=True)
    await zapi.post("lead", **_LEAD, message_id=wrote["message_id"])
    placeholder, content = (received.json for received in receiver.got)
    assert (placeholder["waitingMessage"], "text" in placeholder, content["waitingMessage"]) == (True, False, False)
    assert placeholder["messageId"] == content["messageId"]


async def test_an_edit_keeps_the_messages_id(zapi: Control, receiver: Receiver) -> None:
    """And says that it is one."""
    wrote = await zapi.post("lead", **_LEAD)
    await zapi.post("lead", **_LEAD, message_id=wrote["message_id"], edit=True)
    first, second = (received.json for received in receiver.got)
    assert (first["messageId"], second["isEdit"]) == (second["messageId"], True)


@pytest.mark.parametrize("answer", [500, 404, 503])
async def test_what_is_not_taken_is_lost(zapi: Control, receiver: Receiver, answer: int) -> None:
    """Z-API tries once; the log says that it was in vain."""
    receiver.answers = [answer]
    wrote = await zapi.post("lead", **_LEAD)
    lost = [event["message_id"] for event in await zapi.events("webhook_lost")]
    assert (wrote["acked"], lost, len(receiver.got)) == (False, [wrote["message_id"]], 1)


async def test_copies_come_at_once(zapi: Control, receiver: Receiver) -> None:
    """As often as asked for, with the same bytes."""
    await zapi.post("lead", **{**_LEAD, "wait": False}, copies=20)
    await receiver.wait(20)
    assert len({received.body for received in receiver.got}) == 1


async def test_a_held_delivery_leaves_on_release(zapi: Control, receiver: Receiver) -> None:
    """It is listed, and posted only after its release."""
    wrote = await zapi.post("lead", **{**_LEAD, "wait": False}, hold=True)
    held = (await zapi.get("held", wait_ms=2000))["held"]
    before = len(receiver.got)
    await zapi.post("release", id=held[0]["id"])
    await receiver.wait(1)
    assert (wrote["message_id"], "webhook", 0) == (held[0]["message_id"], held[0]["stage"], before)


async def test_raw_bytes_are_posted_as_they_are(zapi: Control, receiver: Receiver) -> None:
    """With headers that a test may change."""
    await zapi.post("deliver", instance_id=INSTANCE, body='{"x": 1 }', headers={"z-api-token": "forged"}, wait=True)
    assert (receiver.got[0].body, receiver.got[0].headers["z-api-token"]) == (b'{"x": 1 }', "forged")


async def test_a_sent_message_is_told_of(linked: LinkedPhone, receiver: Receiver) -> None:
    """Its echo, Z-API's own word, and what the lead's phone says, all under the id of the answer."""
    _, sent = await linked.send("Olá")
    told = [received.json for received in await receiver.wait(5)]
    kinds = [(body["type"], body["status"] if "ids" in body else "") for body in told]
    assert sorted(kinds) == [
        ("DeliveryCallback", ""),
        ("MessageStatusCallback", "READ"),
        ("MessageStatusCallback", "RECEIVED"),
        ("MessageStatusCallback", "SENT"),
        ("ReceivedCallback", ""),
    ]
    assert {sent["messageId"]} == {body.get("messageId") or body["ids"][0] for body in told}


async def test_our_own_echo_says_so(linked: LinkedPhone, receiver: Receiver, echoes_alone: None) -> None:
    """From the business, by the API; its sender's name is not the lead's."""
    await linked.send("Olá")
    echo = (await receiver.wait(1))[0].json
    assert (echo["fromMe"], echo["fromApi"], echo["senderName"], echo["status"]) == (True, True, "Sandbox", "RECEIVED")


async def test_the_owners_words_come_too(zapi: Control, receiver: Receiver, echoes_alone: None) -> None:
    """From the business, not by the API, to the lead whom they are for."""
    wrote = await zapi.post("owner", instance_id=INSTANCE, to=LEAD, text="Pode vir.")
    echo = (await receiver.wait(1))[0].json
    assert (echo["fromMe"], echo["fromApi"], echo["phone"], echo["messageId"], echo["text"]["message"]) == (
        True,
        False,
        LEAD,
        wrote["message_id"],
        "Pode vir.",
    )


async def test_without_the_switch_nobody_hears_the_owner(
    zapi: Control, linked: LinkedPhone, receiver: Receiver
) -> None:
    """Neither the owner's words nor our own come back as messages."""
    await linked.call("PUT", "update-every-webhooks", {"value": receiver.url, "notifySentByMe": False})
    await zapi.post("owner", instance_id=INSTANCE, to=LEAD, text="Pode vir.")
    await linked.send()
    told = await receiver.wait(8)
    assert "ReceivedCallback" not in {received.json["type"] for received in told}


async def test_a_status_may_never_come(zapi: Control, linked: LinkedPhone, receiver: Receiver) -> None:
    """A delay of null leaves it out."""
    await zapi.post("settings", read_ms=None, echo_ms=None, delivery_ms=None)
    await linked.send()
    await linked.send()
    await receiver.wait(4)
    assert sorted(received.json["status"] for received in receiver.got) == ["RECEIVED", "RECEIVED", "SENT", "SENT"]


async def test_the_phone_going_and_coming_is_told(zapi: Control, receiver: Receiver) -> None:
    """Each by its own kind of webhook."""
    await zapi.post("connection", instance_id=INSTANCE, connected=False)
    await receiver.wait(1)
    await zapi.post("connection", instance_id=INSTANCE, connected=True)
    gone, back = (received.json for received in await receiver.wait(2))
    assert (gone["type"], gone["error"], back["type"], back["phone"]) == (
        "DisconnectedCallback",
        "Device has been disconnected",
        "ConnectedCallback",
        "551140000001",
    )


async def test_what_a_lead_writes_meanwhile_is_not_told(zapi: Control, receiver: Receiver) -> None:
    """Without its phone an instance hears nothing, and tells of it neither then nor later."""
    await zapi.post("connection", instance_id=INSTANCE, connected=False)
    await receiver.wait(1)
    wrote = await zapi.post("lead", **_LEAD)
    await zapi.post("connection", instance_id=INSTANCE, connected=True)
    await receiver.wait(2)
    assert wrote["acked"] is False
    assert {received.json["type"] for received in receiver.got} == {"DisconnectedCallback", "ConnectedCallback"}


async def test_typing_is_shown(zapi: Control, receiver: Receiver) -> None:
    """A lead's presence in the chat."""
    await zapi.post("presence", **{"instance_id": INSTANCE, "from": LEAD})
    body = (await receiver.wait(1))[0].json
    assert (body["type"], body["status"], body["phone"]) == ("PresenceChatCallback", "COMPOSING", LEAD)


async def test_another_instance_says_that_it_is_another(zapi: Control, receiver: Receiver) -> None:
    """A webhook names its instance."""
    await zapi.post("lead", **{**_LEAD, "instance_id": OTHER_INSTANCE})
    assert receiver.got[0].json["instanceId"] == OTHER_INSTANCE


async def test_the_log_tells_the_whole_story(linked: LinkedPhone, zapi: Control, receiver: Receiver) -> None:
    """From the lead's text to the answer, in order."""
    await zapi.post("settings", echo_ms=None, delivery_ms=None, sent_ms=None, received_ms=None, read_ms=None)
    await zapi.post("lead", **_LEAD)
    await linked.send()
    await eventually(lambda: bool(receiver.got))
    story = [event["event"] for event in await zapi.events() if event["event"] != "started"]
    assert story == [
        "lead_wrote", "webhook_attempt", "webhook_acked", "send_received", "send_accepted", "send_left", "send_answered",
    ]  # fmt: skip
