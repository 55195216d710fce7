"""A plain row for each table that hangs on a conversation or on nothing."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from core.domain.conversation import HandOffReason, MessageStatus, Role
from core.domain.ids import uuid7

Rows = Mapping[str, Mapping[str, object]]
_MONTH = date(2026, 3, 1)
_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_DIGEST: Mapping[str, object] = {"upto_seq": 1, "opened_at": _NOW, "first_of_lead": True, "sought": "ana"}


def one_of_each(*, lead: UUID, conversation: UUID, account: UUID, message: UUID, member: UUID) -> Rows:
    """The rows by table, without their tenant."""
    chat = uuid7()
    return (
        _of_lead(lead, message)
        | _of_conversation(conversation, lead, member)
        | _of_team(member, chat)
        | _of_telegram(chat, lead, conversation, message)
        | {
            "raw_events": {"channel_account_id": account, "kind": "message", "external_id": "wamid.raw", "body": b"{}"},
            "early_receipts": {
                "channel_account_id": account,
                "external_id": "wamid.early",
                "status": MessageStatus.SENT,
            },
            "message_fetches": {"channel_account_id": account, "external_id": "mid.told", "due_at": _NOW},
            "notifications": {"kind": "lead_message", "subject_id": message, "due_at": _NOW},
            "dead_letters": {"kind": "turn", "subject_id": conversation, "error": "failed"},
            "knowledge_entries": {"title": "Horário", "content": "Abrimos às 9h", "updated_at": _NOW},
            "usage_months": {"month": _MONTH},
            "app_sessions": {"member_id": member, "launch": uuid7().bytes, "renewed_at": _NOW},
            "idempotency_keys": {"member_id": member, "fingerprint": b"same"},
            "conversation_digests": {
                "conversation_id": conversation,
                "lead_id": lead,
                "channel_account_id": account,
                **_DIGEST,
            },
            "digest_marks": {"upto": _NOW},
            "job_marks": {"job": "decay-scores", "upto": _NOW},
            "quick_replies": {"shortcut": "oi", "text": "Olá!"},
            "erasures": {"lead_id": uuid7(), "erased_at": _NOW},
            "retention_holds": {
                "lead_id": lead,
                "reason": "asked",
                "placed_by": "operator",
                "lifted_at": _NOW,
                "lifted_by": "operator",
            },
            "tenant_keys": {"key_id": b"none", "sealed": b""},
            "follow_ups": {
                "lead_id": lead,
                "conversation_id": conversation,
                "silent_since": _NOW,
                "step": 1,
                "kind": "text",
                "due_at": _NOW,
                "leave_at": _NOW,
                "message_id": message,
                "state": "sent",
            },
            "audit_log": {"actor": "system", "action": "made"},
            "audit_anchors": {"number": 0, "hash": b""},
        }
    )


def _of_lead(lead: UUID, message: UUID) -> dict[str, Mapping[str, object]]:
    return {
        "lead_months": {"lead_id": lead, "month": _MONTH, "first_message_id": message},
        "score_changes": {"lead_id": lead, "before": 0, "after": 10, "reason": "asked"},
        "data_requests": {
            "lead_id": lead,
            "kind": "access",
            "origin": "lead",
            "asked_at": _NOW,
            "due_at": _NOW + timedelta(days=15),
        },
        "stage_changes": {"lead_id": lead, "before": "new", "after": "qualified", "reason": "score"},
    }


def _of_conversation(conversation: UUID, lead: UUID, member: UUID) -> dict[str, Mapping[str, object]]:
    turn = uuid7()
    of_turn = {"conversation_id": conversation, "turn_id": turn}
    span = {"token": 1, "from_seq": 1, "to_seq": 1, "restarts": 0}
    return {
        "turns": {"id": turn, "conversation_id": conversation, **span, "outcome": "answered"},
        "hand_offs": {**of_turn, "lead_id": lead, "reason": HandOffReason.INTENT, "claimed_by": member},
        "ai_calls": {**of_turn, "purpose": "answer", "model": "m", "latency_ms": 1, "outcome": "ok"},
        "security_incidents": {**of_turn, "layer": "guard", "verdict": "block", "reasons": ["test"]},
    }


def _of_team(member: UUID, chat: UUID) -> dict[str, Mapping[str, object]]:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    return {
        "invites": {"token_hash": "0" * 64, "role": Role.ATTENDANT, "expires_at": tomorrow, "created_by": member},
        "telegram_chats": {"id": chat, "bot_id": 1, "chat_id": 1, "kind": "private", "member_id": member},
    }


def _of_telegram(chat: UUID, lead: UUID, conversation: UUID, message: UUID) -> dict[str, Mapping[str, object]]:
    about = {"chat_ref": chat, "conversation_id": conversation}
    return {
        "telegram_topics": {"chat_ref": chat, "lead_id": lead, "thread_id": 7},
        "telegram_posts": {**about, "kind": "relay", "subject_id": conversation, "due_at": _NOW},
        "telegram_messages": {**about, "number": 9, "message_id": message, "purpose": "relay"},
    }
