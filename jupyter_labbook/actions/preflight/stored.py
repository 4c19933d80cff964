"""What was found before the night, as it lies in the experiments' folders.

``preflight.json`` holds what was found last, replaced whole. ``.preflight.asked`` is
there from a submission until its runs have been looked into: while nobody holds the
labbook's ``.preflight.lock``, whoever was to look has come to no end.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions.standing import quiet, stamp
from jupyter_labbook.errors import LabbookError
from jupyter_labbook.model.preflight import Checked, Checking, Preflight
from jupyter_labbook.runtime import files
from jupyter_labbook.storage import records
from jupyter_labbook.storage.labbook import writing_failed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from jupyter_labbook.model.preflight import Finding
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder

_BEGIN_SECONDS: Final = 10.0
"""That a process may take until it holds the lock."""


@dataclass(frozen=True, slots=True)
class Asked:
    """That somebody is to look into an experiment.

    Attributes
    ----------
    trouble
        Why whoever looked has given up; empty if nobody has.
    """

    trouble: str = ""


def read(experiment: ExperimentFolder) -> Preflight | None:
    """Read what was last found about an experiment; None if nobody looked.

    Raises
    ------
    CorruptFileError
        The file does not hold such a record.
    """
    return records.read(experiment.preflight, Preflight)


def ask(experiment: ExperimentFolder, trouble: str = "") -> None:
    """Note that somebody is to look into an experiment, or why nobody will.

    Raises
    ------
    StorageError
        It could not be noted.
    """
    try:
        files.replace(experiment.preflight_asked, records.encode(Asked(trouble)))
    except OSError as error:
        raise writing_failed(experiment.preflight_asked, error) from error


def asked(experiment: ExperimentFolder) -> Asked | None:
    """Read whether somebody is to look into an experiment; None if nobody is."""
    try:
        return records.read(experiment.preflight_asked, Asked)
    except LabbookError:
        return Asked()


def keep(experiments: Iterable[ExperimentFolder], found: Preflight) -> None:
    """Leave with each experiment what concerns it, in place of what was there.

    What is the same as before is left alone.

    Raises
    ------
    StorageError
        It could not be stored.
    """
    for experiment in experiments:
        concerning = tuple(
            one for one in found.findings if not one.runs or _names(one, experiment)
        )
        mine = replace(
            found,
            subject=experiment.name,
            experiments=(experiment.name,),
            findings=concerning,
        )
        with suppress(LabbookError):
            before = read(experiment)
            if before is not None and replace(before, time=mine.time) == mine:
                continue
        try:
            files.replace(experiment.preflight, records.encode(mine))
        except OSError as error:
            raise writing_failed(experiment.preflight, error) from error


def _names(finding: Finding, experiment: ExperimentFolder) -> bool:
    return any(run.partition("/")[0] == experiment.name for run in finding.runs)


def standing(
    found: Preflight, name: str, waiting: Collection[str]
) -> tuple[Finding, ...]:
    """Choose the findings that still matter: those about runs that wait.

    Parameters
    ----------
    found
        What was found about an experiment.
    name
        Of the experiment.
    waiting
        Labels of its runs that wait.
    """
    if not waiting:
        return ()
    live = {name, *(f"{name}/{label}" for label in waiting)}
    return tuple(
        one
        for one in found.findings
        if not one.runs or any(run in live or not _is_of(run, name) for run in one.runs)
    )


def _is_of(run: str, name: str) -> bool:
    return run == name or run.startswith(f"{name}/")


class StoredLook:
    """What is stored of one experiment, looked at again and again at little cost."""

    def __init__(self, experiment: ExperimentFolder) -> None:
        self.experiment = experiment
        self._stamp: object = self
        self._found: Preflight | None = None
        self._problem = ""

    def poll(self, waiting: Collection[str]) -> Checked | None:
        """Say what is known of the runs that wait; None if nothing is, or none does.

        Parameters
        ----------
        waiting
            Labels of those runs.
        """
        if not waiting:
            return None
        self._read()
        note = asked(self.experiment)
        found = self._found
        if note is None and found is None and not self._problem:
            return None
        return Checked(
            state=self._state(note),
            time=found.time if found else "",
            reason=note.trouble if note else self._problem,
            findings=standing(found, self.experiment.name, waiting) if found else (),
        )

    def _read(self) -> None:
        seen = stamp(self.experiment.preflight)
        # What has just been replaced may be so again under the same time.
        if seen == self._stamp and quiet(seen):
            return
        self._stamp, self._problem = seen, ""
        try:
            self._found = read(self.experiment)
        except LabbookError as error:
            self._found, self._problem = None, str(error)

    def _state(self, note: Asked | None) -> Checking:
        if note is None:
            return Checking.BROKEN_OFF if self._problem else Checking.DONE
        if note.trouble:
            return Checking.BROKEN_OFF
        if looks(self.experiment.labbook) or self._is_new():
            return Checking.UNDER_WAY
        return Checking.BROKEN_OFF

    def _is_new(self) -> bool:
        with suppress(OSError):
            noted = self.experiment.preflight_asked.stat().st_mtime
            return time.time() - noted < _BEGIN_SECONDS
        return False


def looks(labbook: Path) -> bool:
    """Whether somebody looks into the runs of a labbook at present."""
    try:
        descriptor = os.open(labbook / _LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


@contextmanager
def looking(labbook: LabbookFolder) -> Iterator[bool]:
    """Be the only one who looks into a labbook; False if somebody else is.

    Raises
    ------
    StorageError
        The labbook cannot be written.
    """
    place = labbook.path / _LOCK
    try:
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise writing_failed(place, error) from error
    try:
        yield _taken(descriptor)
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    # Who only asks whether it is held holds it for a moment.
    for _ in range(_ATTEMPTS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE)
        else:
            return True
    return False


_LOCK: Final = ".preflight.lock"
_ATTEMPTS: Final = 20
_PAUSE: Final = 0.02
