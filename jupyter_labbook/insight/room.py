"""Whether what waits fits into the hours there are."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_labbook.model.run import Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A run that is to find its place.

    Attributes
    ----------
    slots
        How many it holds at once.
    """

    place: str
    expected: Expected | None
    slots: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """How full a stretch of hours becomes.

    Attributes
    ----------
    capacity
        Seconds of all slots together.
    used
        Of those that fit, in seconds of slots, as low, middle and high end.
    late
        Runs that, all taking as long as is likely, end after the hours.
    unsure
        Runs that are late only if others take as long as nine of ten do at most.
    unknown
        Runs of which nobody knows how long they take.
    """

    capacity: float
    used: tuple[float, float, float]
    late: tuple[str, ...]
    unsure: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def left(self) -> float:
        """Seconds of slots that are probably left over."""
        return max(0.0, self.capacity - self.used[1])


def fill(tasks: Sequence[Task], *, slots: int, seconds: float) -> Filling:
    """Let runs start one after the other, in the order of the queue.

    Parameters
    ----------
    tasks
        Runs in the order in which they start.
    slots
        Runs that may execute at once.
    seconds
        How long the hours are.
    """
    known = [task for task in tasks if task.expected is not None]
    late = _late(known, slots, seconds, high=False)
    unsure = [
        place for place in _late(known, slots, seconds, high=True) if place not in late
    ]
    used = [0.0, 0.0, 0.0]
    for task in known:
        if task.place in late or task.expected is None:
            continue
        ends = (task.expected.low, task.expected.middle, task.expected.high)
        for index, end in enumerate(ends):
            used[index] += end * min(task.slots, slots)
    return Filling(
        capacity=seconds * slots,
        used=(used[0], used[1], used[2]),
        late=tuple(late),
        unsure=tuple(unsure),
        unknown=tuple(task.place for task in tasks if task.expected is None),
    )


def _late(
    tasks: Sequence[Task], slots: int, seconds: float, *, high: bool
) -> list[str]:
    """Name those that would not end in time; they do not start."""
    free = [0.0] * slots
    late = []
    for task in tasks:
        assert task.expected is not None
        needed = min(task.slots, slots)
        taken = [heapq.heappop(free) for _ in range(needed)]
        begin = taken[-1]
        # The others take as long as they do; it starts only if its own high end fits.
        takes = task.expected.high if high else task.expected.middle
        if begin + task.expected.high > seconds:
            late.append(task.place)
            end = None
        else:
            end = begin + takes
        for moment in taken:
            heapq.heappush(free, moment if end is None else end)
    return late
