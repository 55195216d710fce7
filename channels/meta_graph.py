"""Meta's Graph API, as all its products are called: where it is, in which version, and with what."""

import re
from collections.abc import Mapping
from typing import Final

from channels.base import Account
from core.domain.errors import ChannelStopped

GRAPH_URL: Final = "https://graph.facebook.com"
GRAPH_VERSION: Final = "v26.0"

_PATH_PART: Final = re.compile(r"[A-Za-z0-9_\-]+\Z")


def is_path_part(value: str) -> bool:
    """Whether it may stand in an address as it is."""
    return _PATH_PART.match(value) is not None


def access_token(account: Account) -> str:
    """The account's. Raises ``ChannelStopped`` for none that could stand in a header."""
    token = account.secrets.get("access_token", "")
    if not (token and token.isascii() and token.isprintable()):
        message = "the account has no usable access token"
        raise ChannelStopped(message)
    return token


def bearer(token: str) -> Mapping[str, str]:
    """The header that carries it."""
    return {"Authorization": f"Bearer {token}"}
