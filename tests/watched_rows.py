"""What the product's own roles changed of what screens show, noted by triggers that only test databases have.

So a use case that tells nobody of what it changed is found by whichever test runs it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

import asyncpg

from core.domain.changes import Change, ChangeKind

TABLES: Final[Mapping[ChangeKind, str]] = {
    ChangeKind.MESSAGE_IN: "messages",
    ChangeKind.MESSAGE_OUT: "messages",
    ChangeKind.MESSAGE_STATUS: "messages",
    ChangeKind.CONVERSATION: "conversations",
    ChangeKind.LEAD: "leads",
    ChangeKind.HAND_OFF: "hand_offs",
    ChangeKind.DEAD_LETTER: "dead_letters",
    ChangeKind.DATA_REQUEST: "data_requests",
    ChangeKind.MEMBER: "members",
    ChangeKind.INVITATION: "invites",
    ChangeKind.ACCOUNT: "channel_accounts",
    ChangeKind.TEAM_CHAT: "telegram_chats",
    ChangeKind.SETTINGS: "tenants",
}
"""The table that each kind of change tells of."""

UNSEEN: Final[Mapping[str, tuple[str, ...]]] = {
    # When whose turn it is, how often it was tried, how far it was answered and heard, who is watched for his silence or his waiting; the number
    # of messages and the time of the last one are told by the messages.
    "conversations": (
        "turn_due_at", "turn_token", "turn_lease_until", "turn_attempts", "first_unanswered_at", "answered_seq",
        "inbound_seq", "message_seq", "context_from_seq", "idle_turns", "unreadable_run", "automatic_run",
        "heard_seq", "listen_due_at", "woken_at", "silent_due_at", "silent_told_at", "waiting_due_at", "waiting_step", "last_activity_at", "last_inbound_at", "reply_kind", "reply_address", "is_latest",
    ),
    # Who sends it, when it is tried again and why; that it is being sent looks as if it were to be sent.
    "messages": (
        "attempts", "next_attempt_at", "send_token", "send_lease_until", "settle_by", "error_code", "error_detail",
        "external_id",
    ),
    # That admins were reminded.
    "data_requests": ("reminded_at", "overdue_told_at"),
    "hand_offs": ("summary_due_at", "summary_attempts"),
    # Where a person acts when nothing else says it, and in which language, is between him and the bot.
    "members": ("acts_since", "active_conversation_id", "language"),
    "channel_accounts": ("sealed",),
    "tenants": ("ai_resumed_at",),
    "telegram_chats": ("next_at", "tokens", "tokens_at", "lease_until", "title"),
}  # fmt: skip
"""Columns that no screen shows."""

_NOTE: Final = """
CREATE SCHEMA watch;
CREATE TABLE watch.changes (relation text, tenant_id uuid, id uuid, within uuid, ingested boolean DEFAULT session_user ~ '_ingest$',
                            transaction xid8 DEFAULT pg_current_xact_id());
CREATE FUNCTION watch.seen(p_row jsonb, p_unseen text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_row ->> 'status' = 'sending' THEN p_row || '{"status": "queued"}' ELSE p_row END - p_unseen
$$;
CREATE FUNCTION watch.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    v_before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN watch.seen(to_jsonb(OLD), TG_ARGV::text[]) END;
    v_after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN watch.seen(to_jsonb(NEW), TG_ARGV::text[]) END;
    v_any jsonb := COALESCE(v_after, v_before);
BEGIN
    IF v_before IS DISTINCT FROM v_after AND session_user ~ '_(app|platform|ingest)$' THEN
        INSERT INTO watch.changes (relation, tenant_id, id, within)
        VALUES (TG_TABLE_NAME, COALESCE(v_any ->> 'tenant_id', v_any ->> 'id')::uuid, (v_any ->> 'id')::uuid,
                (v_any ->> 'conversation_id')::uuid);
    END IF;
    RETURN NULL;
END $$;
"""


async def watch(connection: asyncpg.Connection) -> None:
    """Set the triggers, over a superuser's connection."""
    await connection.execute(_NOTE)
    for table in sorted(set(TABLES.values())):
        # Who makes a tenant tells nobody: nobody can be looking.
        when = "UPDATE" if table == "tenants" else "INSERT OR UPDATE OR DELETE"
        unseen = ", ".join(f"'{column}'" for column in UNSEEN.get(table, ()))
        await connection.execute(
            f"CREATE TRIGGER watched AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION watch.note({unseen})"
        )


async def untold(
    connection: asyncpg.Connection, calls: Iterable[tuple[UUID, Sequence[Change]]]
) -> set[tuple[str, UUID]]:
    """Table and id of every row that more transactions have changed, and committed, than calls told of it."""
    told = Counter(
        (tenant_id, relation, subject_id)
        for tenant_id, changes in calls
        for relation, subject_id in {(TABLES[change.kind], change.subject_id) for change in changes}
    )
    rows = await connection.fetch(
        "SELECT relation, tenant_id, id, count(DISTINCT transaction) AS times FROM watch.changes"
        " WHERE NOT ingested GROUP BY 1, 2, 3"
    )
    return {(relation, id_) for relation, tenant_id, id_, times in rows if told[tenant_id, relation, id_] < times}


async def untold_of_deliveries(
    connection: asyncpg.Connection, calls: Iterable[tuple[UUID, Sequence[Change]]]
) -> set[tuple[str, UUID]]:
    """The same of what the webhooks' role changed.

    A message is told of with its conversation and its lead; a conversation that moved, with all that is in it.
    """
    told: Counter[tuple[UUID, UUID | None]] = Counter()
    moved: Counter[tuple[UUID, UUID | None]] = Counter()
    for tenant_id, changes in calls:
        told.update({(tenant_id, id_) for one in changes for id_ in (one.subject_id, one.conversation_id, one.lead_id)})
        moved.update({(tenant_id, one.subject_id) for one in changes if one.kind is ChangeKind.CONVERSATION})
    rows = await connection.fetch(
        "SELECT relation, tenant_id, id, within, count(DISTINCT transaction) AS times FROM watch.changes"
        " WHERE ingested GROUP BY 1, 2, 3, 4"
    )
    return {
        (relation, id_)
        for relation, tenant_id, id_, within, times in rows
        if max(told[tenant_id, id_], moved[tenant_id, within]) < times
    }
