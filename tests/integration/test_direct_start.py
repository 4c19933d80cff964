"""A run that was just submitted starts at once, unless somebody has to decide."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.execution import direct
from jupyter_labbook.execution.clock import SystemClock
from jupyter_labbook.execution.queue_folder import QueueFolder
from jupyter_labbook.execution.slots import SlotPool
from jupyter_labbook.model.run import Predecessor, RunState
from jupyter_labbook.storage import run_state
from jupyter_labbook.storage.queue_state import QueueState, write_queue
from jupyter_labbook.storage.settings import state_folder
from tests import running

if TYPE_CHECKING:
    from pathlib import Path


def start(labbook, **asked: object) -> bool:
    run = running.queue(labbook, running.experiment(labbook), "", **asked)
    return direct.start(labbook, run, running.surroundings())


def test_a_plain_run_starts_at_once(labbook, until) -> None:
    run = running.queue(labbook, running.experiment(labbook), "print(1)")
    assert direct.start(labbook, run, running.surroundings())
    until(run.exit.exists)
    assert run.output.read_text() == "1\n"


@pytest.mark.parametrize(
    "asked",
    [
        {"when": "tonight"},
        {"held": True},
        {"gpus": 1},
        {"memory": 1},
        {"resumable": True},
        {"retries": 1},
        {"after": [Predecessor(run="experiments/0001-x/runs/001")]},
    ],
)
def test_a_run_that_asks_for_more_is_left_to_the_dispatcher(labbook, asked) -> None:
    assert not start(labbook, **asked)


def test_nothing_starts_past_a_paused_queue(labbook) -> None:
    write_queue(labbook.path, QueueState(paused="Not now."))
    assert not start(labbook)


@pytest.mark.parametrize("hours", ["00:00-24:00", "when I work"])
def test_focus_hours_are_left_to_the_dispatcher(labbook, user: Path, hours) -> None:
    folder = user / "config" / "jupyter_labbook"
    folder.mkdir(exist_ok=True)
    (folder / "settings.toml").write_text(f"[focus]\nhours = '{hours}'\n")
    assert not start(labbook)


def test_without_a_slot_nothing_starts(labbook, user: Path) -> None:
    folder = user / "config" / "jupyter_labbook"
    folder.mkdir(exist_ok=True)
    (folder / "settings.toml").write_text("slots = 1\n")
    with SlotPool(state_folder(), 1).claim(1):
        assert not start(labbook)


def test_a_run_in_the_place_of_a_deleted_one_is_seen(labbook) -> None:
    queue = QueueFolder(labbook, SystemClock())
    first = running.queue(labbook, running.experiment(labbook), "")
    first.started.write_text("{}")
    assert queue.waiting() == []
    shutil.rmtree(first.experiment)
    again = running.queue(labbook, running.experiment(labbook), "")
    assert again == first
    assert [one.place for one in queue.waiting()] == [queue.place(again)]


def test_where_a_predecessor_stands_is_unknown_if_it_is_damaged(labbook) -> None:
    target = running.experiment(labbook)
    first = running.queue(labbook, target, "")
    queue = QueueFolder(labbook, SystemClock())
    named = queue.place(first)
    running.queue(labbook, target, "", after=[Predecessor(run=named)])
    assert queue.ends(queue.waiting()) == {named: RunState.WAITING}
    first.exit.write_text("{")
    assert queue.ends(queue.waiting()) == {named: RunState.UNKNOWN}


def test_a_predecessor_that_will_be_gone_on_with_has_not_ended(labbook) -> None:
    from jupyter_labbook.runtime import exits

    target = running.experiment(labbook)
    first = running.queue(labbook, target, "", resumable=True)
    queue = QueueFolder(labbook, SystemClock())
    named = queue.place(first)
    running.queue(labbook, target, "", after=[Predecessor(run=named, success=False)])
    exits.request_stop(first, "its window closed", "window")
    exits.write(first, {"state": "stopped"}, "supervisor")
    assert run_state.derive(first) is RunState.STOPPED
    assert queue.ends(queue.waiting()) == {named: RunState.WAITING}


def test_a_ticket_without_a_time_has_waited_for_ever(labbook) -> None:
    run = running.queue(labbook, running.experiment(labbook), "", submitted="yesterday")
    [one] = QueueFolder(labbook, SystemClock()).waiting()
    assert one.place.endswith(run.label)
    assert one.since.year == 1970
