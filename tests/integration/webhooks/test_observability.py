"""What the process tells of itself, and to whom."""

import json

from app.settings import Settings
from tests.factories import Business
from tests.integration.webhooks.conftest import provider_of, served
from tests.integration.webhooks.provider import Provider, text_message


async def test_alive_and_ready(provider: Provider, address: str) -> None:
    """With everything in its place the process is alive and ready, and names what it looked at."""
    alive, ready = await provider.get(f"{address}/healthz"), await provider.get(f"{address}/readyz")
    assert (alive.status, ready.status) == (200, 200)
    assert json.loads(ready.text) == {"ready": True, "database": "ok", "redis": "ok"}


async def test_metrics_count_without_naming_anyone(provider: Provider, address: str, business: Business) -> None:
    """Requests and events are counted by channel and outcome; no number, tenant or key appears."""
    message = text_message()
    await provider.says(message)
    await provider.says(message)
    await provider.post(b"{}", {})
    await provider.post(b"{}", {}, url=f"{address}/webhooks/made_up/key")
    text = (await provider.get(f"{address}/metrics")).text
    for line in (
        'webhook_requests_total{channel="meta_whatsapp",outcome="ok"} 2.0',
        'webhook_requests_total{channel="meta_whatsapp",outcome="unauthorized"} 1.0',
        'webhook_requests_total{channel="unknown",outcome="not_found"} 1.0',
        'webhook_events_total{channel="meta_whatsapp",outcome="stored"} 1.0',
        'webhook_events_total{channel="meta_whatsapp",outcome="seen_before"} 1.0',
        "webhook_seconds_count 2.0",
    ):
        assert line in text
    assert not [word for word in (message["from"], provider.account, business.account_key, "made_up") if word in text]


async def test_metrics_are_not_for_the_world(provider: Provider, address: str) -> None:
    """What came through a proxy on this machine is not from this machine."""
    assert (await provider.get(f"{address}/metrics", headers={"X-Forwarded-For": "203.0.113.9"})).status == 403


async def test_metrics_for_who_knows_the_word(settings: Settings, business: Business) -> None:
    """With METRICS_TOKEN set, its bearer may look from anywhere and nobody else may."""
    known = settings.model_copy(update={"metrics_token": "open-sesame"})
    async with served(known) as address, provider_of(business, address) as provider:
        with_word = {"Authorization": "Bearer open-sesame", "X-Forwarded-For": "203.0.113.9"}
        assert (await provider.get(f"{address}/metrics", headers=with_word)).status == 200
        assert (await provider.get(f"{address}/metrics")).status == 401
        assert (await provider.get(f"{address}/metrics", headers={"Authorization": "Bearer é"})).status == 401
