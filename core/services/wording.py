"""The words leads read, by locale: the tenant's own where it has some."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path

from core.domain.tenant import TenantProfile

_LOCALES = Path(__file__).parent.parent / "locales"
DEFAULT_LOCALE = "pt-BR"
READABLE = frozenset({"text", "button", "interactive.button_reply", "interactive.list_reply", "interactive.nfm_reply"})
"""Types of message whose text is what the lead said."""


@cache
def _table(locale: str) -> Mapping[str, Mapping[str, str]]:
    file = _LOCALES / f"{locale}.toml"
    if not file.exists():
        file = _LOCALES / f"{DEFAULT_LOCALE}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def message(tenant: TenantProfile, name: str, **values: str) -> str:
    """The tenant's wording of a message, else the locale's."""
    own = asdict(tenant.settings.messages).get(name, "")
    return own or _table(tenant.locale)["messages"][name].format(**values)


def transition(tenant: TenantProfile, at: datetime) -> str:
    """What the lead is told when a person takes over; it knows the opening hours."""
    is_open = tenant.settings.hours.is_open(tenant.local(at))
    return message(tenant, "transition_open" if is_open else "transition_closed")


def day(tenant: TenantProfile, moment: datetime) -> str:
    """The day of a moment, on the tenant's clock and in his way of writing it."""
    return tenant.local(moment).strftime(_table(tenant.locale)["formats"]["day"])


def column(locale: str, name: str) -> str:
    """What a column of a file is called."""
    return _table(locale)["columns"][name]


def placeholder(locale: str, kind: str) -> str:
    """What stands for a message that has no text."""
    texts = _table(locale)["placeholders"]
    return texts.get(kind.partition(".")[0], texts["other"])


def archive_text(locale: str, name: str, **values: str) -> str:
    """A text of the archive that a lead is given of himself."""
    return _table(locale)["archive"][name].format(**values)


def privacy_texts() -> list[str]:
    """By which a message that led somebody to the privacy notice is known, whatever the link was then: one a locale."""
    templates = [_table(file.stem)["messages"]["privacy"] for file in sorted(_LOCALES.glob("*.toml"))]
    return [template.partition("{link}")[0] for template in templates]
