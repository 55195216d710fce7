"""One suite for every registered channel: what it must do with real shapes, forgeries and rubbish."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from app.commands.channels import describe
from channels.base import Channel, Credentials
from channels.registry import build_channels
from core.domain.errors import BadRequest
from core.domain.events import EventKind, InboundEvent

_FIXTURES = Path(__file__).parent.parent / "fixtures" / "channels"
_NEEDED = ("text", "batch", "unsupported")
"""Deliveries that every channel must show; ``text`` comes signed, by ``text.headers.json``.

A provider that lacks what others have says so in ``provider.json``: ``signs_bytes`` (else a secret alone comes with a
delivery), ``batches_messages`` (else ``batch`` holds several events that are no messages). What is left unsaid holds.
"""


async def _built() -> dict[str, Channel]:
    async with aiohttp.ClientSession() as session:
        return build_channels(session, {})


_CHANNELS = asyncio.run(_built())
_DELIVERIES = [
    pytest.param(
        name, path.name.removesuffix(".expected.json"), id=f"{name}-{path.name.removesuffix('.expected.json')}"
    )
    for name in _CHANNELS
    for path in sorted((_FIXTURES / name).glob("*.expected.json"))
]


@pytest.fixture(params=sorted(_CHANNELS))
def channel(request: pytest.FixtureRequest) -> Channel:
    return _CHANNELS[str(request.param)]


def _provider(name: str, ability: str) -> bool:
    file = _FIXTURES / name / "provider.json"
    given = json.loads(file.read_bytes()) if file.is_file() else {}
    return bool(given.get(ability, True))


def _body(channel: Channel, delivery: str) -> bytes:
    return (_FIXTURES / channel.name / f"{delivery}.json").read_bytes()


def _json(channel: Channel, file: str) -> Any:
    return json.loads((_FIXTURES / channel.name / file).read_bytes())


def _credentials(channel: Channel) -> Credentials:
    given = _json(channel, "credentials.json")
    return Credentials(given["account_key"], given["secrets"])


def _key(event: InboundEvent) -> tuple[str | None, ...]:
    return event.account, event.kind, event.external_id, event.variant


def test_some_channel_is_registered() -> None:
    """The suite has something to run over."""
    assert "meta_whatsapp" in _CHANNELS


@pytest.mark.parametrize("delivery", _NEEDED)
def test_every_channel_has_its_fixtures(channel: Channel, delivery: str) -> None:
    """A channel without a delivery that the suite needs fails here, by name."""
    folder = _FIXTURES / channel.name
    missing = [name for name in (f"{delivery}.json", f"{delivery}.expected.json") if not (folder / name).is_file()]
    assert missing == []


@pytest.mark.parametrize("file", ["credentials.json", "text.headers.json"])
def test_every_channel_has_its_signature(channel: Channel, file: str) -> None:
    """A channel without credentials and a signed delivery fails here, by name."""
    assert (_FIXTURES / channel.name / file).is_file()


@pytest.mark.parametrize("name", sorted(_CHANNELS))
def test_every_delivery_is_paired(name: str) -> None:
    """No fixture lies there unread: each delivery has its expectation."""
    files = {path.name for path in (_FIXTURES / name).glob("*.json")}
    apart = {"credentials.json", "provider.json"} | {
        file for file in files if file.endswith((".headers.json", ".expected.json"))
    }
    assert {file.removesuffix(".json") for file in files - apart} == {
        file.removesuffix(".expected.json") for file in files if file.endswith(".expected.json")
    }


@pytest.mark.parametrize(("name", "delivery"), _DELIVERIES)
def test_a_delivery_means_what_is_written_beside_it(name: str, delivery: str) -> None:
    """Parsing a fixture gives exactly the events of its expectation."""
    channel = _CHANNELS[name]
    found = [dict(describe(event)) for event in channel.parse_inbound(_body(channel, delivery))]
    assert _json(channel, f"{delivery}.expected.json")["events"] == found


def test_a_signed_delivery_is_accepted(channel: Channel) -> None:
    """The provider's own signature over the very bytes verifies."""
    headers = _json(channel, "text.headers.json")
    assert channel.validate_webhook(_credentials(channel), headers, _body(channel, "text"))


