"""Lines of an experiment for viewers: whole, in pieces as they grow, or in detail."""

from __future__ import annotations

import math
import re
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from jupyter_labbook.actions.shown import ShownRuns
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.storage.block_index import Axis, Part
from jupyter_labbook.storage.follow import Follower
from jupyter_labbook.storage.line_changes import ChangingPoints
from jupyter_labbook.storage.metric_reader import FileChangedError
from jupyter_labbook.storage.thin_line import Points
from jupyter_labbook.storage.zoom import (
    along,
    between,
    bytes_between,
    read_between,
    thin_between,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.follow import Drawn
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder

_SECONDS: Final = 0.25
"""For reading in one call: a long file is taken in over several."""
_MOST_SCALES: Final = 2
_FEWEST_POINTS: Final = 16
_MOST_POINTS: Final = 8192
_MOST_BYTES: Final = 64 << 20
"""Read for one range; a wider one is drawn from what is known of the whole."""


class SeriesReader:
    """What was logged in an experiment's shown runs, thinned; for one thread at a time.

    Parameters
    ----------
    labbook, experiment
        Where it is.
    clock
        Seconds that never go back.
    """

    def __init__(
        self,
        labbook: LabbookFolder,
        experiment: ExperimentFolder,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.labbook = labbook
        self.experiment = experiment
        self._clock = clock
        self._shown = ShownRuns(experiment)
        self._scales: dict[int, _Scale] = {}

    def read(self, points: int, since: str = "") -> dict[str, Any]:
        """Give the lines, or what of them has changed.

        Parameters
        ----------
        points
            How many points a line is to have, about.
        since
            The ``cursor`` of the answer that the viewer has; empty for everything.

        Returns
        -------
        dict
            ``cursor``, ``lines``, ``runs`` and ``behind``, ready for JSON. Each line
            says how many points to ``keep`` of what the viewer has; one without
            points is gone. ``reset``: these are all lines, and any other is gone.

        Raises
        ------
        StorageError
            The experiment's folder cannot be read.
        """
        scale = self._scale(_size(points))
        scale.poll(self._shown.look(), self._clock, self._clock() + _SECONDS)
        return scale.answer(since)

    def range(  # noqa: PLR0913, PLR0917  # as the route has it
        self,
        metrics: list[str],
        runs: list[str],
        by: str,
        low: float,
        high: float,
        points: int,
    ) -> dict[str, Any]:
        """Give a part of the lines in as much detail as there is room for.

        Parameters
        ----------
        metrics, runs
            Names and labels; empty for all.
        by
            ``step`` or ``time``: what the part is chosen by.
        low, high
            Its edges; the nearest point beyond each comes along.
        points
            How many points a line may have.

        Raises
        ------
        InvalidInputError
            Some part of the request makes no sense.
        """
        if by not in tuple(Axis):
            raise InvalidInputError(f"A range is by step or by time, not by {by!r}.")
        if not low <= high:
            raise InvalidInputError("A range goes from a number to one above it.")
        part, most = Part(Axis(by), low, high), _size(points)
        scale = self._finest()
        scale.poll(self._shown.look(), self._clock, self._clock() + _SECONDS)
        chosen = {
            run: follower
            for run, follower in scale.followers.items()
            if not runs or run.label in runs
        }
        lines = []
        for run, follower in chosen.items():
            names = [n for n in follower.revisions if not metrics or n in metrics]
            budget = _MOST_BYTES // len(chosen)
            for name, found in _detail(follower, names, part, budget).items():
                shown = thin_between(found, part, most)
                line = {"x_name": follower.drawn(name).x_name, "keep": 0}
                line |= {**_arrays(shown), "mean": None}
                lines.append({"run": run.label, "metric": name, **line})
        return {"lines": lines}

    def _scale(self, size: int) -> _Scale:
        scale = self._scales.pop(size, None) or _Scale(size)
        # The one that was asked for last stays longest.
        self._scales[size] = scale
        while len(self._scales) > _MOST_SCALES:
            del self._scales[next(iter(self._scales))]
        return scale

    def _finest(self) -> _Scale:
        return self._scale(max(self._scales, default=_size(1000)))


class _Scale:
    """Followers of all shown runs at one number of points, with what they drew."""

    def __init__(self, points: int) -> None:
        self._points = points
        # A cursor means nothing to any other reader.
        self._name = f"{points}.{secrets.token_hex(6)}"
        self._revision = 0
        self._lines: dict[tuple[RunFolder, str], _Line] = {}
        self._behind: dict[RunFolder, None] = {}
        self.followers: dict[RunFolder, Follower] = {}

    def poll(
        self, runs: list[RunFolder], clock: Callable[[], float], until: float
    ) -> None:
        """Take in what was logged, for as long as there is time."""
        self._revision += 1
        for run in [run for run in self.followers if run not in set(runs)]:
            del self.followers[run]
        for run in runs:
            self.followers.setdefault(run, Follower(run, self._points))
        # Those who came too late the last time come first.
        late = [run for run in self._behind if run in self.followers]
        waiting = dict.fromkeys([*late, *runs])
        while waiting:
            run = next(iter(waiting))
            del waiting[run]
            follower = self.followers[run]
            follower.poll()
            if follower.behind:
                waiting[run] = None
            if clock() >= until:
                break
        self._behind = waiting
        self._draw()

    def _draw(self) -> None:
        present = {
            (run, name): revision
            for run, follower in self.followers.items()
            for name, revision in follower.revisions.items()
        }
        for (run, name), revision in present.items():
            line = self._lines.setdefault((run, name), _Line())
            # A file that was replaced makes its follower start over, not count back.
            if line.seen != revision:
                line.seen = revision
                line.put(self.followers[run].drawn(name), self._revision)
        for key, line in self._lines.items():
            if key not in present and line.seen is not None:
                line.seen = None
                line.clear(self._revision)

    def answer(self, since: str) -> dict[str, Any]:
        """Say what has changed since a cursor, or everything."""
        seen = self._seen(since)
        lines = [
            line.answer(run, name, seen)
            for (run, name), line in self._lines.items()
            if line.changed > seen and (line.seen is not None or seen)
        ]
        labels = {run.label for (run, _), line in self._lines.items() if line.seen}
        return {
            "cursor": f"{self._name}.{self._revision}",
            "lines": lines,
            "runs": [run.label for run in self.followers if run.label in labels],
            "behind": bool(self._behind),
            "reset": not seen,
        }

    def _seen(self, since: str) -> int:
        name, _, revision = since.rpartition(".")
        if name != self._name or not re.fullmatch(r"[0-9]{1,15}", revision):
            return 0
        seen = int(revision)
        return seen if seen <= self._revision else 0


class _Line:
    """One line as viewers have it."""

    def __init__(self) -> None:
        self.seen: int | None = None
        """Revision of the follower that was drawn; None once the line is gone."""
        self.changed = 0
        self._x_name = ""
        self._points = ChangingPoints()
        self._means = ChangingPoints()
        self._thinned = False

    def put(self, drawn: Drawn, revision: int) -> None:
        """Take what a follower draws now."""
        if drawn.x_name != self._x_name:
            # The same numbers mean something else.
            self._points.put(Points.none(), revision)
            self._means.put(Points.none(), revision)
            self._x_name, self.changed = drawn.x_name, revision
        self._thinned = drawn.means is not None
        means = drawn.means if drawn.means is not None else Points.none()
        for shown, points in ((self._points, drawn.points), (self._means, means)):
            if shown.put(points, revision):
                self.changed = revision

    def clear(self, revision: int) -> None:
        """Have no points any more."""
        self._points.put(Points.none(), revision)
        self._means.put(Points.none(), revision)
        self._thinned, self.changed = False, revision

    def answer(self, run: RunFolder, name: str, seen: int) -> dict[str, Any]:
        """Say what to do with what was seen."""
        kept = self._points.kept(seen) if seen else 0
        mean = None
        if self._thinned:
            kept_means = self._means.kept(seen) if seen else 0
            mean = {"keep": kept_means, **_arrays(self._means.points, kept_means)}
        return {
            "run": run.label,
            "metric": name,
            "x_name": self._x_name,
            "keep": kept,
            **_arrays(self._points.points, kept),
            "mean": mean,
        }


def _detail(
    follower: Follower, names: list[str], part: Part, budget: int
) -> dict[str, Points]:
    """Read a part of lines from their files, or cut it out of what is drawn."""
    whole = {name: follower.drawn(name) for name in names}
    thinned = [name for name in names if whole[name].means is not None]
    found: dict[str, Points] = {}
    if thinned and bytes_between(follower.files, part) <= budget:
        # Replaced just now: the next poll reads it anew.
        with suppress(FileChangedError):
            found = read_between(follower.files, thinned, part)
    for name in names:
        if name not in found:
            points = whole[name].points
            order = along(points, part.by).argsort(kind="stable")
            found[name] = between(points.chosen(order), part)
    return {name: found[name] for name in names if len(found[name])}


def _arrays(points: Points, keep: int = 0) -> dict[str, list[float | None]]:
    tail = points.chosen(slice(keep, None))
    return {
        "x": tail.x.tolist(),
        "time": tail.time.tolist(),
        "y": _finite(tail.y.tolist()),
    }


def _finite(values: Iterable[float]) -> list[float | None]:
    # JSON knows neither NaN nor infinities.
    return [value if math.isfinite(value) else None for value in values]


def _size(points: int) -> int:
    """Round up to a power of two, so that few different sizes are asked for."""
    bounded = max(_FEWEST_POINTS, min(points, _MOST_POINTS))
    return 1 << (bounded - 1).bit_length()
