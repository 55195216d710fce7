"""No text, however contrived, keeps the guard or the validator busy: they run between the turns of other leads."""

import time
from collections.abc import Callable, Iterator
from itertools import permutations
from random import Random

import pytest

from pipeline.guard import inspect
from pipeline.reply_facts import ReplyFacts
from pipeline.validator import validate

_LENGTH = 20_000
_MOST_SECONDS = 0.12
"""Processor time, some five times what any of these texts takes; quadratic rules take seconds."""
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


_KINDS: dict[str, Callable[[], Iterator[str]]] = {
    "one_character": _of_one_character,
    "two_characters": _of_two_characters,
    "short_words": _of_short_words,
    "mixed": _mixed,
}


def _slow(judge: Callable[[str], object], texts: Iterator[str]) -> list[tuple[str, float]]:
    """Return the beginnings of the texts that took too long, twice in a row."""
    judge("oi")
    suspects = [text for text in texts if _seconds(judge, text) > _MOST_SECONDS]
    tried = [(text[:24], _seconds(judge, text)) for text in suspects]
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