@pytest.mark.parametrize("name", [name for name in sorted(_CHANNELS) if _provider(name, "signs_bytes")])
def test_a_changed_delivery_is_refused(name: str) -> None:
    """One more byte, even white space, is another delivery."""
    channel = _CHANNELS[name]
    headers = _json(channel, "text.headers.json")
    assert not channel.validate_webhook(_credentials(channel), headers, _body(channel, "text") + b" ")


def test_a_changed_signature_is_refused(channel: Channel) -> None:
    """What proves the sender counts whole: neither its beginning, nor more than it, nor nothing."""
    headers, body = _json(channel, "text.headers.json"), _body(channel, "text")
    for change in (lambda value: value[:-1], lambda value: f"{value}x", lambda _: ""):
        changed = {name: change(value) for name, value in headers.items()}
        assert not channel.validate_webhook(_credentials(channel), changed, body)


def test_another_secret_is_refused(channel: Channel) -> None:
    """A signature does not verify against other credentials."""
    theirs = {name: f"{value}x" for name, value in _credentials(channel).secrets.items()}
    headers = _json(channel, "text.headers.json")
    assert not channel.validate_webhook(Credentials("other", theirs), headers, _body(channel, "text"))


def test_an_unsigned_delivery_is_refused(channel: Channel) -> None:
    """Without headers nothing verifies."""
    assert not channel.validate_webhook(_credentials(channel), {}, _body(channel, "text"))


def test_nothing_verifies_without_a_secret(channel: Channel) -> None:
    """An account whose secret is missing accepts nobody, rather than everybody."""
    headers = _json(channel, "text.headers.json")
    for secrets in ({}, dict.fromkeys(_credentials(channel).secrets, "")):
        assert not channel.validate_webhook(Credentials("empty", secrets), headers, _body(channel, "text"))


def test_every_message_of_a_batch_is_read(channel: Channel) -> None:
    """A batch gives more than one message (where there are none: event), and no two of its events share a key."""
    events = channel.parse_inbound(_body(channel, "batch"))
    any_kind = not _provider(channel.name, "batches_messages")
    messages = [event for event in events if any_kind or event.kind is EventKind.INBOUND_MESSAGE]
    keyed = [_key(event) for event in events if event.external_id is not None]
    assert (True, len(keyed)) == (len(messages) > 1, len(set(keyed)))


def test_each_event_of_a_batch_holds_its_own_bytes(channel: Channel) -> None:
    """The raw bytes of one event give that event again, and none of its neighbours."""
    events = channel.parse_inbound(_body(channel, "batch"))
    assert [[_key(event)] for event in events] == [
        [_key(again) for again in channel.parse_inbound(event.raw)] for event in events
    ]


def test_a_duplicate_has_the_same_keys(channel: Channel) -> None:
    """The same delivery twice gives the same keys, which is how the second is known."""
    first, second = (channel.parse_inbound(_body(channel, "batch")) for _ in range(2))
    assert [_key(event) for event in first] == [_key(event) for event in second]


def test_an_unsupported_message_is_kept_as_such(channel: Channel) -> None:
    """What cannot be shown is an event of its own kind, with its sender."""
    [event] = channel.parse_inbound(_body(channel, "unsupported"))
    assert (event.kind, bool(event.senders)) == (EventKind.INBOUND_UNSUPPORTED, True)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b'{"entry":[NaN]}', b'{"entry":[1e999]}', b"[" * 100_000, b"nothing", b'"text"', b"7"],
    ids=["nothing", "cut", "no-utf8", "nan", "infinity", "deep", "words", "string", "number"],
)
def test_a_malformed_body_is_a_bad_request(channel: Channel, body: bytes) -> None:
    """What is not JSON of an object is refused with the error that answers 400."""
    with pytest.raises(BadRequest):
        channel.parse_inbound(body)


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"entry":{}}', b'{"entry":[[]],"messages":7}'])
def test_json_of_another_shape_does_not_crash(channel: Channel, body: bytes) -> None:
    """A verified delivery of a shape we do not know is kept, never an error."""
    assert channel.parse_inbound(body)
