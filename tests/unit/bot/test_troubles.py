"""What went wrong, in the words of the team's language."""

import pytest

from bot.texts import Catalogs
from bot.troubles import in_words

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
            "o provedor recusou a mensagem (131026: Message undeliverable)",
        ),
        (
            "send_unsettled: send_unknown: no answer",
            "não se sabe se a mensagem chegou ao lead: confirme antes de repetir",
        ),
        ("send_failed: 131047", "a mensagem não pôde ser enviada (131047)"),
        ("turn_failed: 5 attempts", "a IA não conseguiu responder, mesmo depois de várias tentativas"),
        ("131026: Message undeliverable", "131026: Message undeliverable"),
        ("not on WhatsApp", "not on WhatsApp"),
        ("", ""),
    ],
)
def test_no_english_of_ours_reaches_a_team_that_speaks_portuguese(kept: str, words: str) -> None:
    """Our codes are sentences of the catalogue; the provider's words stay the provider's."""
    assert in_words(kept, PORTUGUESE) == words
