"""What happens in a labbook, noticed by looking at it again and again."""

from __future__ import annotations

import os
import queue
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from jupyter_labbook.actions import publishing
from jupyter_labbook.actions.checked_news import CheckedNews
from jupyter_labbook.actions.judging import judge
from jupyter_labbook.actions.overview import count_runs
from jupyter_labbook.actions.standing import RunStanding, stamp
from jupyter_labbook.errors import NoLabbookError, StorageError
from jupyter_labbook.execution.clock import SystemClock
from jupyter_labbook.execution.reminding import Reminder
from jupyter_labbook.model.run import RunState
from jupyter_labbook.runtime.layout import QUEUE_LOCK
from jupyter_labbook.storage.labbook import ExperimentFolder

if TYPE_CHECKING:
    from jupyter_labbook.actions.index import LabbookIndex
    from jupyter_labbook.actions.known import ExperimentLook, Known

    Event = dict[str, Any]

VIEW: Final = "view"
LINES: Final = "lines"
OUTPUT: Final = "output"
_ALL: Final = frozenset({VIEW, LINES, OUTPUT})
_VIEW_SECONDS: Final = 2.0
"""Between two tellings that a view changed because its metrics did."""
_PATIENCE_SECONDS: Final = 2.0
"""For which runs may wait with none executing before somebody is made to serve them."""
_NEWS_SECONDS: Final = 60.0
"""A run that appears when it has ended already is no news if it ended before that."""


class Changes:
    """Tells what has changed since the last look; for one thread.

    A look costs little while nothing happens: the files of live runs are looked at,
    not read, and those of ended ones hardly ever; see `LabbookIndex`.

    Parameters
    ----------
    index
        What is known of the labbook, at which nobody else looks.
    """

    def __init__(self, index: LabbookIndex) -> None:
        self.labbook = index.labbook
        self._clock = index.clock
        self._index = index
        self._revision = -1
        self._known: dict[str, Known] | None = None
        """None before the first look, which tells of nothing."""
        self._counts: dict[str, int] = {}
        self._files: dict[str, _Files] = {}
        self._common: tuple[object, ...] = ()
        self._judged: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._served = index.clock()
        self._trouble = False
        self._checked = CheckedNews(index.clock)
        self._reminder = Reminder(
            index.labbook.path, publishing.surroundings(), SystemClock()
        )

    def look(self) -> list[Event]:
        """Look at everything that can have changed.

        Returns
        -------
        list of dict
            Each with ``event`` and ``data``: ``change``, ``ended``, ``checked``,
            ``trouble`` or ``recovered``. What an experiment's last run ended with may
            come a few looks later, since its verdict has to be worked out.
        """
        try:
            self._index.look()
        except StorageError as error:
            if self._trouble:
                return []
            self._trouble = True
            reason = "gone" if isinstance(error, NoLabbookError) else "unreadable"
            told = {"message": str(error), "reason": reason}
            return [{"event": "trouble", "data": told}]
        ended: list[Event] = []
        changed: dict[str, set[str]] = {}
        overview = self._compare_experiments(changed, ended)
        for look in self._index.live():
            self._compare_files(look, changed)
        found, checked = self._checked.look(self._index.live())
        for name in found:
            changed.setdefault(name, set()).add(VIEW)
        data: dict[str, Any] = {}
        if self._compare_common(data) or overview or changed:
            data |= {
                "experiments": {name: sorted(found) for name, found in changed.items()},
                "counts": self._counts,
                "overview": overview or "others" in data,
            }
            data.pop("others", None)
        self._serve()
        # With nothing queued, nobody else might be there to say that tonight is empty.
        self._reminder.look()
        events: list[Event] = []
        if self._trouble:
            self._trouble = False
            events.append({"event": "recovered", "data": {"counts": self._counts}})
        if data:
            events.append({"event": "change", "data": data})
        events += [*ended, *checked]
        with suppress(queue.Empty):
            while True:
                events.append(self._judged.get_nowait())
        return events

    def _compare_experiments(
        self, changed: dict[str, set[str]], ended: list[Event]
    ) -> bool:
        """Compare what is known of each experiment; whether anything differs."""
        if self._index.revision == self._revision:
            return False
        self._revision = self._index.revision
        before, known = self._known, self._index.known()
        self._known = {one.row.experiment: one for one in known}
        self._counts = count_runs(known)
        if before is None:
            return False
        for name in before.keys() - self._known.keys():
            changed[name] = {VIEW}
            self._files.pop(name, None)
        for name, now in self._known.items():
            last = before.get(name)
            if last is not now:
                over = self._ended(last, now)
                changed[name] = set(_ALL if over else {VIEW})
                ended += self._tell(now, over)
        return True

    def _ended(self, before: Known | None, now: Known) -> list[RunStanding]:
        """Find the runs that have ended since, in the order in which they did."""
        folder = self._folder(now)
        over = []
        for run in folder.runs() if self._may_have_ended(before, now) else ():
            state = now.runs.get(run.label)
            last = before.runs.get(run.label) if before else None
            if state is None or not state.ended or (last is not None and last.ended):
                continue
            standing = RunStanding(run)
            standing.poll()
            if last is not None or _is_news(standing):
                over.append(standing)
        return sorted(over, key=lambda one: one.exit.time if one.exit else "")

    def _may_have_ended(self, before: Known | None, now: Known) -> bool:
        known = before.runs if before else {}
        return any(
            state.ended and known.get(label) != state
            for label, state in now.runs.items()
        )

    def _tell(self, now: Known, over: list[RunStanding]) -> list[Event]:
        """Tell of runs that have ended; of the last one once it is judged."""
        told = [
            {
                "event": "ended",
                "data": {
                    "experiment": now.row.experiment,
                    "name": now.row.name,
                    "run": one.run.label,
                    "state": str(one.state),
                    "reason": one.reason(),
                    "verdicts": [],
                    "last": False,
                },
            }
            for one in over
        ]
        if told and now.finished is not None:
            last = told.pop()
            threading.Thread(
                target=self._judge,
                args=(self._folder(now), last),
                name="labbook-judge",
                daemon=True,
            ).start()
        return told

    def _judge(self, folder: ExperimentFolder, event: Event) -> None:
        # However large the metrics are, looking goes on meanwhile.
        try:
            verdicts = [str(one) for one in judge(self.labbook, folder)]
        except Exception:  # noqa: BLE001  # the end is told in any case
            verdicts = []
        event["data"] |= {"verdicts": verdicts, "last": True}
        self._judged.put(event)

    def _compare_files(
        self, look: ExperimentLook, changed: dict[str, set[str]]
    ) -> None:
        """Compare the files that live runs write."""
        name = look.experiment.path.name
        files = _Files(look)
        before = self._files.get(name)
        self._files[name] = files
        if before is None:
            files.told = self._clock()
            return
        found = files.unlike(before)
        files.told = before.told
        if LINES in found and self._clock() - files.told >= _VIEW_SECONDS:
            found.add(VIEW)
        if VIEW in found:
            files.told = self._clock()
        if found:
            changed.setdefault(name, set()).update(found)

    def _compare_common(self, data: dict[str, Any]) -> bool:
        """Compare what belongs to no experiment."""
        path = self.labbook.path
        plan = stamp(path / "plan.md")
        others = tuple(stamp(path / name) for name in ("labbook.toml", QUEUE_LOCK))
        before, self._common = self._common, (plan, others)
        if not before:
            return False
        if before[0] != plan:
            data["plan"] = "-".join(f"{number:x}" for number in plan or ())
        if before[1] != others:
            data["others"] = True
        return bool(data)

    def _serve(self) -> None:
        """See to it that what waits is served: its dispatcher may have been killed."""
        now = self._clock()
        counts = self._counts
        if counts.get(RunState.RUNNING) or not counts.get(RunState.WAITING):
            self._served = now
        elif now - self._served > _PATIENCE_SECONDS:
            self._served = now
            # Who only reads must not fail for want of a place to write.
            with suppress(OSError):
                publishing.revive(self.labbook)

    def _folder(self, known: Known) -> ExperimentFolder:
        path = self.labbook.path / "experiments" / known.row.experiment
        return ExperimentFolder(path)


