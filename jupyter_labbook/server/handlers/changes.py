"""What changes in a labbook: told as it happens, or asked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from jupyter_server.auth.decorator import authorized
from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from jupyter_labbook.server.answering import LabbookHandler, encoded

if TYPE_CHECKING:
    from jupyter_labbook.server.open_labbooks import OpenLabbooks
    from jupyter_labbook.server.watching import Listener, Watching

HEARTBEAT_SECONDS: Final = 15.0
_STUCK_SECONDS: Final = 60.0


class Changes(LabbookHandler):
    """``GET changes``."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Tell what happened since a cursor."""
        labbook, since = self.labbook, self.word("since")
        await self.do(labbook, labbook.folder)
        watching = labbook.watching
        watching.awake()
        await watching.ready()
        watching.look_after()
        events = watching.since(since)
        self.answer(
            {
                "cursor": watching.cursor,
                "changes": [
                    {"event": event.kind, "data": event.data} for event in events or ()
                ],
                "counts": watching.counts,
                "reset": events is None,
            }
        )


class Stream(LabbookHandler):
    """``GET stream``: server-sent events until the page goes away."""

    def initialize(self, labbooks: OpenLabbooks) -> None:
        """Nobody listens yet."""
        super().initialize(labbooks)
        self._listener: Listener | None = None
        self._left = False

    @authenticated
    @authorized
    async def get(self) -> None:
        """Tell of each change as it happens."""
        labbook, since = self.labbook, self.word("since")
        await self.do(labbook, labbook.folder)
        watching = labbook.watching
        with watching.listener() as self._listener:
            await watching.ready()
            self.set_header("Content-Type", "text/event-stream; charset=utf-8")
            self.set_header("Cache-Control", "no-store")
            # A proxy that collects what it passes on would hold changes back.
            self.set_header("X-Accel-Buffering", "no")
            try:
                await self._follow(watching, self._listener, since)
            except (StreamClosedError, TimeoutError):
                self.drop()

    async def _follow(self, watching: Watching, listener: Listener, since: str) -> None:
        cursor = await self._hello(watching, since)
        while not self._left:
            events = watching.since(cursor)
            if events is None:
                # It was too slow, or the watching began anew.
                cursor = await self._hello(watching, "")
                continue
            for event in events:
                cursor = event.cursor
                self._tell(event.kind, event.data, cursor)
            if events:
                await self._send()
            before = watching.cursor
            await listener.wait(HEARTBEAT_SECONDS)
            if watching.cursor == before and not self._left:
                self.write(": still here\n\n")
                await self._send()

    async def _hello(self, watching: Watching, since: str) -> str:
        reset = watching.since(since) is None
        cursor = watching.cursor if reset else since
        hello = {"cursor": cursor, "reset": reset, "counts": watching.counts}
        self._tell("hello", hello, cursor)
        if watching.trouble is not None and cursor == watching.cursor:
            # It began before this page came, and lasts.
            self._tell("trouble", watching.trouble, cursor)
        await self._send()
        return cursor

    def _tell(self, kind: str, data: dict[str, Any], cursor: str) -> None:
        self.write(b"id: %b\nevent: %b\ndata: " % (cursor.encode(), kind.encode()))
        self.write(encoded(data))
        self.write(b"\n\n")

    async def _send(self) -> None:
        # Nothing more is written before the page has taken what was.
        await asyncio.wait_for(self.flush(), _STUCK_SECONDS)

    def on_connection_close(self) -> None:
        """Let go at once of what the page held."""
        self._left = True
        if self._listener is not None:
            self._listener.wake()
        super().on_connection_close()
