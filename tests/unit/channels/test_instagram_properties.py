"""Whatever JSON comes, the Instagram parser neither crashes nor gives what cannot be stored."""

import copy
import dataclasses
import json
from pathlib import Path
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.instagram_envelope import read_delivery
from channels.instagram_scope import PLACES
from channels.payload import LONGEST_ID
from core.domain.events import InboundEvent
from tests.unit.channels.instagram_deliveries import ACCOUNT, LEAD, MID

_FIXTURES = Path(__file__).parents[2] / "fixtures" / "channels" / "instagram"
_SHAPES = [
    json.loads(path.with_name(path.name.replace(".expected", "")).read_bytes())
    for path in sorted(_FIXTURES.glob("*.expected.json"))
]
_NAMES = [
    "object",
    "instagram",
    "entry",
    "messaging",
    "standby",
    "changes",
    "value",
    "field",
    "sender",
    "recipient",
    "id",
    "timestamp",
    "message",
    "mid",
    "text",
    "attachments",
    "type",
    "payload",
    "url",
    "is_echo",
    "is_deleted",
    "reply_to",
    "story",
    "referral",
    "ads_context_data",
    "reaction",
    "emoji",
    "message_edit",
    "num_edit",
    "postback",
    "read",
    "delivery",
    "mids",
    "optin",
    "policy_enforcement",
    "pass_thread_control",
    "from",
]
_WORDS = st.sampled_from([*_NAMES, ACCOUNT, LEAD, MID, "", "1790000000", "\x00", "\ud800"])
_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | _WORDS
)
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS | st.text(max_size=3), inner, max_size=5),
    max_leaves=20,
)

_ITEMS = st.dictionaries(_WORDS, _JSON, max_size=4)
_ENTRIES = st.fixed_dictionaries({"id": _WORDS}, optional=dict.fromkeys(PLACES, st.lists(_ITEMS | _JSON, max_size=3)))
_ENVELOPES = st.fixed_dictionaries({"object": st.just("instagram"), "entry": st.lists(_ENTRIES | _JSON, max_size=3)})
_WHOLE = [shape for shape in _SHAPES if isinstance(shape, dict) and shape["object"] == "instagram"]


def _check(body: bytes) -> list[InboundEvent]:
    events = read_delivery(body)
    for event in events:
        plain = {**dataclasses.asdict(event), "raw": event.raw.decode()}
        orjson.dumps(plain)
        assert "\x00" not in (event.text or "") + (event.external_id or "") + event.variant
        assert len(event.external_id or "") <= LONGEST_ID
        json.loads(event.raw)
    return events


def _mutate(data: st.DataObject, node: Any) -> Any:
    """Walk down at random and put something else there."""
    while isinstance(node, dict | list) and node:
        key = data.draw(st.sampled_from(list(node) if isinstance(node, dict) else range(len(node))))
        below = node[key]
        if not isinstance(below, dict | list) or not below or data.draw(st.booleans()):
            node[key] = data.draw(_JSON)
            return
        node = below


@settings(max_examples=150, deadline=None)
@given(_ENVELOPES | st.lists(_JSON | _ENVELOPES, max_size=3))
def test_random_json_never_crashes(envelope: object) -> None:
    """Any object or list gives at least one event, and events that can be written."""
    assert _check(json.dumps(envelope).encode())


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_mutated_deliveries_never_crash(data: st.DataObject) -> None:
    """Real shapes with something else in up to three places still give events."""
    envelope = copy.deepcopy(data.draw(st.sampled_from(_SHAPES)))
    for _ in range(data.draw(st.integers(1, 3))):
        _mutate(data, envelope)
    assert _check(json.dumps(envelope).encode())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(_WHOLE), min_size=2, max_size=4))
def test_joined_deliveries_give_the_same_events(envelopes: list[dict[str, Any]]) -> None:
    """Batching changes nothing: entries in one delivery give what they give alone, but for the bytes."""
    apart = [event for envelope in envelopes if envelope["entry"] for event in _check(json.dumps(envelope).encode())]
    joined = json.dumps(
        {"object": "instagram", "entry": [entry for envelope in envelopes for entry in envelope["entry"]]}
    ).encode()
    told = [dataclasses.replace(event, raw=b"") for event in apart if event.kind != "empty"]
    together = [dataclasses.replace(event, raw=b"") for event in _check(joined) if event.kind != "empty"]
    assert told == together
