"""Every fault of the Z-API emulator, once."""

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.integration.sandbox.conftest import (
    INSTANCE,
    LEAD,
    OTHER_INSTANCE,
    Control,
    LinkedPhone,
    Receiver,
)
from tests.patience import PATIENCE

_LEAD: dict[str, Any] = {"instance_id": INSTANCE, "from": LEAD, "text": "Oi"}


async def kinds(zapi: Control) -> list[str]:
    """The events about sending, in order."""
    return [event["event"] for event in await zapi.events() if event["event"].startswith("send_")]


async def test_hold_accepts_and_waits(linked: LinkedPhone, zapi: Control) -> None:
    """A held call is accepted at once and answered on release."""
    await zapi.post("faults", action="hold")
    call = asyncio.create_task(linked.send("segura"))
    held = (await zapi.get("held", wait_ms=2000))["held"]
    accepted = await zapi.get("messages", instance_id=INSTANCE, to=LEAD)
    await zapi.post("release")
    status, _ = await call
    assert (held[0]["stage"], held[0]["text"], len(accepted["messages"]), status) == ("after", "segura", 1, 200)


async def test_hold_before_accepts_nothing(linked: LinkedPhone, zapi: Control) -> None:
    """A call held before its acceptance is accepted only on release."""
    await zapi.post("faults", action="hold_before")
    call = asyncio.create_task(linked.send())
    held = (await zapi.get("held", wait_ms=2000))["held"]
    accepted = await zapi.get("messages", instance_id=INSTANCE, to=LEAD)
    await zapi.post("release")
    status, _ = await call
    assert (held[0]["stage"], len(accepted["messages"]), status) == ("before", 0, 200)


async def test_held_caller_that_goes_away_is_forgotten(linked: LinkedPhone, zapi: Control) -> None:
    """Nothing is accepted and nothing stays held."""
    await zapi.post("faults", action="hold_before")
    call = asyncio.create_task(linked.send())
    await zapi.get("held", wait_ms=2000)
    call.cancel()
    await zapi.nothing_held()
    assert await kinds(zapi) == ["send_received", "send_held", "send_abandoned"]


async def test_release_may_cut(linked: LinkedPhone, zapi: Control) -> None:
    """A release can close the connection instead of answering."""
    await zapi.post("faults", action="hold")
    call = asyncio.create_task(linked.send())
    await zapi.get("held", wait_ms=2000)
    await zapi.post("release", then="cut")
    with pytest.raises(aiohttp.ClientConnectionError):
        await call


async def test_accept_then_cut(linked: LinkedPhone, zapi: Control, receiver: Receiver, echoes_alone: None) -> None:
    """The message is accepted and told of, but the caller never learns of it."""
    await zapi.post("faults", action="accept_then_cut")
    with pytest.raises(aiohttp.ClientConnectionError):
        await linked.send("perdida")
    echo = (await receiver.wait(1))[0].json
    assert (echo["fromApi"], echo["text"]["message"]) == (True, "perdida")


async def test_cut_accepts_nothing(linked: LinkedPhone, zapi: Control) -> None:
    """The connection is closed and nothing was accepted."""
    await zapi.post("faults", action="cut")
    with pytest.raises(aiohttp.ClientConnectionError):
        await linked.send()
    assert await kinds(zapi) == ["send_received", "send_cut"]


async def test_an_error_on_demand(linked: LinkedPhone, zapi: Control) -> None:
    """With the status and the words asked for; nothing is accepted."""
    await zapi.post("faults", action="status", status={"http": 429, "error": "Too many requests"})
    assert await linked.send() == (429, {"error": "Too many requests"})
    assert await kinds(zapi) == ["send_received", "send_refused"]


async def test_the_question_for_the_phone_passes(linked: LinkedPhone, zapi: Control) -> None:
    """A rule waits for a message, unless it says that it means the question."""
    await zapi.post("faults", action="status", http=500)
    passed, _ = await linked.call("GET", "status")
    await zapi.post("faults", action="status", http=503, match={"call": "status"})
    caught, _ = await linked.call("GET", "status")
    assert (passed, caught) == (200, 503)


async def test_rules_match_and_run_out(linked: LinkedPhone, zapi: Control) -> None:
    """A rule catches what it matches, as often as it says, after those that it skips."""
    match = {"instance_id": INSTANCE, "to": LEAD, "text_contains": "Preço"}
    await zapi.post("faults", action="status", http=500, match=match, times=2, skip=1)
    texts = ["preço 1", "outro", "o PREÇO 2", "preço 3", "preço 4"]
    assert [(await linked.send(text))[0] for text in texts] == [200, 200, 500, 500, 200]


