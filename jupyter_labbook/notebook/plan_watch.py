"""One thread for a whole kernel that notices when a plan is changed elsewhere."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Final, Protocol

_SECONDS: Final = 1.0


class Follower(Protocol):
    """What wants to know of changes."""

    def look(self) -> None:
        """See whether something changed; called about once a second."""


class PlanWatch:
    """Calls every follower about once a second, as long as there is one.

    A widget leaves when it is collected as well, which may happen at any line of any
    thread. Therefore coming and leaving are messages to the thread, and no lock is
    ever waited for.

    Parameters
    ----------
    seconds
        Time between two looks.
    """

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._messages: SimpleQueue[tuple[bool, Follower]] = SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether the thread is alive."""
        thread = self._thread
        return thread is not None and thread.is_alive()

    def follow(self, follower: Follower) -> None:
        """Begin to call a follower."""
        self._messages.put((True, follower))
        with self._starting:
            # A thread does not survive a fork, its name here does.
            if not self.running:
                self._thread = threading.Thread(
                    target=self._run, name="labbook-plan", daemon=True
                )
                self._thread.start()

    def leave(self, follower: Follower) -> None:
        """Call a follower no more; the thread ends with the last one."""
        self._messages.put((False, follower))

    def join(self) -> None:
        """Wait until the thread has ended, after the last follower left."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        followers: list[Follower] = []
        while self._go_on(followers):
            for follower in followers:
                # The channel to the page may be gone: a kernel that shuts down.
                with suppress(Exception):
                    follower.look()

    def _go_on(self, followers: list[Follower]) -> bool:
        """Hear who comes and leaves until it is time to look; False at the end."""
        deadline = time.monotonic() + self._seconds
        while True:
            with suppress(Empty):
                left = max(0.0, deadline - time.monotonic()) if followers else 0.0
                comes, follower = self._messages.get(timeout=left)
                if comes:
                    followers.append(follower)
                else:
                    followers[:] = [one for one in followers if one is not follower]
                continue
            if followers:
                return True
            with self._starting:
                if self._messages.empty():
                    self._thread = None
                    return False
