"""What somebody is told who may not write to the bot."""

import pytest
from aiogram.types import Message

from bot.strangers import why_not
from core.domain.conversation import Role
from core.domain.ids import uuid7
from core.services.members import Membership

HERE, ELSEWHERE = uuid7(), uuid7()
GROUP = {"id": -1001, "type": "supergroup", "title": "Equipe"}
ANONYMOUS = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group"}


def _message(**more: object) -> Message:
    person = {"id": 7, "is_bot": False, "first_name": "Ana"}
    return Message.model_validate(
        {"message_id": 1, "date": 1, "chat": GROUP, "from": person, "text": "/status", **more}
    )


def _member(*, suspended: bool) -> Membership:
    return Membership(HERE, "Acme", uuid7(), Role.ADMIN, "pt-BR", suspended=suspended)


@pytest.mark.parametrize(
    "channel", [GROUP, {"id": -1002, "type": "channel", "title": "Novidades"}], ids=["the group", "a channel"]
)
def test_who_writes_in_another_name_is_told_so(channel: dict[str, object]) -> None:
    """An anonymous admin is no stranger: nobody is told who it is."""
    assert why_not(_message(**{"from": ANONYMOUS}, sender_chat=channel), [], HERE) == "error.anonymous"


@pytest.mark.parametrize("tenant", [HERE, None], ids=["in its group", "in nobody's"])
def test_a_member_of_a_suspended_business_is_told_so(tenant: object) -> None:
    """He is known, and it is not he who has to be invited."""
    where = HERE if tenant else None
    assert why_not(_message(), [_member(suspended=True)], where) == "start.suspended"


def test_a_member_of_another_business_is_told_whose_the_group_is_not() -> None:
    """He needs no invitation to his own."""
    assert why_not(_message(), [_member(suspended=False)], ELSEWHERE) == "error.group_taken"


def test_a_stranger_is_one() -> None:
    """In whatever words the place has for it."""
    assert why_not(_message(), [], HERE, stranger="words.no_member") == "words.no_member"
