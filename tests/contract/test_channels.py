"""One suite for every registered channel: what it must do with real shapes, forgeries and rubbish."""

import pytest

from app.commands.channels import describe
from channels.base import Channel, Credentials
from core.domain.errors import BadRequest
from core.domain.events import EventKind, InboundEvent
from tests.contract.channel_fixtures import body, channels, credentials, described, folder, provider

_NEEDED = ("text", "batch", "unsupported")
"""Deliveries that every channel must show; ``text`` comes signed, by ``text.headers.json``.

A provider that lacks what others have says so in ``provider.json``: ``signs_bytes`` (else a secret alone comes with a
delivery), ``batches_messages`` (else ``batch`` holds several events that are no messages). What is left unsaid holds.
"""
_ASIDE = {"credentials.json", "provider.json", "sending.json"}
"""Files of a channel's folder that are no deliveries."""
_DELIVERIES = [
    pytest.param(
        name, file.name.removesuffix(".expected.json"), id=f"{name}-{file.name.removesuffix('.expected.json')}"
    )
    for name in channels()
    for file in sorted(folder(name).glob("*.expected.json"))
]


@pytest.fixture(params=sorted(channels()))
def channel(request: pytest.FixtureRequest) -> Channel:
    return channels()[str(request.param)]


def _key(event: InboundEvent) -> tuple[str | None, ...]:
    return event.account, event.kind, event.external_id, event.variant


def test_some_channel_is_registered() -> None:
    """The suite has something to run over."""
    assert "meta_whatsapp" in channels()


@pytest.mark.parametrize("delivery", _NEEDED)
def test_every_channel_has_its_fixtures(channel: Channel, delivery: str) -> None:
    """A channel without a delivery that the suite needs fails here, by name."""
    files = (f"{delivery}.json", f"{delivery}.expected.json")
    missing = [name for name in files if not (folder(channel.name) / name).is_file()]
    assert missing == []


@pytest.mark.parametrize("file", ["credentials.json", "text.headers.json"])
def test_every_channel_has_its_signature(channel: Channel, file: str) -> None:
    """A channel without credentials and a signed delivery fails here, by name."""
    assert (folder(channel.name) / file).is_file()


def test_every_delivery_is_paired(channel: Channel) -> None:
    """No fixture lies there unread: each delivery has its expectation."""
    files = {path.name for path in folder(channel.name).glob("*.json")}
    apart = _ASIDE | {file for file in files if file.endswith((".headers.json", ".expected.json"))}
    assert {file.removesuffix(".json") for file in files - apart} == {
        file.removesuffix(".expected.json") for file in files if file.endswith(".expected.json")
    }


@pytest.mark.parametrize(("name", "delivery"), _DELIVERIES)
def test_a_delivery_means_what_is_written_beside_it(name: str, delivery: str) -> None:
    """Parsing a fixture gives exactly the events of its expectation."""
    found = [dict(describe(event)) for event in channels()[name].parse_inbound(body(name, delivery))]
    assert described(name, f"{delivery}.expected.json")["events"] == found


def test_a_signed_delivery_is_accepted(channel: Channel) -> None:
    """The provider's own signature over the very bytes verifies."""
    headers = described(channel.name, "text.headers.json")
    assert channel.validate_webhook(credentials(channel.name), headers, body(channel.name, "text"))


@pytest.mark.parametrize("name", [name for name in sorted(channels()) if provider(name, "signs_bytes")])
def test_a_changed_delivery_is_refused(name: str) -> None:
    """One more byte, even white space, is another delivery."""
    channel = channels()[name]
    headers = described(name, "text.headers.json")
    assert not channel.validate_webhook(credentials(channel.name), headers, body(channel.name, "text") + b" ")


def test_a_changed_signature_is_refused(channel: Channel) -> None:
    """What proves the sender counts whole: neither its beginning, nor more than it, nor nothing."""
    headers, sent = described(channel.name, "text.headers.json"), body(channel.name, "text")
    for change in (lambda value: value[:-1], lambda value: f"{value}x", lambda _: ""):
        changed = {name: change(value) for name, value in headers.items()}
        assert not channel.validate_webhook(credentials(channel.name), changed, sent)


def test_another_secret_is_refused(channel: Channel) -> None:
    """A signature does not verify against other credentials."""
    theirs = {name: f"{value}x" for name, value in credentials(channel.name).secrets.items()}
    headers = described(channel.name, "text.headers.json")
    assert not channel.validate_webhook(Credentials("other", theirs), headers, body(channel.name, "text"))


def test_an_unsigned_delivery_is_refused(channel: Channel) -> None:
    """Without headers nothing verifies."""
    assert not channel.validate_webhook(credentials(channel.name), {}, body(channel.name, "text"))


def test_nothing_verifies_without_a_secret(channel: Channel) -> None:
    """An account whose secret is missing accepts nobody, rather than everybody."""
    headers = described(channel.name, "text.headers.json")
    for secrets in ({}, dict.fromkeys(credentials(channel.name).secrets, "")):
        assert not channel.validate_webhook(Credentials("empty", secrets), headers, body(channel.name, "text"))


def test_every_message_of_a_batch_is_read(channel: Channel) -> None:
    """A batch gives more than one message (where there are none: event), and no two of its events share a key."""
    events = channel.parse_inbound(body(channel.name, "batch"))
    any_kind = not provider(channel.name, "batches_messages")
    messages = [event for event in events if any_kind or event.kind is EventKind.INBOUND_MESSAGE]
    keyed = [_key(event) for event in events if event.external_id is not None]
    assert (True, len(keyed)) == (len(messages) > 1, len(set(keyed)))


def test_each_event_of_a_batch_holds_its_own_bytes(channel: Channel) -> None:
    """The raw bytes of one event give that event again, and none of its neighbours."""
    events = channel.parse_inbound(body(channel.name, "batch"))
    assert [[_key(event)] for event in events] == [
        [_key(again) for again in channel.parse_inbound(event.raw)] for event in events
    ]


def test_a_duplicate_has_the_same_keys(channel: Channel) -> None:
    """The same delivery twice gives the same keys, which is how the second is known."""
    first, second = (channel.parse_inbound(body(channel.name, "batch")) for _ in range(2))
    assert [_key(event) for event in first] == [_key(event) for event in second]


def test_an_unsupported_message_is_kept_as_such(channel: Channel) -> None:
    """What cannot be shown is an event of its own kind, with its sender."""
    [event] = channel.parse_inbound(body(channel.name, "unsupported"))
    assert (event.kind, bool(event.senders)) == (EventKind.INBOUND_UNSUPPORTED, True)


@pytest.mark.parametrize(
    "given",
    [b"", b"{", b"\xff\xfe", b'{"entry":[NaN]}', b'{"entry":[1e999]}', b"[" * 100_000, b"nothing", b'"text"', b"7"],
    ids=["nothing", "cut", "no-utf8", "nan", "infinity", "deep", "words", "string", "number"],
)
def test_a_malformed_body_is_a_bad_request(channel: Channel, given: bytes) -> None:
    """What is not JSON of an object is refused with the error that answers 400."""
    with pytest.raises(BadRequest):
        channel.parse_inbound(given)


@pytest.mark.parametrize("given", [b"{}", b"[]", b'{"entry":{}}', b'{"entry":[[]],"messages":7}'])
def test_json_of_another_shape_does_not_crash(channel: Channel, given: bytes) -> None:
    """A verified delivery of a shape we do not know is kept, never an error."""
    assert channel.parse_inbound(given)
