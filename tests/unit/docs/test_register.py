"""The register of what is kept and why leaves nothing out."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

import db.models
from core.domain.retention import INSTALLATION_DAYS, LONGEST_DAYS, SHORTEST_LEAD_DAYS, SHORTEST_MESSAGE_DAYS, Kept
from core.domain.tenant import PrivacyRules

PAGE: Final = (Path(__file__).parents[3] / "docs" / "privacy.md").read_text(encoding="utf-8")
PLAIN: Final = {"leader_leases", "tortoise_migrations"}
"""Tables that are no model's."""
_ROW: Final = re.compile(r"^\| [^|]+ \|([^|]+)\|[^|]+\|[^|]+\|([^|]+)\|[^|]+\|[^|]+\|$", re.MULTILINE)


def _registered() -> list[str]:
    return [name for tables, _ in _ROW.findall(PAGE) for name in re.findall(r"`(\w+)`", tables)]


def _there() -> set[str]:
    return {getattr(db.models, name)._meta.db_table for name in db.models.__all__} | PLAIN


def test_every_table_is_in_the_register_once() -> None:
    """A new one is kept for a reason and for a time that somebody writes down."""
    assert Counter(_registered()) == Counter(_there())


def test_the_register_tells_the_times_that_hold() -> None:
    """What the job goes by is what people are told."""
    times = " ".join(time for _, time in _ROW.findall(PAGE))
    rules = PrivacyRules()
    days = {*INSTALLATION_DAYS.values(), rules.message_days, rules.lead_days}
    assert sorted(number for number in days if f"{number} days" not in times) == []
    assert f"`privacy.message_days`, {SHORTEST_MESSAGE_DAYS} to {LONGEST_DAYS}" in times
    assert f"`privacy.lead_days`, {SHORTEST_LEAD_DAYS} to {LONGEST_DAYS}" in times


def test_every_class_has_a_time() -> None:
    """The installation's or the tenant's."""
    assert set(INSTALLATION_DAYS) < set(Kept)
