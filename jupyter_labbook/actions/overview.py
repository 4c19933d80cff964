"""All experiments of a labbook: what runs, what waits, what wants a conclusion."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from jupyter_labbook.actions.index import (
    LabbookIndex,
    experiment_number,
    newest_first,
)
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.model.overview import Group
from jupyter_labbook.storage import records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_labbook.actions.known import Known
    from jupyter_labbook.storage.labbook import LabbookFolder

_ROWS: Final = 50
_MOST_ROWS: Final = 200


class Overview:
    """Lists of a labbook's experiments; safe in any thread.

    Every answer is of the files as they are when it is asked for; see `LabbookIndex`
    for what is looked at and what is remembered.

    Parameters
    ----------
    labbook
        The labbook.
    """

    def __init__(self, labbook: LabbookFolder) -> None:
        self.labbook = labbook
        self._index = LabbookIndex(labbook)
        self._lock = threading.Lock()
        self._sorted: tuple[int, _Sorted] | None = None
        self._texts: dict[str, tuple[Known, str]] = {}

    def read(
        self, text: str = "", tag: str = "", now: datetime | None = None
    ) -> dict[str, Any]:
        """Sort the experiments into groups.

        Parameters
        ----------
        text, tag
            Show only those in which every word occurs, and that have the tag.
        now
            The present, if it is to be another; in local time unless it says.

        Returns
        -------
        dict
            ``labbook``, ``counts`` of runs, ``groups`` with 50 rows each, newest
            first and each experiment once, ``totals`` of experiments, ``tags`` and
            ``problems``, ready for JSON.

        Raises
        ------
        StorageError
            The labbook is gone, or cannot be read.
        """
        with self._lock:
            known = self._look()
            sorted_ = self._sort(known)
            begin, end = _today(now)
            of_today = [
                one
                for one in sorted_.at_rest
                if one.finished is not None and begin <= one.finished < end
            ]
            groups, totals = {}, {}
            for group, all_of_it in {**sorted_.groups, Group.TODAY: of_today}.items():
                found = list(self._fitting(all_of_it, text, tag))
                totals[group.value] = len(found)
                groups[group.value] = [
                    records.to_builtins(one.row) for one in found[:_ROWS]
                ]
        return {
            "labbook": str(self.labbook.path),
            "counts": dict(sorted_.counts),
            "groups": groups,
            "totals": totals,
            "tags": list(sorted_.tags),
            "problems": list(sorted_.problems),
        }

    def search(
        self,
        text: str = "",
        tag: str = "",
        state: str = "",
        limit: int = _ROWS,
        cursor: str = "",
    ) -> dict[str, Any]:
        """Find experiments by their words, newest first.

        Parameters
        ----------
        text, tag
            As for `read`.
        state
            Only those with a run in this state.
        limit
            Rows of one answer, at most 200.
        cursor
            ``cursor`` of the answer before; empty for the first.

        Returns
        -------
        dict
            ``rows``, ``total`` and ``cursor``, which is empty at the end.

        Raises
        ------
        InvalidInputError
            The limit is not a number of rows.
        StorageError
            The labbook is gone, or cannot be read.
        """
        if limit < 1:
            raise InvalidInputError("A list has at least one row.")
        limit = min(limit, _MOST_ROWS)
        with self._lock:
            found = [
                one.row
                for one in self._fitting(self._look(), text, tag)
                if not state or state in one.row.states
            ]
        rest = found
        if cursor:
            place = (-experiment_number(cursor), cursor)
            rest = [row for row in found if newest_first(row) > place]
        shown = rest[:limit]
        return {
            "rows": [records.to_builtins(row) for row in shown],
            "total": len(found),
            "cursor": shown[-1].experiment if len(rest) > limit else "",
        }

    def counts(self) -> dict[str, int]:
        """Count the runs of all experiments in each state.

        Raises
        ------
        StorageError
            The labbook is gone, or cannot be read.
        """
        with self._lock:
            return dict(self._sort(self._look()).counts)

    def _look(self) -> list[Known]:
        self._index.look()
        return self._index.known()

    def _sort(self, known: list[Known]) -> _Sorted:
        """Sort what is known; what has not changed since is as it was sorted then."""
        if self._sorted is None or self._sorted[0] != self._index.revision:
            self._sorted = self._index.revision, _Sorted.of(known)
        return self._sorted[1]

    def _fitting(self, known: list[Known], text: str, tag: str) -> Iterator[Known]:
        words = text.casefold().split()
        for one in known:
            if tag and tag not in one.row.tags:
                continue
            if not words or all(word in self._text(one) for word in words):
                yield one

    def _text(self, known: Known) -> str:
        """Everything that can be searched of an experiment."""
        row = known.row
        before = self._texts.get(row.experiment)
        if before is None or before[0] is not known:
            parts = (row.name, row.question, row.why, row.hypothesis, row.conclusion)
            text = "\n".join((*parts, *row.tags)).casefold()
            before = self._texts[row.experiment] = known, text
        return before[1]


def count_runs(known: Iterable[Known]) -> dict[str, int]:
    """Count runs in each state, of every version."""
    counts: Counter[str] = Counter()
    for one in known:
        counts.update(map(str, one.runs.values()))
    return dict(counts)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """What is the same until an experiment changes."""

    counts: dict[str, int]
    groups: dict[Group, list[Known]]
    """All but that of today, which changes by itself."""
    at_rest: list[Known]
    """Those that are in none of them."""
    tags: list[str]
    problems: list[str]

    @classmethod
    def of(cls, known: list[Known]) -> _Sorted:
        groups: dict[Group, list[Known]] = {group: [] for group in Group}
        for one in known:
            groups[_group(one)].append(one)
        return cls(
            count_runs(known),
            groups,
            groups.pop(Group.TODAY),
            sorted({tag for one in known for tag in one.row.tags}),
            [problem for one in known for problem in one.problems],
        )


def _group(known: Known) -> Group:
    """Choose where an experiment asks most of a person."""
    if known.running:
        return Group.RUNNING
    if known.waiting:
        return Group.WAITING
    if known.unconcluded:
        return Group.UNCONCLUDED
    if known.failed and not known.row.conclusion:
        return Group.FAILED
    return Group.TODAY


def _today(now: datetime | None) -> tuple[float, float]:
    """First moments of this day and of the next, in Unix time."""
    day = (now or datetime.now().astimezone()).date()
    # Local midnights are converted each by itself: a day can have 23 hours, or 25.
    zone = now.tzinfo if now else None
    begin, end = (
        datetime.combine(date, time(), zone).timestamp()
        for date in (day, day + timedelta(days=1))
    )
    return begin, end
