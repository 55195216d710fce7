"""Who is shown what: rules over the chats a team can be reached in."""

from itertools import product
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.conversation import Role
from core.domain.team import (
    ChatKind,
    Inbox,
    TeamChat,
    chats_for_admins,
    chats_for_cards,
    chats_for_silence,
    chats_for_words,
)

GROUP = TeamChat(UUID(int=1), ChatKind.GROUP)


def private(number: int, *, role: Role = Role.ATTENDANT, on_duty: bool = True) -> TeamChat:
    """A member's own chat."""
    return TeamChat(UUID(int=number), ChatKind.PRIVATE, UUID(int=1000 + number), role, on_duty)


AT_WORK, AT_HOME, ADMIN = private(2), private(3, on_duty=False), private(4, role=Role.ADMIN)
TEAM = [GROUP, AT_WORK, AT_HOME, ADMIN]
CASES = {
    Inbox.AUTO: [GROUP],
    Inbox.GROUP: [GROUP],
    Inbox.PRIVATE: [AT_WORK, ADMIN],
    Inbox.BOTH: [GROUP, AT_WORK, ADMIN],
}


@pytest.mark.parametrize("inbox", list(Inbox))
def test_cards_go_where_the_tenant_wants_them(inbox: Inbox) -> None:
    """In the group, in the chats of who is on duty, or in both."""
    assert chats_for_cards(TEAM, inbox) == CASES[inbox]


def test_without_a_group_cards_are_private() -> None:
    """A tenant with no group has private cards, whatever it asked for."""
    assert [chats_for_cards([AT_WORK, AT_HOME], inbox) for inbox in Inbox] == [[AT_WORK]] * 4


def test_with_nobody_on_duty_everybody_is_told() -> None:
    """A lead who waits is shown to those who are off rather than to nobody."""
    assert chats_for_cards([AT_HOME], Inbox.AUTO) == [AT_HOME]


def test_private_cards_fall_back_to_the_group() -> None:
    """With no private chat at all the group sees it."""
    assert chats_for_cards([GROUP], Inbox.PRIVATE) == [GROUP]


@given(
    st.lists(st.sampled_from([GROUP, AT_WORK, AT_HOME, ADMIN]), unique=True, min_size=1),
    st.sampled_from(list(Inbox)),
)
def test_whoever_can_be_reached_somebody_is_told(chats: list[TeamChat], inbox: Inbox) -> None:
    """As long as one chat can be reached a card goes somewhere, and never twice to the same chat."""
    shown = chats_for_cards(chats, inbox)
    assert shown
    assert len(set(shown)) == len(shown)


def test_what_admins_mend_is_told_to_admins() -> None:
    """Else to managers, else to the group, else to everybody."""
    manager = private(5, role=Role.MANAGER)
    assert chats_for_admins([*TEAM, manager]) == [ADMIN]
    assert chats_for_admins([GROUP, AT_WORK, manager]) == [manager]
    assert chats_for_admins([GROUP, AT_WORK]) == [GROUP]
    assert chats_for_admins([AT_WORK, AT_HOME]) == [AT_WORK, AT_HOME]


def test_words_go_to_the_group_and_to_who_has_the_conversation() -> None:
    """In private work they go to the holder alone; in a group to its topic, and to a holder who has the card."""
    holder = AT_WORK.member_id
    assert chats_for_words(TEAM, Inbox.AUTO, holder=holder, with_card=()) == [GROUP]
    assert chats_for_words(TEAM, Inbox.AUTO, holder=holder, with_card={AT_WORK.id}) == [GROUP, AT_WORK]
    assert chats_for_words(TEAM, Inbox.PRIVATE, holder=holder, with_card=()) == [AT_WORK]
    assert chats_for_words([AT_WORK, ADMIN], Inbox.AUTO, holder=None, with_card={AT_WORK.id}) == []


def test_every_holder_hears_his_lead() -> None:
    """Whoever has a conversation is shown its words somewhere, in every inbox, also when he is off duty."""
    for chat, inbox in product([AT_WORK, AT_HOME, ADMIN], Inbox):
        shown = chats_for_words(TEAM, inbox, holder=chat.member_id, with_card=())
        assert GROUP in shown or chat in shown


def test_a_holder_without_a_chat_leaves_nobody_unheard() -> None:
    """Words for a holder who cannot be reached are shown where cards are."""
    assert chats_for_words(TEAM, Inbox.PRIVATE, holder=uuid4(), with_card=()) == [AT_WORK, ADMIN]


def test_a_silence_is_told_to_the_holder_and_to_who_leads() -> None:
    """To nobody twice; without a name, to who leads."""
    assert chats_for_silence(TEAM, AT_WORK.member_id) == [AT_WORK, ADMIN]
    assert chats_for_silence(TEAM, ADMIN.member_id) == [ADMIN]
    assert chats_for_silence(TEAM, None) == [ADMIN]


def test_a_silence_is_always_told_to_somebody() -> None:
    """A holder without a chat is told in the group, a team that nobody leads too; without a group everybody is."""
    assert chats_for_silence(TEAM, uuid4()) == [GROUP, ADMIN]
    assert chats_for_silence([GROUP, AT_WORK], None) == [GROUP]
    assert chats_for_silence([AT_WORK, AT_HOME], uuid4()) == [AT_WORK, AT_HOME]
