"""Webhooks: signed, escaped, retried, and told of in the log."""

import hashlib
import hmac
import json
from pathlib import Path

from tests.integration.sandbox.conftest import LEAD, NUMBER, OTHER_NUMBER, SECRET, Control, Graph, Receiver, eventually


async def test_signature_is_over_the_raw_bytes(inbound: str, meta: Control, receiver: Receiver) -> None:
    """The signature is the HMAC of exactly the bytes that were posted."""
    await meta.post("lead", **{"phone_number_id": NUMBER, "from": LEAD, "text": "é/ã", "wait": True})
    webhook = receiver.got[0]
    digest = hmac.new(SECRET.encode(), webhook.body, hashlib.sha256).hexdigest()
    assert f"sha256={digest}" == webhook.headers["X-Hub-Signature-256"]


async def test_json_is_escaped_as_meta_does(inbound: str, meta: Control, receiver: Receiver) -> None:
    """Accents and slashes stand escaped in the bytes, so that parsing and writing anew changes them."""
    await meta.post("lead", **{"phone_number_id": NUMBER, "from": LEAD, "text": "é/ã", "wait": True})
    assert rb'"body":"\u00e9\/\u00e3"' in receiver.got[0].body


async def test_message_has_the_shape_of_2026(meta: Control, receiver: Receiver) -> None:
    """Contacts and messages carry the scoped user id, and the timestamp is a string of seconds."""
    await meta.post(
        "lead",
        **{"phone_number_id": NUMBER, "from": LEAD, "name": "Zé", "text": "Oi", "timestamp": 1790000000, "wait": True},
    )
    value = receiver.got[0].value
    contact, message = value["contacts"][0], value["messages"][0]
    assert (
        message["timestamp"], message["from"], contact["wa_id"], contact["profile"]["name"],
    ) == ("1790000000", LEAD, LEAD, "Zé")  # fmt: skip
    assert contact["user_id"] == message["from_user_id"]


async def test_retries_until_200(meta: Control, receiver: Receiver) -> None:
    """Anything but 200 is tried again, with the same bytes."""
    receiver.answers = [500, 404, 201]
    acked = await meta.post("lead", **{"phone_number_id": NUMBER, "from": LEAD, "text": "Oi", "wait": True})
    assert acked["acked"] is True
    assert len(receiver.got) == 4
    assert len({webhook.body for webhook in receiver.got}) == 1


async def test_gives_up_at_the_deadline(meta: Control, receiver: Receiver) -> None:
    """After the deadline a delivery is given up and the log says so."""
    await meta.post("settings", retry_deadline_s=0.1)
    receiver.answers = [500] * 50
    acked = await meta.post("lead", **{"phone_number_id": NUMBER, "from": LEAD, "text": "Oi", "wait": True})
    assert acked["acked"] is False
    assert len(await meta.events("webhook_gave_up")) == 1


async def test_copies_go_to_the_callbacks_in_turn(meta: Control, receiver: Receiver) -> None:
    """Fifty copies of one delivery over two addresses are posted twenty-five times to each."""
    urls = [f"{receiver.url}?replica={replica}" for replica in (1, 2)]
    lead = {"phone_number_id": NUMBER, "from": LEAD, "text": "Oi", "copies": 50, "callback_urls": urls}
    await meta.post("lead", **lead)
    await receiver.wait(50)
    await eventually(lambda: len(receiver.got) == 50)
    attempts = await meta.events("webhook_attempt")
    assert [sum(attempt["url"] == url for attempt in attempts) for url in urls] == [25, 25]


async def test_held_delivery_leaves_on_release(meta: Control, receiver: Receiver) -> None:
    """A held delivery is listed, and posted only after its release."""
    wrote = await meta.post("lead", **{"phone_number_id": NUMBER, "from": LEAD, "text": "Oi", "hold": True})
    held = (await meta.get("held", wait_ms=2000))["held"]
    before = len(receiver.got)
    await meta.post("release", id=held[0]["id"])
    await receiver.wait(1)
    assert ([wrote["wamid"]], "webhook", 0) == (held[0]["wamids"], held[0]["stage"], before)


async def test_raw_body_is_posted_as_it_is(meta: Control, receiver: Receiver) -> None:
    """A raw body arrives byte by byte, signed."""
    await meta.post("deliver", phone_number_id=NUMBER, body='{"object": "x" }', wait=True)
    assert receiver.got[0].body == b'{"object": "x" }'


async def test_raw_message_opens_the_window(meta: Control, graph: Graph, receiver: Receiver) -> None:
    """A message inside a raw body counts as the lead's message."""
    body = {
        "object": "whatsapp_business_account",
        "entry": [
            {
                "id": "waba-1",
                "changes": [
                    {
                        "field": "messages",
                        "value": {
                            "messaging_product": "whatsapp",
                            "metadata": {"display_phone_number": "1", "phone_number_id": NUMBER},
                            "messages": [
                                {
                                    "from": LEAD,
                                    "id": "wamid.raw",
                                    "timestamp": "1",
                                    "type": "text",
                                    "text": {"body": "Oi"},
                                }
                            ],
                        },
                    }
                ],
            }
        ],
    }
    await meta.post("deliver", app_id="app-1", body=body, wait=True)
    await graph.send()
    await receiver.wait(4)
    assert sorted(receiver.statuses) == ["delivered", "read", "sent"]


async def test_statuses_carry_the_callback_data(graph: Graph, inbound: str, receiver: Receiver) -> None:
    """Statuses name the message, the lead and the callback data, with pricing and no conversation."""
    _, body = await graph.send(biz_opaque_callback_data="out-1")
    sent = (await receiver.wait(3))[0].value["statuses"][0]
    expected = (body["messages"][0]["id"], LEAD, "out-1", "service", False)
    assert expected == (
        sent["id"], sent["recipient_id"], sent["biz_opaque_callback_data"], sent["pricing"]["category"], "conversation" in sent,
    )  # fmt: skip


async def test_read_may_never_come(graph: Graph, meta: Control, inbound: str, receiver: Receiver) -> None:
    """A delay of null leaves a status out."""
    await meta.post("settings", read_ms=None)
    await graph.send()
    await graph.send()
    await receiver.wait(4)
    assert sorted(receiver.statuses) == ["delivered", "delivered", "sent", "sent"]


async def test_log_tells_the_whole_story(graph: Graph, meta: Control, receiver: Receiver, tmp_path: Path) -> None:
    """From the lead's text to the last status, the log and its file say what happened, in order."""
    await meta.post("settings", sent_ms=0, delivered_ms=None, read_ms=None)
    await meta.post("lead", **{"phone_number_id": NUMBER, "from": LEAD, "text": "Oi", "wait": True})
    await graph.send()
    await receiver.wait(2)
    story = [event["event"] for event in await meta.events() if event["event"] != "started"]
    assert story[:7] == [
        "lead_wrote", "webhook_attempt", "webhook_acked",
        "send_received", "send_accepted", "send_answered", "webhook_attempt",
    ]  # fmt: skip
    filed = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert list(range(1, len(filed) + 1)) == [event["seq"] for event in filed]


async def test_other_number_has_the_other_id(meta: Control, receiver: Receiver) -> None:
    """A webhook names the number to which the lead wrote."""
    await meta.post("lead", **{"phone_number_id": OTHER_NUMBER, "from": LEAD, "text": "Oi", "wait": True})
    assert receiver.got[0].value["metadata"]["phone_number_id"] == OTHER_NUMBER
