"""Repeating runs: the frozen code with the same seed, or today's code."""

from __future__ import annotations

import hashlib
import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_labbook.actions import publishing, submit
from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.actions.preflight import later
from jupyter_labbook.actions.publishing import Origin, RunPlan
from jupyter_labbook.actions.todays_code import todays_file
from jupyter_labbook.errors import (
    CorruptFileError,
    InvalidInputError,
    LabbookError,
    StorageError,
)
from jupyter_labbook.insight.reproduction import Reproduction, reproduction
from jupyter_labbook.model.experiment import Variant
from jupyter_labbook.model.queue import Wishes
from jupyter_labbook.model.run import RunRecord
from jupyter_labbook.storage import metrics, records, run_state
from jupyter_labbook.storage.contents import ContentStore

if TYPE_CHECKING:
    from jupyter_labbook.model.run import Ticket
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder


def rerun(
    labbook: LabbookFolder,
    experiment: ExperimentFolder,
    originals: list[RunFolder],
    *,
    current: bool = False,
    wishes: Wishes | None = None,
) -> list[RunFolder]:
    """Submit runs once more, each asking for what its original asked for.

    Parameters
    ----------
    labbook, experiment
        Where they are.
    originals
        The runs to be repeated.
    current
        Take the project's modules as they are today in place of the frozen ones;
        the runs then belong to a new version of the experiment.
    wishes
        The window that the new runs wait for; batch, room and time are their
        originals'.

    Returns
    -------
    list of RunFolder
        The new runs, in the order of the originals; each by the Python that executed
        its original, where that is of this machine.

    Raises
    ------
    CorruptFileError
        A run's record or script is missing or not what was submitted.
    InvalidInputError
        The Python that executed a run is gone.
    """
    found = [_record(run) for run in originals]
    today = {record.code: _today(labbook, record) for record in found if current}
    version = _new_version(labbook, experiment, today) if current else None
    new: list[RunFolder] = []
    for run, record in zip(originals, found, strict=True):
        code = today.get(record.code, record.code)
        script = _script(run, record).replace(record.code, code) if code else ""
        plan = RunPlan(
            variant=Variant(record.parameters, record.seed),
            script=script or _script(run, record),
            command=record.command,
            reruns=record.id,
            asked=_asked(run),
        )
        origin = Origin(
            cwd=Path(record.cwd),
            code=code,
            inputs=record.inputs,
            git=record.git,
            versions=record.versions,
            notebook=record.notebook,
            cell=record.cell,
            resumable=record.resumable,
            version=version or record.version,
            python=_python(run, record),
            wishes=wishes or Wishes(),
        )
        new += publishing.publish(labbook, experiment, [plan], origin)
    publishing.begin(labbook, new)
    if new and wishes is not None and wishes.when != "now":
        later.begin(labbook, [experiment])
    return new


def hindrance(labbook: LabbookFolder, run: RunFolder, *, current: bool) -> str:
    """Say why a run cannot be submitted once more; empty if it can."""
    try:
        record = _record(run)
        _script(run, record)
        _python(run, record)
        if current:
            _today(labbook, record)
    except LabbookError as error:
        return str(error)
    return ""


def compare(original: RunFolder, repeated: RunFolder) -> Reproduction:
    """Say which metrics of a repeated run differ, and by how much."""
    return reproduction(metrics.summaries(original), metrics.summaries(repeated))


def _record(run: RunFolder) -> RunRecord:
    record = records.read(run.record, RunRecord)
    if record is None:
        raise CorruptFileError(
            f"{run.record} is missing, so nobody knows what the run was; submit its "
            "cell again."
        )
    return record


def _asked(run: RunFolder) -> Ticket | None:
    """What a run asked for; None if nobody can tell."""
    try:
        return run_state.read_ticket(run)
    except StorageError:
        return None


def _script(run: RunFolder, record: RunRecord) -> str:
    if record.command:
        return ""
    try:
        data = run.script.read_bytes()
    except OSError as error:
        raise CorruptFileError(
            f"{run.script} cannot be read ({error.strerror}); submit its cell again."
        ) from error
    if hashlib.sha256(data).hexdigest() != record.script:
        raise CorruptFileError(
            f"{run.script} was changed since it was submitted; restore it from git, "
            "or submit its cell again."
        )
    return data.decode("utf-8", "surrogatepass")


def _python(run: RunFolder, record: RunRecord) -> str:
    """Name the interpreter that a run had: kernels have environments of their own."""
    if record.host != socket.gethostname() or not record.python:
        return ""
    if not record.command and shutil.which(record.python) is None:
        raise InvalidInputError(
            f"Run {run.label} was executed by {record.python}, which is gone; execute "
            "its cell again to run it with another Python."
        )
    return record.python


def _today(labbook: LabbookFolder, record: RunRecord) -> str:
    """Freeze today's text of the modules that a run was given."""
    folder = labbook.path / "code" / record.code
    if not record.code or not folder.is_dir():
        raise InvalidInputError(
            "This run uses no modules of your project, so --current changes nothing; "
            "to run today's cell, execute the cell."
        )
    files = {}
    for path in folder.rglob("*.py"):
        name = path.relative_to(folder)
        today = todays_file(Path(record.cwd), name.as_posix())
        if today is None:
            raise InvalidInputError(
                f"{Path(record.cwd) / name} is gone, which the run needs; leave out "
                "--current."
            )
        files[name.as_posix()] = today.read_bytes()
    return ContentStore(labbook.path).put_modules(files)


def _new_version(
    labbook: LabbookFolder, experiment: ExperimentFolder, today: dict[str, str]
) -> int | None:
    """Register that the code has changed, if it has."""
    if all(frozen == code for frozen, code in today.items()):
        return None
    declared = Declared.of(experiment)
    parts = [str(declared.header.get("work", "")), *sorted(today.values())]
    work = hashlib.sha256("".join(parts).encode()).hexdigest()
    return submit.amend(labbook, experiment, {**declared.header, "work": work})
