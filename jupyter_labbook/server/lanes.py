"""Threads for the files of one labbook, so that a hung disk hangs nothing else."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from concurrent.futures import Future
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, Any, Final, TypeVar

from jupyter_labbook.server.refusals import slow

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

SECONDS: Final = 10.0
"""How long a request waits for the disk."""
_THREADS: Final = 4
_MOST_HUNG: Final = 12
_WAITING: Final = 64
_IDLE_SECONDS: Final = 10.0

DISK_IS_SLOW = (
    "The labbook's disk does not answer; what is shown is from before, and it is "
    "asked again by itself."
)


class Lane:
    """A few threads that come when there is work and go when there is none.

    One that hangs after its request was refused is replaced, within bounds: what lies
    on a disk that does not answer holds nothing up for longer than one request waits.
    Unlike those of an executor they are never waited for: a server whose labbook
    lies on a dead disk can still be stopped.
    """

    def __init__(self, *, threads: int = _THREADS, waiting: int = _WAITING) -> None:
        self._threads = threads
        self._work: Queue[tuple[Future[Any], Callable[[], Any]]] = Queue(waiting)
        self._lock = threading.Lock()
        self._alive = 0
        self._free = 0
        self._hung: set[Future[Any]] = set()

    @property
    def busy(self) -> bool:
        """Whether there is any thread or any work."""
        return self._alive > 0 or not self._work.empty()

    async def do(
        self,
        work: Callable[[], T],
        seconds: float = SECONDS,
        message: str = DISK_IS_SLOW,
    ) -> T:
        """Have something done in a thread.

        Raises
        ------
        Refusal
            It takes too long, or too much is waiting already.
        """
        future: Future[T] = Future()
        with self._lock:
            try:
                self._work.put_nowait((future, work))
            except Full:
                raise slow(message) from None
            self._reinforce()
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), seconds)
        except TimeoutError:
            # Raised by the work itself, it is an answer and no delay.
            if future.done() and not future.cancelled():
                raise
            with self._lock:
                if future.running():
                    self._hung.add(future)
                    self._reinforce()
            raise slow(message) from None

    def _surplus(self) -> int:
        """How many threads there are beyond those that are wanted."""
        return self._alive - min(len(self._hung), _MOST_HUNG) - self._threads

    def _reinforce(self) -> None:
        if self._work.qsize() > self._free and self._surplus() < 0:
            self._alive += 1
            threading.Thread(
                target=self._serve, name="labbook-lane", daemon=True
            ).start()

    def _serve(self) -> None:
        while True:
            with self._lock:
                self._free += 1
            try:
                future, work = self._work.get(timeout=_IDLE_SECONDS)
            except Empty:
                with self._lock:
                    self._free -= 1
                    if self._work.empty():
                        self._alive -= 1
                        return
                continue
            with self._lock:
                self._free -= 1
            _finish(future, work)
            with self._lock:
                self._hung.discard(future)
                if self._surplus() > 0:
                    self._alive -= 1
                    return
            # Nothing of the last request is kept while waiting for the next.
            del future, work


def _finish(future: Future[Any], work: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return  # nobody waits for it any more
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001  # the one who waits is told
        future.set_exception(error)


class Recent(OrderedDict[str, T]):
    """What was used lately, up to a number."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def take(self, key: str, make: Callable[[], T]) -> T:
        """Get what belongs to a key, and forget what was not used for longest."""
        if key not in self:
            self[key] = make()
        self.move_to_end(key)
        while len(self) > self._most:
            self.popitem(last=False)
        return self[key]
