"""Rows of buttons under a message."""

from collections.abc import Iterable, Sequence

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup


def button(words: str, tap: CallbackData) -> InlineKeyboardButton:
    """A button that says what it is tapped for."""
    return InlineKeyboardButton(text=words, callback_data=tap.pack())


def keyboard(rows: Iterable[Sequence[InlineKeyboardButton]]) -> InlineKeyboardMarkup | None:
    """The rows that have a button, if any has."""
    filled = [list(row) for row in rows if row]
    return InlineKeyboardMarkup(inline_keyboard=filled) if filled else None
