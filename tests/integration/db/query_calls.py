"""How each named query is called: by which role, with which values. A new query gets a line here.

``TENANT``: run in a tenant's scope. ``PLATFORM``: run in the platform's. ``WIDE``: run in a tenant's scope without
naming a tenant, because the function it calls reads the scope itself. ``ALONE``: run outside any scope, because the
function it calls opens the tenant's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from core.domain.ids import uuid7


@dataclass(frozen=True, slots=True)
class Ids:
    """The rows of one tenant that a query may be asked about."""

    tenant: UUID
    account: UUID
    set_id: UUID
    member: UUID
    lead: UUID
    conversation: UUID
    message: UUID
    hand_off: UUID
    notification: UUID
    dead_letter: UUID
    chat: UUID
    post: UUID
    session: UUID
    fetch: UUID
    request: UUID
    knowledge: UUID
    reply: UUID
    incident: UUID


Values = Callable[[Ids], tuple[object, ...]]
_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_TURN = (
    '{"id": "01960000-0000-7000-8000-000000000001", "token": 1, "from_seq": 1, "to_seq": 1, "restarts": 0,'
    ' "outcome": "answered", "verdicts": {}, "duration_ms": 1}'
)
_CALLS = (
    '[{"model": "claude", "outcome": "end_turn", "latency_ms": 1, "tokens_in": 1, "tokens_out": 1, "tokens_cache_read": 0,'
    ' "tokens_cache_write": 0, "cost_micros": 100, "request_id": ""}]'
)
_SINCE = ("America/Sao_Paulo", date(2026, 1, 1))
_FOUND_OUT = '{"score_before": 0, "score": 10, "reason": "buying", "stage_before": "new", "stage": "new", "facts": {}}'


def _conversation(*more: object) -> Values:
    return lambda ids: (ids.tenant, ids.conversation, *more)


def _message(*more: object) -> Values:
    return lambda ids: (ids.tenant, ids.message, *more)


def _session(*more: object) -> Values:
    return lambda ids: (ids.tenant, ids.session, *more)


def _account(*more: object) -> Values:
    return lambda ids: (ids.tenant, ids.account, *more)


def _lead(*more: object) -> Values:
    return lambda ids: (ids.tenant, ids.lead, *more)


def _tenant(*more: object) -> Values:
    return lambda ids: (ids.tenant, *more)


TENANT: Mapping[str, Values] = {
    "inspected_turns": _tenant(10),
    "account_for_sending": _account(),
    "earlier_messages": _conversation(0, 9, 10),
    "lock_turn": _conversation(),
    "finish_turn": _conversation(1, 1, "ai", 0, 0, 30, 0),
    "release_turn": _conversation(0, 1.0),
    "drop_turn": _conversation(0),
    "record_calls": _conversation(None, "turn", _CALLS),
    "lock_conversation": _conversation(),
    "send_target": _conversation(),
    "yield_id": _message("wamid.sent", 120.0),
    "apply_receipt": _message("read", _NOW, None),
    "put_back": _message(0, 1.0, "500", "away", 0),
    "record_unknown": _message(0, 120.0, "timeout", "no answer"),
    "record_failed": _message(0, "100", "refused"),
    "lock_unsettled": _message(),
    "settle": _message("unsettled"),
    "stop_account": _account("token"),
    "to_human": _conversation(30),
    "back_to_ai": _conversation(),
    "close_hand_off": _conversation("nobody"),
    "requeue_turn": _conversation(1, 1),
    "requeue_message": _message(),
    "reopen_account": _account(b"sealed"),
    "disconnect_account": _account(),
    "lengthen": _conversation(1),
    "tenant_profile": _tenant(),
    "claim_summary": lambda ids: (ids.tenant, ids.hand_off, 60.0),
    "record_turn": lambda ids: (ids.tenant, ids.conversation, _TURN, ids.lead, ids.account, 0, "[]", _FOUND_OUT),
    "give_up_turn": _conversation(30),
    "lock_for_member": _conversation(),
    "take_over": lambda ids: (ids.tenant, ids.conversation, ids.member),
    "cancel_unsent": _conversation(),
    "ai_words_on_their_way": _conversation(),
    "claim_hand_off": lambda ids: (ids.tenant, ids.conversation, ids.member),
    "return_to_ai": _conversation(True),
    "wait_for_team": _conversation(),
    "assign": lambda ids: (ids.tenant, ids.conversation, ids.member),
    "close_conversation": _conversation(),
    "lock_held": lambda ids: (ids.tenant, ids.member),
    "chats_of_member": lambda ids: (ids.tenant, ids.member),
    "active_member": lambda ids: (ids.tenant, ids.member),
    "parts_of_word": _message(),
    "drop_letter": lambda ids: (ids.tenant, ids.dead_letter),
    "use_invite": lambda ids: (ids.tenant, uuid7()),
    "member_of_person": _tenant(1),
    "open_session": lambda ids: (ids.tenant, uuid7(), ids.member, uuid7().bytes, "phone"),
    "session_to_renew": _session(10.0, 30),
    "renew_session": _session("phone"),
    "signed_in": _session(),
    "sessions_of_team": lambda ids: (ids.tenant, ids.member, 36_500),
    "end_session": _session(None, "ended"),
    "put_member": _tenant(uuid7(), 1, "Bia", "attendant", "pt-BR"),
    "team": _tenant(),
    "act_in": _tenant(1),
    "change_language": lambda ids: (ids.tenant, ids.member, "en"),
    "set_ai_paused": _tenant(True),
    "resume_turns": _tenant(0.2, 60.0),
    "resumption_over": _tenant(20.0),
    "wait_for_ai": _tenant(30),
    "queue_view": _tenant(40),
    "members_on_duty": _tenant(),
    "open_private_chat": lambda ids: (ids.tenant, 1, 4242, ids.member, "Bia"),
    "link_group": _tenant(1, -4242, "Equipe"),
    "chat_reachable": lambda ids: (ids.tenant, ids.chat),
    "forget_chat_messages": lambda ids: (ids.tenant, ids.chat),
    "forget_chat_posts": lambda ids: (ids.tenant, ids.chat),
    "forget_chat_topics": lambda ids: (ids.tenant, ids.chat),
    "forget_group": lambda ids: (ids.tenant, ids.chat),
    "put_reply": lambda ids: (ids.tenant, ids.chat, uuid7(), "{}", None, ids.conversation),
    "lock_admins": _tenant(),
    "change_role": lambda ids: (ids.tenant, ids.member, "manager"),
    "change_duty": lambda ids: (ids.tenant, ids.member, False),
    "remove_member": lambda ids: (ids.tenant, ids.member),
    "lock_notification": lambda ids: (ids.tenant, ids.notification),
    "notification_told": lambda ids: (ids.tenant, ids.notification),
    "notify_later": lambda ids: (ids.tenant, ids.notification, 30.0),
    "announce_open_hand_offs": _tenant(),
    "chats_of_team": _tenant(),
    "chats_to_mend_group": lambda ids: (ids.tenant, ids.chat),
    "put_post": lambda ids: (ids.tenant, ids.chat, ids.conversation, "card", ids.hand_off, "{}"),
    "put_relay": lambda ids: (ids.tenant, ids.chat, ids.conversation, 0),
    "refresh_cards": _conversation([]),
    "conversation_of_message": _message(),
    "hand_off_scene": lambda ids: (ids.tenant, ids.hand_off),
    "card_chats": _conversation(),
    "claimed_post": lambda ids: (ids.tenant, ids.post),
    "finish_post": lambda ids: (ids.tenant, ids.post, 1, None, "", 0, 0, None),
    "count_fault": lambda ids: (ids.tenant, ids.post),
    "postpone_post": lambda ids: (ids.tenant, ids.post, 1.0, "away"),
    "give_up_post": lambda ids: (ids.tenant, ids.post, "refused", 0),
    "forget_number": lambda ids: (ids.tenant, ids.post),
    "release_chat": lambda ids: (ids.tenant, ids.chat, 1, 8.0, 0.2, 1.0, 0.0, _NOW),
    "card": lambda ids: (ids.tenant, ids.hand_off),
    "latest_lines": _conversation(10, True),
    "unrelayed_lines": lambda ids: (ids.tenant, ids.conversation, 0, ids.chat, 10),
    "means": lambda ids: (ids.tenant, ids.chat, 11, ids.conversation, [ids.message, None], "relay"),
    "meaning": lambda ids: (ids.tenant, ids.chat, 9),
    "topic_of_lead": lambda ids: (ids.tenant, ids.chat, ids.lead),
    "put_topic": lambda ids: (ids.tenant, ids.chat, ids.lead, 8),
    "forget_topic": lambda ids: (ids.tenant, ids.chat, 7),
    "forget_posts_of_topic": lambda ids: (ids.tenant, ids.chat, 7),
    "conversation_of_topic": lambda ids: (ids.tenant, ids.chat, 7),
    "lead_of_conversation": _conversation(),
    "tick_state": lambda ids: (ids.tenant, ids.post, ids.message),
    "put_tick": lambda ids: (ids.tenant, ids.chat, ids.message, 12, None),
    "make_active": lambda ids: (ids.tenant, ids.member, ids.conversation),
    "drop_active": _conversation(),
    "open_hand_off": _conversation(),
    "letters_retried": _message(),
    "held_by_member": lambda ids: (ids.tenant, ids.member),
    "topic_of_post": lambda ids: (ids.tenant, ids.post),
    "move_chat": lambda ids: (ids.tenant, ids.chat, -100),
    "chat_unreachable": lambda ids: (ids.tenant, ids.chat),
    "claim_emptying": _account(30.0),
    "emptying_over": _account(_NOW),
    "unsay_queued": _account(900.0, 120.0),
    "claim_fetch": lambda ids: (ids.tenant, ids.fetch, 30.0),
    "put_off_fetch": lambda ids: (ids.tenant, ids.fetch, 1.0),
    "give_up_fetch": lambda ids: (ids.tenant, ids.fetch),
    "requeue_fetch": lambda ids: (ids.tenant, ids.fetch),
    "fetched": lambda ids: (ids.tenant, ids.fetch),
    "lock_silence": _conversation(),
    "watch_silence": _conversation(None, None),
    "release_to_team": _conversation(30),
    "put_idempotency_key": lambda ids: (ids.tenant, uuid7(), ids.member, b"same", 48),
    "idempotency_key": lambda ids: (ids.tenant, ids.request, ids.member, b"same"),
    "answer_idempotency_key": lambda ids: (ids.tenant, ids.request, [ids.message]),
    "conversation_page": lambda ids: (ids.tenant, ids.conversation, ids.member),
    "open_hand_off_of_conversation": _conversation(),
    "suggestion_of_conversation": _conversation(),
    "dismiss_suggestion": _conversation(),
    "thread_after": _conversation(0, 10),
    "thread_before": _conversation(10, 10),
    "lead_rows": lambda ids: (ids.tenant, [ids.lead]),
    "lead_page": lambda ids: (ids.tenant, ids.lead, ids.member),
    "score_reasons": _lead(20),
    "identities_of_lead": _lead(),
    "conversations_of_lead": _lead(),
    "timeline_of_lead": _lead(datetime(9999, 1, 1, tzinfo=UTC), "~", 50),
    "lock_lead": lambda ids: (ids.tenant, ids.lead, ids.member),
    "edit_lead": _lead("Ana", "[]", "{}"),
    "move_lead": _lead("new", "new"),
    "tags_in_use": _tenant(10),
    "dashboard_now": _tenant(),
    "dashboard_leads": _tenant(*_SINCE),
    "dashboard_conversations": _tenant(*_SINCE),
    "dashboard_answers": _tenant(*_SINCE),
    "dashboard_resolved": _tenant(*_SINCE),
    "dashboard_hand_offs": _tenant(*_SINCE),
    "dashboard_cost": _tenant(*_SINCE),
    "lock_digest_mark": _tenant(),
    "put_digest_mark": _tenant(uuid7()),
    "write_digests": _tenant(60.0, 10),
    "move_digest_mark": _tenant(600.0, None),
    "knowledge_page": _tenant("horario", None, 10),
    "knowledge_total": _tenant("horario"),
    "add_knowledge": _tenant(uuid7(), "Horário", "Das 9h às 18h", "panel"),
    "change_knowledge": lambda ids: (ids.tenant, ids.knowledge, "Horário", "Das 8h às 18h"),
    "remove_knowledge": lambda ids: (ids.tenant, ids.knowledge),
    "quick_replies": _tenant(),
    "add_quick_reply": _tenant(uuid7(), "tchau", "Até logo!"),
    "change_quick_reply": lambda ids: (ids.tenant, ids.reply, "oi", "Olá de novo!"),
    "remove_quick_reply": lambda ids: (ids.tenant, ids.reply),
    "plan_of_tenant": _tenant(),
    "usage_of_months": _tenant(12),
    "incidents_page": _tenant(None, 10),
    "judge_incident": lambda ids: (ids.tenant, ids.incident, True),
    "audit_page": _tenant(None, 10),
    "settings_of_tenant": _tenant(),
    "timezone_known": _tenant("America/Sao_Paulo"),
    "change_settings": _tenant(0, "Another", "UTC", "en", 1.0, "{}"),
    "stages_of_tenant": _tenant(),
    "lock_stages": _tenant(),
    "put_stages": _tenant('[{"key": "new", "name": "Novo", "position": 0, "min_score": null, "outcome": "open"}]'),
    "remove_stages": _tenant(["new"]),
    "move_leads": _tenant("new", "qualified"),
}

WIDE: Mapping[str, Values] = {
    "find_leads": lambda _: ("{}", "recent", None, None, 10),
    "count_leads": lambda _: ("{}",),
    "board_leads": lambda _: ("{}", 10),
    "found_knowledge": lambda _: ("horário", 5),
}

ALONE: Mapping[str, Values] = {
    "begin_turn": _conversation(15.0, 100, 10, 3, 10_000),
    "turn_context": _conversation(100, 10, 3, 10_000),
    "commit_turn": lambda ids: (
        ids.tenant, ids.conversation, 0, 9, 0, "new", _TURN, ids.lead, ids.account, "[]", _FOUND_OUT, 0, 0, 0, _CALLS,
    ),
    "claim_send": _conversation(30.0),
    "record_sent": _message(0, "wamid.sent"),
}  # fmt: skip

OWN_ROWS: Mapping[str, tuple[str, str]] = {
    "found_knowledge": ("content", "SELECT content FROM knowledge_entries WHERE tenant_id = $1"),
    "find_leads": ("lead_id", "SELECT lead_id FROM conversations WHERE tenant_id = $1"),
    "count_leads": ("leads", "SELECT count(*) FROM conversations WHERE tenant_id = $1"),
    "board_leads": ("lead_id", "SELECT lead_id FROM conversations WHERE tenant_id = $1"),
}
"""What a query of ``WIDE`` tells of in a column, and where else that stands."""

PLATFORM: Mapping[str, Values] = {
    "invite_of_hash": lambda _: ("no-such-hash",),
    "memberships_of": lambda _: (1,),
    "places_at": lambda _: (1, 1),
    "store_updates": lambda _: (1, [], [], [], []),
    "claim_updates": lambda _: (0, 10, 30.0),
    "finish_update": lambda _: (uuid7(),),
    "postpone_update": lambda _: (uuid7(), 1.0, "error"),
    "give_up_update": lambda _: (uuid7(), "error"),
    "purge_updates": lambda _: (48, 168),
    "purge_posts": lambda _: (10, 2, 7),
    "purge_unshown_posts": lambda _: (10, 30),
    "purge_meanings": lambda _: (10, 90),
    "purge_told_notifications": lambda _: (10, 2),
    "purge_untold_notifications": lambda _: (10, 30),
    "credential_set": lambda ids: (ids.set_id,),
    "due_emptyings": lambda _: (10,),
    "due_fetches": lambda _: (0.0, 10),
    "credential_set_of_key": lambda _: ("no-such-key", "meta_whatsapp"),
    "account_bound_to_set": lambda ids: (ids.set_id, "no-such-number"),
    "account_of_business": lambda ids: (ids.set_id, "no-such-business"),
    "renew_turn_leases": lambda ids: ([ids.tenant], [ids.conversation], [0], 15.0),
    "due_turns": lambda _: (0.0, 10),
    "due_sends": lambda _: (0.0, 10),
    "abandoned_sends": lambda _: (10,),
    "unsettled_sends": lambda _: (10,),
    "waiting_over": lambda _: (10,),
    "due_summaries": lambda _: (0.0, 10),
    "purge_early_receipts": lambda _: (),
    "make_tenant": lambda _: (uuid7(), "another", "Another", "America/Sao_Paulo", "pt-BR", 4.0, "{}"),
    "lock_credential_set": lambda ids: (ids.set_id,),
    "renew_credential_set": lambda ids: (ids.set_id, b"sealed"),
    "account_behind_set": lambda ids: (ids.set_id,),
    "make_credential_set": lambda _: (uuid7(), "another-key", "meta_whatsapp", b"sealed"),
    "tenant_of_slug": lambda _: ("another",),
    "tenants_of_installation": lambda _: (),
    "first_tenant": lambda _: (),
    "park_payload": lambda _: ("version", b"{}"),
    "due_notifications": lambda _: (10,),
    "claim_posts": lambda _: (0, 10, 30.0),
    "active_of_person": lambda _: (1,),
    "due_silences": lambda _: (10,),
    "resumed_tenants": lambda _: (20.0,),
    "stale_digests": lambda _: (10,),
}
