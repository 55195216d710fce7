"""Sealed secrets open where they were put, and nowhere else."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import SealError
from core.domain.ids import uuid7
from core.services.sealing import Sealer

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
OWNER = UUID("018f0000-0000-7000-8000-000000000001")
COLUMN = "channel_accounts.sealed"
SECRETS = {"access_token": "EAAG-not-a-real-token", "app_secret": "çã\u0000\U0001f511"}


@given(st.dictionaries(st.text(), st.text()), st.uuids(), st.text())
def test_what_was_sealed_opens(secrets: dict[str, str], owner: UUID, column: str) -> None:
    """Any names and values come back as they were."""
    sealer = Sealer([OLD])
    sealed = sealer.seal(secrets, owner=owner, column=column)
    assert sealer.open(sealed, owner=owner, column=column) == secrets


def test_another_owner_does_not_open_it() -> None:
    """A value copied into another tenant's row stays shut."""
    sealed = Sealer([OLD]).seal(SECRETS, owner=OWNER, column=COLUMN)
    with pytest.raises(SealError):
        Sealer([OLD]).open(sealed, owner=uuid7(), column=COLUMN)


def test_another_column_does_not_open_it() -> None:
    """A value copied into another column stays shut."""
    sealed = Sealer([OLD]).seal(SECRETS, owner=OWNER, column=COLUMN)
    with pytest.raises(SealError):
        Sealer([OLD]).open(sealed, owner=OWNER, column="credential_sets.sealed")


@given(st.data())
def test_no_changed_bit_goes_unnoticed(data: st.DataObject) -> None:
    """One bit flipped anywhere: version, key's name, nonce, text or tag."""
    sealed = bytearray(Sealer([OLD]).seal(SECRETS, owner=OWNER, column=COLUMN))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(SealError):
        Sealer([OLD]).open(bytes(sealed), owner=OWNER, column=COLUMN)


@given(st.integers(min_value=0))
def test_a_cut_value_does_not_open(kept: int) -> None:
    """What is left of a value that was cut is no value."""
    sealed = Sealer([OLD]).seal(SECRETS, owner=OWNER, column=COLUMN)
    with pytest.raises(SealError):
        Sealer([OLD]).open(sealed[: kept % len(sealed)], owner=OWNER, column=COLUMN)


@given(st.binary(max_size=100))
def test_noise_is_a_seal_error(noise: bytes) -> None:
    """Whatever stands in the column, the error is ours."""
    with pytest.raises(SealError):
        Sealer([OLD]).open(noise, owner=OWNER, column=COLUMN)


def test_equal_secrets_look_different() -> None:
    """Two tenants with one secret cannot be told by their sealed values."""
    sealer = Sealer([OLD])
    assert sealer.seal(SECRETS, owner=OWNER, column=COLUMN) != sealer.seal(SECRETS, owner=OWNER, column=COLUMN)


def test_nothing_of_the_secret_is_readable() -> None:
    """Neither a name nor a value stands in the sealed bytes."""
    sealed = Sealer([OLD]).seal(SECRETS, owner=OWNER, column=COLUMN)
    assert not any(word in sealed for word in (b"EAAG", b"access_token", b"app_secret"))


def test_an_old_key_still_opens() -> None:
    """While keys are rotated, what the old one sealed opens with the new one in front."""
    sealed = Sealer([OLD]).seal(SECRETS, owner=OWNER, column=COLUMN)
    assert Sealer([NEW, OLD]).open(sealed, owner=OWNER, column=COLUMN) == SECRETS


def test_the_first_key_seals() -> None:
    """New values are sealed under the current key alone: the old one can go when the last old value has."""
    sealed = Sealer([NEW, OLD]).seal(SECRETS, owner=OWNER, column=COLUMN)
    assert Sealer([NEW]).open(sealed, owner=OWNER, column=COLUMN) == SECRETS


def test_a_missing_key_is_named() -> None:
    """Taking a key away too early says which variable wants it back, and shows nothing."""
    sealed = Sealer([OLD]).seal(SECRETS, owner=OWNER, column=COLUMN)
    with pytest.raises(SealError, match="REVEZA_SECRET_KEY"):
        Sealer([NEW]).open(sealed, owner=OWNER, column=COLUMN)


def test_errors_show_no_secret() -> None:
    """The error of a value that does not open holds nothing of it."""
    sealed = Sealer([OLD]).seal(SECRETS, owner=OWNER, column=COLUMN)
    with pytest.raises(SealError) as caught:
        Sealer([OLD]).open(sealed, owner=uuid7(), column=COLUMN)
    assert not any(value in str(caught.value) for value in SECRETS.values())
