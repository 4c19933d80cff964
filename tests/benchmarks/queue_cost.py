"""What a long queue costs those who submit into it, and those who look at it."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from jupyter_labbook.actions import why_waiting
from jupyter_labbook.actions.publishing import Origin, RunPlan
from jupyter_labbook.actions.queue_watch import QueueWatch
from jupyter_labbook.actions.submit import submit
from jupyter_labbook.model.experiment import Header, Variant
from jupyter_labbook.model.run import Expected, Launch, RunRecord, Ticket
from jupyter_labbook.runtime import wake
from jupyter_labbook.runtime.exits import timestamp
from jupyter_labbook.storage import records, trust
from jupyter_labbook.storage.labbook import LabbookFolder
from jupyter_labbook.storage.settings import state_folder
from tests.benchmarks import notebook
from tests.benchmarks.table import Line, interleaved

if TYPE_CHECKING:
    from pathlib import Path

SHORT, LONG = 10, 10_000
RUNS = 50
"""Waiting runs of each experiment of the long queue."""
ROUNDS = 15
LOOKS = 5


def measure() -> list[Line]:
    with notebook.project(slots=1) as place:
        later = _later()
        labbooks = {
            str(runs): _queue(place / str(runs), runs, later) for runs in (SHORT, LONG)
        }
        # Before anything is submitted, which would be looked into meanwhile.
        watch = QueueWatch(labbooks[str(LONG)])
        first = _look(watch)
        # What was touched within the last second is read again, as it must be.
        time.sleep(1.5)
        looks = sorted(_look(watch) for _ in range(LOOKS + 1))
        names = (f"one-more-{number}" for number in count(1))
        found = interleaved(
            {
                size: partial(_submit, labbook, names, later)
                for size, labbook in labbooks.items()
            },
            ROUNDS,
        )
        for labbook in labbooks.values():
            (labbook.path / "experiments").rename(labbook.path / "gone")
        wake.wake_all(state_folder() / "dispatchers")
    return [
        Line(
            what=f"submitting a run into a queue of {LONG:,}, against one of {SHORT}",
            measured=f"{found.median(str(LONG)) * 1e3:.0f} ms",
            against=f"{found.median(str(SHORT)) * 1e3:.0f} ms",
            value=found.ratio(str(LONG), str(SHORT)),
            target=2,
        ),
        Line(
            what=f"the view of a queue of {LONG:,}, looked at again, with what is "
            "expected of the next hours",
            measured=f"{looks[len(looks) // 2] * 1e3:.0f} ms",
            against=f"{first * 1e3:.0f} ms for the first look",
            value=looks[len(looks) // 2] * 1e3,
            target=500,
            unit="ms",
        ),
    ]


class _Work:
    """A script that does nothing."""

    def identity(self) -> str:
        return "pass"

    def plan(self, variant: Variant, title: str) -> RunPlan:
        return RunPlan(variant=variant, script=f"# {title}\n")


def _later() -> str:
    """Name an hour that is far away."""
    begin = datetime.now().astimezone() + timedelta(hours=11)
    return f"{begin:%H}:00-{begin + timedelta(hours=1):%H}:00"


def _submit(labbook: LabbookFolder, names: count[str], when: str) -> float:
    header = Header(name=next(names), why="to see", when=when)
    begin = time.perf_counter()
    submitted = submit(labbook, header, _Work(), Origin(cwd=labbook.path.parent))
    told = why_waiting.told(submitted.runs)
    spent = time.perf_counter() - begin
    if when not in told:
        raise RuntimeError(f"nothing was told of the window: {told!r}")
    return spent


def _look(watch: QueueWatch) -> float:
    begin = time.perf_counter()
    view = watch.look()
    spent = time.perf_counter() - begin
    if view is None or len(view.entries) < LONG or not view.entries[0].begins:
        raise RuntimeError("the queue was not seen as it is")
    return spent


def _queue(folder: Path, runs: int, when: str) -> LabbookFolder:
    """Make a labbook in which runs wait, without the time that syncing takes."""
    folder.mkdir()
    labbook = LabbookFolder.create(folder)
    left = runs
    number = 0
    while left:
        number += 1
        experiment = labbook.path / "experiments" / f"{number:04d}-waiting-{number}"
        (experiment / "history").mkdir(parents=True)
        (experiment / "experiment.md").touch()
        for label in range(1, min(RUNS, left) + 1):
            _wait(experiment / "runs" / f"{label:03d}", when)
        left -= min(RUNS, left)
    for path in labbook.path.rglob("*"):
        os.utime(path, (time.time() - 60,) * 2)
    return labbook


def _wait(run: Path, when: str) -> None:
    run.mkdir(parents=True)
    script = b"pass\n"
    (run / "script.py").write_bytes(script)
    record = RunRecord(id=run.name, created=timestamp())
    (run / "run.json").write_bytes(records.encode(record))
    ticket = Ticket(
        run=record.id,
        submitted=record.created,
        launch=Launch(argv=["true"], cwd="/", env=dict.fromkeys(map(str, range(20)))),
        when=when,
        expected=Expected(low=50, middle=60, high=90),
        place=os.path.realpath(run),
        files={"script.py": trust.file_digest(run / "script.py")},
    )
    ticket = replace(ticket, launch=replace(ticket.launch, env={"PATH": "/usr/bin"}))
    (run / "ticket.json").write_bytes(records.encode(trust.sign(ticket)))
