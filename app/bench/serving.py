"""The smallest HTTP/1.1 server that keep-alive clients accept: what a stand-in costs must not be measured."""

import asyncio
from collections.abc import Callable
from typing import Final, cast

_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"

Answer = Callable[[bytes], None]
"""Takes a whole response, now or later."""
Handler = Callable[[bytes, bytes, Answer], None]
"""Takes a request's path and body, and how to answer."""


class Served(asyncio.Protocol):
    """One client's connection: one request at a time, as clients without pipelining send them."""

    def __init__(self, handle: Handler) -> None:
        self._handle = handle
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        head = data.find(_HEAD_END)
        if head < 0:
            self._rest = data
            return
        begin = head + len(_HEAD_END)
        end = begin + content_length(data[:head])
        if len(data) < end:
            self._rest = data
            return
        self._rest = data[end:]
        self._handle(data.split(b" ", 2)[1], data[begin:end], self._answer)

    def _answer(self, response: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(response)


def content_length(head: bytes) -> int:
    """The length of the body that a head announces; 0 when it announces none."""
    low = head.lower()
    at = low.find(_LENGTH)
    return int(low[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0


def response(body: bytes, headers: bytes = b"") -> bytes:
    """A whole response with JSON; ``headers`` are further lines, each with its end."""
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%bContent-Length: %d\r\n\r\n" % (headers, len(body))
    ) + body
