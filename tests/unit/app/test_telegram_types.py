"""aiogram's models built on demand are those that it builds itself. Each claim in a process of its own: one import is all it gets."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[3]
_ON_DEMAND = "from app.telegram_types import import_aiogram; import_aiogram()"
_MODELS = """
from aiogram import methods, types
from aiogram.methods.base import TelegramMethod
from aiogram.types.base import TelegramObject
def below(root):
    for model in root.__subclasses__():
        yield model
        yield from below(model)
models = [*below(TelegramObject), *below(TelegramMethod)]
"""
_UPDATE = """
from aiogram.methods import AnswerCallbackQuery, GetUpdates, SendMessage
from aiogram.methods.base import Response
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Update
person = {"id": 1, "is_bot": False, "first_name": "A"}
message = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "from": person, "text": "x",
           "entities": [{"type": "text_mention", "offset": 0, "length": 1, "user": person}]}
update = {"update_id": 1, "callback_query": {"id": "1", "chat_instance": "1", "from": person, "message": message}}
print(repr(Response[GetUpdates.__returning__].model_validate({"ok": True, "result": [update]})))
print(repr(Response[SendMessage.__returning__].model_validate({"ok": True, "result": message})))
keys = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="x", callback_data="y")]])
print(SendMessage(chat_id=1, text="x", reply_markup=keys).model_dump_json(exclude_none=True, include={"chat_id", "text", "reply_markup"}))
print(repr(AnswerCallbackQuery(callback_query_id="1").callback_query_id))
"""


def _run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def test_what_is_read_and_written_is_the_same() -> None:
    """Updates, answers and calls are to the letter what they are with aiogram imported as it comes."""
    assert _run(f"{_ON_DEMAND}\n{_UPDATE}") == _run(_UPDATE)


def test_nothing_is_built_before_it_is_used() -> None:
    """After the import no model that names others has a validator; after a use those have that it needed."""
    assert _run(f"{_ON_DEMAND}\n{_MODELS}\nprint(types.Message.__pydantic_complete__)") == "False\n"


def test_every_model_can_be_built() -> None:
    """None of aiogram's models lacks a name that its annotations use."""
    built = _run(
        f"{_ON_DEMAND}\n{_MODELS}\nprint(len(models), sum(model.model_rebuild() is not False and model.__pydantic_complete__ for model in models))"
    )
    all_of_them, complete = map(int, built.split())
    assert all_of_them > 400
    assert complete == all_of_them
