"""Noticing what changes in a labbook, by one thread while somebody listens."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, Protocol

from jupyter_labbook.server.event_log import EventLog
from jupyter_labbook.server.lanes import DISK_IS_SLOW, SECONDS
from jupyter_labbook.server.refusals import Reason, refusal, slow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_labbook.server.event_log import Event

LINGER_SECONDS: Final = 30.0
"""How long changes are noticed for nobody: somebody may ask again."""
_BETWEEN_LOOKS: Final = 0.2
_SHARE: Final = 0.2
"""Part of the time that looking may take on a slow disk."""
_LISTENERS: Final = 100

Told = tuple[str, dict[str, Any]]


class Looks(Protocol):
    """What knows which files changed since it was asked last."""

    def look(self) -> list[dict[str, Any]]:
        """Tell of each change: ``event`` and ``data``."""


class Watching:
    """The changes of one labbook, for any number of listeners.

    Everything but the thread itself belongs to the server's loop.

    Parameters
    ----------
    open_changes
        Begin to look at the labbook.
    count
        Number of runs in each state.
    """

    def __init__(
        self,
        open_changes: Callable[[], Looks],
        count: Callable[[], dict[str, int]],
    ) -> None:
        self._open_changes = open_changes
        self._count = count
        self._log = EventLog()
        self._thread: _Watcher | None = None
        self._listeners: set[Listener] = set()
        self._ending: asyncio.TimerHandle | None = None
        self._ready = asyncio.Event()
        self.counts: dict[str, int] = {}
        self.trouble: dict[str, Any] | None = None
        """Why nothing can be noticed at present, as it was told; None if all is well.
        """

    @property
    def running(self) -> bool:
        """Whether changes are noticed at present."""
        return self._thread is not None

    @property
    def cursor(self) -> str:
        """Behind the newest event."""
        return self._log.cursor

    def since(self, cursor: str) -> list[Event] | None:
        """Take what came after a cursor; None if that cannot be told any more."""
        return self._log.since(cursor)

    def awake(self) -> None:
        """Notice changes from now on, for a while."""
        if self._thread is None:
            # What happened while nobody looked is unknown: cursors begin anew.
            self._log = EventLog()
            self.trouble = None
            self._ready = asyncio.Event()
            self._thread = _Watcher(
                self._open_changes, self._count, asyncio.get_running_loop(), self._hear
            )
            self._thread.start()
        if not self._listeners:
            self._end_later()

    async def ready(self) -> None:
        """Wait for the first look, after which no change is missed.

        Raises
        ------
        Refusal
            The disk does not answer.
        """
        try:
            await asyncio.wait_for(self._ready.wait(), SECONDS)
        except TimeoutError:
            raise slow(DISK_IS_SLOW) from None

    @contextmanager
    def listener(self) -> Iterator[Listener]:
        """Listen until the end of a ``with`` block.

        Raises
        ------
        Refusal
            Too many listen already.
        """
        if len(self._listeners) >= _LISTENERS:
            raise slow("Too many pages listen to this labbook; close some of them.")
        listener = Listener(self)
        self._listeners.add(listener)
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        self.awake()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            if not self._listeners:
                self._end_later()

    def look_after(self) -> None:
        """Tell of a disk that has kept the thread for too long."""
        if self._thread is not None and self._thread.hangs:
            self._hear(
                self._thread,
                [("trouble", {"message": DISK_IS_SLOW, "reason": Reason.SLOW})],
                self.counts,
            )

    def stop(self) -> None:
        """Notice nothing any more."""
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        if self._thread is not None:
            self._thread.stop()
            self._thread = None

    def _end_later(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        loop = asyncio.get_running_loop()
        self._ending = loop.call_later(LINGER_SECONDS, self.stop)

    def _hear(self, thread: _Watcher, told: list[Told], counts: dict[str, int]) -> None:
        if thread is not self._thread:
            return  # it was stopped while this was on its way
        self.counts = counts
        self._ready.set()
        news = [one for one in told if self._is_news(*one)]
        for kind, data in news:
            self._log.append(kind, data)
        if news:
            for listener in self._listeners:
                listener.wake()

    def _is_news(self, kind: str, data: dict[str, Any]) -> bool:
        """Trouble is told once, and so is its end."""
        if kind not in ("trouble", "recovered"):
            return True
        before, self.trouble = self.trouble, data if kind == "trouble" else None
        return (before is None) != (self.trouble is None)


class Listener:
    """One page that is told of changes."""

    def __init__(self, watching: Watching) -> None:
        self._watching = watching
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Let it look for news, or at whether its page is still there."""
        self._news.set()

    async def wait(self, seconds: float) -> None:
        """Wait until there may be something new."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)
        self._news.clear()
        self._watching.look_after()


class _Watcher:
    """The thread that looks at the files, again and again."""

    def __init__(
        self,
        open_changes: Callable[[], Looks],
        count: Callable[[], dict[str, int]],
        loop: asyncio.AbstractEventLoop,
        tell: Callable[[_Watcher, list[Told], dict[str, int]], None],
    ) -> None:
        self._open_changes = open_changes
        self._count = count
        self._loop = loop
        self._tell = tell
        self._stopped = threading.Event()
        self._began = 0.0
        self._counts: dict[str, int] | None = None
        self._failed = False

    @property
    def hangs(self) -> bool:
        """Whether it has waited for the disk for too long by now."""
        began = self._began
        return began > 0 and time.monotonic() - began > SECONDS

    def start(self) -> None:
        """Begin to look."""
        threading.Thread(target=self._run, name="labbook-watch", daemon=True).start()

    def stop(self) -> None:
        """Look no more; a thread that hangs ends when its disk answers."""
        self._stopped.set()

    def _run(self) -> None:
        changes: Looks | None = None
        pause = 0.0
        while not self._stopped.wait(pause):
            self._began = time.monotonic()
            try:
                if changes is None:
                    changes = self._open_changes()
                told = self._look(changes)
            except Exception as error:  # noqa: BLE001  # told to the page, and tried again
                told, self._failed = [("trouble", _trouble(error))], True
            took, self._began = time.monotonic() - self._began, 0.0
            pause = max(_BETWEEN_LOOKS, took / _SHARE)
            # The server may be gone by now, and nobody is left to be told.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(
                    self._tell, self, told, self._counts or {}
                )

    def _look(self, changes: Looks) -> list[Told]:
        told = [(one["event"], one["data"]) for one in changes.look()]
        found = [data["counts"] for _, data in told if "counts" in data]
        if found or self._counts is None:
            self._counts = found[-1] if found else self._count()
        if self._failed or self.hangs:
            self._failed = False
            told.insert(0, ("recovered", {"counts": self._counts}))
        return told


def _trouble(error: Exception) -> dict[str, str]:
    known = refusal(error)
    if known is None:
        message = (
            f"The labbook cannot be watched ({type(error).__name__}: {error}); it is "
            "tried again by itself."
        )
        return {"message": message, "reason": Reason.UNREADABLE}
    return {"message": str(known), "reason": known.reason}
