"""Windows for who asks them thousands of times about later and later moments."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from jupyter_labbook.model.window import Weekly

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from jupyter_labbook.model.window import Stretch, Window


class RememberedWindows:
    """Windows that know the stretches they were asked for.

    Parameters
    ----------
    window
        Tells what stands behind a word.
    """

    def __init__(self, window: Callable[[str], Window]) -> None:
        self._window = window
        self._known: dict[str, Window] = {}

    def __call__(self, when: str) -> Window:
        """Tell what stands behind a word; raises `InvalidInputError` as before."""
        if when not in self._known:
            found = self._window(when)
            self._known[when] = _Weekly(found) if isinstance(found, Weekly) else found
        return self._known[when]


class _Weekly:
    """A weekly window, of which later and later stretches are asked for."""

    def __init__(self, window: Weekly) -> None:
        self._window = window
        self._stretches: list[Stretch] = []
        self._ends: list[datetime] = []

    @property
    def label(self) -> str:
        """What a person calls it."""
        return self._window.label

    def stretch(self, moment: datetime, since: datetime) -> Stretch | None:
        """Find the stretch that holds a moment, else the next one."""
        while not self._ends or self._ends[-1] <= moment:
            found = self._window.stretch(
                self._ends[-1] if self._ends else moment, since
            )
            if found is None or found.end is None:
                return found
            self._stretches.append(found)
            self._ends.append(found.end)
        return self._stretches[bisect_right(self._ends, moment)]