class _Files:
    """The files of an experiment's live runs as they were at one look."""

    def __init__(self, look: ExperimentLook) -> None:
        self.told = 0.0
        self._seen: dict[str, dict[str, object]] = {
            VIEW: {"": stamp(look.experiment.file)},
            LINES: {},
            OUTPUT: {},
        }
        for standing in look.standings.values():
            if not standing.settled and standing.state is not RunState.WAITING:
                self._look_at(standing)

    def _look_at(self, standing: RunStanding) -> None:
        label = standing.run.label
        with suppress(OSError), os.scandir(standing.run.path) as entries:
            for entry in entries:
                aspect = _ASPECTS.get(entry.name)
                if aspect is None and entry.name.startswith("metrics"):
                    aspect = LINES
                if aspect is not None:
                    status = entry.stat()
                    place = f"{label}/{entry.name}"
                    stamps = status.st_mtime_ns, status.st_size, status.st_ino
                    self._seen[aspect][place] = stamps

    def unlike(self, before: _Files) -> set[str]:
        """Name the aspects that differ."""
        return {
            aspect
            for aspect, seen in self._seen.items()
            if seen != before._seen[aspect]  # of the same class
        }


_ASPECTS: Final = {"output.log": OUTPUT, "progress.json": VIEW, "figures": VIEW}


def _is_news(standing: RunStanding) -> bool:
    """Whether it has ended just now, and not long ago somewhere else."""
    if standing.exit is None:
        return False
    with suppress(ValueError):
        return seconds_since(standing.exit.time) < _NEWS_SECONDS
    return False


def seconds_since(moment: str) -> float:
    """Wall time since a moment in ISO 8601."""
    from datetime import datetime

    return time.time() - datetime.fromisoformat(moment).timestamp()