async def test_rules_of_another_instance_do_not_catch(linked: LinkedPhone, zapi: Control) -> None:
    """They leave the others alone."""
    await zapi.post("faults", action="cut", match={"instance_id": OTHER_INSTANCE}, times=None)
    assert (await linked.send())[0] == 200


def _told(receiver: Receiver) -> list[str]:
    bodies = [received.json for received in receiver.got]
    return [body["status"] if "ids" in body else body["type"].removesuffix("Callback") for body in bodies]


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("reverse", ["READ", "RECEIVED", "SENT", "delivery", "echo"]),
        ("read_only", ["READ"]),
        ("failed", ["delivery"]),
    ],
)
async def test_statuses_come_as_asked(linked: LinkedPhone, zapi: Control, mode: str, told: list[str]) -> None:
    """In another order, or only some of them."""
    await zapi.post("faults", action="statuses", mode=mode, error="Phone number does not exist")
    await linked.send()
    attempts: list[dict[str, Any]] = []
    async with asyncio.timeout(PATIENCE):
        while len(attempts) < len(told):
            attempts = await zapi.events("webhook_attempt")
    attempts.sort(key=lambda event: float(event["started"]))
    assert told == [event.get("status_kind", event["kind"]) for event in attempts]


async def test_a_failed_message_says_why(linked: LinkedPhone, zapi: Control, receiver: Receiver) -> None:
    """In Z-API's own word on it."""
    await zapi.post("faults", action="statuses", mode="failed", error="restricted", error_code="SHADOW_BAN")
    await linked.send()
    body = (await receiver.wait(1))[0].json
    assert (body["error"], body["errorCode"]) == ("restricted", "SHADOW_BAN")


async def test_statuses_come_twice(linked: LinkedPhone, zapi: Control, receiver: Receiver) -> None:
    """Each of them."""
    await zapi.post("faults", action="statuses", mode="duplicate")
    await linked.send()
    await receiver.wait(10)
    assert sorted(_told(receiver)) == sorted(["Received", "Delivery", "SENT", "RECEIVED", "READ"] * 2)


async def test_statuses_come_before_the_answer(linked: LinkedPhone, zapi: Control, receiver: Receiver) -> None:
    """When the caller hears of the message, everything about it has been told."""
    await zapi.post("faults", action="statuses", mode="early")
    await linked.send()
    assert len(receiver.got) == 5


async def test_no_status_comes(linked: LinkedPhone, zapi: Control, receiver: Receiver) -> None:
    """Silence about one message; the next is told of."""
    await zapi.post("faults", action="statuses", mode="none")
    _, silent = await linked.send()
    await linked.send()
    told = await receiver.wait(5)
    assert silent["messageId"] not in b"".join(received.body for received in told).decode()


async def test_a_dropped_webhook_never_comes(zapi: Control, receiver: Receiver) -> None:
    """The next one does."""
    await zapi.post("faults", action="drop", match={"call": "webhook_received"})
    dropped = await zapi.post("lead", **_LEAD, wait=True)
    await zapi.post("lead", **_LEAD, wait=True)
    assert (dropped["acked"], len(receiver.got)) == (False, 1)


async def test_a_duplicated_webhook_comes_more_often(zapi: Control, receiver: Receiver) -> None:
    """Copies at once."""
    await zapi.post("faults", action="duplicate", copies=3)
    await zapi.post("lead", **_LEAD)
    assert len({received.body for received in await receiver.wait(3)}) == 1


@pytest.mark.parametrize("action", ["delay", "shuffle"])
async def test_a_late_webhook_comes(zapi: Control, receiver: Receiver, action: str) -> None:
    """After its time, or a part of it by chance."""
    await zapi.post("faults", action=action, ms=20)
    acked = await zapi.post("lead", **_LEAD, wait=True)
    assert (acked["acked"], len(receiver.got)) == (True, 1)


async def test_a_held_webhook_is_overtaken(zapi: Control, receiver: Receiver) -> None:
    """The second message comes first."""
    first = await zapi.post("lead", **_LEAD, hold=True)
    second = await zapi.post("lead", **_LEAD, wait=True)
    await zapi.get("held", wait_ms=2000)
    await zapi.post("release")
    told = [received.json["messageId"] for received in await receiver.wait(2)]
    assert told == [second["message_id"], first["message_id"]]


async def test_unknown_match_is_refused(zapi: Control) -> None:
    """A rule that could never match because of a typing mistake is refused."""
    rule = {"action": "cut", "match": {"phone": "1"}}
    async with zapi.http.post(f"{zapi.url}/_sandbox/faults", json=rule) as response:
        assert response.status == 400
