"""What stands in for the providers in a benchmark answers in the emulators' shapes."""

from typing import Any

import aiohttp
import orjson
import pytest

from app.bench.business import TOPICS
from app.bench.providers import READ_MARKED, accepted, customer, model_of, thought
from core.domain.decision import decision_schema, parse_decision
from sandbox.server import Sandbox
from tests.integration.sandbox.conftest import LEAD, NUMBER, Graph
from tests.integration.sandbox.prompts import HAIKU, system, user

HEADERS = {"x-api-key": "sk-ant-x", "anthropic-version": "2023-06-01"}


def _shape(value: Any) -> Any:
    """The keys and the kinds of values, all the way down; of a list's items, the first."""
    if isinstance(value, dict):
        return {name: _shape(one) for name, one in sorted(value.items())}
    if isinstance(value, list):
        return [_shape(value[0])] if value else []
    return type(value).__name__


def _body(whole: bytes) -> Any:
    head, _, body = whole.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    return orjson.loads(body)


def _asked() -> dict[str, Any]:
    form = {"format": {"type": "json_schema", "schema": decision_schema()}, "effort": "low"}
    text = "Quanto custa a avaliação?"
    return {"model": HAIKU, "max_tokens": 1024, "system": system(), "messages": [user(text)], "output_config": form}


async def test_a_thought_has_the_shape_of_claudes(emulators: Sandbox, http: aiohttp.ClientSession) -> None:
    """Every field, and the headers that the SDK reads."""
    async with http.post(f"{emulators.claude_url}/v1/messages", json=_asked(), headers=HEADERS) as answer:
        theirs, named = await answer.json(), {name.lower() for name in answer.headers}
    whole = thought(TOPICS[0], HAIKU)
    ours = _body(whole)
    assert _shape(ours) == _shape(theirs)
    assert [block["type"] for block in ours["content"]] == [block["type"] for block in theirs["content"]]
    lines = whole.partition(b"\r\n\r\n")[0].decode().lower().splitlines()[1:]
    assert {line.partition(":")[0] for line in lines} >= named - {"date", "server", "retry-after"}


async def test_a_thought_holds_a_decision() -> None:
    """One that the product reads: it answers, and hands nothing over."""
    text = _body(thought(TOPICS[1], HAIKU))["content"][-1]["text"]
    decision = parse_decision(orjson.loads(text))
    assert (decision.replies, decision.should_handoff) == ((TOPICS[1].answered,), False)


@pytest.mark.usefixtures("inbound")
async def test_a_receipt_has_the_shape_of_metas(graph: Graph) -> None:
    """Whom it went to, and the message's id."""
    _, theirs = await graph.send(to=LEAD)
    assert _shape(_body(accepted({"to": LEAD}))) == _shape(theirs)


async def test_a_read_mark_is_answered_as_metas(graph: Graph, inbound: str) -> None:
    """Success, and nothing else."""
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": inbound}
    status, theirs = await graph.post(f"v26.0/{NUMBER}/messages", mark)
    assert (status, theirs) == (200, _body(READ_MARKED))


def test_a_request_tells_its_lead_and_its_model() -> None:
    """Found without reading all of it."""
    body = orjson.dumps({"messages": [{"content": "x\nCustomer: Lead 5511900100001\ny"}], "model": "claude-x"})
    assert (customer(body), model_of(body)) == ("5511900100001", "claude-x")
