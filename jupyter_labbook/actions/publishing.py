"""Writing new runs, with their signed tickets, and letting them begin."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_labbook.actions.expecting import History
from jupyter_labbook.errors import StorageError
from jupyter_labbook.execution import direct, environment, launch
from jupyter_labbook.model.run import GitState, Launch, RunRecord, Ticket
from jupyter_labbook.runtime import files
from jupyter_labbook.runtime.exits import timestamp
from jupyter_labbook.runtime.failpoints import reach
from jupyter_labbook.storage import records, trust
from jupyter_labbook.storage.settings import (
    labbook_settings,
    state_folder,
    user_settings,
)

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.model.experiment import Variant
    from jupyter_labbook.model.run import Expected
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder

_SYNC_THREADS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """One run that is to be published.

    Attributes
    ----------
    script
        Text of ``script.py``; empty for a command.
    command
        The program and its arguments; empty for a script.
    """

    variant: Variant
    script: str = ""
    command: list[str] = field(default_factory=list)
    reruns: str = ""
    continues: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What all runs of one submission share.

    Attributes
    ----------
    python
        The interpreter that executes scripts; this one if empty.
    like
        A ticket whose hours, place in the queue and share of the machine hold for
        these runs too; None: they start as soon as a slot is free.
    """

    cwd: Path
    code: str = ""
    inputs: dict[str, str] = field(default_factory=dict)
    git: GitState | None = None
    versions: dict[str, str] = field(default_factory=dict)
    notebook: str = ""
    cell: str = ""
    resumable: bool = False
    timeout: float | None = None
    version: int = 1
    python: str = ""
    like: Ticket | None = None


def require_user() -> None:
    """See to it, before anything is stored, that runs could be signed and started.

    Raises
    ------
    StorageError
        A folder of the user's cannot be written, or the key is damaged.
    """
    surroundings()
    user_settings()
    trust.user_key()


def surroundings() -> launch.Surroundings:
    """Name what this user's supervisors and dispatchers share."""
    follow = (sys.executable, "-m", "jupyter_labbook.actions.follow_up")
    return launch.Surroundings(str(state_folder()), follow)


def publish(
    labbook: LabbookFolder,
    experiment: ExperimentFolder,
    plans: list[RunPlan],
    origin: Origin,
) -> list[RunFolder]:
    """Store runs and their tickets; each run folder appears whole.

    Raises
    ------
    StorageError
        Nothing was published.
    """
    settings = labbook_settings(labbook.path).runs
    shared = Launch(
        argv=launch.script_command(origin.python),
        cwd=str(origin.cwd),
        env=environment.recordable(),
        timeout=origin.timeout,
        grace=settings.grace,
        niceness=settings.niceness,
    )
    history = History.of(experiment)
    with labbook.lock(), labbook.aside() as aside:
        first = experiment.next_run()
        folders = []
        for number, plan in enumerate(plans, first):
            folder = aside / f"{number:03d}"
            final = experiment.path / "runs" / folder.name
            expected = history.expect(plan.variant.parameters, origin.inputs)
            write_run(folder, _contents(plan, origin, shared, final, expected))
            folders.append(folder)
        sync(folders)
        runs = experiment.publish_runs(folders)
    reach("submit.published")
    return runs


def begin(labbook: LabbookFolder, runs: list[RunFolder]) -> None:
    """Start one run at once if a slot is free; else, and for several, queue them.

    Raises
    ------
    StorageError
        Nothing could be started; the runs are stored and wait.
    """
    try:
        _begin(labbook, runs)
    except StorageError:
        raise
    except OSError as error:
        raise StorageError(
            f"The runs are stored and wait, but none could be started ({error}); when "
            "that is mended, the next submission starts them."
        ) from error


def _begin(labbook: LabbookFolder, runs: list[RunFolder]) -> None:
    around = surroundings()
    if len(runs) == 1 and direct.start(labbook, runs[0], around):
        return
    launch.ensure_dispatcher(labbook.path, around)


def revive(labbook: LabbookFolder) -> None:
    """See to it that somebody serves what waits."""
    launch.ensure_dispatcher(labbook.path, surroundings())


def _contents(
    plan: RunPlan,
    origin: Origin,
    shared: Launch,
    final: Path,
    expected: Expected | None,
) -> dict[str, bytes]:
    from dataclasses import replace

    script = plan.script.encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(script).hexdigest() if script else ""
    record = RunRecord(
        id=uuid.uuid4().hex,
        created=timestamp(),
        parameters=plan.variant.parameters,
        seed=plan.variant.seed,
        command=plan.command,
        cwd=str(origin.cwd),
        python=origin.python or sys.executable,
        script=digest,
        code=origin.code,
        inputs=origin.inputs,
        host=socket.gethostname(),
        git=origin.git,
        versions=origin.versions,
        notebook=origin.notebook,
        cell=origin.cell,
        resumable=origin.resumable,
        version=origin.version,
        continues=plan.continues,
        reruns=plan.reruns,
    )
    how = replace(shared, argv=plan.command, reports=False) if plan.command else shared
    like = origin.like or Ticket(run="", submitted="", launch=how)
    ticket = replace(
        like,
        run=record.id,
        submitted=record.created,
        since="",
        held=False,
        launch=how,
        resumable=origin.resumable,
        expected=expected,
        place=os.path.realpath(final),
        files={"script.py": digest} if digest else {},
    )
    contents = {
        "run.json": records.encode(record),
        "ticket.json": records.encode(trust.sign(ticket)),
    }
    return {**contents, "script.py": script} if script else contents


def write_run(folder: Path, contents: dict[str, bytes]) -> None:
    """Write the files of a run into a folder that is not there yet."""
    folder.mkdir(mode=0o700)
    for name, data in contents.items():
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            files.write_all(descriptor, data)
        finally:
            os.close(descriptor)


def sync(folders: list[Path]) -> None:
    """Make run folders durable before they are given their names."""
    # At once, because the disk then commits many of them together.
    with ThreadPoolExecutor(_SYNC_THREADS) as threads:
        for _ in threads.map(_sync_run, folders):
            pass


def _sync_run(folder: Path) -> None:
    for path in folder.iterdir():
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    files.sync_folder(folder)
