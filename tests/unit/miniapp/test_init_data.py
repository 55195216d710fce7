"""Only what Telegram signed for our bot, lately, opens the Mini App."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, quote_plus

import pytest
from aiogram.utils.web_app import check_webapp_signature
from hypothesis import assume, example, given
from hypothesis import strategies as st

from miniapp.api.init_data import LONGEST, LONGEST_AGE, SKEW, LaunchExpired, read_launch
from miniapp.api.seals import LaunchInvalid, TokenSeal
from tests.launches import init_data, signature

TOKEN = "7000000001:AAvalidTokenOfTheBotThatOpensTheApp1"
OTHER = "7000000002:AAvalidTokenOfAnotherBotAltogether02"
SEAL = TokenSeal(TOKEN)
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
PERSON = {"id": 279058397, "first_name": "Ana", "last_name": "Souza & Filha", "language_code": "pt-br"}


def _fields(*, at: datetime = NOW, user: object = PERSON, **more: str) -> dict[str, str]:
    return {
        "query_id": "AAHdF6IQAAAAAN0XohDhrOrc",
        "user": json.dumps(user, ensure_ascii=False, separators=(",", ":")),
        "auth_date": str(int(at.timestamp())),
        "signature": "1gT_cF6gF6fXbR7kpvxP7YzQzJ9oJ0f6Ba4xq9Y1Hk3-Nf",
        **more,
    }


def query(fields: Mapping[str, str], token: str = TOKEN) -> str:
    """The fields, signed for a bot, ours unless told otherwise."""
    return init_data(fields, token)


def test_who_opened_the_app() -> None:
    """The person, his language and where the link led are read, whatever else Telegram says."""
    launch = read_launch(query(_fields(start_param="lead_1", chat_type="sender")), SEAL, now=NOW)
    assert (launch.telegram_user_id, launch.name, launch.language) == (279058397, "Ana Souza & Filha", "pt-br")
    assert (launch.start_param, launch.signed_at) == ("lead_1", NOW)


def test_another_reader_agrees() -> None:
    """What is accepted is what aiogram's check accepts, with the field that is for third parties."""
    assert check_webapp_signature(TOKEN, query(_fields()))


@pytest.mark.parametrize("at", range(0, 80, 7))
def test_one_changed_byte_of_the_person_is_refused(at: int) -> None:
    """Whichever byte it is."""
    fields = _fields()
    person = bytearray(fields["user"].encode())
    person[at % len(person)] ^= 1
    changed = {**fields, "user": person.decode(errors="replace"), "hash": signature(fields, TOKEN)}
    with pytest.raises(LaunchInvalid):
        read_launch("&".join(f"{name}={quote(value)}" for name, value in changed.items()), SEAL, now=NOW)


@pytest.mark.parametrize(
    "init_data",
    [
        "",
        "hash=",
        "&".join(f"{name}={quote(value)}" for name, value in _fields().items()),
        query(_fields(), OTHER),
        query(_fields()) + "&user=" + quote(json.dumps({**PERSON, "id": 1})),
        query(_fields()) + "&hash=" + "0" * 64,
        query(_fields()).replace("signature=", "signature_="),
        query(_fields(auth_date="soon")),
        query(_fields(auth_date=str(10**40))),
        query({name: value for name, value in _fields().items() if name != "user"}),
        query(_fields(user={**PERSON, "id": "279058397"})),
        query(_fields(user={**PERSON, "id": 1 << 52})),
        query(_fields(user={**PERSON, "is_bot": True})),
        query(_fields(user=[])),
        query(_fields(start_param="x" * LONGEST)),
        query(_fields()) + "&x=%ff",
    ],
    ids=[
        "nothing",
        "empty hash",
        "no hash",
        "another bot's",
        "user twice",
        "hash twice",
        "a field renamed",
        "no date",
        "no date of this world",
        "nobody",
        "id as text",
        "id too large",
        "a bot",
        "user no object",
        "endless",
        "no text",
    ],
)
def test_anything_else_is_refused_alike(init_data: str) -> None:
    """Nothing tells the one who tries which of all reasons it was."""
    with pytest.raises(LaunchInvalid) as refused:
        read_launch(init_data, SEAL, now=NOW)
    assert not refused.value.args


@pytest.mark.parametrize("age", [LONGEST_AGE + timedelta(seconds=1), -SKEW - timedelta(seconds=1)])
def test_old_and_future_launches_are_refused(age: timedelta) -> None:
    """A signature is good for some minutes, and for a clock that is a little ahead."""
    with pytest.raises(LaunchExpired):
        read_launch(query(_fields(at=NOW - age)), SEAL, now=NOW)


@pytest.mark.parametrize("age", [LONGEST_AGE, timedelta(0), -SKEW])
def test_launches_within_the_bounds_are_taken(age: timedelta) -> None:
    """To the second."""
    assert read_launch(query(_fields(at=NOW - age)), SEAL, now=NOW).signed_at == NOW - age


def test_an_empty_value_is_signed_too() -> None:
    """A field without a value stands in what is signed."""
    assert not read_launch(query(_fields(start_param="")), SEAL, now=NOW).start_param


def test_each_launch_has_its_own_fingerprint() -> None:
    """The same launch has the same, another one another: by it a second use is noticed."""
    first, again = (read_launch(query(_fields()), SEAL, now=NOW) for _ in range(2))
    other = read_launch(query(_fields(query_id="another")), SEAL, now=NOW)
    assert first.fingerprint == again.fingerprint != other.fingerprint


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=20), max_size=5), st.booleans())
@example({"start_param": "a b+c%20"}, True)
def test_however_it_is_encoded(more: dict[str, str], plus: bool) -> None:  # noqa: FBT001 see above
    """Spaces as ``+`` or ``%20``, any text in any field: what is signed is the text."""
    assume(not {"hash", "user", "auth_date"} & more.keys())
    encode = quote_plus if plus else quote
    fields = {**_fields(), **more}
    whole = {**fields, "hash": signature(fields, TOKEN)}
    init_data = "&".join(f"{encode(name, safe='')}={encode(value, safe='')}" for name, value in whole.items())
    assert read_launch(init_data, SEAL, now=NOW).start_param == more.get("start_param", "")


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    """Whatever comes is refused as everything is."""
    with pytest.raises(LaunchInvalid):
        read_launch(text, SEAL, now=NOW)
