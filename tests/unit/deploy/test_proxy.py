"""deploy/Caddyfile leads to the web process, and keeps to itself what nobody needs to know."""

import re

from tests.unit.deploy.compose import services
from tests.unit.deploy.proxy import CADDYFILE


def test_it_leads_to_the_web_process() -> None:
    """By the service's name and port, over a network of both."""
    upstream = re.search(r"dynamic a \{\s+name (\w+)\s+port (\d+)", CADDYFILE)
    assert upstream is not None
    web, proxy = services()["web"], services()["proxy"]
    assert (upstream[1], upstream[2]) == (web.name, web.environment["WEB_PORT"])
    assert web.networks & proxy.networks


def test_its_variables_are_given() -> None:
    """What the file asks of its environment, the service has."""
    assert set(re.findall(r"\{\$(\w+)\}", CADDYFILE)) == set(services()["proxy"].environment)


def test_addresses_are_not_logged() -> None:
    """A webhook's address may hold a secret: neither are requests logged, nor are they named by what goes wrong."""
    assert re.search(r"log \{\s+format filter \{\s+wrap json\s+fields \{\s+request>uri delete", CADDYFILE)
    assert CADDYFILE.count("log {") == 1


def test_it_waits_longer_than_the_web_process() -> None:
    """An answer that the web process still works on is not cut by its proxy."""
    waits = re.search(r"response_header_timeout (\d+)s", CADDYFILE)
    assert waits is not None
    assert int(waits[1]) > services()["web"].grace_seconds
