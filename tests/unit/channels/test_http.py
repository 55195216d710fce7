"""One call over real sockets of this machine: which failures mean that nothing left."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from yarl import URL

from channels.http import Answer, post_json
from core.domain.errors import SendRetry, SendUnknown

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def _server(handler: Handler) -> AsyncIterator[URL]:
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    async with server:
        yield URL(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")


def _answering(*answers: bytes) -> Handler:
    """Answer the requests of a connection in turn, then hang up."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await reader.readuntil(b"{}")
            writer.write(answer)
        writer.close()

    return handle


async def _post(url: URL, session: aiohttp.ClientSession) -> Answer:
    return await post_json(session, url, {}, {})


async def test_an_answer_is_read_whole() -> None:
    """Status and body come back."""
    async with _server(_answering(_OK)) as url, aiohttp.ClientSession() as session:
        assert await _post(url, session) == Answer(200, b"{}")


async def test_a_refused_connection_took_nothing() -> None:
    """Nobody listens: the request never left."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = URL(f"http://127.0.0.1:{taken.getsockname()[1]}/")
        async with aiohttp.ClientSession() as session:
            with pytest.raises(SendRetry):
                await _post(url, session)


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 2", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", b"rubbish\r\n\r\n"]
)
async def test_a_cut_answer_is_unknown(answer: bytes) -> None:
    """The request was read and the answer broke off: it may have been taken."""
    async with _server(_answering(answer)) as url, aiohttp.ClientSession() as session:
        with pytest.raises(SendUnknown):
            await _post(url, session)


async def test_silence_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The request was read and nothing came in time."""
    monkeypatch.setattr("channels.http.TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    released = asyncio.Event()

    async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    async with _server(hold) as url, aiohttp.ClientSession() as session:
        with pytest.raises(SendUnknown):
            await _post(url, session)
        released.set()


async def test_a_kept_connection_that_hangs_up_is_not_tried_again() -> None:
    """One post is one request, also when the reused connection closes under it."""
    served: list[bytes] = []

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in (_OK, b""):
            served.append(await reader.readuntil(b"{}"))
            writer.write(answer)
        writer.close()

    async with _server(count) as url, aiohttp.ClientSession() as session:
        await _post(url, session)
        with pytest.raises(SendUnknown):
            await _post(url, session)
    assert len(served) == 2


async def test_a_redirect_is_not_followed() -> None:
    """The token never travels to another address."""
    moved = b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    async with _server(_answering(moved)) as url, aiohttp.ClientSession() as session:
        assert (await _post(url, session)).status == 307
