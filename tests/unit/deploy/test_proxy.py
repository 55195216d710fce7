"""deploy/Caddyfile lets through what the web process serves to the world, and nothing else."""

import re
from typing import Any, cast

from prometheus_client import CollectorRegistry

from app.observability import Observability
from bot.webhook import TelegramWebhook
from tests.unit.deploy.compose import PROJECT, services
from webhooks.routes import webhook_routes

_CADDYFILE = (PROJECT / "deploy" / "Caddyfile").read_text()
_CODE = re.sub(r"^\s*#.*$", "", _CADDYFILE, flags=re.MULTILINE)
_INSIDE = {"/readyz", "/metrics"}
"""For whoever is inside: probes and Prometheus."""


def _served() -> set[str]:
    """The web process's paths."""
    nobody = cast("Any", object())
    receiver = cast("Any", type("Receiver", (), {"delivery": None, "handshake": None}))
    told = Observability(CollectorRegistry(), ()).routes()
    return {route.path for route in [*webhook_routes(receiver), *TelegramWebhook(1, (), nobody).routes(), *told]}


def _let_through() -> list[str]:
    found = re.search(r"@served path (.+)", _CODE)
    assert found is not None
    return found[1].split()


def _fits(path: str) -> bool:
    return any(path == one or (one.endswith("*") and path.startswith(one[:-1])) for one in _let_through())


def test_what_is_served_is_let_through() -> None:
    """Every path but those for whoever is inside."""
    assert {path for path in _served() if not _fits(path)} == _INSIDE


def test_what_is_let_through_is_served() -> None:
    """No way leads to a path that nobody serves."""
    unserved = [one for one in _let_through() if not any(path.startswith(one.rstrip("*")) for path in _served())]
    assert unserved == []


def test_it_leads_to_the_web_process() -> None:
    """By the service's name and port, over a network of both."""
    upstream = re.search(r"dynamic a \{\s+name (\w+)\s+port (\d+)", _CODE)
    assert upstream is not None
    web, proxy = services()["web"], services()["proxy"]
    assert (upstream[1], upstream[2]) == (web.name, web.environment["WEB_PORT"])
    assert web.networks & proxy.networks


def test_its_variables_are_given() -> None:
    """What the file asks of its environment, the service has."""
    assert set(re.findall(r"\{\$(\w+)\}", _CODE)) == set(services()["proxy"].environment)


def test_addresses_are_not_logged() -> None:
    """A webhook's address may hold a secret: neither are requests logged, nor are they named by what goes wrong."""
    assert re.search(r"log \{\s+format filter \{\s+wrap json\s+fields \{\s+request>uri delete", _CODE)
    assert _CODE.count("log {") == 1


def test_it_waits_longer_than_the_web_process() -> None:
    """An answer that the web process still works on is not cut by its proxy."""
    waits = re.search(r"response_header_timeout (\d+)s", _CODE)
    assert waits is not None
    assert int(waits[1]) > services()["web"].grace_seconds
