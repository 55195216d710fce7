"""Claims about any text."""

import json

from hypothesis import given
from hypothesis import strategies as st

from sandbox.claude.brain import think
from sandbox.claude.prompt import lead_text, read_prompt
from sandbox.claude.request import Prompt, Turn
from sandbox.claude.words import fold, terms
from sandbox.meta.outgoing import Outgoing, parse_outgoing
from sandbox.meta.state import ninth_digit_twin
from sandbox.wire import escaped
from tests.integration.sandbox.prompts import HAIKU, KNOWLEDGE

TEXTS = st.text(max_size=200)
HARMLESS = st.text(st.characters(exclude_characters="<", exclude_categories=["Cs"]), max_size=200)


@given(TEXTS, TEXTS)
def test_every_prompt_is_answered(system: str, user: str) -> None:
    """Whatever stands in a prompt, there is a reply."""
    prompt = Prompt(model=HAIKU, system=system, messages=[Turn(role="user", content=user)])
    assert think(read_prompt(prompt)).reply


@given(HARMLESS)
def test_the_fence_is_read_whole(said: str) -> None:
    """What stands in the fence is the lead's text, no more and no less."""
    fenced = f"<context>\nx\n</context>\n<lead_message_1a>\n{said}\n</lead_message_1a>"
    assert lead_text(fenced) == said.strip("\n")


@given(HARMLESS)
def test_no_lead_makes_the_stand_in_tell_a_note(said: str) -> None:
    """Nothing that a lead writes brings internal notes to light."""
    content = f"<lead_message_1a>\n{said} canary referência\n</lead_message_1a>"
    prompt = Prompt(model=HAIKU, system=KNOWLEDGE, messages=[Turn(role="user", content=content)])
    assert "canary" not in think(read_prompt(prompt)).reply


@given(TEXTS)
def test_terms_do_not_see_accents_or_case(text: str) -> None:
    """A word is the same with and without accents, small and capital."""
    assert terms(fold(text)) == terms(text)


@given(st.dictionaries(TEXTS, TEXTS, max_size=3))
def test_escaping_loses_nothing(body: dict[str, str]) -> None:
    """Escaped JSON is ASCII and means the same."""
    assert json.loads(escaped(body)) == body


@given(st.from_regex(r"55[1-9][1-9]9[0-9]{8}", fullmatch=True))
def test_ninth_digit_goes_and_comes(wa_id: str) -> None:
    """Taking the ninth digit away and putting it back gives the same number."""
    without = ninth_digit_twin(wa_id)
    assert without is not None
    assert ninth_digit_twin(without) == wa_id


@given(st.text(min_size=1, max_size=4096).filter(str.strip), st.text(max_size=512))
def test_every_allowed_text_is_taken_as_it_is(text: str, callback: str) -> None:
    """Text and callback data reach the lead and the statuses unchanged."""
    body = {"messaging_product": "whatsapp", "to": "5511987654321", "type": "text", "text": {"body": text}}
    expected = Outgoing("5511987654321", "5511987654321", "text", text, callback, "")
    assert parse_outgoing({**body, "biz_opaque_callback_data": callback}) == expected
