"""A TCP proxy between a process and a server, in a thread of its own, whose watcher may stop the bytes."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from app.embedded.keeping import LOOPBACK

Watcher = Callable[[bytes], bool]
"""Looks at what a client sends; ``False``: it goes no further and the connection is cut."""
_CHUNK: Final = 64 * 1024


class Proxy:
    """Passes bytes on to a server on this machine until it is closed."""

    def __init__(self, target_port: int) -> None:
        self._target = target_port
        self._watcher: Watcher | None = None
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self.port = 0
        self._is_cut = False
        self._open: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        self._ready.wait()

    def watch(self, watcher: Watcher | None) -> None:
        """Let ``watcher`` see what clients send from now on; it is called in the proxy's thread."""
        self._watcher = watcher

    def cut(self) -> None:
        """Cut what is open, and whoever comes, until it is mended."""
        self._is_cut = True
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._abort)

    def mend(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    def _abort(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    def close(self) -> None:
        """Stop listening and cut what is open."""
        if self._loop is not None and self._stopping is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connection, LOOPBACK, 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        self._open.add(writer)
        try:
            await self._through(reader, writer)
        finally:
            self._open.discard(writer)

    async def _through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self._target)
            back = asyncio.create_task(_pump(far_reader, writer, None))
            try:
                await _pump(reader, far_writer, self)
            finally:
                back.cancel()
                far_writer.close()
                writer.close()

    def passes(self, data: bytes) -> bool:
        """Whether these bytes of a client may go on."""
        watcher = self._watcher
        return watcher is None or watcher(data)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, watched: Proxy | None) -> None:
    with suppress(OSError):
        while data := await reader.read(_CHUNK):
            if watched is not None and not watched.passes(data):
                return
            writer.write(data)
            await writer.drain()
    writer.close()
