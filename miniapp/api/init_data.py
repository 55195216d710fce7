"""What Telegram tells a Mini App at its launch, once it is proved that Telegram said it (see ``miniapp.api.seals``).

Source: core.telegram.org/bots/webapps, "WebAppInitData". Telegram bounds nothing in time and forbids no second use: how
old the data may be is decided here, and that it is used once by whoever opens the session.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import unquote_to_bytes

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.domain.errors import Unauthorized
from miniapp.api.seals import LaunchInvalid, Seal

LONGEST: Final = 8192
"""Characters. What Telegram sends has some hundreds."""
LONGEST_AGE: Final = timedelta(minutes=5)
SKEW: Final = timedelta(seconds=30)
"""How far Telegram's clock may be ahead of ours."""


class LaunchExpired(Unauthorized):
    """Telegram signed it, too long ago (or in the future): the app has to be opened anew."""

    code = "launch_expired"


@dataclass(frozen=True, slots=True)
class Launch:
    """Who opened the app, and at what; ``fingerprint`` tells this launch from every other."""

    telegram_user_id: int
    name: str
    language: str
    start_param: str
    signed_at: datetime
    fingerprint: bytes


class _User(BaseModel):
    """``WebAppUser``, as much of it as is used. Ids have up to 52 bits."""

    model_config = ConfigDict(frozen=True, strict=True)

    id: int = Field(gt=0, lt=1 << 52)
    first_name: str
    last_name: str = ""
    language_code: str = ""
    is_bot: bool = False


def read_launch(init_data: str, seal: Seal, *, now: datetime) -> Launch:
    """Who opened the app with this ``initData``.

    Raises ``LaunchInvalid`` unless the seal is on every byte of it, and ``LaunchExpired`` for what is older than
    ``LONGEST_AGE`` or from the future. Nothing is read before the signature is checked but the names of the fields.
    """
    fields = _fields(init_data)
    proof = seal.proof(fields)
    signed_at = _signed_at(fields)
    if not -SKEW <= now - signed_at <= LONGEST_AGE:
        raise LaunchExpired
    user = _user(fields)
    return Launch(
        telegram_user_id=user.id,
        name=" ".join(part for part in (user.first_name, user.last_name) if part),
        language=user.language_code,
        start_param=fields.get("start_param", ""),
        signed_at=signed_at,
        fingerprint=hashlib.sha256(proof).digest(),
    )


def _fields(init_data: str) -> dict[str, str]:
    """The fields, decoded; empty values count, and a name that comes twice is refused: one of the two would go unsigned."""
    if len(init_data) > LONGEST:
        raise LaunchInvalid
    fields: dict[str, str] = {}
    for name, value in _pairs(init_data):
        if name in fields:
            raise LaunchInvalid
        fields[name] = value
    return fields


def _pairs(init_data: str) -> Iterator[tuple[str, str]]:
    for part in init_data.split("&"):
        name, _, value = part.partition("=")
        yield _decoded(name), _decoded(value)


def _decoded(text: str) -> str:
    """As ``URLSearchParams`` decodes, which refuses nothing; what is no UTF-8 Telegram has not sent."""
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeError:
        raise LaunchInvalid from None


def _signed_at(fields: Mapping[str, str]) -> datetime:
    try:
        return datetime.fromtimestamp(int(fields["auth_date"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        raise LaunchInvalid from None


def _user(fields: Mapping[str, str]) -> _User:
    """Absent when the app was opened from a keyboard's button or inline: there is nobody to sign in then."""
    try:
        user = _User.model_validate_json(fields.get("user", ""))
    except ValidationError:
        raise LaunchInvalid from None
    if user.is_bot:
        raise LaunchInvalid
    return user
