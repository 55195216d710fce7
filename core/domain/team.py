"""Where a team works in Telegram, and what is shown to it there."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from core.domain.conversation import Role

_OF_AN_ID: Final = 4
_LONGEST_NAME: Final = 64


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
    TAKE_BACK = "take_back"
    """Something that the chat is to show no more: a message, or a whole topic."""


class MessagePurpose(StrEnum):
    """Why a message of Telegram is about a conversation."""

    CARD = "card"
    RELAY = "relay"
    SAID = "said"
    """A member's own words for the lead."""
    NOTE_PROMPT = "note_prompt"
    """The bot's question for a note: the reply to it is the note."""
    VIEW = "view"


class Inbox(StrEnum):
    """Where a tenant's team wants its leads."""

    AUTO = "auto"
    """In the group where one is linked, else in private chats."""
    GROUP = "group"
    PRIVATE = "private"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class TeamChat:
    """A chat in which somebody of the team can be reached; ``role`` and ``on_duty`` are its member's."""

    id: UUID
    kind: ChatKind
    member_id: UUID | None = None
    role: Role | None = None
    on_duty: bool = False


def chats_for_cards(chats: Sequence[TeamChat], inbox: Inbox) -> list[TeamChat]:
    """Where a hand-off is shown: never nowhere, as long as anybody can be reached.

    Private cards go to who is on duty; with nobody on duty, to everybody.
    """
    groups = [chat for chat in chats if chat.kind is ChatKind.GROUP]
    private = [chat for chat in chats if chat.kind is ChatKind.PRIVATE]
    there = [chat for chat in private if chat.on_duty] or private
    if inbox is Inbox.BOTH:
        return groups + (there if not groups else [chat for chat in private if chat.on_duty])
    first, second = (there, groups) if inbox is Inbox.PRIVATE else (groups, there)
    return first or second


def chats_for_admins(chats: Sequence[TeamChat]) -> list[TeamChat]:
    """Where what only admins can mend is told: to them, else to managers, else to the group, else to everybody."""
    for role in (Role.ADMIN, Role.MANAGER):
        found = [chat for chat in chats if chat.role is role]
        if found:
            return found
    return [chat for chat in chats if chat.kind is ChatKind.GROUP] or list(chats)


def chats_for_silence(chats: Sequence[TeamChat], holder: UUID | None) -> list[TeamChat]:
    """Where it is told that a lead waits for whoever has him: to that person and to those who lead the team.

    Somebody who cannot be reached by himself, and a team that nobody leads, is told in the group; else everybody is.
    """
    groups = [chat for chat in chats if chat.kind is ChatKind.GROUP]
    own = [chat for chat in chats if holder is not None and chat.member_id == holder]
    leading = [chat for chat in chats if chat.role in {Role.MANAGER, Role.ADMIN} and chat not in own]
    if own or leading:
        return (own or (groups if holder is not None else [])) + leading
    return groups or list(chats)


def chats_for_escalation(chats: Sequence[TeamChat], *, unheard: bool) -> list[TeamChat]:
    """Where it is told that nobody comes to a lead: to those who lead the team.

    ``unheard``: some of them cannot be reached by themselves; the group, which can name them, hears of it too. A team
    that nobody leads hears of it there, else everywhere.
    """
    groups = [chat for chat in chats if chat.kind is ChatKind.GROUP]
    leading = [chat for chat in chats if chat.role in {Role.MANAGER, Role.ADMIN}]
    return leading + (groups if unheard or not leading else []) or list(chats)


def chats_for_words(
    chats: Sequence[TeamChat], inbox: Inbox, *, holder: UUID | None, with_card: Container[UUID]
) -> list[TeamChat]:
    """Where what is said in a conversation is shown: in the group, and in the chat of whoever has the conversation.

    While nobody has it, private chats see it on the card instead. A holder who cannot be reached is no reason for
    silence: then it is shown where cards are.
    """
    shown = chats_for_cards(chats, inbox)
    groups = [chat for chat in shown if chat.kind is ChatKind.GROUP]
    own = [chat for chat in chats if holder is not None and chat.member_id == holder]
    if holder is not None and not groups and not own:
        return shown
    return groups + [chat for chat in own if not groups or chat.id in with_card]


def called(name: str | None, phone: str | None, address: str) -> str:
    """How the team calls a lead: by his name, else his number; one who has neither by the end of the channel's own id.

    Channels let some people give themselves a page for a name: its beginning is enough.
    """
    if name or phone:
        if name and len(name) > _LONGEST_NAME:
            return f"{name[: _LONGEST_NAME - 1]}…"
        return name or (f"+{phone}" if phone and phone.isdigit() else str(phone))
    return f"Lead {address[-_OF_AN_ID:]}"
