"""A message that Telegram does not let a bot delete is emptied, and one that it does not let it edit either is left."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import DeleteMessage

from bot.taking_back import take_back
from bot.texts import Catalogs
from core.domain.team import ChatKind, PostKind
from core.services.post_queue import LEFT, DuePost

TEXT = Catalogs.load().of("en")


@dataclass
class _Telegram:
    """Refuses with these words, by method; keeps what it took."""

    refused: dict[str, str]
    took: list[str] = field(default_factory=list)

    def __getattr__(self, method: str) -> Any:
        async def call(*_: Any, **__: Any) -> bool:
            if method in self.refused:
                raise TelegramBadRequest(DeleteMessage(chat_id=1, message_id=1), f"Bad Request: {self.refused[method]}")
            self.took.append(method)
            return True

        return call


def _post(*, thread_id: int | None = None, number: int | None = None) -> DuePost:
    return DuePost(
        uuid4(), uuid4(), ChatKind.GROUP, datetime.now(UTC), uuid4(), PostKind.TAKE_BACK, uuid4(), None, {}, thread_id, number, "", 0,
        0, 0, -100, None, None, "en",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("refused", "shown", "took"),
    [
        ({}, "gone", ["delete_message"]),
        ({"delete_message": "message to delete not found"}, "gone", []),
        ({"delete_message": "message can't be deleted"}, "gone", ["edit_message_text"]),
        ({"delete_message": "message can't be deleted", "edit_message_text": "message can't be edited"}, LEFT, []),
        ({"delete_message": "message can't be deleted", "edit_message_text": "message is not modified"}, "gone", []),
    ],
)
async def test_a_message_goes_or_is_emptied_or_left(refused: dict[str, str], shown: str, took: list[str]) -> None:
    """By what Telegram says of each."""
    telegram = _Telegram(refused)
    done = await take_back(cast("Bot", telegram), _post(number=7), TEXT)
    assert (done.shown, telegram.took) == (shown, took)


@pytest.mark.parametrize(
    ("words", "shown"),
    [("message thread not found", "gone"), ("TOPIC_ID_INVALID", "gone"), ("not enough rights to manage topics", LEFT)],
)
async def test_a_topic_that_may_not_be_deleted_is_left(words: str, shown: str) -> None:
    """Its messages are tried one by one."""
    done = await take_back(cast("Bot", _Telegram({"delete_forum_topic": words})), _post(thread_id=3), TEXT)
    assert done.shown == shown
