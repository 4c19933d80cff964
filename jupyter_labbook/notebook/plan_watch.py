"""One thread for a whole kernel that notices when a plan is changed elsewhere."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Final, Protocol

_SECONDS: Final = 1.0


class Follower(Protocol):
    """What wants to know of changes."""

    def look(self) -> None:
        """See whether something changed; called about once a second."""


class PlanWatch:
    """Calls every follower about once a second, as long as there is one.

    Parameters
    ----------
    seconds
        Time between two looks.
    """

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._followers: list[Follower] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether the thread is alive."""
        with self._changed:
            return self._thread is not None and self._thread.is_alive()

    def follow(self, follower: Follower) -> None:
        """Begin to call a follower."""
        with self._changed:
            self._followers.append(follower)
            # A thread does not survive a fork, its name here does.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._run, name="labbook-plan", daemon=True
                )
                self._thread.start()

    def leave(self, follower: Follower) -> None:
        """Call a follower no more; the thread ends with the last one."""
        with self._changed:
            self._followers = [one for one in self._followers if one is not follower]
            self._changed.notify_all()

    def join(self) -> None:
        """Wait until the thread has ended, after the last follower left."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: not self._followers, self._seconds)
                if not self._followers:
                    self._thread = None
                    return
                followers = tuple(self._followers)
            for follower in followers:
                # The channel to the page may be gone: a kernel that shuts down.
                with suppress(Exception):
                    follower.look()
