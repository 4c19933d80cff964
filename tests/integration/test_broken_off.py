"""Runs that are stopped or killed, and gone on with, by real processes."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions.going_on import go_on
from jupyter_labbook.execution import launch
from jupyter_labbook.execution.sequel import Sequels, stopped_by
from jupyter_labbook.execution.slots import SlotPool
from jupyter_labbook.model.run import AtEnd, RunState
from jupyter_labbook.runtime import exits, failpoints, processes
from jupyter_labbook.storage import run_state, trust
from jupyter_labbook.storage.settings import state_folder
from tests import running
from tests.nights import (
    COUNTS,
    dispatch,
    ended,
    lock_of,
    surroundings,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Until = Callable[..., None]


def test_at_its_windows_end_a_run_is_stopped_and_gone_on_with(
    labbook, until, user_says
) -> None:
    target = running.experiment(labbook)
    run = running.queue(labbook, target, COUNTS, resumable=True, at_end=AtEnd.STOP)
    ticket = run_state.read_ticket(run)
    claim = SlotPool(state_folder(), 4).claim(1)
    terms = launch.Terms(until=datetime.now(UTC).timestamp() + 1, goes_on=True)
    starting = launch.start_run(run, ticket.launch, claim, surroundings(), terms=terms)
    assert starting.wait(30)
    starting.close()
    until(run.exit.exists)
    assert ended(run) is RunState.STOPPED
    assert stopped_by(run) == "window"
    assert run_state.read_exit(run).reason == "stopped: its window closed"
    until(lambda: len(target.runs()) == 2)
    after = target.runs()[1]
    until(after.exit.exists)
    assert ended(after) is RunState.FINISHED
    assert after.output.read_text() == "20\n"
    assert not run.checkpoint.exists()
    assert Sequels(target.runs()).last(run) == after


def test_a_run_that_is_not_resumable_is_stopped_and_left(labbook, until) -> None:
    target = running.experiment(labbook)
    run = running.queue(labbook, target, "import time; time.sleep(60)")
    terms = launch.Terms(until=datetime.now(UTC).timestamp() + 0.5, goes_on=True)
    starting = launch.start_run(
        run,
        run_state.read_ticket(run).launch,
        SlotPool(state_folder(), 4).claim(1),
        surroundings(),
        terms=terms,
    )
    assert starting.wait(30)
    starting.close()
    until(run.exit.exists)
    assert ended(run) is RunState.STOPPED
    assert go_on(labbook, target) == []


def test_a_failed_run_is_tried_again_as_often_as_it_asks(
    labbook, until, tmp_path
) -> None:
    target = running.experiment(labbook)
    marks = tmp_path / "marks"
    marks.mkdir()
    body = f"""
import pathlib
pathlib.Path("{marks}", __file__.split("/")[-2]).touch(exist_ok=False)
raise SystemExit(0 if "002" in __file__ else 1)
"""
    first = running.queue(labbook, target, body, retries=2)
    dispatch(labbook)
    until(lambda: len(target.runs()) == 2)
    second = target.runs()[1]
    until(second.exit.exists)
    assert [ended(first), ended(second)] == [RunState.FAILED, RunState.FINISHED]
    ticket = run_state.read_ticket(second)
    assert ticket.retries == 1
    assert trust.trusted(second, ticket)
    until(lambda: not processes.locked(lock_of(labbook)))
    assert len(target.runs()) == 2
    assert len(list(marks.iterdir())) == 2


@pytest.mark.parametrize("whole", [True, False])
def test_a_resumable_run_that_is_killed_is_gone_on_with(labbook, until, whole) -> None:
    target = running.experiment(labbook)
    first = running.queue(labbook, target, COUNTS, resumable=True)
    dispatch(labbook)
    until((first.checkpoint / "count").exists)
    started = run_state.read_started(first)
    if whole:
        os.kill(started.supervisor.pid, signal.SIGKILL)
    os.kill(started.main.pid, signal.SIGKILL)
    until(lambda: len(target.runs()) == 2 and target.runs()[1].exit.exists())
    second = target.runs()[1]
    expected = RunState.LOST if whole else RunState.FAILED
    assert run_state.derive(first) is expected
    assert ended(second) is RunState.FINISHED
    assert second.output.read_text() == "20\n"
    assert [len(list(run.path.glob("executed-*"))) for run in (first, second)] == [1, 1]


@pytest.mark.parametrize("name", ["going-on.published", "going-on.checkpoint-moved"])
def test_a_kill_while_going_on_loses_nothing(
    labbook, until, name, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv(failpoints.VARIABLE, f"{name}={tmp_path / 'token'}")
    target = running.experiment(labbook)
    first = running.queue(labbook, target, COUNTS, resumable=True)
    dispatch(labbook)
    until((first.checkpoint / "count").exists)
    os.kill(run_state.read_started(first).main.pid, signal.SIGKILL)
    until(lambda: len(target.runs()) == 2 and target.runs()[1].exit.exists())
    assert (tmp_path / "token").exists()
    assert target.runs()[1].output.read_text() == "20\n"
    until(lambda: not processes.locked(lock_of(labbook)))
    assert len(target.runs()) == 2


def test_going_on_twice_goes_on_once(labbook) -> None:
    target = running.experiment(labbook)
    run = running.queue(labbook, target, "", resumable=True, when="03:00-03:01")
    exits.request_stop(run, "its window closed", "window")
    exits.write(run, {"state": "stopped"}, "supervisor")
    assert len(go_on(labbook, target)) == 1
    assert go_on(labbook, target) == []
    assert len(target.runs()) == 2


def test_a_run_that_only_fills_up_gives_way_and_is_gone_on_with(
    labbook, until, user_says
) -> None:
    user_says("slots = 1")
    target = running.experiment(labbook)
    filler = running.queue(
        labbook, target, COUNTS.replace("20", "40"), resumable=True, backfill=True
    )
    dispatch(labbook)
    until((filler.checkpoint / "count").exists)
    real = running.queue(labbook, target, "")
    dispatch(labbook)
    until(real.exit.exists)
    assert ended(filler) is RunState.STOPPED
    assert stopped_by(filler) == "queue"
    until(lambda: len(target.runs()) == 3)
    after = target.runs()[2]
    until(after.exit.exists)
    assert after.output.read_text() == "40\n"
    assert run_state.read_started(after).time > run_state.read_started(real).time
