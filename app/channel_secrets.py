"""What a channel's account is connected with, asked of an operator: by prompt, variable or stream, never by argument."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

import click
from pydantic import TypeAdapter, ValidationError

from core.domain.errors import BadRequest

_Given = TypeAdapter(dict[str, str])
_Variables = Mapping[str, str]
"""By the secret's name, the environment variable that may hold it."""
AS_IT_IS = "as it is"


@dataclass(frozen=True, slots=True)
class SecretSource:
    """Where secrets come from: the given ones, then the environment, then, if somebody is there, a hidden prompt."""

    given: Mapping[str, str] = field(default_factory=dict, repr=False)
    prompts: bool = True

    def all_of(self, wanted: _Variables) -> dict[str, str]:
        """Every one of them. Raises ``BadRequest`` for one that nobody gives."""
        found = {name: self._look(name, variable) for name, variable in wanted.items()}
        missing = [f"{name} ({wanted[name]})" for name, value in found.items() if not value]
        if missing:
            message = f"missing: {', '.join(missing)}"
            raise BadRequest(message)
        return found

    def those_given(self, wanted: _Variables) -> dict[str, str]:
        """The ones that are given or in the environment; nobody is asked for the others."""
        return SecretSource(self.given, prompts=False).any_of(wanted, empty=AS_IT_IS)

    def any_of(self, wanted: _Variables, *, empty: str) -> dict[str, str]:
        """As many of them as are given; somebody who is there is asked for each, and told what leaving it empty means."""
        found = {name: self._look(name, variable, empty=empty) for name, variable in wanted.items()}
        return {name: value for name, value in found.items() if value}

    def all_or_none_of(self, wanted: _Variables) -> dict[str, str] | None:
        """Every one of them, or ``None`` when none is given. Raises ``BadRequest`` for some of them."""
        found = {name: self._look(name, variable, empty=AS_IT_IS) for name, variable in wanted.items()}
        if not any(found.values()):
            return None
        if not all(found.values()):
            message = f"these are changed together: {', '.join(found)}"
            raise BadRequest(message)
        return found

    def _look(self, name: str, variable: str, *, empty: str = "") -> str:
        value = self.given.get(name) or os.environ.get(variable, "")
        if value or not self.prompts:
            return value.strip()
        words = name.replace("_", " ") + (f" (empty: {empty})" if empty else "")
        default = "" if empty else None
        answer: str = click.prompt(words, default=default, hide_input=True, show_default=False, err=True)
        return answer.strip()


def secret_source(*, stdin: bool) -> SecretSource:
    """With ``stdin``: a JSON object by name from standard input, and no prompts. Raises ``BadRequest``."""
    if not stdin:
        return SecretSource()
    try:
        return SecretSource(_Given.validate_json(sys.stdin.buffer.read()), prompts=False)
    except ValidationError:
        # The error would quote what was read.
        message = 'standard input must hold a JSON object of texts, {"access_token": "…"}'
        raise BadRequest(message) from None
