"""A run's ticket is changed in the moment in which somebody starts the run."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psutil
import pytest

from jupyter_labbook.actions import queue
from jupyter_labbook.actions.queue_watch import QueueWatch
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.execution import direct, launch
from jupyter_labbook.execution.asking import Reason
from jupyter_labbook.model.run import RunState
from jupyter_labbook.runtime import exits, failpoints, processes, wake
from jupyter_labbook.storage import run_state
from jupyter_labbook.storage.night_log import read_nights
from tests import running
from tests.integration.supervising import lives

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder

    Until = Callable[..., None]
    Halt = Callable[[str], Path]

BODY = """
import os
from jupyter_labbook import run_dir
os.close(os.open(run_dir() / f"executed-{os.getpid()}", os.O_CREAT))
"""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
BEFORE_IT_BEGINS = ["dispatcher.claimed", "supervisor.begun"]


@pytest.fixture
def halt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Halt:
    """Let the first process that reaches a place be halted there."""

    def place(name: str) -> Path:
        token = tmp_path / "halted"
        monkeypatch.setenv(failpoints.VARIABLE, f"{name}~{token}")
        return token

    return place


@pytest.fixture(autouse=True)
def _nobody_is_left(labbook: LabbookFolder, until: Until) -> Iterator[None]:
    """Cancel what waits, so that no dispatcher outlives its test."""
    yield
    for experiment in labbook.experiments():
        for run in experiment.runs():
            exits.request_stop(run, "the test is over", "test")
    around = running.surroundings()
    wake.wake_all(around.dispatchers)
    lock = launch.dispatcher_file(labbook.path, around, ".lock")
    until(lambda: not processes.locked(lock))


@contextmanager
def halted(token: Path, until: Until) -> Iterator[int]:
    """Do something while a process is halted."""
    until(lambda: token.exists() and token.read_text())
    pid = int(token.read_text())
    until(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED)
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGCONT)


def told(labbook: LabbookFolder, reason: str) -> Callable[[], bool]:
    return lambda: any(e.reason == reason for e in read_nights(labbook.path, EPOCH))


def executions(run: RunFolder) -> int:
    return len(list(run.path.glob("executed-*")))


def dispatch(labbook: LabbookFolder) -> None:
    launch.ensure_dispatcher(labbook.path, running.surroundings())


@pytest.mark.parametrize("name", BEFORE_IT_BEGINS)
def test_a_run_that_was_held_does_not_start(
    name: str, labbook: LabbookFolder, until: Until, halt: Halt
) -> None:
    token = halt(name)
    run = running.queue(labbook, running.experiment(labbook), BODY)
    dispatch(labbook)
    with halted(token, until):
        queue.hold(labbook, [run])
    # Only who has seen how that start went says so.
    until(told(labbook, "held"))
    assert not run.started.exists()
    queue.release(labbook, [run])
    until(run.exit.exists)
    assert run_state.derive(run) is RunState.FINISHED
    assert executions(run) == 1


@pytest.mark.parametrize("name", BEFORE_IT_BEGINS)
def test_a_run_that_was_moved_does_not_start_in_its_old_hours(
    name: str, labbook: LabbookFolder, until: Until, halt: Halt, user: Path
) -> None:
    settings = user / "config" / "jupyter_labbook" / "settings.toml"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text("zone = 'UTC'")
    token = halt(name)
    run = running.queue(labbook, running.experiment(labbook), BODY)
    dispatch(labbook)
    with halted(token, until):
        begin = datetime.now(UTC) + timedelta(hours=2)
        end = begin + timedelta(hours=1)
        queue.move(labbook, [run], f"{begin:%H:%M}-{end:%H:%M}")
    until(told(labbook, "window"))
    assert not run.started.exists()


def test_a_run_that_was_held_while_it_started_at_once_does_not_start(
    labbook: LabbookFolder, until: Until, halt: Halt
) -> None:
    token = halt("supervisor.begun")
    run = running.queue(labbook, running.experiment(labbook), BODY)
    assert direct.start(labbook, run, running.surroundings())
    with halted(token, until) as pid:
        queue.hold(labbook, [run])
    until(lambda: not lives(pid))
    assert not run.started.exists()


@pytest.mark.parametrize("name", [*BEFORE_IT_BEGINS, "supervisor.forked"])
def test_nothing_starts_in_a_queue_that_was_paused(
    name: str, labbook: LabbookFolder, until: Until, halt: Halt
) -> None:
    token = halt(name)
    run = running.queue(labbook, running.experiment(labbook), BODY)
    dispatch(labbook)
    with halted(token, until):
        queue.pause(labbook)
    until(told(labbook, "paused"))
    assert not run.started.exists()
    queue.resume(labbook)
    until(run.exit.exists)
    assert run_state.derive(run) is RunState.FINISHED
    assert executions(run) == 1


def test_a_run_that_starts_at_once_in_a_queue_that_was_paused_waits(
    labbook: LabbookFolder, until: Until, halt: Halt
) -> None:
    token = halt("supervisor.forked")
    run = running.queue(labbook, running.experiment(labbook), BODY)
    assert direct.start(labbook, run, running.surroundings())
    with halted(token, until) as pid:
        queue.pause(labbook)
    until(lambda: not lives(pid))
    assert not run.started.exists()
    queue.resume(labbook)
    until(run.exit.exists)
    assert executions(run) == 1


def test_a_run_that_is_about_to_start_does_not_wait_for_its_own_slot(
    labbook: LabbookFolder, until: Until, halt: Halt, user: Path
) -> None:
    settings = user / "config" / "jupyter_labbook" / "settings.toml"
    settings.write_text("slots = 1\n")
    token = halt("dispatcher.claimed")
    run = running.queue(labbook, running.experiment(labbook), BODY)
    dispatch(labbook)
    with halted(token, until):
        view = QueueWatch(labbook).look()
        alone = QueueWatch(labbook).alone(run)
    assert view is not None
    assert alone is not None
    assert [entry.reason for entry in (*view.entries, alone)] == [Reason.READY] * 2
    until(run.exit.exists)


def test_who_comes_too_late_is_told_that_nothing_was_changed(
    labbook: LabbookFolder, until: Until, halt: Halt
) -> None:
    token = halt("supervisor.forked")
    run = running.queue(labbook, running.experiment(labbook), BODY)
    dispatch(labbook)
    with (
        halted(token, until),
        pytest.raises(InvalidInputError, match="nothing was changed"),
    ):
        queue.hold(labbook, [run])
    until(run.exit.exists)
    assert run_state.derive(run) is RunState.FINISHED
    ticket = run_state.read_ticket(run)
    assert ticket is not None
    assert not ticket.held


def test_a_change_that_leaves_it_in_its_hours_only_delays_it(
    labbook: LabbookFolder, until: Until, halt: Halt
) -> None:
    token = halt("supervisor.begun")
    run = running.queue(labbook, running.experiment(labbook), BODY)
    dispatch(labbook)
    with halted(token, until):
        queue.prioritize(labbook, [run], 5)
    until(run.exit.exists)
    assert run_state.derive(run) is RunState.FINISHED
    assert executions(run) == 1


@pytest.mark.parametrize("left", ["", "{", "[]", "{}", None])
def test_a_run_whose_ticket_is_gone_or_damaged_does_not_start(
    left: str | None, labbook: LabbookFolder, until: Until, halt: Halt
) -> None:
    token = halt("supervisor.begun")
    run = running.queue(labbook, running.experiment(labbook), BODY)
    assert direct.start(labbook, run, running.surroundings())
    with halted(token, until) as pid:
        if left is None:
            run.ticket.unlink()
        else:
            run.ticket.write_text(left)
    until(lambda: not lives(pid))
    assert not run.started.exists()
