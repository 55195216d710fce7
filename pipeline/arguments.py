"""A task's own arguments, checked against its signature before it runs."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError
from taskiq_dependencies.dependency import Dependency

from pipeline.envelope import Reason, UnreadableError


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a payload may and must name.

    Injected parameters (``TaskiqDepends``) are left out on purpose: Taskiq lets a payload's value win over the
    injected one, so a payload that names one is refused here.
    """

    adapters: Mapping[str, TypeAdapter[Any]]
    required: frozenset[str]

    @classmethod
    def of(cls, function: Callable[..., Any]) -> "Arguments":
        """Read a task function's signature and annotations."""
        hints = get_type_hints(function, include_extras=True)
        named = {
            name: parameter
            for name, parameter in inspect.signature(function).parameters.items()
            if not _injected(parameter, hints.get(name))
        }
        return cls(
            adapters={name: TypeAdapter(hints.get(name, Any)) for name in named},
            required=frozenset(name for name, parameter in named.items() if parameter.default is parameter.empty),
        )

    def check(self, kwargs: Mapping[str, object]) -> dict[str, object]:
        """Return the values in the types the task declares; raises ``UnreadableError`` when they do not fit."""
        if not self.required <= kwargs.keys() <= self.adapters.keys():
            raise UnreadableError(Reason.BAD_ARGUMENTS)
        try:
            return {name: self.adapters[name].validate_python(value) for name, value in kwargs.items()}
        except ValidationError as error:
            raise UnreadableError(Reason.BAD_ARGUMENTS) from error


def _injected(parameter: inspect.Parameter, hint: object) -> bool:
    extras = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return any(isinstance(mark, Dependency) for mark in (parameter.default, *extras))
