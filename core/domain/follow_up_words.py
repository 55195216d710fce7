"""What a text step says to one lead: its variables, each with what stands for it, and what is left where nothing does."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from core.domain.handoff import fold

NAME: Final = "nome"
BUSINESS: Final = "negocio"
VARIABLES: Final = (NAME, BUSINESS)
"""The lead's first name, where he has told one, and what the business is called."""
_VARIABLE: Final = re.compile(r"\{([^{}\n]*)\}")
_NAME: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LONGEST_NAME: Final = 30
_NOBODY: Final = "\x00"
"""Stands where a name would, until what is around it is closed up; no text that is kept has it."""
_AT_THE_BEGINNING: Final = re.compile(rf"(?m)^([ \t]*){_NOBODY}[ \t]*[,!.:;]*[ \t]*(\w?)")
_BEFORE_A_MARK: Final = re.compile(rf",?[ \t]*{_NOBODY}(?=[ \t]*(?:[,.!?:;…)]|$))", re.MULTILINE)
_WITHIN: Final = re.compile(rf"{_NOBODY}[ \t]*")


def unknown_variables(text: str) -> Sequence[str]:
    """What stands between braces and is no variable, as it is written."""
    return [found for found in _VARIABLE.findall(text) if _meant(found) not in VARIABLES]


def first_name(name: str | None) -> str:
    """How somebody is called who goes by that name; nothing for what is no name, like a number or a smile."""
    word = next(iter((name or "").split()), "").strip(".,;:!?")
    if len(word) > _LONGEST_NAME or not _NAME.fullmatch(word):
        return ""
    return word.capitalize() if word.islower() or (word.isupper() and len(word) > 1) else word


def words_for(text: str, *, name: str | None, business: str) -> str:
    """What a step says to a lead of that name. Without one the sentence closes up: ``Oi, {nome}!`` is ``Oi!``."""
    known: Mapping[str, str] = {NAME: first_name(name) or _NOBODY, BUSINESS: business}
    said = _VARIABLE.sub(lambda found: known.get(_meant(found[1]), found[0]), text)
    said = _AT_THE_BEGINNING.sub(lambda found: found[1] + found[2].upper(), said)
    said = _BEFORE_A_MARK.sub("", said)
    return _WITHIN.sub("", said).strip()


def _meant(variable: str) -> str:
    return fold(variable).strip()
