"""A proxy between a page and its server that lets no event stream through."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager, suppress
from queue import Queue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import Iterator


@contextmanager
def holding_streams_back(port: int) -> Iterator[int]:
    """Run a proxy that passes an event stream on when it has ended, that is never."""
    opened: Queue[int] = Queue()
    ending = threading.Event()

    async def serve() -> None:
        listening = await asyncio.start_server(
            lambda page, answers: _connect(page, answers, port), "127.0.0.1", 0
        )
        opened.put(listening.sockets[0].getsockname()[1])
        await asyncio.to_thread(ending.wait)
        listening.close()

    # Playwright has a loop in this thread, and `asyncio.run` cancels what is open.
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        yield opened.get(timeout=60)
    finally:
        ending.set()
        thread.join()


async def _connect(page: StreamReader, answers: StreamWriter, port: int) -> None:
    """Pass on what one connection of a page says, and what it is answered."""
    server, requests = await asyncio.open_connection("127.0.0.1", port)
    held = False

    async def ask() -> None:
        nonlocal held
        while piece := await page.read(1 << 16):
            held = held or b"/jupyter-labbook/api/stream?" in piece
            requests.write(piece)
            await requests.drain()
        requests.close()

    async def answer() -> None:
        while piece := await server.read(1 << 16):
            if not held:
                answers.write(piece)
                await answers.drain()
        answers.close()

    try:
        with suppress(ConnectionError):
            await asyncio.gather(ask(), answer())
    finally:
        for writer in (requests, answers):
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
