"""What leads read."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from core.domain.tenant import TenantProfile, read_settings
from core.services import wording

NOON = datetime(2026, 3, 2, 15, tzinfo=UTC)
NIGHT = datetime(2026, 3, 3, 2, tzinfo=UTC)
HOURS = {"spans": {str(day): ["08:00-18:00"] for day in range(7)}}


def tenant(locale: str = "pt-BR", **settings: Any) -> TenantProfile:
    """A tenant in São Paulo."""
    return TenantProfile(uuid4(), "Acme", "active", "America/Sao_Paulo", locale, False, 4.0, read_settings(settings))


def test_a_locale_has_its_own_words() -> None:
    """Portuguese and English say the same, each in its own way."""
    said = [wording.message(tenant(locale), "apology") for locale in ("pt-BR", "en")]
    assert [text.split()[0] for text in said] == ["Desculpe", "Sorry"]


def test_an_unknown_locale_speaks_portuguese() -> None:
    """A language without words of its own gets the first one's."""
    assert wording.message(tenant("fr"), "generic") == wording.message(tenant("pt-BR"), "generic")


def test_the_tenants_own_words_win() -> None:
    """What a tenant worded himself is said as he worded it, braces and all."""
    own = tenant(messages={"generic": "Já volto {ok}!"})
    assert wording.message(own, "generic") == "Já volto {ok}!"


@pytest.mark.parametrize(("at", "open_now"), [(NOON, True), (NIGHT, False)])
def test_the_transition_knows_the_hours(at: datetime, open_now: bool) -> None:  # noqa: FBT001 - the expected value
    """At night the lead is told that it is night."""
    said = wording.transition(tenant(hours=HOURS), at)
    assert ("fora do horário" in said) is not open_now


def test_a_kind_of_message_has_a_stand_in() -> None:
    """What has no text is named by its kind, also by the kind's first part."""
    said = [wording.placeholder("pt-BR", kind) for kind in ("audio", "image", "interactive.call", "order")]
    assert said == ["[áudio]", "[imagem]", "[mensagem que não consigo ler]", "[mensagem que não consigo ler]"]
