"""Webhook deliveries as files: an HTTP message, headers first, then an empty line and the very bytes of the body."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from channels.base import Channel, Credentials
from core.domain.events import InboundEvent

_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery; header names in lower case, as channels take them."""

    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def read(cls, path: Path) -> Self:
        """What ``write`` wrote, or another tool that keeps whole HTTP messages; a request line is passed over."""
        head, _, body = path.read_bytes().partition(_END)
        pairs = [line.partition(":") for line in head.decode("latin-1").splitlines()]
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs if " " not in name.strip()}
        return cls(headers, body)

    def write(self, path: Path) -> None:
        """Keep it for ``read``, for its owner's eyes alone: it may hold words of people and a token."""
        path.touch(mode=0o600)
        lines = [f"{name}: {value}" for name, value in self.headers.items()]
        path.write_bytes("\r\n".join(lines).encode("latin-1", "replace") + _END + self.body)

    def judged(self, channel: Channel, credentials: Credentials) -> list[InboundEvent]:
        """What the channel reads in it, once it has believed that the provider sent it."""
        assert channel.validate_webhook(credentials, self.headers, self.body), "the delivery is not believed"
        return channel.parse_inbound(self.body)

    def believed_when_changed(self, channel: Channel, credentials: Credentials) -> bool:
        """Whether the channel would also believe it with one more blank at its end."""
        return channel.validate_webhook(credentials, self.headers, self.body + b" ")
