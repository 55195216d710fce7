"""How a match of a pattern can begin, so that a rule is tried only at the words that may open it.

Reads the subset of regular expressions the word rules are written in. Whatever it does not know it
takes for "anything", which costs time and never a match.
"""

import re
from collections.abc import Iterator
from typing import Final

LENGTH: Final = 6
"""Characters of an opening."""
_ANY: Final = "*"
_TOKEN = re.compile(r"\(\?[:=!]|\(\?<[=!]|\\.|\[\^?[^\]]*\]|\{\d*,?\d*\}[?+]?|[*+?][?+]?|.", re.DOTALL)
_RANGE = re.compile(r"(.)-(.)")

_Openings = frozenset[str]
_NOTHING: Final = frozenset({""})
_ANYTHING: Final = frozenset({_ANY})


def openings(pattern: str) -> frozenset[str]:
    """Return the first ``LENGTH`` characters of all matches; one that is cut short by ``*`` may go on as it likes."""
    tokens = _TOKEN.findall(pattern)
    found, rest = _alternatives(tokens, 0)
    if rest != len(tokens):
        raise ValueError(pattern)
    return frozenset(each if len(each) >= LENGTH else f"{each.removesuffix(_ANY)}{_ANY}" for each in found)


def _alternatives(tokens: list[str], at: int) -> tuple[_Openings, int]:
    found: set[str] = set()
    so_far = _NOTHING
    while at < len(tokens) and tokens[at] != ")":
        if tokens[at] == "|":
            found |= so_far
            so_far, at = _NOTHING, at + 1
            continue
        one, at = _repeated(tokens, at)
        so_far = _then(so_far, one)
    return frozenset(found | so_far), at


def _repeated(tokens: list[str], at: int) -> tuple[_Openings, int]:
    one, at = _single(tokens, at)
    if at == len(tokens) or not re.match(r"[*+?]|\{\d", tokens[at]):
        return one, at
    count = tokens[at]
    if count[0] in "*+" or (count[0] == "{" and count != "{1}"):
        more = _then(one, _ANYTHING)
        one = more if count[0] == "+" or count.startswith("{1") else more | _NOTHING
    else:
        one |= _NOTHING
    return one, at + 1


def _single(tokens: list[str], at: int) -> tuple[_Openings, int]:
    sign = tokens[at]
    if sign.startswith("("):
        inside, end = _alternatives(tokens, at + 1)
        is_group = sign in {"(", "(?:"}
        return (inside if is_group else _NOTHING), end + 1
    if sign.startswith("["):
        return _one_of(sign[1:-1]), at + 1
    if sign in {r"\b", "$", "^"}:
        return _NOTHING, at + 1
    return (_ANYTHING if sign.startswith("\\") or sign == "." else frozenset({sign})), at + 1


def _one_of(members: str) -> _Openings:
    if members.startswith("^") or "\\" in members or _RANGE.search(members):
        return _ANYTHING
    return frozenset(members)


def _then(first: _Openings, second: _Openings) -> _Openings:
    return frozenset(_joined(first, second))


def _joined(first: _Openings, second: _Openings) -> Iterator[str]:
    for start in first:
        if start.endswith(_ANY) or len(start) >= LENGTH:
            yield start
        else:
            yield from ((start + end)[:LENGTH] for end in second)
