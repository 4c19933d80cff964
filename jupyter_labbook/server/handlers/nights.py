"""Nights: the queue, what was found before them, and the digest after."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import ensure_async
from tornado.web import authenticated

from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.server.answering import RESOURCE, encoded, invalid
from jupyter_labbook.server.handlers.verbs import VerbHandler
from jupyter_labbook.server.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_labbook.actions.queue_watch import QueueWatch
    from jupyter_labbook.model.queue import QueueView
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.server.open_labbooks import OpenLabbook

_SHOWN, _MOST_SHOWN = 200, 2000
_MOST_TEXT: Final = 1000
_STARTS: Final = frozenset({"now", "release", "move", "resume"})
"""Acts after which something may begin that would not have."""
_OF_RUNS: Final = frozenset({"hold", "release", "now", "move", "priority", "order"})
_MOST_RUNS: Final = 2000
_PASSING: Final = ("moment", "hours_used", "hours_there")
"""What is another number each time, and no news."""
_MAY_NOT: Final = "You may look at this labbook, but execute nothing in it."

Act = Literal["hold", "release", "now", "move", "priority", "order", "pause", "resume"]


class QueueWish(msgspec.Struct, forbid_unknown_fields=True):
    """What ``queue`` is sent."""

    act: Act
    runs: list[str] = []
    when: str = ""
    priority: int = 0
    before: str = ""
    why: str = ""


class PreflightWish(msgspec.Struct, forbid_unknown_fields=True):
    """What ``preflight`` is sent."""

    subject: str = ""


class Mending(msgspec.Struct, forbid_unknown_fields=True):
    """What ``preflight/mend`` is sent."""

    verb: str


class NightHandler(VerbHandler):
    """Answers about the queue."""

    async def require_execute(self) -> None:
        """Refuse whoever may start nothing."""
        allowed = self.authorizer.is_authorized(
            self, self.current_user, "execute", RESOURCE
        )
        if not await ensure_async(allowed):
            raise Refusal(403, Reason.UNAUTHORIZED, _MAY_NOT)


class Queue(NightHandler):
    """``queue``."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Tell what executes and waits, and when it will begin."""
        labbook, limit = self.labbook, self.whole("limit", _SHOWN, 0, _MOST_SHOWN)

        def look() -> dict[str, Any]:
            with labbook.queue() as watch:
                return _shown(_look(watch), limit)

        found = await self.do(labbook, look)
        self.answer(found, tag=_lasting(found))

    @authenticated
    @authorized
    async def post(self) -> None:
        """Change what waits, and tell how it stands then."""
        labbook, wish = self.labbook, self.wish(QueueWish)
        limit = self.whole("limit", _SHOWN, 0, _MOST_SHOWN)
        if wish.act in _STARTS:
            await self.require_execute()
        if (wish.act in _OF_RUNS) != bool(wish.runs) or len(wish.runs) > _MOST_RUNS:
            raise invalid(f"{wish.act} does not go with {len(wish.runs)} runs.")
        if len(wish.why) > _MOST_TEXT or len(wish.when) > _MOST_TEXT:
            raise invalid(f"No text is longer than {_MOST_TEXT} characters.")

        def change() -> dict[str, Any]:
            runs = [self._run(labbook, name) for name in wish.runs]
            before = self._run(labbook, wish.before) if wish.before else None
            with labbook.queue() as watch:
                try:
                    _change(labbook, watch, wish, runs, before)
                except InvalidInputError as error:
                    if not any(
                        run.started.exists() or run.exit.exists() for run in runs
                    ):
                        raise
                    now = _shown(_look(watch), limit)
                    raise Refusal(
                        409, Reason.CONFLICT, str(error), queue=now
                    ) from error
                return _shown(_look(watch), limit)

        self.count_as_activity()
        self.answer(await self.do(labbook, change))

    def _run(self, labbook: OpenLabbook, name: str) -> RunFolder:
        """Find a run by ``EXPERIMENT/RUN``, both of them names of folders."""
        experiment, _, run = name.partition("/")
        return self.labbooks.places.run(self.find(labbook, experiment), run)


class Preflight(NightHandler):
    """``preflight``."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Tell what was found of the runs that wait; nothing is looked into."""
        labbook, subject = self.labbook, self.word("subject")

        def read() -> dict[str, Any]:
            return _findings(labbook, subject)

        self.answer(await self.do(labbook, read))

    @authenticated
    @authorized
    @authorized("execute")  # type: ignore[untyped-decorator]  # Jupyter leaves it out
    async def post(self) -> None:
        """Begin to look, in a process of its own."""
        labbook, wish = self.labbook, self.wish(PreflightWish)

        def begin() -> dict[str, Any]:
            from jupyter_labbook.actions.preflight import whole

            whole.begin(labbook.folder(), wish.subject)
            return _findings(labbook, "")

        self.count_as_activity()
        self.answer(await self.do(labbook, begin))


class Mend(NightHandler):
    """``POST preflight/mend``."""

    @authenticated
    @authorized
    @authorized("execute")  # type: ignore[untyped-decorator]  # Jupyter leaves it out
    async def post(self) -> None:
        """Do what a finding asks for."""
        labbook, wish = self.labbook, self.wish(Mending)

        def mend() -> dict[str, Any]:
            from jupyter_labbook.actions.preflight import mending

            with labbook.queue() as watch:
                entries = _look(watch).entries
            told = mending.mend(labbook.folder(), wish.verb, entries)
            return {"told": told, "preflight": _findings(labbook, "")}

        self.count_as_activity()
        self.answer(await self.do(labbook, mend))


def _findings(labbook: OpenLabbook, subject: str) -> dict[str, Any]:
    from jupyter_labbook.actions.preflight import whole
    from jupyter_labbook.storage import records

    with labbook.queue() as watch:
        entries = _look(watch).entries
    return records.to_builtins(whole.known(labbook.folder(), entries, subject))


def _look(watch: QueueWatch) -> QueueView:
    view = watch.look()
    assert view is not None
    return view


def _shown(view: QueueView, limit: int) -> dict[str, Any]:
    """Write a queue of which only the first entries are shown."""
    from jupyter_labbook.storage import records

    entries = view.entries
    shown: dict[str, Any] = records.to_builtins(replace(view, entries=entries[:limit]))
    batches = dict.fromkeys(one.batch for one in entries if one.batch)
    return {**shown, "total": len(entries), "batches": list(batches)[:_SHOWN]}


def _lasting(found: dict[str, Any]) -> str:
    """Name a state of the queue, whatever the time."""
    lasting = {name: of for name, of in found.items() if name not in _PASSING}
    return hashlib.sha256(encoded(lasting)).hexdigest()[:16]


def _change(
    labbook: OpenLabbook,
    watch: QueueWatch,
    wish: QueueWish,
    runs: Sequence[RunFolder],
    before: RunFolder | None,
) -> None:
    from jupyter_labbook.actions import queue
    from jupyter_labbook.model.run import RunState
    from jupyter_labbook.runtime.layout import RunFolder

    folder = labbook.folder()
    match wish.act:
        case "hold":
            queue.hold(folder, runs)
        case "release":
            queue.release(folder, runs)
        case "now":
            queue.start_now(folder, runs)
        case "move":
            queue.move(folder, runs, wish.when)
        case "priority":
            queue.prioritize(folder, runs, wish.priority)
        case "order":
            waiting = [
                RunFolder(folder.path / one.place)
                for one in _look(watch).entries
                if one.state is RunState.WAITING
            ]
            queue.reorder(folder, runs, waiting, before)
        case "pause":
            queue.pause(folder, wish.why)
        case "resume":
            queue.resume(folder)
