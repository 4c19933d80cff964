"""One experiment: where it stands, and its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_labbook.server.answering import LabbookHandler, invalid

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_labbook.server.open_labbooks import OpenExperiment

_FEWEST_POINTS, _POINTS, _MOST_POINTS = 16, 1000, 8000
_MOST_NAMES = 100
_LONGEST_CURSOR = 100


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
        await self.read(
            experiment, lambda found: found.checked().series.read(points, since)
        )


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
        await self.read(
            experiment,
            lambda found: found.checked().series.range(
                metrics, runs, by, low, high, points
            ),
        )
