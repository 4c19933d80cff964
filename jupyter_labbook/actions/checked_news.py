"""Noticing what pre-flight has found about experiments that wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jupyter_labbook.actions.preflight.stored import StoredLook
from jupyter_labbook.model.preflight import Severity
from jupyter_labbook.model.run import RunState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_labbook.actions.known import ExperimentLook
    from jupyter_labbook.model.preflight import Checked, Finding

_SECONDS: Final = 1.0
"""Between two looks: whoever waits for tonight can wait so long for this."""
_WAITING: Final = (RunState.WAITING, RunState.HELD)


@dataclass(slots=True)
class _Seen:
    look: StoredLook
    name: str
    checked: Checked | None = None
    told: set[str] = field(default_factory=set)


class CheckedNews:
    """Tells of findings that were not there at the last look; for one thread.

    Parameters
    ----------
    clock
        Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._looked: float | None = None
        self._seen: dict[str, _Seen] = {}

    def look(
        self, looks: Iterable[ExperimentLook]
    ) -> tuple[set[str], list[dict[str, Any]]]:
        """Look at what lies in the folders of experiments that wait.

        Returns
        -------
        tuple
            The experiments whose views differ now, and what is to be told, if
            anything is: ``event`` and ``data``. The first look tells of nothing.
        """
        now, first = self._clock(), self._looked is None
        if self._looked is not None and now - self._looked < _SECONDS:
            return set(), []
        self._looked = now
        changed: set[str] = set()
        news: list[tuple[_Seen, Finding]] = []
        for one in looks:
            waiting = [
                label
                for label, standing in one.standings.items()
                if standing.state in _WAITING
            ]
            name = one.experiment.path.name
            if not waiting and name not in self._seen:
                continue
            seen = self._seen.setdefault(
                name, _Seen(StoredLook(one.experiment), one.experiment.name)
            )
            checked = seen.look.poll(waiting)
            if checked != seen.checked:
                seen.checked = checked
                changed.add(name)
                news += [(seen, finding) for finding in _new(seen)]
        if first:
            return set(), []
        return changed, _told(news)


def _new(seen: _Seen) -> list[Finding]:
    """Findings to act upon that were not told of; what is mended may come again."""
    found = [
        one
        for one in (seen.checked.findings if seen.checked else ())
        if one.severity is not Severity.NOTE
    ]
    new = [one for one in found if one.sentence not in seen.told]
    seen.told = {one.sentence for one in found}
    return new


def _told(news: list[tuple[_Seen, Finding]]) -> list[dict[str, Any]]:
    if not news:
        return []
    # What is said of a window is found with each experiment that waits for it.
    distinct = {finding.sentence: finding for _, finding in news}
    severities = [finding.severity for finding in distinct.values()]
    names = dict.fromkeys(seen.name for seen, _ in news)
    folders = dict.fromkeys(seen.look.experiment.path.name for seen, _ in news)
    return [
        {
            "event": "checked",
            "data": {
                "experiments": list(folders),
                "names": list(names),
                "problems": severities.count(Severity.PROBLEM),
                "warnings": severities.count(Severity.WARNING),
            },
        }
    ]
