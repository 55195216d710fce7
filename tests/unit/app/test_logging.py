"""Logs: fields, never what must not be read."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app.logging import configure_logging
from core.domain.errors import NotFound


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged, as JSON lines, without details of foreign errors."""
    root = logging.getLogger()
    before, raising, level = root.handlers[:], logging.raiseExceptions, root.level
    out = io.StringIO()
    configure_logging(form="json", details=False, stream=out)
    yield out
    root.handlers[:], logging.raiseExceptions = before, raising
    root.setLevel(level)
    structlog.reset_defaults()


def _last(lines: io.StringIO) -> dict[str, object]:
    value: dict[str, object] = json.loads(lines.getvalue().splitlines()[-1])
    return value


@pytest.mark.parametrize(
    "field", ["text", "message_text", "phone", "wa_id", "access_token", "app_secret", "api_key", "password", "reply"]
)
def test_forbidden_fields_are_emptied(lines: io.StringIO, field: str) -> None:
    """A field named for what a lead wrote, a number or a secret is never written."""
    structlog.get_logger().info("x.happened", **{field: "value", "nested": {field: "value"}})

    assert "value" not in lines.getvalue()


@pytest.mark.parametrize("field", ["conversation_id", "input_tokens", "body_bytes", "duration_ms", "context"])
def test_ids_and_counts_stay(lines: io.StringIO, field: str) -> None:
    """What one needs to follow an event is written as it is."""
    structlog.get_logger().info("x.happened", **{field: "7"})

    assert _last(lines)[field] == "7"


@pytest.mark.parametrize(
    "secret", ["postgresql://owner:hush@host/db", "Bearer hush", "EAAhushhushhushhushhush1234", "+5511987654321"]
)
def test_credentials_inside_a_value_are_removed(lines: io.StringIO, secret: str) -> None:
    """Other people's libraries log URLs and headers whole."""
    logging.getLogger("somebody").warning("calling %s", secret)

    assert not any(word in lines.getvalue() for word in ("hush", "5511987654321"))


def test_a_foreign_errors_message_stays_out(lines: io.StringIO) -> None:
    """A parser's error may quote what a lead wrote: the class and the place are enough."""
    try:
        int("what the lead wrote")
    except ValueError:
        structlog.get_logger().exception("x.failed")

    assert ("lead wrote" in lines.getvalue(), _last(lines)["error"]) == (False, "ValueError")


def test_our_own_errors_say_what_they_say(lines: io.StringIO) -> None:
    """Our messages hold no text of leads."""
    try:
        raise NotFound("no such conversation")
    except NotFound:
        structlog.get_logger().exception("x.failed")

    assert _last(lines)["error_says"] == "no such conversation"


def test_the_trace_is_on_every_line(lines: io.StringIO) -> None:
    """What is bound for a piece of work is on each of its lines, also on foreign ones."""
    with structlog.contextvars.bound_contextvars(trace_id="t1"):
        logging.getLogger("somebody").warning("hello")

    assert _last(lines)["trace_id"] == "t1"
