"""Logs: events with fields, one line each; what must not be read by others never gets there."""

import logging
import os
import re
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from core.domain.errors import RevezaError

_FORBIDDEN = re.compile(
    r"(^|_)(text|body|content|caption|reply|prompt|phone|msisdn|wa_id|email|name_of_lead|lead_name"
    r"|token|secret|password|api_key|authorization|cookie|credentials?|signature)($|_)"
)
"""Words in the name of a field whose value is never written."""
_ALLOWED = {"tokens", "input_tokens", "output_tokens", "text_length", "body_bytes", "content_type"}
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+(?=@)|(?i:(?<=bearer )\S+)|\bEAA[0-9A-Za-z]{20,}|(?<!\w)\+\d{10,15}(?!\d)")
"""In any value: the user part of a URL, a bearer token, a Meta access token, an international phone number."""
_REMOVED = "[removed]"
_FRAMES = 12


def configure_logging(
    *,
    level: str = "info",
    form: Literal["console", "json"] = "console",
    details: bool = True,
    stream: TextIO | None = None,
) -> None:
    """Send structlog's and the standard library's records through one chain to one stream (stdout).

    Without ``details`` only our own errors keep their message: a driver's or a parser's may quote what a lead wrote.
    """
    out = stream or sys.stdout
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if form == "console" else "iso", utc=form == "json"),
        _Errors(details=details),
        redact,
    ]
    structlog.configure(
        processors=[*shared[:2], *shared[3:], structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(form, out)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # A reader of our output that went away must not raise inside what is being logged.
    logging.raiseExceptions = False
    for noisy in ("aiohttp.access", "apscheduler", "taskiq", "asyncio", "httpx", "httpx2", "anthropic"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Empty every field whose name is forbidden, and every credential inside a value."""
    return {name: _clean(name, value) for name, value in event.items()}


def _clean(name: str, value: Any) -> Any:
    if name not in _ALLOWED and _FORBIDDEN.search(name.lower()):
        return _REMOVED
    if isinstance(value, str):
        return _CREDENTIALS.sub(_REMOVED, value)
    if isinstance(value, Mapping):
        return {str(inner): _clean(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(name, item) for item in value]
    return value


class _Errors:
    """Turns ``exc_info`` into fields: the class, where it was raised, and its message when that is allowed."""

    def __init__(self, *, details: bool) -> None:
        self._details = details

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        error = _raised(event.pop("exc_info", None))
        if error is not None:
            event["error"] = type(error).__qualname__
            if self._details or isinstance(error, RevezaError):
                event["error_says"] = str(error)
            event["error_at"] = " < ".join(_frames(error))
        return event


def _raised(info: Any) -> BaseException | None:
    if isinstance(info, tuple):
        info = info[1]
    elif info is True:
        info = sys.exc_info()[1]
    return info if isinstance(info, BaseException) else None


def _frames(error: BaseException) -> list[str]:
    """Innermost first: file, line and function, never a value."""
    found = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}" for frame in reversed(found)]


def _renderer(form: str, out: TextIO) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    colours = bool(os.environ.get("FORCE_COLOR")) or (out.isatty() and not os.environ.get("NO_COLOR"))
    return structlog.dev.ConsoleRenderer(colors=colours, pad_event_to=28)
