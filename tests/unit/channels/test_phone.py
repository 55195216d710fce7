"""The matching key of phone numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.phone import match_key

_AREA = st.builds(lambda one, two: f"{one}{two}", st.integers(1, 9), st.integers(1, 9))
_MOBILE = st.integers(6_000_0000, 9_999_9999).map(str)
_LANDLINE = st.integers(2_000_0000, 5_999_9999).map(str)


@given(_AREA, _MOBILE)
def test_the_ninth_digit_makes_no_difference(area: str, eight: str) -> None:
    """A Brazilian mobile number is one person with and without its ninth digit."""
    assert match_key(f"55{area}{eight}") == match_key(f"55{area}9{eight}") == f"55{area}{eight}"


@given(_AREA, _LANDLINE)
def test_landlines_are_untouched(area: str, eight: str) -> None:
    """A landline is itself, and never the mobile number that ends alike."""
    landline = f"55{area}{eight}"
    assert (landline, False) == (match_key(landline), match_key(f"55{area}9{eight}") == landline)


@given(_AREA, _MOBILE, _MOBILE)
def test_different_numbers_stay_different(area: str, one: str, other: str) -> None:
    """Two subscribers of one area have one key only if they are the same."""
    assert (one == other) == (match_key(f"55{area}9{one}") == match_key(f"55{area}{other}"))


@given(st.text())
def test_a_key_is_its_own_key(anything: str) -> None:
    """Making the key twice changes nothing, whatever it is made of."""
    assert match_key(anything) == match_key(match_key(anything))


@given(st.from_regex(r"[1-46-9][0-9]{6,14}", fullmatch=True))
def test_other_countries_are_untouched(number: str) -> None:
    """Only Brazilian numbers (55) have the rule."""
    assert number == match_key(number)


@pytest.mark.parametrize(
    "value", ["", "BR.4455667788990011", "51875353000000@lid", "5511abc", "+", "٥٥١١٩٨٧٦٥٠٠٠١", "17841400000000000"]
)
def test_what_is_no_phone_is_unchanged(value: str) -> None:
    """Ids that are not phone numbers come back as they were."""
    assert value == match_key(value)


@pytest.mark.parametrize("written", ["+55 (11) 98765-0001", "55 11 98765 0001", "5511987650001", "551187650001"])
def test_spelling_makes_no_difference(written: str) -> None:
    """Signs between the digits say nothing."""
    assert match_key(written) == "551187650001"
