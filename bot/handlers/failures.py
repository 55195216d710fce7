"""``/falhas``: what was given up, to be tried again or dropped."""

from collections.abc import Sequence
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message

from bot.asking import Ask, answer
from bot.commands import FAILURES, called
from bot.keyboards import button, keyboard
from bot.replies import Replies
from bot.taps import LetterTap, LetterVerb
from bot.texts import Html
from bot.troubles import in_words
from core.services.dead_letters import Letter
from core.services.failures import Failures

_LONGEST_ERROR: Final = 200


class FailureCommands:
    """Dead letters, one by one."""

    def __init__(self, failures: Failures, replies: Replies) -> None:
        self._failures = failures
        self._replies = replies

    def router(self) -> Router:
        """The routes of commands."""
        router = Router(name="failures")
        router.message.register(self.listed, called(FAILURES))
        return router

    async def listed(self, _message: Message, *, ask: Ask) -> None:
        """The oldest that are open, numbered as their buttons are."""
        letters = await self._failures.open_ones(ask.actor)
        if not letters:
            await answer(self._replies, ask, ask.text("failures.none"))
            return
        lines = [
            ask.text(
                "failures.line",
                number=number,
                what=ask.text(f"letter.{one.kind}"),
                error=in_words(one.error, ask.text)[:_LONGEST_ERROR],
                time=f"{one.created_at:%d/%m}",
            )
            for number, one in enumerate(letters, 1)
        ]
        html = Html("\n".join((ask.text("failures.title"), *lines, ask.text("failures.hint"))))
        await answer(self._replies, ask, html, keyboard(_rows(ask, letters)))

    async def tapped(self, _query: CallbackQuery, *, callback_data: LetterTap, ask: Ask) -> str:
        """Tried again, or dropped."""
        if callback_data.verb is LetterVerb.RETRY:
            await self._failures.retry(ask.actor, callback_data.subject_id)
            return ask.text.plain("failures.retried")
        await self._failures.drop(ask.actor, callback_data.subject_id)
        return ask.text.plain("failures.dropped")


def _rows(ask: Ask, letters: Sequence[Letter]) -> list[list[InlineKeyboardButton]]:
    def one(verb: LetterVerb, number: int, letter: Letter) -> InlineKeyboardButton:
        tap = LetterTap.about(verb, ask.member.tenant_id, letter.id)
        return button(ask.text.plain(f"failures.{verb}", number=number), tap)

    return [[one(verb, number, letter) for verb in LetterVerb] for number, letter in enumerate(letters, 1)]
