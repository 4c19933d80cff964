"""Prepares runs for tests without going through a cell."""

from __future__ import annotations

import os
import time
import uuid
from typing import TYPE_CHECKING, Any

from jupyter_labbook.execution import environment, launch
from jupyter_labbook.execution.slots import SlotPool
from jupyter_labbook.model.run import Exit, Launch, RunRecord, RunState, Ticket
from jupyter_labbook.runtime.exits import timestamp
from jupyter_labbook.storage import records, trust
from jupyter_labbook.storage.history import EventKind, History
from jupyter_labbook.storage.settings import state_folder

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.execution.forkserver import Forkserver
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder


def surroundings(*on_end: str) -> launch.Surroundings:
    return launch.Surroundings(str(state_folder()), on_end)


def experiment(labbook: LabbookFolder, name: str = "trial") -> ExperimentFolder:
    return labbook.add_experiment(name, {"experiment.md": b""})


def queue(
    labbook: LabbookFolder,
    target: ExperimentFolder,
    body: str = "",
    *,
    command: list[str] | None = None,
    timeout: float | None = None,
    grace: float = 2.0,
    cwd: Path | None = None,
    **asked: Any,
) -> RunFolder:
    """Publish a run that waits under a signed ticket, which asks for what is named."""
    with labbook.lock(), labbook.aside() as aside:
        label = f"{target.next_run():03d}"
        folder = aside / label
        folder.mkdir()
        (folder / "script.py").write_text(body)
        identifier = uuid.uuid4().hex
        record = RunRecord(
            id=identifier,
            created=timestamp(),
            resumable=asked.get("resumable", False),
        )
        (folder / "run.json").write_bytes(records.encode(record))
        ticket = Ticket(
            run=identifier,
            submitted=asked.pop("submitted", timestamp()),
            launch=Launch(
                argv=command or launch.script_command(),
                cwd=str(cwd or labbook.path.parent),
                env=environment.recordable(),
                timeout=timeout,
                grace=grace,
                reports=command is None,
            ),
            place=f"{target.path.resolve()}/runs/{label}",
            files={"script.py": trust.file_digest(folder / "script.py")},
            **asked,
        )
        (folder / "ticket.json").write_bytes(records.encode(trust.sign(ticket)))
        return target.publish_runs([folder])[0]


def declare(target: ExperimentFolder, version: int = 1, **header: object) -> None:
    """Register an experiment, or amend it."""
    kind = EventKind.AMENDED if version > 1 else EventKind.REGISTERED
    data = {"version": version, "declared": header, "changed": list(header)}
    History(target.path).append(kind, data, timestamp())


def add_ended(  # one for each thing a test varies
    labbook: LabbookFolder,
    target: ExperimentFolder,
    state: RunState = RunState.FINISHED,
    *,
    version: int = 1,
    reason: str = "",
    end: str = "",
    metrics: str = "",
    notebook: str = "",
    cell: str = "",
) -> RunFolder:
    """Publish a run that has ended already, as one that was copied here."""
    with labbook.lock(), labbook.aside() as aside:
        folder = aside / f"{target.next_run():03d}"
        folder.mkdir()
        record = RunRecord(
            id=uuid.uuid4().hex,
            created=timestamp(),
            version=version,
            notebook=notebook,
            cell=cell,
        )
        (folder / "run.json").write_bytes(records.encode(record))
        ended = Exit(time=end or timestamp(), state=state, reason=reason)
        (folder / "exit.json").write_bytes(records.encode(ended))
        if metrics:
            (folder / "metrics.csv").write_text(metrics)
        return target.publish_runs([folder])[0]


def age(labbook: LabbookFolder, seconds: float = 60) -> None:
    """Make a labbook look as if nobody had touched it for a while."""
    past = time.time() - seconds
    for path in [*labbook.path.rglob("*"), labbook.path]:
        os.utime(path, (past, past))


def start(
    run: RunFolder, *, slots: int = 64, through: Forkserver | None = None
) -> bool | None:
    """Start a queued run directly; whether it started."""
    ticket = records.read(run.ticket, Ticket)
    assert ticket is not None
    claim = SlotPool(state_folder(), slots).claim(1)
    assert claim is not None
    starting = launch.start_run(
        run, ticket.launch, claim, surroundings(), through=through
    )
    try:
        return starting.wait(30)
    finally:
        starting.close()


def judged(experiment: Path) -> bool:
    """Whether the verdict stands that follows the end of the last run.

    It is written by a process of its own, some time after the end.
    """
    names = [path.name for path in (experiment / "history").iterdir()]
    return any(name.endswith("-verdict.json") for name in names) and not any(
        name.startswith(".") for name in names
    )
