"""What went wrong, in the words of the team's language."""

import pytest

from bot.texts import Catalogs
from bot.troubles import in_words, why_stopped

PORTUGUESE = Catalogs.load().of("pt-BR")


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ("send_unknown: no answer (TimeoutError)", "o provedor não respondeu, e não se sabe se a mensagem chegou"),
        (
            "send_failed: account_stopped: the channel account is stopped",
            "a conta do canal está parada: reconecte e tente de novo",
        ),
        (
            "send_refused: 131026: Message undeliverable",
            (
                "o WhatsApp não conseguiu entregar; o número pode não ter WhatsApp, ou a pessoa ainda não aceitou os termos"
                " (131026: Message undeliverable)"
            ),
        ),
        ("send_refused: 132000: Too many parameters", "o provedor recusou a mensagem (132000: Too many parameters)"),
        (
            "send_failed: 131047",
            "o lead não escreve há mais de 24 horas; só um modelo aprovado chega (131047)",
        ),
        (
            "send_unsettled: send_unknown: no answer",
            "não se sabe se a mensagem chegou ao lead: confirme antes de repetir",
        ),
        ("turn_failed: 5 attempts", "a IA não conseguiu responder, mesmo depois de várias tentativas"),
        ("131048: Spam", "a Meta limitou os envios desta conta por causa de denúncias de spam (131048: Spam)"),
        ("132000: Too many parameters", "132000: Too many parameters"),
        ("not on WhatsApp", "not on WhatsApp"),
        ("", ""),
    ],
)
def test_no_english_of_ours_reaches_a_team_that_speaks_portuguese(kept: str, words: str) -> None:
    """Our codes are sentences of the catalogue; the provider's words stay the provider's."""
    assert in_words(kept, PORTUGUESE) == words


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (
            "190: Error <token>",
            (
                "o acesso da conta na Meta expirou ou foi revogado; gere outro token e reconecte <code>190: "
                "Error &lt;token&gt;</code>"
            ),
        ),
        ("275: No permission", "falta à conta uma permissão na Meta <code>275: No permission</code>"),
        (
            "client_token: null not allowed",
            ("o token de segurança da conta na Z-API falta ou está errado <code>client_token: null not allowed</code>"),
        ),
        ("http_402: pay", "o provedor não aceita mais nada desta conta <code>http_402: pay</code>"),
        ("", "o provedor não aceita mais nada desta conta"),
    ],
)
def test_why_an_account_stopped_is_told_in_words(kept: str, told: str) -> None:
    """What to do about it first; the provider's own words behind, as they are."""
    assert why_stopped(kept, PORTUGUESE) == told


def test_why_an_account_would_not_send_is_told_by_our_code_where_the_provider_has_none() -> None:
    """A provider that is away has none."""
    told = why_stopped("HTTP 503 without a readable body", PORTUGUESE, "send_retry")
    assert told.startswith("o provedor não atende agora; teste de novo em alguns minutos <code>HTTP 503")
