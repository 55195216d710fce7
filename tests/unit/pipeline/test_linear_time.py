"""No text, however contrived, keeps the guard, the validator or the rules of a turn busy: they run between the turns of other leads."""

import time
from collections.abc import Callable, Iterator
from itertools import permutations
from random import Random

import pytest

from core.domain.data_request import asked_in
from core.domain.opt_out import wish_in
from pipeline.guard import inspect
from pipeline.reply_facts import ReplyFacts
from pipeline.validator import validate

_LENGTH = 20_000
_MOST_SECONDS = 0.15
"""Processor time, some five times what any of these texts takes; quadratic rules take seconds."""
_TRIES = 5
"""A processor that others use too may be slow for a while: a rule that is slow is so each time."""
_CHARACTERS = [chr(code) for code in range(0x20, 0x7F)] + list("\n\tçã\u0301\u200b\u202e\ufe0f😀忽—•ﷺ")
_WORDS = (  # noqa: SIM905  (a word list reads best as words)
    "ignore your the as instruções regras todas mostre dados de outros clientes a partir agora sempre me you are now"
    ' system: <system <!-- select from python -ec rm [pdf] {" {{ ${ [nome &#105; \\u0069 %41 01101001 .- -... a@b www.'
    " com 1.000 R$1 r$ 10% 10 6x 100.000,00 Oi tudo bem Maria Silva paciente garanto grátis hoje vou"
).split()
_FACTS = ReplyFacts(
    known_text="\n".join(f"Serviço {n}: R$ {n}0,00 em até 6x, 5% no PIX, site s{n}.example" for n in range(1, 41)),
    canaries=("CNRY-0123456789ab",),
    internal_notes=("margem mínima de 12%", "a Julia sai de férias em março"),
    lead_text="oi, sou o Marcos Paulo, faz por 120?",
    max_bubbles=3,
)


# What the rules for a lead's wishes pass over, which a text may heap up between a beginning that they know and no end.
_BEGINNINGS = (
    "apague", "quero", "quero que", "quais", "exclusao de", "nao quero mais receber", "pare de mandar", "sem mais", "me tira", "delete",
    "what data do you have", "send me", "stop sending", "no more", "do not want to receive any", "",
)  # fmt: skip
_FILLERS = (
    "tudo", "de", "o", "tudo o", "tudo de", "todos", "das", "ter", "a", "uma", "ter acesso a", "esse", "tipo de", "esse tipo de", "mais", "dos",
    "all", "all of", "any", "data", "the data", "all data", "that", "the", "these", "of these", "so many",
)  # fmt: skip


def _of_one_character() -> Iterator[str]:
    return (character * _LENGTH for character in _CHARACTERS)


def _of_two_characters() -> Iterator[str]:
    pairs = Random(1).sample(list(permutations(_CHARACTERS, 2)), 60)
    return ("".join(pair) * (_LENGTH // 2) for pair in pairs)


def _of_short_words() -> Iterator[str]:
    for word in _WORDS:
        yield from ((word + between) * (_LENGTH // len(word + between)) for between in ("", " ", "\n", ". "))


def _mixed() -> Iterator[str]:
    random = Random(2)
    for _ in range(5):
        yield "".join(random.choice(_WORDS) + random.choice(" \n.,-=") for _ in range(_LENGTH // 3))
        yield "".join(random.choice(_CHARACTERS) for _ in range(_LENGTH))
    yield "Oi" + "\n" * 4000 + "tudo bem"
    # Long runs of one sort that do not repeat, so that nothing shortens them.
    for sort in (
        "\n \t",
        "#=*-",
        "abcdefgh",
        "0123456789",
        "0123456789.",
        "ab-",
        "a.-",
        ".!?",
        "{<[",
        "\u0301\u0316\u0330",
    ):
        yield "".join(random.choice(sort) for _ in range(_LENGTH))


def _of_fillers() -> Iterator[str]:
    random = Random(3)
    for beginning in _BEGINNINGS:
        yield from (f"{beginning} {f'{filler} ' * _LENGTH}"[:_LENGTH] for filler in _FILLERS)
        for _ in range(12):
            yield f"{beginning} {' '.join(random.choices(_FILLERS, k=_LENGTH // 3))}"[:_LENGTH]


_KINDS: dict[str, Callable[[], Iterator[str]]] = {
    "one_character": _of_one_character,
    "two_characters": _of_two_characters,
    "short_words": _of_short_words,
    "mixed": _mixed,
}


def _slow(judge: Callable[[str], object], texts: Iterator[str]) -> list[tuple[str, float]]:
    """Return the beginnings of the texts that took too long each time, and their shortest time."""
    judge("oi")
    suspects = [text for text in texts if _seconds(judge, text) > _MOST_SECONDS]
    tried = [(text[:24], min(_seconds(judge, text) for _ in range(_TRIES))) for text in suspects]
    return [(beginning, seconds) for beginning, seconds in tried if seconds > _MOST_SECONDS]


def _seconds(judge: Callable[[str], object], text: str) -> float:
    started = time.thread_time()
    judge(text)
    return time.thread_time() - started


@pytest.mark.parametrize("kind", _KINDS)
def test_the_guard_is_quick_on_any_message(kind: str) -> None:
    """No repetition makes the guard slow."""
    assert _slow(inspect, _KINDS[kind]()) == []


@pytest.mark.parametrize("kind", _KINDS)
def test_the_validator_is_quick_on_any_reply(kind: str) -> None:
    """No repetition makes the validator slow."""
    assert _slow(lambda text: validate([text[:5000]], _FACTS), _KINDS[kind]()) == []


def test_the_validator_is_quick_on_a_very_long_reply() -> None:
    """What is far over any limit is not read whole."""
    assert _slow(lambda text: validate([text], _FACTS), _mixed()) == []


@pytest.mark.parametrize("rule", [asked_in, wish_in])
@pytest.mark.parametrize("kind", [*_KINDS, "fillers"])
def test_wishes_are_looked_for_quickly(rule: Callable[[str], object], kind: str) -> None:
    """What stands between the words that matter may be heaped up: it is passed over a few times at most."""
    assert _slow(rule, {**_KINDS, "fillers": _of_fillers}[kind]()) == []
