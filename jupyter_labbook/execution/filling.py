"""Accepted searches, as the dispatcher sees them: each asks for room for one run more.

What that run is, nobody here knows: a process of its own finds it out and queues it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from jupyter_labbook.execution import launch
from jupyter_labbook.execution.asking import Waiting
from jupyter_labbook.storage.searches import FILE, read_searches

if TYPE_CHECKING:
    from jupyter_labbook.execution.clock import Clock
    from jupyter_labbook.model.backfill import Search
    from jupyter_labbook.storage.labbook import LabbookFolder

_LAST: Final = 1e12
"""Rank behind every run that waits."""
_SHORTEST_PAUSE: Final = 5.0
_LONGEST_PAUSE: Final = 600.0


class Filling:
    """The accepted searches of one labbook, looked at again and again.

    Parameters
    ----------
    labbook, surroundings, clock
        Whose they are, what queues their runs, and whose moments count.
    """

    def __init__(
        self,
        labbook: LabbookFolder,
        surroundings: launch.Surroundings,
        clock: Clock,
    ) -> None:
        self._labbook = labbook
        self._surroundings = surroundings
        self._clock = clock
        self._seen: tuple[int, int] | None = None
        self._searches: list[Search] = []
        self._asked: dict[str, tuple[float, float]] = {}
        """When a search is asked again for its next run, and the pause then."""

    def searches(self) -> list[Waiting]:
        """Find those that go on; one that rests is held until it does no longer."""
        if not self._surroundings.propose:
            return []
        self._read()
        moment = self._clock.now()
        return [_waiting(one, moment) for one in self._searches if not one.ended]

    def propose(self, place: str, beat: float) -> None:
        """Start what queues the next run; less and less often if nothing comes of it.

        Parameters
        ----------
        place
            Of the search.
        beat
            The moment, by a clock that nobody sets.
        """
        not_before, pause = self._asked.get(place, (beat, _SHORTEST_PAUSE))
        if beat < not_before:
            return
        self._asked[place] = beat + pause, min(2 * pause, _LONGEST_PAUSE)
        launch.propose(self._labbook.path, place, self._surroundings)

    def came(self) -> None:
        """Ask at once the next time: something came of it."""
        self._asked.clear()

    def _read(self) -> None:
        try:
            status = os.stat(self._labbook.path / FILE)  # noqa: PTH116  # at every look
        except OSError:
            self._seen, self._searches = None, []
            return
        # It is replaced whole, so that another content is another file.
        seen = status.st_ino, status.st_mtime_ns
        if seen != self._seen:
            self._seen, self._searches = seen, read_searches(self._labbook.path)
            self._asked.clear()


def _waiting(search: Search, moment: datetime) -> Waiting:
    rests = bool(search.rests) and moment < _moment(search.rests)
    ticket = replace(search.asks, backfill=True, rank=_LAST, held=rests)
    return Waiting(search.name, ticket, _moment(search.since))


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
