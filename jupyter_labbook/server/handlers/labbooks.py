"""Finding labbooks, and what is in one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_labbook.server.answering import LabbookHandler
from jupyter_labbook.server.places import plain
from jupyter_labbook.server.refusals import Reason, Refusal

if TYPE_CHECKING:
    from jupyter_labbook.server.places import Places

_OUTSIDE = (
    "The experiment of this output is not below this server's root: open the notebook "
    "where its labbook is, or run its cell again."
)
_GONE = (
    "The experiment of this output is gone: it was moved or deleted; restore it from a "
    "backup or git, or run its cell again."
)
_MOST_ROWS = 200


class NearestLabbook(LabbookHandler):
    """``GET labbook``."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Find the labbook of a notebook or folder; or the one an output names."""
        near = plain(self.word("near", None) or ".")
        path = self.word("path")
        folder = str(PurePosixPath(near).parent)
        places = self.labbooks.places
        lane = self.labbooks.take(folder)
        found = await self.do(lane, lambda: _labbook(places, path, near))
        self.answer({"labbook": found})


class Place(LabbookHandler):
    """``GET place``."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Find the experiment of an output."""
        path, near = self.word("path", None), self.word("near")
        places = self.labbooks.places
        lane = self.labbooks.take(str(PurePosixPath(near).parent) if near else ".")
        self.answer(await self.do(lane, lambda: _placed(places, path, near)))


def _labbook(places: Places, path: str, near: str) -> str:
    """Find by an absolute path, perhaps of another machine; else near a notebook."""
    below = places.below(path) if path else ""
    if below:
        with suppress(Refusal):
            places.labbook(below)
            return below
    return places.near(near)


def _placed(places: Places, path: str, near: str) -> dict[str, str]:
    words = PurePosixPath(path)
    below = places.below(path)
    parents = PurePosixPath(below).parents
    if below and len(parents) > 1:
        with suppress(Refusal):
            return _experiment_in(places, str(parents[1]), words.name)
    if near:
        with suppress(Refusal):
            return _experiment_in(places, places.near(plain(near)), words.name)
    if below:
        raise Refusal(404, Reason.GONE, _GONE)
    raise Refusal(404, Reason.OUTSIDE, _OUTSIDE)


def _experiment_in(places: Places, labbook: str, name: str) -> dict[str, str]:
    places.experiment(places.labbook(labbook), name)
    return {"labbook": labbook, "experiment": name}


class Overview(LabbookHandler):
    """``GET overview``."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Tell what runs, waits, ended today, failed or wants a conclusion."""
        labbook, places = self.labbook, self.labbooks.places
        text, tag = self.word("text"), self.word("tag")

        def read() -> dict[str, Any]:
            with labbook.overview() as overview:
                found = overview.read(text, tag)
            groups = {
                name: _rows(places, rows) for name, rows in found["groups"].items()
            }
            return {**found, "groups": groups, "labbook": labbook.name}

        self.answer(await self.do(labbook, read))


class Experiments(LabbookHandler):
    """``GET experiments``."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Search all experiments."""
        labbook, places = self.labbook, self.labbooks.places
        text, tag, state = self.word("text"), self.word("tag"), self.word("state")
        limit, cursor = self.whole("limit", 50, 1, _MOST_ROWS), self.word("cursor")

        def read() -> dict[str, Any]:
            with labbook.overview() as overview:
                found = overview.search(text, tag, state, limit, cursor)
            rows = _rows(places, found["rows"])
            return {**found, "rows": rows}

        self.answer(await self.do(labbook, read))


def _rows(places: Places, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Name notebooks as the page does."""
    return [{**row, "notebook": places.below(row["notebook"])} for row in rows]
