"""Secrets at rest: sealed so that they open only where they were put."""

import json
import os
from collections.abc import Mapping, Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.domain.errors import SealError

_VERSION = b"\x01"
_KEY_ID = 4
_NONCE = 12


class Sealer:
    """Seals with AES-256-GCM under the first of ``keys``; opens with any of them.

    The additional data is the owner's id and the column, so a value copied into another tenant's row or another
    column does not open. Layout: version, four bytes that name the key, nonce, ciphertext.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        derived = [_derive(key) for key in keys]
        self._current = derived[0][0]
        self._ciphers = dict(derived)

    @property
    def key_id(self) -> bytes:
        """What names the key that it seals with."""
        return self._current

    def with_key(self, key: bytes) -> "Sealer":
        """One that seals with this key, and opens what either opens."""
        made = Sealer([key])
        made._ciphers = {**self._ciphers, **made._ciphers}
        return made

    def knows_key_of(self, sealed: bytes) -> bool:
        """Whether it has the key that this was sealed with."""
        return _split(sealed)[0] in self._ciphers

    def is_current(self, sealed: bytes) -> bool:
        """Whether it would seal this with the same key."""
        return _split(sealed)[0] == self._current

    def seal(self, secrets: Mapping[str, str], *, owner: UUID, column: str) -> bytes:
        """Seal named secrets for this owner's column."""
        nonce = os.urandom(_NONCE)
        plain = json.dumps(dict(secrets), sort_keys=True).encode()
        sealed = self._ciphers[self._current].encrypt(nonce, plain, _bound(owner, column))
        return _VERSION + self._current + nonce + sealed

    def open(self, sealed: bytes, *, owner: UUID, column: str) -> dict[str, str]:
        """Open what ``seal`` made; raises ``SealError`` for another owner, column or key, or a changed byte."""
        key_id, nonce, body = _split(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            message = (
                "sealed under a key that is not in REVEZA_SECRET_KEY (add the old key after the current one),"
                " or under a business's key that was destroyed"
            )
            raise SealError(message)
        try:
            plain = cipher.decrypt(nonce, body, _bound(owner, column))
        except InvalidTag as error:
            message = f"the sealed value of {column} does not belong to {owner}, or was changed"
            raise SealError(message) from error
        return {str(name): str(value) for name, value in json.loads(plain).items()}


def _derive(key: bytes) -> tuple[bytes, AESGCM]:
    material = HKDF(algorithm=hashes.SHA256(), length=32 + _KEY_ID, salt=None, info=b"reveza sealing").derive(key)
    return material[32:], AESGCM(material[:32])


def _bound(owner: UUID, column: str) -> bytes:
    return owner.bytes + column.encode()


def _split(sealed: bytes) -> tuple[bytes, bytes, bytes]:
    head = 1 + _KEY_ID
    if len(sealed) < head + _NONCE or sealed[:1] != _VERSION:
        message = "the sealed value is not of a version this release knows"
        raise SealError(message)
    return sealed[1:head], sealed[head : head + _NONCE], sealed[head + _NONCE :]
