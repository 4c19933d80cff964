"""Pre-flight of all that waits, in a process of its own, for who looks on.

Experiments are looked into one after the other, so that their smoke runs do not keep
each other from a slot. What is found lies beside what was found of each experiment
alone. Started with ``-m``, the labbook's folder and the subject.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions import preflight
from jupyter_labbook.actions.preflight import later, stored
from jupyter_labbook.actions.preflight import scope as scopes
from jupyter_labbook.errors import LabbookError
from jupyter_labbook.execution import launch
from jupyter_labbook.model.preflight import (
    Check,
    Finding,
    KnownFindings,
    Look,
    Preflight,
    Severity,
)
from jupyter_labbook.model.run import RunState
from jupyter_labbook.runtime import files, processes
from jupyter_labbook.runtime.exits import timestamp
from jupyter_labbook.storage import records
from jupyter_labbook.storage.labbook import (
    ExperimentFolder,
    LabbookFolder,
    writing_failed,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from jupyter_labbook.model.queue import QueueEntry

_LOWEST: Final = 19
_COMMAND: Final = (sys.executable, "-m", "jupyter_labbook.actions.preflight.whole")
_OF_ALL: Final = frozenset({Check.CAPACITY, Check.POWER})
"""What is true of the night, and told wrongly of one experiment alone."""
_BROKEN_OFF: Final = "The last look was broken off before its end: begin another one."
_ORDER: Final = {severity: place for place, severity in enumerate(Severity)}


def begin(labbook: LabbookFolder, subject: str = "") -> bool:
    """Begin to look, and return at once; see `known` for what is found.

    Parameters
    ----------
    labbook
        Where runs wait.
    subject
        A batch, or an experiment by name or number; empty: everything that waits.

    Returns
    -------
    bool
        False if somebody looks already: then that is enough.

    Raises
    ------
    NotFoundError
        Neither a batch nor an experiment goes by that name.
    StorageError
        Nothing can be stored, or no process be started.
    """
    scopes.find(labbook, subject)
    try:
        held = processes.lock(_lock(labbook))
        if held is None:
            return False
        try:
            before = read(labbook)
            _write(
                labbook,
                Look(
                    subject=subject,
                    begun=timestamp(),
                    step="Beginning",
                    found=before.found if before else None,
                ),
            )
            # It holds the lock from now on: nobody sees it not yet begun.
            command = [*_COMMAND, str(labbook.path), subject]
            launch.detach(command, {}, keep=(held,))
        finally:
            os.close(held)
    except OSError as error:
        raise writing_failed(labbook.path, error) from error
    return True


def read(labbook: LabbookFolder) -> Look | None:
    """Read the last look; None if there was none, or its file is damaged."""
    with suppress(LabbookError):
        return records.read(_file(labbook), Look)
    return None


def known(
    labbook: LabbookFolder, entries: Iterable[QueueEntry], subject: str = ""
) -> KnownFindings:
    """Put together what was found of the runs that wait.

    Nothing is looked into. What was found of runs that wait no longer is left out.

    Parameters
    ----------
    labbook
        Where they wait.
    entries
        The queue as it stands.
    subject
        A batch, or an experiment's name; empty: everything.
    """
    waiting = [
        one
        for one in entries
        if one.state is RunState.WAITING and subject in ("", one.batch, _name(one))
    ]
    alone = dict(_of_experiments(labbook, waiting))
    names = {one.name for one in waiting} | {_name(one) for one in waiting}
    last = read(labbook)
    # By somebody who asked, or by itself.
    underway = processes.locked(_lock(labbook)) or stored.looks(labbook.path)
    night = last.found if last else None
    looks = [each for each in (night, *alone.values()) if each is not None]
    # What is true of the night is what was true of it when somebody looked last.
    newest = max(looks, key=lambda each: each.time, default=None)
    found = [
        finding
        for each in alone.values()
        for finding in each.findings
        if finding.kind not in _OF_ALL
    ]
    found += [one for one in newest.findings if one.kind in _OF_ALL] if newest else []
    order = list(Check)
    return KnownFindings(
        underway=underway,
        subject=last.subject if last else "",
        step=last.step if last and processes.locked(_lock(labbook)) else "",
        problem=_problem(last) if last and not underway else "",
        time=newest.time if newest else "",
        unchecked=len({one.experiment for one in waiting} - alone.keys()),
        findings=tuple(
            sorted(
                dict.fromkeys(one for one in found if _concerns(one, names)),
                key=lambda one: (_ORDER[one.severity], order.index(one.kind)),
            )
        ),
    )


def forget(labbook: LabbookFolder, gone: Collection[Finding]) -> None:
    """Take out findings that somebody has seen to.

    Raises
    ------
    StorageError
        That could not be stored.
    """
    try:
        for experiment in labbook.experiments():
            with suppress(LabbookError):
                seen = later.read(experiment)
                if seen is not None and not set(gone).isdisjoint(seen.findings):
                    kept = replace(seen, findings=_without(seen, gone))
                    files.replace(experiment.preflight, records.encode(kept))
        last = read(labbook)
        if last and last.found and not set(gone).isdisjoint(last.found.findings):
            found = replace(last.found, findings=_without(last.found, gone))
            _write(labbook, replace(last, found=found))
    except OSError as error:
        raise writing_failed(labbook.path, error) from error


def look(labbook: LabbookFolder, subject: str = "") -> None:
    """Look, tell of each step, and leave what is found where `known` finds it.

    Raises
    ------
    StorageError
        It could not be stored.
    """
    last = read(labbook) or Look(subject=subject, begun=timestamp())
    try:
        found = preflight.check(
            labbook,
            subject,
            on_step=lambda step: _write(labbook, replace(last, step=step)),
        )
        for name in found.experiments:
            _spread(labbook.experiment(name), name, found)
        _write(labbook, replace(last, step="", found=found))
    except LabbookError as error:
        _write(labbook, replace(last, step="", problem=str(error)))


def _spread(experiment: ExperimentFolder, name: str, found: Preflight) -> None:
    """Leave with an experiment what was found of it."""
    own = tuple(
        one
        for one in found.findings
        if any(run.partition("/")[0] == name for run in one.runs)
    )
    alone = replace(found, subject=name, experiments=(name,), findings=own)
    files.replace(experiment.preflight, records.encode(alone))


def _of_experiments(
    labbook: LabbookFolder, waiting: Iterable[QueueEntry]
) -> Iterator[tuple[str, Preflight]]:
    for folder in dict.fromkeys(one.experiment for one in waiting):
        with suppress(LabbookError):
            experiment = ExperimentFolder(labbook.path / "experiments" / folder)
            found = later.read(experiment)
            if found is not None:
                yield folder, found


def _concerns(finding: Finding, names: Collection[str]) -> bool:
    return not finding.runs or any(run in names for run in finding.runs)


def _without(found: Preflight, gone: Collection[Finding]) -> tuple[Finding, ...]:
    return tuple(one for one in found.findings if one not in gone)


def _problem(last: Look) -> str:
    return last.problem or (_BROKEN_OFF if last.step else "")


def _name(entry: QueueEntry) -> str:
    return entry.name.partition("/")[0]


def _file(labbook: LabbookFolder) -> Path:
    return labbook.path / "preflight.json"


def _lock(labbook: LabbookFolder) -> Path:
    return labbook.path / ".night.lock"


def _write(labbook: LabbookFolder, last: Look) -> None:
    files.replace(_file(labbook), records.encode(last))


def main() -> None:
    """Look into what the arguments name: a labbook's folder and a subject."""
    os.nice(_LOWEST)
    look(LabbookFolder(Path(sys.argv[1])), sys.argv[2])


if __name__ == "__main__":
    main()
