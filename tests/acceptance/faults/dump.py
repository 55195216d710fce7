"""The database as the checker reads it: one run's conversations, whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

_MESSAGES: Final = """
SELECT m.id, m.conversation_id, m.seq, m.direction, m.author, m.purpose, m.bubble, m.status, m.text, m.external_id, m.turn_id,
       m.error_code, t.slug, l.phone, a.external_id AS number_id, a.tenant_id = m.tenant_id AND l.tenant_id = m.tenant_id
       AND c.tenant_id = m.tenant_id AS one_tenant
FROM messages m
JOIN tenants t ON t.id = m.tenant_id
JOIN leads l ON l.id = m.lead_id
JOIN channel_accounts a ON a.id = m.channel_account_id
JOIN conversations c ON c.id = m.conversation_id
WHERE l.phone LIKE $1 || '%' ORDER BY m.conversation_id, m.seq"""
_TURNS: Final = """
SELECT x.id, x.conversation_id, x.from_seq, x.to_seq, x.restarts, x.outcome, x.decision ->> 'intent' AS intent
FROM turns x JOIN conversations c ON c.id = x.conversation_id JOIN leads l ON l.id = c.lead_id
WHERE l.phone LIKE $1 || '%' ORDER BY x.conversation_id, x.to_seq, x.created_at"""
_CONVERSATIONS: Final = """
SELECT c.id, c.status, c.answered_seq, c.inbound_seq, c.context_from_seq, c.turn_due_at IS NOT NULL AS due, t.slug, l.phone,
       a.external_id AS number_id,
       (SELECT array_agg(h.reason ORDER BY h.created_at) FROM hand_offs h WHERE h.conversation_id = c.id) AS hand_offs
FROM conversations c JOIN leads l ON l.id = c.lead_id JOIN tenants t ON t.id = c.tenant_id
JOIN channel_accounts a ON a.id = c.channel_account_id
WHERE l.phone LIKE $1 || '%'"""
_RAW: Final = """
SELECT r.external_id, count(*) AS copies FROM raw_events r
WHERE r.kind IN ('inbound_message', 'inbound_unsupported') GROUP BY 1"""
_LETTERS: Final = "SELECT kind, subject_id FROM dead_letters"


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A stored message, with whose it is."""

    id: UUID
    conversation_id: UUID
    seq: int
    direction: str
    author: str
    purpose: str | None
    bubble: int
    status: str
    text: str
    external_id: str | None
    turn_id: UUID | None
    error_code: str | None
    slug: str
    phone: str
    number_id: str
    one_tenant: bool


@dataclass(frozen=True, slots=True)
class TurnRow:
    """A stored turn: which messages of the conversation it answers."""

    id: UUID
    conversation_id: UUID
    from_seq: int
    to_seq: int
    restarts: int
    outcome: str
    intent: str | None


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation as it ended up."""

    id: UUID
    status: str
    answered_seq: int
    inbound_seq: int
    context_from_seq: int
    due: bool
    slug: str
    phone: str
    number_id: str
    hand_offs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dump:
    """One run's rows."""

    messages: tuple[MessageRow, ...]
    turns: tuple[TurnRow, ...]
    conversations: Mapping[UUID, ConversationRow]
    raw_copies: Mapping[str, int]
    dead_letters: frozenset[tuple[str, UUID]]


async def dump(connection: asyncpg.Connection, phones: str) -> Dump:
    """Read the run of the leads whose number begins with ``phones``, over a superuser's connection, in one snapshot."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        messages = await connection.fetch(_MESSAGES, phones)
        turns = await connection.fetch(_TURNS, phones)
        conversations = await connection.fetch(_CONVERSATIONS, phones)
        raw = await connection.fetch(_RAW)
        letters = await connection.fetch(_LETTERS)
    return Dump(
        messages=tuple(MessageRow(**{**row, "text": row["text"] or ""}) for row in messages),
        turns=tuple(TurnRow(**row) for row in turns),
        conversations={row["id"]: _conversation(row) for row in conversations},
        raw_copies={row["external_id"]: row["copies"] for row in raw},
        dead_letters=frozenset((row["kind"], row["subject_id"]) for row in letters),
    )


def _conversation(row: Mapping[str, Any]) -> ConversationRow:
    return ConversationRow(**{**row, "hand_offs": tuple(row["hand_offs"] or ())})
