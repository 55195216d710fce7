"""In which lane an update waits."""

import json
from typing import Any

import pytest

from bot.arrivals import new_update, read_update
from core.domain.errors import BadRequest

CHAT = {"id": -100_77, "type": "supergroup"}
PERSON = {"id": 5_300_000_001, "is_bot": False, "first_name": "Ana"}


@pytest.mark.parametrize(
    ("update", "lane"),
    [
        ({"message": {"chat": CHAT, "from": PERSON}}, CHAT["id"]),
        ({"edited_message": {"chat": CHAT}}, CHAT["id"]),
        ({"my_chat_member": {"chat": CHAT, "from": PERSON}}, CHAT["id"]),
        ({"callback_query": {"from": PERSON, "message": {"chat": CHAT}}}, CHAT["id"]),
        ({"callback_query": {"from": PERSON, "inline_message_id": "x"}}, PERSON["id"]),
        ({"poll": {"id": "1"}}, 0),
        ({"message": {"chat": "none", "from": 7}}, 0),
        ({"message": None}, 0),
    ],
)
def test_an_update_waits_behind_its_chats_others(update: dict[str, Any], lane: int) -> None:
    """In its chat's lane, else in its person's, else in one for all that is left."""
    assert new_update({"update_id": 9, **update}).lane == lane


def test_the_body_is_kept_as_it_came() -> None:
    """Fields that nobody knows yet too, and half a character."""
    body = '{"update_id": 9, "message": {"text": "\\ud83d", "newest": {"a": [1.5, null]}}}'
    assert json.loads(read_update(body.encode()).body) == json.loads(body)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'{"update_id": "9"}', b'{"message": {}}', b"\xff"])
def test_what_is_no_update_is_refused(body: bytes) -> None:
    """Nothing of it is stored."""
    with pytest.raises(BadRequest):
        read_update(body)
