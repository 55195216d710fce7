"""The fence around a lead's words cannot be forged by them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fence import defang, fence, new_nonce

NONCE = "0123456789abcdef" * 2
_PIECES = st.sampled_from(
    ["<", "/", "＜", "lead_message_", NONCE, ">", "\u200b", "<history>", "</context", " ", "\n", "a", "\u202e"]
)
_TEXTS = st.text(max_size=80) | st.lists(_PIECES, max_size=20).map("".join)


@given(_TEXTS)
def test_no_text_closes_its_own_fence(text: str) -> None:
    """The closing mark stands once, at the end, even where the text knows the nonce."""
    fenced = fence(text, NONCE)
    assert (fenced.count("</"), fenced.endswith(f"\n</lead_message_{NONCE}>")) == (1, True)


@given(_TEXTS)
def test_no_text_opens_a_tag(text: str) -> None:
    """Nothing in the text reads as a section tag of the prompt."""
    assert re.search(r"<\s*[/!?|]?\s*[a-z_]", defang(text), re.IGNORECASE) is None


@pytest.mark.parametrize("text", ["preço < 500?", "<3 amei", "2 > 1"])
def test_plain_comparisons_stay(text: str) -> None:
    """What is no tag is left as it was written."""
    assert defang(text) == text


def test_a_nonce_has_128_bits() -> None:
    """The nonce is made of sixteen random bytes."""
    assert new_nonce(lambda count: bytes(range(count))) == "000102030405060708090a0b0c0d0e0f"


def test_a_made_up_nonce_is_refused() -> None:
    """A nonce that is not one could carry markup itself."""
    with pytest.raises(ValueError, match="nonce"):
        fence("oi", "><system>")
