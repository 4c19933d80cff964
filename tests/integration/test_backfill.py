"""Searches that fill up open hours, executed by real processes."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions import backfilling, publishing, searching
from jupyter_labbook.actions.backfilling import Wanted
from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.execution.sequel import stopped_by
from jupyter_labbook.model.run import RunRecord, RunState, Ticket
from jupyter_labbook.runtime import wake
from jupyter_labbook.storage import records, run_state, searches
from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder
from jupyter_labbook.storage.queue_state import QueueState, write_queue
from tests import running
from tests.waiting import ask, end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder

    Until = Callable[..., None]

QUICK = "log(accuracy=1 - (depth - 5) ** 2 / 100)"
HELD = """\
import time
from pathlib import Path
from jupyter_labbook import should_stop
print("up", flush=True)
while not should_stop() and not Path({go!r}).exists():
    time.sleep(0.01)
log(accuracy=1 - (depth - 5) ** 2 / 100)
"""


@pytest.fixture(autouse=True)
def settings(user: Path) -> Callable[[str], None]:
    """Give the user one slot, and hours that are open now."""

    def write(text: str) -> None:
        folder = user / "config" / "jupyter_labbook"
        folder.mkdir(exist_ok=True)
        now = datetime.now(UTC)
        begin, end_ = now - timedelta(hours=2), now + timedelta(hours=4)
        later, latest = now + timedelta(hours=5), now + timedelta(hours=6)
        (folder / "settings.toml").write_text(
            f"zone = 'UTC'\n{text}\n[windows]\n"
            f"spare = '{begin:%H:%M}-{end_:%H:%M}'\n"
            f"later = '{later:%H:%M}-{latest:%H:%M}'\n"
        )

    write("slots = 1")
    return write


@pytest.fixture
def swept(labbook: LabbookFolder) -> Iterator[Callable[..., ExperimentFolder]]:
    """Make an experiment whose sweep has run, as if it had been long ago."""

    def make(body: str = QUICK, name: str = "depths", **more: object):
        experiment, runs = ask(
            labbook,
            name,
            body,
            predict=("best accuracy > 0.9 (60%)",),
            sweep={"depth": [1, 2, 9]},
            **more,
        )
        for run in runs:
            record = records.read(run.record, RunRecord)
            depth = record.parameters["depth"]
            end(run, accuracy=1 - (depth - 5) ** 2 / 100, seconds=0.5)
        return experiment

    yield make
    for one in searches.read_searches(labbook.path):
        backfilling.stop(labbook, one.name)


def own(labbook: LabbookFolder, name: str = "depths") -> list[RunFolder]:
    """Runs of the search around an experiment."""
    for one in labbook.experiments():
        if one.name == f"search-around-{name}":
            return one.runs()
    return []


def accept(
    labbook: LabbookFolder, experiment: ExperimentFolder, **wanted: object
) -> None:
    backfilling.accept(labbook, experiment, Wanted(**{"when": "spare", **wanted}))


def standing(labbook: LabbookFolder):
    [found] = searches.read_searches(labbook.path)
    return found


def ended(run: RunFolder) -> RunState | None:
    record = run_state.read_exit(run)
    return record.state if record else None


def all_finished(runs: list[RunFolder]) -> bool:
    return all(ended(run) is RunState.FINISHED for run in runs)


def test_an_accepted_search_fills_open_hours_with_runs_up_to_its_limit(
    labbook, swept, until
) -> None:
    origin = swept()
    before = ExperimentWatch(labbook, origin)
    before.poll()
    verdicts = before.verdicts()
    accept(labbook, origin, most=3)
    until(lambda: len(own(labbook)) == 3 and all_finished(own(labbook)))
    until(lambda: standing(labbook).rests)
    assert len(own(labbook)) == 3
    depths = [records.read(run.record, RunRecord).parameters for run in own(labbook)]
    assert len({one["depth"] for one in depths} | {1, 2, 9}) == 6
    assert all(1 <= one["depth"] <= 9 for one in depths)
    tickets = [records.read(run.ticket, Ticket) for run in own(labbook)]
    assert all(one.backfill and one.when == "spare" for one in tickets)
    # What was predicted of the sweep is not answered by what came later.
    before.poll()
    assert before.verdicts() == verdicts
    assert len(origin.runs()) == 3
    search = labbook.experiment("search-around-depths")
    assert Declared.of(search).header["why"] == "backfill of depths: max accuracy"
