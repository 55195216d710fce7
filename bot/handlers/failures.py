"""``/falhas``: what was given up, to be tried again or dropped, one by one or all of a kind."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message

from bot.asking import Ask, answer
from bot.commands import FAILURES, called
from bot.keyboards import button, keyboard
from bot.replies import Replies
from bot.taps import LettersTap, LettersVerb, LetterTap, LetterVerb
from bot.texts import Html
from bot.troubles import in_words
from core.services.dead_letters import Dealt, Letter
from core.services.failures import Failures

_LONGEST_ERROR: Final = 200
_SHOWN: Final = 8


class FailureCommands:
    """Dead letters."""

    def __init__(self, failures: Failures, replies: Replies) -> None:
        self._failures = failures
        self._replies = replies

    def router(self) -> Router:
        """The routes of commands."""
        router = Router(name="failures")
        router.message.register(self.listed, called(FAILURES))
        return router

    async def listed(self, _message: Message, *, ask: Ask) -> None:
        """The oldest that are open, numbered as their buttons are; below them what can be done with all of a kind."""
        await self._list(ask, "", None)

    async def tapped(self, _query: CallbackQuery, *, callback_data: LetterTap, ask: Ask) -> str:
        """Tried again, or dropped."""
        if callback_data.verb is LetterVerb.RETRY:
            await self._failures.retry(ask.actor, callback_data.subject_id)
            return ask.text.plain("failures.retried")
        await self._failures.drop(ask.actor, callback_data.subject_id)
        return ask.text.plain("failures.dropped")

    async def many(self, query: CallbackQuery, *, callback_data: LettersTap, ask: Ask) -> str:
        """A button about all of a kind."""
        kind, after = callback_data.kind, callback_data.after_id
        match callback_data.verb:
            case LettersVerb.LIST:
                await self._list(ask, kind, after)
            case LettersVerb.ASK:
                await self._ask(ask, kind)
            case LettersVerb.RETRY:
                await self._tell(ask, kind, LettersVerb.RETRY, await self._failures.retry_all(ask.actor, kind, after))
            case LettersVerb.DROP:
                await self._tell(ask, kind, LettersVerb.DROP, await self._failures.drop_all(ask.actor, kind, after))
                await self._replies.retire(query)
        return ""

    async def _list(self, ask: Ask, kind: str, after: UUID | None) -> None:
        letters = await self._failures.open_ones(ask.actor, _SHOWN + 1, kind=kind or None, after=after)
        if not letters:
            await answer(self._replies, ask, ask.text("failures.none"))
            return
        kinds = await self._failures.kinds(ask.actor)
        shown, more = letters[:_SHOWN], letters[_SHOWN:]
        rows = [*_rows(ask, shown), *_rows_of_kinds(ask, kinds, kind)]
        if more:
            rows.append([_button(ask, "failures.next", LettersVerb.LIST, kind, after=shown[-1].id)])
        await answer(self._replies, ask, _listing(ask, shown, kinds), keyboard(rows))

    async def _ask(self, ask: Ask, kind: str) -> None:
        count = (await self._failures.kinds(ask.actor)).get(kind, 0)
        row = [_button(ask, "failures.drop_sure", LettersVerb.DROP, kind)]
        html = ask.text("failures.drop_ask", what=_named(ask, kind), count=count)
        await answer(self._replies, ask, html, keyboard([row]))

    async def _tell(self, ask: Ask, kind: str, verb: LettersVerb, dealt: Dealt) -> None:
        """What came of it, and a button for the rest, where there is more than is dealt with at once."""
        said = "failures.retried_all" if verb is LettersVerb.RETRY else "failures.dropped_all"
        lines = [ask.text(said, what=_named(ask, kind), done=dealt.done)]
        if dealt.refused:
            lines.append(ask.text("failures.refused", refused=dealt.refused))
        following = [[_button(ask, "failures.more", verb, kind, after=dealt.following)]] if dealt.following else []
        await answer(self._replies, ask, Html("\n".join(lines)), keyboard(following))


def _listing(ask: Ask, letters: Sequence[Letter], kinds: Mapping[str, int]) -> Html:
    summary = " · ".join(
        ask.text("failures.kinds", what=_named(ask, kind), count=count) for kind, count in kinds.items()
    )
    lines = [
        ask.text(
            "failures.line",
            number=number,
            what=_named(ask, one.kind),
            error=in_words(one.error, ask.text)[:_LONGEST_ERROR],
            time=f"{one.created_at:%d/%m}",
        )
        for number, one in enumerate(letters, 1)
    ]
    return Html("\n".join((ask.text("failures.title"), summary, *lines, ask.text("failures.hint"))))


def _rows(ask: Ask, letters: Sequence[Letter]) -> list[list[InlineKeyboardButton]]:
    def one(verb: LetterVerb, number: int, letter: Letter) -> InlineKeyboardButton:
        tap = LetterTap.about(verb, ask.member.tenant_id, letter.id)
        return button(ask.text.plain(f"failures.{verb}", number=number), tap)

    return [[one(verb, number, letter) for verb in LetterVerb] for number, letter in enumerate(letters, 1)]


def _rows_of_kinds(ask: Ask, kinds: Mapping[str, int], shown: str) -> list[list[InlineKeyboardButton]]:
    """For each kind of which there are several; a kind alone can be looked at where there are others."""
    rows = []
    for kind, count in kinds.items():
        if count > 1:
            rows.append(
                [
                    _button(ask, "failures.retry_all", LettersVerb.RETRY, kind),
                    _button(ask, "failures.drop_all", LettersVerb.ASK, kind),
                ]
            )
        if len(kinds) > 1 and kind != shown:
            rows.append([_button(ask, "failures.only", LettersVerb.LIST, kind, count=count)])
    return rows


def _button(  # noqa: PLR0917 - what it says, and what it does
    ask: Ask, said: str, verb: LettersVerb, kind: str, after: UUID | None = None, count: int = 0
) -> InlineKeyboardButton:
    words = ask.text.plain(said, what=_named(ask, kind), count=count)
    return button(words, LettersTap.of(verb, ask.member.tenant_id, kind, after))


def _named(ask: Ask, kind: str) -> str:
    """A kind in words; one that this release does not know by its own name."""
    named = f"letter.{kind}"
    return ask.text.plain(named) if named in ask.text else kind
