"""``reveza guard``: runs the guard or the reply validator over labelled rows and tells how well they do."""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import orjson
from pydantic import BaseModel, Field, ValidationError

from pipeline.guard import inspect
from pipeline.reply_facts import ReplyFacts
from pipeline.validator import validate

_INTERNAL = "interno"
_LANGUAGES = "idiomas"


class InboundRow(BaseModel):
    """One message of a lead, with what it is known to be."""

    id: str
    text: str
    label: str = ""
    kind: str = ""
    lang: str = ""


class ReplyRow(BaseModel):
    """One reply, with the facts it may rest on and what it is known to be."""

    id: str
    reply: str | list[str]
    tenant_facts: dict[str, Any]
    lead: dict[str, Any] = Field(default_factory=dict)
    lead_message: str = ""
    canaries: list[str] = Field(default_factory=list)
    prompt: str = ""
    label: str = ""
    tier: str = ""


@dataclass(slots=True)
class _Tally:
    """How many rows of a group there are, and how many were flagged."""

    rows: int = 0
    flagged: int = 0


@dataclass(slots=True)
class _Summary:
    """Counts by (column, value), harmful and harmless rows apart."""

    harmless: str
    groups: dict[tuple[str, str, bool], _Tally] = field(default_factory=dict)

    def add(self, label: str, flagged: bool, columns: Mapping[str, str]) -> None:  # noqa: FBT001  (the outcome itself)
        """Count one row under each of its columns, and under all."""
        for column, value in {"all": "", **columns}.items():
            tally = self.groups.setdefault((column, value, label != self.harmless), _Tally())
            tally.rows += 1
            tally.flagged += flagged

    def lines(self) -> Iterator[str]:
        """Yield the table: recall where the rows are harmful, false-positive rate where they are not."""
        yield f"{'group':<34}{'measure':<16}{'rows':>6}{'flagged':>9}{'rate':>8}"
        for (column, value, harmful), tally in sorted(self.groups.items()):
            measure = "recall" if harmful else "false positives"
            rate = tally.flagged / tally.rows
            yield f"{f'{column} {value}'.strip():<34}{measure:<16}{tally.rows:>6}{tally.flagged:>9}{rate:>8.1%}"


@click.group("guard")
def guard() -> None:
    """Judge labelled messages or replies; verdicts on standard output, a summary on standard error."""


@guard.command("inbound")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def inbound(file: Path) -> None:
    """Judge what leads wrote: one verdict a row, clean, suspicious or attack."""
    _run(file, _judge_inbound, _Summary(harmless="benign"))


@guard.command("reply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def reply(file: Path) -> None:
    """Judge replies against their tenant's facts: one verdict a row, ok or block."""
    _run(file, _judge_reply, _Summary(harmless="ok"))


def _run(file: Path, judge: Callable[[bytes, _Summary], dict[str, object]], summary: _Summary) -> None:
    bad = 0
    for number, line in enumerate(file.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            verdict = judge(line, summary)
        except ValidationError as error:
            bad += 1
            click.echo(f"{file}:{number}: {_first_fault(error)}", err=True)
            continue
        click.echo(orjson.dumps(verdict).decode())
    for row in summary.lines():
        click.echo(row, err=True)
    if bad:
        click.echo(f"{bad} rows could not be read", err=True)
        sys.exit(1)


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in fault["loc"]) or "row"
    return f"{place}: {fault['msg']}"


def _judge_inbound(line: bytes, summary: _Summary) -> dict[str, object]:
    row = InboundRow.model_validate_json(line)
    verdict = inspect(row.text)
    if row.label:
        summary.add(row.label, verdict.verdict != "clean", {"kind": row.kind, "lang": row.lang})
    return {"id": row.id, "verdict": verdict.verdict, "reasons": verdict.reasons}


def _judge_reply(line: bytes, summary: _Summary) -> dict[str, object]:
    row = ReplyRow.model_validate_json(line)
    replies = [row.reply] if isinstance(row.reply, str) else row.reply
    verdict = validate(replies, _facts(row))
    if row.label:
        summary.add(row.label, not verdict.ok, {"label": row.label, "tier": row.tier})
    return {"id": row.id, "verdict": "ok" if verdict.ok else "block", "reasons": verdict.reasons}


def _facts(row: ReplyRow) -> ReplyFacts:
    public = {key: value for key, value in row.tenant_facts.items() if key != _INTERNAL}
    languages = tuple(_plain(each).partition("-")[0] for each in row.tenant_facts.get(_LANGUAGES) or ["pt"])
    return ReplyFacts(
        known_text="\n".join(f"{key}: {_plain(value)}" for key, value in public.items()),
        canaries=tuple(row.canaries),
        internal_notes=tuple(_plain(each) for each in row.tenant_facts.get(_INTERNAL) or []),
        prompt_text=row.prompt,
        lead_text=f"{row.lead_message}\n{_plain(row.lead)}",
        languages=languages,
        max_bubbles=max(1, len(row.reply) if isinstance(row.reply, list) else 1),
    )


def _plain(value: object) -> str:
    """Return facts as lines of text; a list's items do not run into one another."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_plain(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "\n".join(_plain(each) for each in value)
    return str(value)
