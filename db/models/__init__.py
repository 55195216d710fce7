"""Every table, as Tortoise models. ``leader_leases`` is plain SQL: one row, no identity of its own."""

from db.models.conversations import Conversation, EarlyReceipt, HandOff, Message, RawEvent
from db.models.digests import ConversationDigest, DigestMark
from db.models.leads import ContactIdentity, Lead, LeadMonth, ScoreChange, Stage, StageChange
from db.models.sessions import AppSession, IdempotencyKey
from db.models.telegram import TelegramChat, TelegramMessage, TelegramPost, TelegramTopic
from db.models.tenants import (
    AuditEntry,
    ChannelAccount,
    CredentialSet,
    Invite,
    KnowledgeEntry,
    Member,
    QuickReply,
    Tenant,
    UsageMonth,
)
from db.models.work import (
    AiCall,
    DeadLetter,
    JobRun,
    MessageFetch,
    Notification,
    ParkedPayload,
    SecurityIncident,
    TelegramUpdate,
    Turn,
)

__all__ = [
    "AiCall",
    "AppSession",
    "AuditEntry",
    "ChannelAccount",
    "ContactIdentity",
    "Conversation",
    "ConversationDigest",
    "CredentialSet",
    "DeadLetter",
    "DigestMark",
    "EarlyReceipt",
    "HandOff",
    "IdempotencyKey",
    "Invite",
    "JobRun",
    "KnowledgeEntry",
    "Lead",
    "LeadMonth",
    "Member",
    "Message",
    "MessageFetch",
    "Notification",
    "ParkedPayload",
    "QuickReply",
    "RawEvent",
    "ScoreChange",
    "SecurityIncident",
    "Stage",
    "StageChange",
    "TelegramChat",
    "TelegramMessage",
    "TelegramPost",
    "TelegramTopic",
    "TelegramUpdate",
    "Tenant",
    "Turn",
    "UsageMonth",
]
