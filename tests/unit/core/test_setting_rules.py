"""The bounds of what a business may set."""

from dataclasses import asdict, replace

from core.domain.setting_rules import (
    MODELS,
    BusinessSettings,
    changed_settings,
    faults_in,
    timezones,
)
from core.domain.tenant import DEFAULT_MODEL, THRIFTY_MODEL, HandOffRules, PrivacyRules, TenantSettings
from pipeline.pricing import _PRICES, Tokens, cost_micros

BEFORE = BusinessSettings("Acme", "America/Sao_Paulo", "pt-BR", 4.0, TenantSettings())


def _with(**changes: object) -> BusinessSettings:
    return replace(BEFORE, settings=replace(BEFORE.settings, **changes))  # type: ignore[arg-type] # any of its fields


def test_the_defaults_are_within_their_bounds() -> None:
    """Every setting has a rule, and what nobody has set breaks none."""
    nothing = BusinessSettings("?", "?", "?", -1.0, TenantSettings())
    paths = set(asdict(TenantSettings())) - {"hours", "hand_off", "messages", "privacy", "follow_up"}
    assert not faults_in(dict(changed_settings(nothing, BEFORE)))
    assert not faults_in({path: getattr(BEFORE.settings, path) for path in paths})
    assert not faults_in({f"hand_off.{name}": value for name, value in asdict(HandOffRules()).items()})
    assert not faults_in({f"privacy.{name}": value for name, value in asdict(PrivacyRules()).items()})


def test_changes_are_told_by_path() -> None:
    """Also inside of a group."""
    after = replace(_with(hand_off=HandOffRules(idle_turns=3), persona="Bia"), name="Acme & Filhos")
    assert changed_settings(BEFORE, after) == {"hand_off.idle_turns": 3, "persona": "Bia", "name": "Acme & Filhos"}


def test_a_fault_names_its_setting_and_not_its_value() -> None:
    """What somebody wrote is nobody else's to read."""
    (fault,) = faults_in({"persona": "segredo" * 10_000})
    assert fault.at == "persona"
    assert "segredo" not in fault.why


def test_every_model_that_is_offered_has_its_price() -> None:
    """None is counted at the highest price for want of one."""
    assert {DEFAULT_MODEL, THRIFTY_MODEL} <= {one.id for one in MODELS}
    assert all(one.id in _PRICES or cost_micros(one.id, Tokens(fresh=10)) == 1 for one in MODELS)


def test_time_zones_are_places() -> None:
    """And none of the names that mean something else from day to day."""
    assert {"America/Sao_Paulo", "America/Manaus", "UTC"} <= set(timezones())
    assert not [name for name in timezones() if name.startswith("Etc/") or name == "localtime"]


def _step(**more: object) -> dict[str, object]:
    return {"after_hours": 20, "kind": "text", "text": "Oi, {nome}! Aqui é da {negocio}.", **more}


def _steps_fault(*steps: dict[str, object]) -> str:
    return next((fault.why for fault in faults_in({"follow_up.steps": steps})), "")


def test_a_variable_that_there_is_not_is_named_with_its_step() -> None:
    """Whoever wrote it finds it; what the AI is to aim at, and a template's name, have no variables."""
    assert _steps_fault(_step()) == ""
    assert _steps_fault(_step(), _step(text="Oi, {name}!")) == "step 2: has a variable that there is not: {name}"
    assert _steps_fault(_step(kind="ai", text="{name}"), _step(kind="template", text="{name}")) == ""


def test_a_step_says_something_to_who_has_told_no_name() -> None:
    """A name alone is nothing where there is none."""
    assert _steps_fault(_step(text="{nome}!")) == "step 1: is blank for who has told no name"
