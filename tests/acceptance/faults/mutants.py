"""Copies of the project with one protection taken out each: what the checker must notice."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.running import PROJECT

_FOLDERS: Final = ("app", "bot", "channels", "core", "db", "miniapp", "pipeline", "scheduler", "webhooks")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one file; the old text must stand there exactly once."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """What is taken out, where it shows (an experiment's number), and which invariant must be reported."""

    name: str
    experiment: int
    invariant: str
    edits: tuple[Edit, ...] = ()
    statements: tuple[str, ...] = ()
    """What a superuser does to the database before the processes start."""


def _rewritten(function: str, *without: str) -> str:
    """The statement that makes a function of the database anew without these texts, each of which must stand there once."""
    return _replaced(function, dict.fromkeys(without, ""))


def _replaced(function: str, texts: Mapping[str, str]) -> str:
    """The statement that makes a function of the database anew with other texts for these, each of which must stand there once."""
    taken_out = "".join(
        f"""
    IF array_length(string_to_array(body, $old${old}$old$), 1) <> 2 THEN RAISE 'not once: %', $old${old}$old$; END IF;
    body := replace(body, $old${old}$old$, $new${new}$new$);"""
        for old, new in texts.items()
    )
    return f"""
DO $do$ DECLARE body text := pg_get_functiondef('{function}'::regproc); BEGIN{taken_out}
    EXECUTE body;
END $do$"""


MUTANTS: Final = (
    Mutant(
        "no unique keys",
        6,
        "L",
        statements=("DROP INDEX raw_events_once", "DROP INDEX messages_external"),
    ),
    Mutant(
        "no lease",
        9,
        "O",
        statements=(
            _rewritten("begin_turn", "\n      AND (c.turn_lease_until IS NULL OR c.turn_lease_until < now())"),
        ),
    ),
    Mutant(
        "no fencing",
        5,
        "D",
        (
            Edit(
                "core/services/turns.py",
                'if state is None or state["turn_token"] != claim.token:',
                "if state is None:",
            ),
        ),
        (_rewritten("commit_turn", " AND c.turn_token = p_token"),),
    ),
    Mutant(
        "sent before the intent is on disk",
        4,
        "D",
        statements=(
            _replaced(
                "claim_send",
                {
                    "SET status = 'sending', attempts": "SET status = 'queued', attempts",
                    "next_attempt_at = NULL": "next_attempt_at = now()",
                },
            ),
        ),
    ),
    Mutant(
        "who was away for long sends all the same",
        24,
        "H",
        (Edit("pipeline/deliver.py", "if held_for > self._times.begins_within:", "if False:"),),
    ),
    Mutant(
        "newer messages are not looked for at the commit",
        8,
        "O",
        (
            Edit(
                "core/services/turns.py",
                "newest = context.to_seq if result.restarts < MOST_RESTARTS else None",
                "newest = None",
            ),
            Edit("core/services/turns.py", 'state["inbound_seq"] > context.to_seq and', "False and"),
        ),
    ),
    Mutant(
        "a take-over lets go what is queued",
        18,
        "H",
        (
            Edit(
                "db/queries.sql",
                "AND conversation_id = $2 AND status = 'queued' AND author = 'ai'\nRETURNING id;",
                "AND conversation_id = $2 AND status = 'queued' AND author = 'ai' AND false\nRETURNING id;",
            ),
        ),
    ),
    Mutant(
        "a turn is written whoever has the conversation",
        18,
        "H",
        (
            Edit(
                "core/services/turns.py",
                """if state is None or state["turn_token"] != claim.token:
                return await keep_lost""",
                """if state is None:
                return await keep_lost""",
            ),
            Edit("core/services/turns.py", 'if state["status"] != ConversationStatus.AI:\n', "if False:\n"),
        ),
        (_rewritten("commit_turn", " AND c.turn_token = p_token", " AND c.status = 'ai'"),),
    ),
    Mutant(
        "who answers on the phone leaves the conversation to the AI",
        18,
        "H",
        statements=(
            _rewritten(
                "ingest",
                "status = CASE WHEN k.echoed THEN 'human' ELSE c.status END,",
                "turn_token = CASE WHEN k.echoed THEN c.turn_token + 1 ELSE c.turn_token END,",
            ),
        ),
    ),
    Mutant(
        "a word is another one each time its update is processed",
        21,
        "W",
        (
            Edit("bot/handlers/words.py", "from uuid import UUID\n", "from uuid import UUID, uuid4\n"),
            Edit(
                "bot/handlers/words.py",
                "words, message_id=update_key, spot=spot",
                "words, message_id=uuid4(), spot=spot",
            ),
        ),
    ),
    Mutant(
        "no tenant filter and no policy",
        8,
        "T",
        statements=(
            _replaced(
                "turn_context",
                {
                    "INTO v_size FROM knowledge_entries k WHERE k.tenant_id = p_tenant": "INTO v_size FROM knowledge_entries k",
                    "INTO v_known\n        FROM knowledge_entries k WHERE k.tenant_id = p_tenant": "INTO v_known FROM knowledge_entries k",
                },
            ),
            "DROP POLICY of_tenant ON knowledge_entries",
            "ALTER TABLE knowledge_entries NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE knowledge_entries DISABLE ROW LEVEL SECURITY",
        ),
    ),
)


def copy_with(edits: Sequence[Edit], target: Path) -> Path:
    """A copy of what our processes run, with these changes in it."""
    for folder in _FOLDERS:
        if (PROJECT / folder).exists():
            shutil.copytree(PROJECT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for edit in edits:
        _apply(edit, target / edit.file)
    return target


def _apply(edit: Edit, file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(edit.old) == 1, f"{edit.file} holds {edit.old!r} {text.count(edit.old)} times"
    file.write_text(text.replace(edit.old, edit.new), encoding="utf-8")
