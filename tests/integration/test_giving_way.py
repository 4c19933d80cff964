"""What only fills up gives way to runs of any labbook of its user."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.execution import launch
from jupyter_labbook.model.run import RunState
from jupyter_labbook.runtime import exits, wake
from jupyter_labbook.storage import run_state
from jupyter_labbook.storage.labbook import LabbookFolder
from jupyter_labbook.storage.night_log import read_nights
from tests import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder

    Until = Callable[..., None]

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
FILLS = """
import time
from pathlib import Path
from jupyter_labbook import should_stop
print("up", flush=True)
while not should_stop() and not Path({go!r}).exists():
    time.sleep(0.01)
"""


@pytest.fixture
def go(tmp_path: Path) -> Iterator[Path]:
    """Where a file ends what fills up."""
    path = tmp_path / "go"
    yield path
    path.touch()


@pytest.fixture
def labbooks(user: Path, tmp_path: Path) -> Iterator[list[LabbookFolder]]:
    """Begin two labbooks of a user who lets one run execute at once."""
    settings = user / "config" / "jupyter_labbook" / "settings.toml"
    settings.write_text("slots = 1\n")
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made.append(LabbookFolder.create(tmp_path / name))
    yield made
    for labbook in made:
        for experiment in labbook.experiments():
            for run in experiment.runs():
                exits.request_stop(run, "the test is over", "test")
    wake.wake_all(running.surroundings().dispatchers)


def dispatch(labbook: LabbookFolder) -> None:
    launch.ensure_dispatcher(labbook.path, running.surroundings())


def began(run: RunFolder) -> str:
    started = run_state.read_started(run)
    assert started is not None
    return started.time


def test_what_fills_up_in_one_labbook_gives_way_to_a_run_of_another(
    labbooks: list[LabbookFolder], go: Path, until: Until
) -> None:
    one, two = labbooks
    target = running.experiment(one, "fills")
    fillers = [
        running.queue(one, target, FILLS.format(go=str(go)), backfill=True)
        for _ in range(3)
    ]
    dispatch(one)
    until(lambda: fillers[0].output.exists() and "up" in fillers[0].output.read_text())
    real = [
        running.queue(two, running.experiment(two, "real"), "print(7)")
        for _ in range(2)
    ]
    dispatch(two)
    until(lambda: all(run.exit.exists() for run in real))
    assert [run_state.derive(run) for run in real] == [RunState.FINISHED] * 2
    first, second, third = fillers
    # Asked to end; and none of the others took what it gave back.
    assert run_state.derive(first) is RunState.STOPPED
    until(second.started.exists)
    assert began(second) > max(began(run) for run in real)
    assert not third.started.exists()
    go.touch()
    until(third.exit.exists)
    assert run_state.derive(second) is RunState.FINISHED
    assert run_state.derive(third) is RunState.FINISHED


def test_what_fills_up_goes_on_if_the_other_labbook_only_fills_up_too(
    labbooks: list[LabbookFolder], go: Path, until: Until
) -> None:
    one, two = labbooks
    body = FILLS.format(go=str(go))
    first = running.queue(one, running.experiment(one, "fills"), body, backfill=True)
    dispatch(one)
    until(lambda: first.output.exists() and "up" in first.output.read_text())
    other = running.queue(two, running.experiment(two, "fills"), body, backfill=True)
    # It lacks more than what fills up could give it back.
    lacks = running.queue(two, running.experiment(two, "lacks"), gpus=1)
    dispatch(two)
    until(lambda: len({event.run for event in read_nights(two.path, EPOCH)}) == 3)
    assert not first.stop.exists()
    exits.request_stop(lacks, "it could never start", "test")
    go.touch()
    until(other.exit.exists)
    assert run_state.derive(first) is RunState.FINISHED
