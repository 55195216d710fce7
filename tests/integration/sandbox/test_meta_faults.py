"""Every fault of the Meta emulator, once."""

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.integration.sandbox.conftest import LEAD, NUMBER, OTHER_NUMBER, Control, Graph, Receiver, eventually


async def kinds(meta: Control) -> list[str]:
    """The events about sending, in order."""
    return [event["event"] for event in await meta.events() if event["event"].startswith("send_")]


async def test_hold_accepts_and_waits(graph: Graph, meta: Control, inbound: str) -> None:
    """A held call is accepted at once and answered on release."""
    await meta.post("faults", action="hold")
    call = asyncio.create_task(graph.send("segura"))
    held = (await meta.get("held", wait_ms=2000))["held"]
    accepted = await meta.get("messages", phone_number_id=NUMBER, to=LEAD)
    await meta.post("release")
    status, _ = await call
    assert (held[0]["stage"], held[0]["text"], len(accepted["messages"]), status) == ("after", "segura", 1, 200)


async def test_hold_before_accepts_nothing(graph: Graph, meta: Control, inbound: str) -> None:
    """A call held before its acceptance is accepted only on release."""
    await meta.post("faults", action="hold_before")
    call = asyncio.create_task(graph.send())
    held = (await meta.get("held", wait_ms=2000))["held"]
    accepted = await meta.get("messages", phone_number_id=NUMBER, to=LEAD)
    await meta.post("release")
    status, _ = await call
    assert (held[0]["stage"], len(accepted["messages"]), status) == ("before", 0, 200)


async def test_hold_ends_by_itself(graph: Graph, meta: Control, inbound: str) -> None:
    """A hold with a time is answered when it is over."""
    await meta.post("faults", action="hold", ms=20)
    status, _ = await graph.send()
    assert status == 200


async def test_held_caller_that_goes_away_is_forgotten(graph: Graph, meta: Control, inbound: str) -> None:
    """When the caller of a held call goes away, nothing is accepted and nothing stays held."""
    await meta.post("faults", action="hold_before")
    call = asyncio.create_task(graph.send())
    await meta.get("held", wait_ms=2000)
    call.cancel()
    await meta.nothing_held()
    assert await kinds(meta) == ["send_received", "send_held", "send_abandoned"]


async def test_release_may_cut(graph: Graph, meta: Control, inbound: str) -> None:
    """A release can close the connection instead of answering."""
    await meta.post("faults", action="hold")
    call = asyncio.create_task(graph.send())
    await meta.get("held", wait_ms=2000)
    await meta.post("release", then="cut")
    with pytest.raises(aiohttp.ClientConnectionError):
        await call


async def test_accept_then_cut(graph: Graph, meta: Control, inbound: str, receiver: Receiver) -> None:
    """The message is accepted and its statuses come, but the caller never learns of it."""
    await meta.post("faults", action="accept_then_cut")
    with pytest.raises(aiohttp.ClientConnectionError):
        await graph.send(biz_opaque_callback_data="out-1")
    webhooks = await receiver.wait(3)
    assert {"out-1"} == {webhook.value["statuses"][0]["biz_opaque_callback_data"] for webhook in webhooks}


async def test_cut_accepts_nothing(graph: Graph, meta: Control, inbound: str) -> None:
    """The connection is closed and nothing was accepted."""
    await meta.post("faults", action="cut")
    with pytest.raises(aiohttp.ClientConnectionError):
        await graph.send()
    assert await kinds(meta) == ["send_received", "send_cut"]


@pytest.mark.parametrize(
    ("rule", "status", "code"),
    [
        ({"code": 130429}, 429, 130429),
        ({"code": 131056}, 400, 131056),
        ({"code": 131047}, 400, 131047),
        ({"code": 190}, 401, 190),
        ({"http": 503, "code": 2}, 503, 2),
        ({"http": 500}, 500, 131000),
    ],
)
async def test_error_answers(
    *, graph: Graph, meta: Control, inbound: str, rule: dict[str, Any], status: int, code: int
) -> None:
    """An error on demand has the HTTP status and the code of the real one, and nothing is accepted."""
    await meta.post("faults", action="status", status=rule)
    got, body = await graph.send()
    assert (status, code) == (got, body["error"]["code"])
    assert await kinds(meta) == ["send_received", "send_refused"]


async def test_headers_of_an_error(graph: Graph, meta: Control, http: aiohttp.ClientSession, inbound: str) -> None:
    """An error can carry headers such as Retry-After."""
    await meta.post("faults", action="status", code=130429, headers={"Retry-After": "7"})
    url = f"{graph.url}/v26.0/{NUMBER}/messages"
    async with http.post(
        url, json={"messaging_product": "whatsapp"}, headers={"Authorization": "Bearer EAAG-sandbox-token"}
    ) as response:
        assert response.headers["Retry-After"] == "7"


async def test_rules_match_and_run_out(graph: Graph, meta: Control, inbound: str) -> None:
    """A rule catches what it matches, as often as it says, after those that it skips."""
    match = {"phone_number_id": NUMBER, "to": LEAD, "text_contains": "Preço"}
    await meta.post("faults", action="status", code=131056, match=match, times=2, skip=1)
    texts = ["preço 1", "outro", "o PREÇO 2", "preço 3", "preço 4"]
    assert [(await graph.send(text))[0] for text in texts] == [200, 200, 400, 400, 200]


