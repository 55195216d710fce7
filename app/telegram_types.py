"""aiogram imported so that each of its models is built when it is first used, and most never.

aiogram has its models built late (``defer_build``), and yet its package asks each of them, at the end of its import, to
be built: that is the only place where the names stand that their annotations use. Most of each of about 500 validators
is a copy of what a message may hold; together they are two thirds of all that an idle installation's Python keeps in
memory (measured: 128 MB of the bot's process, and two seconds of its start; 26 MB for those that it uses).
"""

import importlib
import sys
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

_PACKAGE = "aiogram"
_build = BaseModel.__dict__["model_rebuild"].__func__


def import_aiogram() -> None:
    """Import it, if nothing has imported it yet; to be called before anything else of a process does."""
    if _PACKAGE in sys.modules:
        return
    names: dict[str, Any] = {}

    def put_off(
        cls: type[BaseModel], *, _types_namespace: Mapping[str, Any] | None = None, **options: Any
    ) -> bool | None:
        if not cls.__module__.startswith(f"{_PACKAGE}."):
            return _rebuilt(cls, _types_namespace=_types_namespace, **options)
        names.update(_types_namespace or {})
        return None

    def build(cls: type[BaseModel], *, force: bool = False, raise_errors: bool = True, **_options: Any) -> bool | None:
        return _rebuilt(cls, force=force, raise_errors=raise_errors, _types_namespace=names)

    _rebuild_by(put_off, BaseModel)
    try:
        methods = importlib.import_module(f"{_PACKAGE}.methods.base")
        types = importlib.import_module(f"{_PACKAGE}.types.base")
    finally:
        _rebuild_by(_build, BaseModel)
    for root in (types.TelegramObject, methods.TelegramMethod, methods.Response):
        _rebuild_by(build, root)


def _rebuilt(cls: type[BaseModel], **options: Any) -> bool | None:
    built: bool | None = _build(cls, **options)
    return built


def _rebuild_by(way: Any, root: type[BaseModel]) -> None:
    root.model_rebuild = classmethod(way)  # type: ignore[method-assign, assignment] # what builds it is the point
