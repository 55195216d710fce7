"""Who is let in, and what everybody else is told; nothing is stored that is not verified."""

import asyncio
import json
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.factories import Business, Seeder
from tests.integration.webhooks.provider import Provider, change, delivery, signature, text_message
from webhooks import receive


async def _stored(superuser: asyncpg.Connection) -> int:
    return int(await superuser.fetchval("SELECT count(*) FROM raw_events"))


def _emoji(account: str) -> bytes:
    return delivery(change(account, messages=[text_message("Olá! Quanto custa? 😊")]))


async def test_signature_is_over_the_raw_bytes(provider: Provider, superuser: asyncpg.Connection) -> None:
    """A body with escaped letters and its own signature passes; the words arrive unescaped."""
    answer = await provider.post(_emoji(provider.account))
    assert (answer.status, answer.text) == (200, "OK")
    assert await superuser.fetchval("SELECT text FROM messages") == "Olá! Quanto custa? 😊"


async def test_signature_over_json_written_again_fails(provider: Provider, superuser: asyncpg.Connection) -> None:
    """The signature of the same JSON with other escapes is not a signature of this body."""
    body = _emoji(provider.account)
    again = json.dumps(json.loads(body), ensure_ascii=False).encode()
    assert (await provider.post(body, signature(again))).status == 401
    assert await _stored(superuser) == 0


@pytest.mark.parametrize("wrong", ["none", "another secret", "sha1 only", "empty", "not hexadecimal", "without prefix"])
async def test_what_is_not_signed_is_401(provider: Provider, superuser: asyncpg.Connection, wrong: str) -> None:
    """A missing, foreign or malformed signature is refused and nothing is stored."""
    body = _emoji(provider.account)
    good = signature(body)["X-Hub-Signature-256"]
    headers = {
        "none": {},
        "another secret": signature(body, "another"),
        "sha1 only": {"X-Hub-Signature": "sha1=" + good.removeprefix("sha256=")[:40]},
        "empty": {"X-Hub-Signature-256": ""},
        "not hexadecimal": {"X-Hub-Signature-256": "sha256=é"},
        "without prefix": {"X-Hub-Signature-256": good.removeprefix("sha256=")},
    }
    assert (await provider.post(body, headers[wrong])).status == 401
    assert await _stored(superuser) == 0


async def test_credentials_do_not_open_another_key(
    provider: Provider, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """A body signed with one app's secret is refused at another app's key."""
    await seed.credential_set("other-key", {"app_secret": "other-secret", "verify_token": "v"})
    url = provider.url.rpartition("/")[0] + "/other-key"
    assert (await provider.post(_emoji(provider.account), url=url)).status == 401
    assert await _stored(superuser) == 0


async def test_events_of_an_account_bound_elsewhere_are_dropped(
    provider: Provider, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """A verified delivery brings nothing into an account that is not bound to its credentials."""
    tenant = await seed.tenant()
    elsewhere = await seed.credential_set("other-key", {"app_secret": "other-secret"})
    await seed.channel_account(tenant, elsewhere, external_id="999000999000999")
    body = delivery(change("999000999000999", messages=[text_message()]))
    assert (await provider.post(body)).status == 200
    assert await _stored(superuser) == 0


@pytest.mark.parametrize(
    "path", ["meta_whatsapp/nobody", "no_such_channel/key", "meta_whatsapp/%00", f"meta_whatsapp/{'k' * 500}"]
)
async def test_unknown_address_is_404(provider: Provider, path: str) -> None:
    """An unknown key or channel is not found, however it is written."""
    url = provider.url.split("/webhooks/")[0] + "/webhooks/" + path
    assert (await provider.post(b"{}", url=url)).status == 404


async def test_not_json_is_400_only_when_signed(provider: Provider) -> None:
    """What is no JSON is told so to the provider; a stranger hears of the signature first."""
    assert (await provider.post(b"no json")).status == 400
    assert (await provider.post(b"no json", {})).status == 401


async def test_deep_nesting_is_400(provider: Provider) -> None:
    """Ten thousand nested arrays are refused, and the process goes on."""
    assert (await provider.post(b"[" * 10_000 + b"]" * 10_000)).status == 400
    assert (await provider.says(text_message())).status == 200


async def test_ten_megabytes_are_413(provider: Provider) -> None:
    """A body over the limit is refused by its declared length."""
    assert (await provider.post(b" " * 10_000_000)).status == 413


async def test_length_that_is_not_declared_is_counted(provider: Provider) -> None:
    """A body over the limit that comes in chunks is refused while it is read."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(5 * 16):
            yield b" " * 65_536

    assert (await provider.call("POST", provider.url, data=chunks())).status == 413


async def test_body_up_to_the_limit_is_taken(provider: Provider, superuser: asyncpg.Connection) -> None:
    """Three megabytes, the most that Meta sends, pass."""
    padded = delivery(change(provider.account, messages=[text_message()])) + b" " * 3_000_000
    assert (await provider.post(padded)).status == 200
    assert await _stored(superuser) == 1


async def test_packed_body_is_not_unpacked(provider: Provider) -> None:
    """A body that calls itself gzip is judged by its bytes: nothing is inflated for a stranger."""
    assert (await provider.post(b"\x1f\x8b" + b"0" * 100, {"Content-Encoding": "gzip"})).status == 401


async def test_slow_body_is_cut_off(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that does not arrive in time ends the request."""
    monkeypatch.setattr(receive, "_BODY_SECONDS", 0.2)

    async def forever() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(30)

    assert (await provider.call("POST", provider.url, data=forever())).status == 408


async def test_handshake(provider: Provider) -> None:
    """Meta's GET with our token gets its challenge back as plain text, and nobody else does."""
    query = [("hub.mode", "subscribe"), ("hub.verify_token", "verify-token"), ("hub.challenge", "1158201444")]
    answer = await provider.get(provider.url, query)
    assert (answer.status, answer.text) == (200, "1158201444")
    assert answer.headers["Content-Type"].startswith("text/plain")
    for wrong in (("hub.verify_token", "wrong"), ("hub.mode", "unsubscribe")):
        changed = [wrong if name == wrong[0] else (name, value) for name, value in query]
        assert (await provider.get(provider.url, changed)).status == 403
    assert (await provider.get(provider.url)).status == 403


async def test_floods_are_turned_away_and_deliveries_are_not(provider: Provider, business: Business) -> None:
    """After many failures the address hears 429 and when to come back, while what is signed is taken."""
    statuses = [(await provider.post(b"{}", {})).status for _ in range(60)]
    assert (statuses[0], statuses[-1]) == (401, 429)
    unknown = await provider.post(b"{}", {}, url=provider.url + "x")
    assert unknown.status == 429
    assert int(unknown.headers["Retry-After"]) >= 1
    assert (await provider.says(text_message())).status == 200