async def test_rules_of_another_number_do_not_catch(graph: Graph, meta: Control, inbound: str) -> None:
    """A rule for one number leaves the others alone."""
    await meta.post("faults", action="cut", match={"phone_number_id": OTHER_NUMBER}, times=None)
    status, _ = await graph.send()
    assert status == 200


async def test_read_marks_pass_rules_for_messages(graph: Graph, meta: Control, inbound: str) -> None:
    """A rule without a kind of call waits for a message; one for read marks catches those of that lead."""
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": inbound}
    await meta.post("faults", action="status", code=131056)
    passed, _ = await graph.post(f"v26.0/{NUMBER}/messages", mark)
    await meta.post("faults", action="status", code=131056, match={"call": "read", "to": LEAD})
    caught, _ = await graph.post(f"v26.0/{NUMBER}/messages", mark)
    assert (passed, caught) == (200, 400)


async def test_rules_can_be_cleared(graph: Graph, meta: Control, inbound: str) -> None:
    """After clearing, nothing is caught any more."""
    await meta.post("faults", action="cut", times=None)
    assert await meta.delete("faults") == {"removed": 1}
    status, _ = await graph.send()
    assert status == 200


async def test_unknown_match_is_refused(meta: Control) -> None:
    """A rule that could never match because of a typing mistake is refused."""
    rule = {"action": "cut", "match": {"phone": "1"}}
    async with meta.http.post(f"{meta.url}/_sandbox/faults", json=rule) as response:
        assert response.status == 400


@pytest.mark.parametrize(
    ("mode", "statuses"),
    [
        ({"mode": "reverse"}, ["read", "delivered", "sent"]),
        ({"mode": "read_only"}, ["sent", "read"]),
        ({"mode": "failed", "code": 131026}, ["failed"]),
        ({"mode": "none"}, []),
    ],
)
async def test_statuses_on_demand(
    *, graph: Graph, meta: Control, inbound: str, receiver: Receiver, mode: dict[str, Any], statuses: list[str]
) -> None:
    """Statuses can come reversed, without delivered, failed, or not at all."""
    # Wide gaps keep the arrival in the order of departure; a last, usual message tells when all have come.
    await meta.post("settings", sent_ms=1, delivered_ms=40, read_ms=80)
    await meta.post("faults", action="statuses", statuses=mode)
    _, body = await graph.send()
    wamid = body["messages"][0]["id"]
    await graph.send("last")
    await receiver.wait(len(statuses) + 3)
    came = [webhook.value["statuses"][0] for webhook in receiver.got]
    assert statuses == [status["status"] for status in came if status["id"] == wamid]


async def test_statuses_twice(graph: Graph, meta: Control, inbound: str, receiver: Receiver) -> None:
    """Every status can come twice."""
    await meta.post("faults", action="statuses", mode="duplicate")
    await graph.send()
    await receiver.wait(6)
    assert sorted(receiver.statuses) == ["delivered", "delivered", "read", "read", "sent", "sent"]


async def test_statuses_before_the_answer(graph: Graph, meta: Control, inbound: str, receiver: Receiver) -> None:
    """All statuses can arrive before the caller has its answer."""
    await meta.post("faults", action="statuses", mode="early")
    await graph.send()
    assert sorted(receiver.statuses) == ["delivered", "read", "sent"]


async def test_webhook_dropped(meta: Control, receiver: Receiver) -> None:
    """A dropped webhook never arrives; the next does."""
    await meta.post("faults", action="drop", match={"text_contains": "um"})
    for text in ("um", "dois"):
        await meta.post("lead", **{"phone_number_id": NUMBER, "from": LEAD, "text": text, "wait": True})
    assert [webhook.value["messages"][0]["text"]["body"] for webhook in receiver.got] == ["dois"]


async def test_webhook_delayed(meta: Control, receiver: Receiver) -> None:
    """A delayed webhook is overtaken by the one after it."""
    await meta.post("faults", action="delay", ms=100)
    for text in ("um", "dois"):
        await meta.post("lead", **{"phone_number_id": NUMBER, "from": LEAD, "text": text})
    await receiver.wait(2)
    assert [webhook.value["messages"][0]["text"]["body"] for webhook in receiver.got] == ["dois", "um"]


async def test_webhook_duplicated(meta: Control, receiver: Receiver) -> None:
    """A webhook can be posted several times at once."""
    await meta.post("faults", action="duplicate", copies=5, match={"call": "webhook_message"})
    await meta.post("lead", **{"phone_number_id": NUMBER, "from": LEAD, "text": "Oi", "wait": True})
    assert len(receiver.got) == 5


async def test_webhooks_shuffled(meta: Control, receiver: Receiver) -> None:
    """Shuffled webhooks all arrive, each at a moment of its own."""
    await meta.post("faults", action="shuffle", ms=150, times=None)
    texts = [str(number) for number in range(20)]
    for text in texts:
        await meta.post("lead", **{"phone_number_id": NUMBER, "from": LEAD, "text": text})
    await eventually(lambda: len(receiver.got) == len(texts))
    came = [webhook.value["messages"][0]["text"]["body"] for webhook in receiver.got]
    assert sorted(texts) == sorted(came)
    assert texts != came
