"""Writing new runs, with their signed tickets, and letting them begin."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions.expecting import History
from jupyter_labbook.errors import StorageError
from jupyter_labbook.execution import direct, environment, launch
from jupyter_labbook.model.queue import Wishes
from jupyter_labbook.model.run import Expected, GitState, Launch, RunRecord, Ticket
from jupyter_labbook.runtime import files
from jupyter_labbook.runtime.exits import timestamp
from jupyter_labbook.runtime.failpoints import reach
from jupyter_labbook.storage import records, trust
from jupyter_labbook.storage.known_labbooks import remember
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
    asked
        What a run asked for that this one repeats: batch, room, priority, time.
    expected
        How long it will probably take, if anybody can tell.
    """

    variant: Variant
    script: str = ""
    command: list[str] = field(default_factory=list)
    reruns: str = ""
    continues: str = ""
    asked: Ticket | None = None
    expected: Expected | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What all runs of one submission share.

    Attributes
    ----------
    python
        The interpreter that executes scripts; this one if empty.
    wishes
        What they ask for while they wait.
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
    wishes: Wishes = field(default_factory=Wishes)


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
    daily = (sys.executable, "-m", "jupyter_labbook.actions.reminding")
    propose = (sys.executable, "-m", "jupyter_labbook.actions.propose")
    return launch.Surroundings(str(state_folder()), follow, daily, propose)


def publish(
    labbook: LabbookFolder,
    experiment: ExperimentFolder,
    plans: list[RunPlan],
    origin: Origin,
    history: History | None = None,
) -> list[RunFolder]:
    """Store runs and their tickets; each run folder appears whole.

    Parameters
    ----------
    labbook, experiment
        Where.
    plans, origin
        What is executed, and what all of it shares.
    history
        Earlier runs of the experiment, where they were read already.

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
    history = history or History.of(experiment)
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
    remember(labbook.path)
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
    ticket = Ticket(
        run=record.id,
        submitted=record.created,
        launch=how,
        **asked(origin.wishes),
        resumable=origin.resumable,
        expected=plan.expected or expected,
        place=os.path.realpath(final),
        files={"script.py": digest} if digest else {},
    )
    if plan.asked is not None:
        ticket = _asking_again(ticket, plan.asked)
    contents = {
        "run.json": records.encode(record),
        "ticket.json": records.encode(trust.sign(ticket)),
    }
    return {**contents, "script.py": script} if script else contents


def _asking_again(ticket: Ticket, asked: Ticket) -> Ticket:
    """Let a run that repeats another one ask for the same room and time."""
    return replace(
        ticket,
        # It is read with those that the original was to be read with.
        batch=ticket.batch or asked.batch,
        launch=replace(ticket.launch, timeout=asked.launch.timeout),
        at_end=asked.at_end,
        priority=asked.priority,
        slots=asked.slots,
        gpus=asked.gpus,
        cores=asked.cores,
        memory=asked.memory,
        retries=asked.retries,
    )


def asked(wishes: Wishes) -> dict[str, Any]:
    """Write wishes as the fields of a ticket."""
    named = {one.name: getattr(wishes, one.name) for one in fields(wishes)}
    return {**named, "after": list(wishes.after)}


def wishes_of(ticket: Ticket) -> Wishes:
    """Ask for what another run asks for."""
    named = {one.name: getattr(ticket, one.name) for one in fields(Wishes)}
    return Wishes(**named | {"after": tuple(ticket.after)})


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
