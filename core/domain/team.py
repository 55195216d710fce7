"""Where a team works in Telegram, and what is shown to it there."""

from enum import StrEnum


class ChatKind(StrEnum):
    """What kind of chat a tenant works in."""

    GROUP = "group"
    """A supergroup with topics, one for each lead."""
    PRIVATE = "private"
    """A member's own chat with the bot."""


class ChatStatus(StrEnum):
    """Whether the bot reaches a chat."""

    ACTIVE = "active"
    UNREACHABLE = "unreachable"
    """It was blocked, thrown out, or the chat is gone."""


class PostKind(StrEnum):
    """What a post is, and with it whether it is said once or kept up to date."""

    CARD = "card"
    """A hand-off, kept up to date."""
    RELAY = "relay"
    """What is said in a conversation, in order."""
    TICK = "tick"
    """How far a member's own message has come, kept up to date."""
    NOTICE = "notice"
    """Something to be told once."""
    REPLY = "reply"
    """An answer to somebody's command, said once."""


class MessagePurpose(StrEnum):
    """Why a message of Telegram is about a conversation."""

    CARD = "card"
    RELAY = "relay"
    SAID = "said"
    """A member's own words for the lead."""
    NOTE_PROMPT = "note_prompt"
    """The bot's question for a note: the reply to it is the note."""
    VIEW = "view"
