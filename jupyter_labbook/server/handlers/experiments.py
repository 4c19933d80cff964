"""One experiment: where it stands, and its lines."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_labbook.server.answering import LabbookHandler, invalid, whole
from jupyter_labbook.server.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_labbook.server.open_labbooks import OpenExperiment, OpenLabbook

_FEWEST_POINTS, _POINTS, _MOST_POINTS = 16, 1000, 8000
_MOST_NAMES = 100
_LONGEST_CURSOR = 100
_MOST_TOGETHER = 16
_SECONDS_TOGETHER = 0.25


class ExperimentHandler(LabbookHandler):
    """Answers with what is read of an experiment."""

    async def read(
        self, name: str, work: Callable[[OpenExperiment], dict[str, Any]]
    ) -> None:
        """Answer with what is found out in a thread."""
        labbook = self.labbook
        found = await self.do(labbook, lambda: work(labbook.experiment(name)))
        self.answer(found)

    @property
    def points(self) -> int:
        """How many points a line may have."""
        return self.whole("points", _POINTS, _FEWEST_POINTS, _MOST_POINTS)


class Experiment(ExperimentHandler):
    """``GET experiments/{experiment}``."""

    @authenticated
    @authorized
    async def get(self, experiment: str) -> None:
        """Tell where an experiment and its runs stand."""

        def shown(found: OpenExperiment) -> dict[str, Any]:
            with found.turn():
                return found.shown()

        await self.read(experiment, shown)


class Series(ExperimentHandler):
    """``GET experiments/{experiment}/series``."""

    @authenticated
    @authorized
    async def get(self, experiment: str) -> None:
        """Give the lines, or what was added to them."""
        points, since = self.points, self.word("since")[:_LONGEST_CURSOR]

        def read(found: OpenExperiment) -> dict[str, Any]:
            with found.lines() as lines:
                return lines.read(points, since)

        await self.read(experiment, read)


class SeriesTogether(ExperimentHandler):
    """``GET series``."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Give the lines of several experiments, or what was added to them."""
        names, sizes, cursors = (
            self.get_query_arguments(name, strip=False)
            for name in ("experiment", "points", "since")
        )
        if not 1 <= len(names) <= _MOST_TOGETHER:
            raise invalid(f"From 1 to {_MOST_TOGETHER} experiment= are asked for.")
        if not len(names) == len(sizes) == len(cursors):
            raise invalid("Each experiment= has its points= and since=.")
        asked = [
            (name, whole("points", size, _FEWEST_POINTS, _MOST_POINTS), cursor)
            for name, size, cursor in zip(names, sizes, cursors, strict=True)
        ]
        labbook = self.labbook
        self.answer(
            {"series": await self.do(labbook, lambda: read_together(labbook, asked))}
        )


def read_together(
    labbook: OpenLabbook,
    asked: list[tuple[str, int, str]],
    clock: Callable[[], float] = time.monotonic,
) -> list[dict[str, Any] | None]:
    """Read lines of several experiments, each as if it were asked for alone.

    Parameters
    ----------
    asked
        Names, numbers of points and cursors.
    clock
        Seconds that never go back.

    Returns
    -------
    list
        For each its lines, or why there are none; None where time has run out.

    Raises
    ------
    Refusal
        There is no such labbook.
    """
    labbook.folder()
    end = clock() + _SECONDS_TOGETHER
    found: list[dict[str, Any] | None] = []
    for name, points, since in asked:
        if found and clock() > end:
            found.append(None)
            continue
        try:
            with labbook.experiment(name).lines() as lines:
                found.append(lines.read(points, since[:_LONGEST_CURSOR]))
        except Exception as error:
            known = refusal(error)
            if known is None:
                raise
            found.append({"status": known.status, **known.told()})
    return found


class Range(ExperimentHandler):
    """``GET experiments/{experiment}/range``."""

    @authenticated
    @authorized
    async def get(self, experiment: str) -> None:
        """Give a part of the lines in more detail."""
        metrics = self.get_query_arguments("metric", strip=False)
        runs = self.get_query_arguments("run", strip=False)
        if max(len(metrics), len(runs)) > _MOST_NAMES:
            raise invalid(f"No more than {_MOST_NAMES} metric= and run= at once.")
        by = self.word("by", "step")
        if by not in ("step", "time"):
            raise invalid("by= is step or time.")
        low, high, points = self.number("from"), self.number("to"), self.points
        if low > high:
            raise invalid("from= lies before to=.")

        def read(found: OpenExperiment) -> dict[str, Any]:
            with found.lines() as lines:
                return lines.range(metrics, runs, by, low, high, points)

        await self.read(experiment, read)
