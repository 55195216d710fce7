"""Instagram's webhooks at the emulator: signed by the login's secret, retried, echoed, in every order."""

import hashlib
import hmac
import json

import pytest

from tests.integration.sandbox.conftest import Control, Receiver, eventually
from tests.integration.sandbox.instagram import (
    ACCOUNT,
    APP_ID,
    APP_SECRET,
    LEAD,
    PAGE_ACCOUNT,
    PRODUCT_SECRET,
    Direct,
    told,
)

WRITES = {"account": ACCOUNT, "from": LEAD, "text": "é/ã", "wait": True}


@pytest.mark.parametrize(("account", "secret"), [(ACCOUNT, PRODUCT_SECRET), (PAGE_ACCOUNT, APP_SECRET)])
async def test_the_logins_secret_signs_the_raw_bytes(
    instagram: Control, receiver: Receiver, account: str, secret: str
) -> None:
    """The Instagram product's by Instagram Login, the app's by Facebook Login."""
    await instagram.post("lead", **{**WRITES, "account": account})
    [webhook] = receiver.got
    digest = hmac.new(secret.encode(), webhook.body, hashlib.sha256).hexdigest()
    assert f"sha256={digest}" == webhook.headers["X-Hub-Signature-256"]


async def test_a_leads_message_has_instagrams_shape(instagram: Control, receiver: Receiver) -> None:
    """Escaped JSON, milliseconds, and the account as entry and recipient."""
    wrote = await instagram.post("lead", **WRITES, timestamp=1_790_000_000_123)
    [webhook] = receiver.got
    item = told(webhook.body)
    assert rb'"text":"\u00e9\/\u00e3"' in webhook.body
    assert (json.loads(webhook.body)["entry"][0]["id"], item["recipient"]["id"], item["timestamp"]) == (
        ACCOUNT, ACCOUNT, 1_790_000_000_123,
    )  # fmt: skip
    assert item["message"] == {"mid": wrote["mid"], "text": "é/ã"}


async def test_a_story_is_answered(instagram: Control, receiver: Receiver) -> None:
    """The story stands where a message would."""
    await instagram.post("lead", **WRITES, story="181")
    assert told(receiver.got[0].body)["message"]["reply_to"]["story"]["id"] == "181"


async def test_standby_is_another_apps_conversation(instagram: Control, receiver: Receiver) -> None:
    """The message lies in another list."""
    await instagram.post("lead", **WRITES, form="standby")
    assert "standby" in json.loads(receiver.got[0].body)["entry"][0]


async def test_retries_until_200(instagram: Control, receiver: Receiver) -> None:
    """With the same bytes."""
    receiver.answers = [500, 503]
    answer = await instagram.post("lead", **WRITES)
    assert (answer["acked"], len(receiver.got), len({webhook.body for webhook in receiver.got})) == (True, 3, 1)


async def test_our_message_is_echoed_with_our_app(instagram: Control, direct: Direct, receiver: Receiver) -> None:
    """By the id that the call was answered with."""
    await instagram.post("lead", **WRITES)
    _, answer = await direct.send("Temos sim")
    item = told((await receiver.wait(2))[1].body)
    assert (item["sender"]["id"], item["recipient"]["id"]) == (ACCOUNT, LEAD)
    assert item["message"] == {
        "mid": answer["message_id"], "text": "Temos sim", "is_echo": True, "app_id": int(APP_ID),
    }  # fmt: skip


async def test_the_owners_message_is_echoed_without_an_app(instagram: Control, receiver: Receiver) -> None:
    """A person typed it."""
    await instagram.post("owner", account=ACCOUNT, to=LEAD, text="Oi, sou a dona", wait=True)
    message = told(receiver.got[0].body)["message"]
    assert (message["is_echo"], "app_id" in message) == (True, False)


async def test_a_read_receipt_follows(instagram: Control, direct: Direct, receiver: Receiver) -> None:
    """Where it is set to come."""
    await instagram.post("settings", read_ms=1, echo_ms=None)
    await instagram.post("lead", **WRITES)
    _, answer = await direct.send()
    item = told((await receiver.wait(2))[1].body)
    assert (item["sender"]["id"], item["read"]) == (LEAD, {"mid": answer["message_id"]})


@pytest.mark.parametrize(("mode", "echoes"), [("none", 0), ("duplicate", 2), ("early", 1)])
async def test_echoes_come_as_told(
    *, instagram: Control, direct: Direct, receiver: Receiver, mode: str, echoes: int
) -> None:
    """Not at all, twice, or before the answer; a last, usual message tells when all have come."""
    await instagram.post("lead", **WRITES)
    await instagram.post("faults", action="echoes", mode=mode)
    _, answer = await direct.send("primeira")
    if mode == "early":
        assert len(receiver.got) == 2
    _, last = await direct.send("última")

    def all_came() -> bool:
        mids = [told(webhook.body)["message"]["mid"] for webhook in receiver.got]
        return last["message_id"] in mids and mids.count(answer["message_id"]) == echoes

    await eventually(all_came)


async def test_an_echo_may_hide_its_app(instagram: Control, direct: Direct, receiver: Receiver) -> None:
    """Then the id alone tells that it is ours."""
    await instagram.post("lead", **WRITES)
    await instagram.post("faults", action="echoes", mode="without_app")
    await direct.send()
    assert "app_id" not in told((await receiver.wait(2))[1].body)["message"]


async def test_webhooks_are_dropped_doubled_and_held(instagram: Control, receiver: Receiver) -> None:
    """As at WhatsApp, matched by account, lead, words and kind."""
    await instagram.post("faults", action="drop", match={"account": ACCOUNT, "text_contains": "um"})
    await instagram.post("faults", action="duplicate", copies=3, match={"call": "webhook_message", "to": LEAD})
    for text in ("um", "dois"):
        await instagram.post("lead", **{**WRITES, "text": text})
    await instagram.post("lead", **{**WRITES, "text": "três", "wait": False, "hold": True})
    [held] = (await instagram.get("held", wait_ms=2000))["held"]
    before = len(receiver.got)
    await instagram.post("release", id=held["id"])
    texts = [told(webhook.body)["message"]["text"] for webhook in await receiver.wait(4)]
    assert (before, texts) == (3, ["dois", "dois", "dois", "três"])


async def test_a_raw_body_is_posted_as_it_is(instagram: Control, receiver: Receiver) -> None:
    """Byte by byte, signed."""
    await instagram.post("deliver", account=ACCOUNT, body='{"object": "x" }', wait=True)
    assert receiver.got[0].body == b'{"object": "x" }'


async def test_an_app_shakes_hands(instagram: Control, receiver: Receiver) -> None:
    """With its own token."""
    async with instagram.http.post(f"{instagram.url}/_sandbox/subscribe?app_id={APP_ID}") as response:
        assert (await response.json(), len(receiver.handshakes)) == ({"success": True}, 1)


async def test_unsubscribed_accounts_are_silent(instagram: Control, direct: Direct, receiver: Receiver) -> None:
    """And subscribed again, they are not."""
    headers = {"Authorization": "Bearer IGAA-sandbox-token"}
    async with direct.http.delete(f"{direct.url}/v26.0/me/subscribed_apps", headers=headers) as response:
        assert response.status == 200
    silent = await instagram.post("lead", **WRITES)
    await direct.post("v26.0/me/subscribed_apps", {})
    loud = await instagram.post("lead", **WRITES)
    assert (silent["acked"], loud["acked"], len(receiver.got)) == (False, True, 1)
