"""Supervisors that are forked by a process which has loaded them already."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from jupyter_labbook.execution import launch
from jupyter_labbook.execution.forkserver import Forkserver
from jupyter_labbook.execution.slots import SlotPool
from jupyter_labbook.model.run import Exit, RunState
from jupyter_labbook.runtime import processes
from jupyter_labbook.storage import records, run_state
from jupyter_labbook.storage.settings import state_folder
from tests import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder

    Until = Callable[..., None]
    Queue = Callable[..., RunFolder]


@pytest.fixture
def others() -> list[psutil.Process]:
    """Find what is there already: some of it may still be about to end."""
    return psutil.Process().children()


@pytest.fixture
def forkserver(others: list[psutil.Process]) -> Iterator[Forkserver]:
    """Begin one, and end it."""
    with Forkserver() as begun:
        begun.begin()
        yield begun


@pytest.fixture
def process(
    forkserver: Forkserver,
    others: list[psutil.Process],
) -> psutil.Process:
    """Find the one that was begun."""
    [found] = [child for child in psutil.Process().children() if child not in others]
    return found


@pytest.fixture
def queue(labbook: LabbookFolder) -> Queue:
    """Let runs wait."""
    target = running.experiment(labbook)
    return lambda body="": running.queue(labbook, target, body)


def end_of(run: RunFolder) -> Exit:
    ended = records.read(run.exit, Exit)
    assert ended is not None
    return ended


def waiting_for(go: Path) -> str:
    """Write a script that waits for a file."""
    return f"import os, time\nwhile not os.path.exists('{go}'): time.sleep(0.01)\n"


def test_a_run_executes_and_frees_its_slot(
    forkserver: Forkserver,
    process: psutil.Process,
    queue: Queue,
    until: Until,
    tmp_path: Path,
) -> None:
    for number in range(3):
        go = tmp_path / f"go-{number}"
        run = queue(waiting_for(go) + "print('done')")
        assert running.start(run, through=forkserver)
        started = run_state.read_started(run)
        assert started is not None
        # Forked, in a session of its own.
        assert psutil.Process(started.supervisor.pid).ppid() == process.pid
        assert os.getsid(started.supervisor.pid) == started.supervisor.pid
        go.touch()
        until(run.exit.exists)
        assert end_of(run).state is RunState.FINISHED
        assert run.output.read_text() == "done\n"
    pool = SlotPool(state_folder(), 64)
    until(lambda: pool.free() == 64)
    # And no supervisor stays as a zombie.
    until(lambda: not process.children())


def test_runs_go_on_when_it_is_killed(
    forkserver: Forkserver,
    process: psutil.Process,
    queue: Queue,
    until: Until,
    tmp_path: Path,
) -> None:
    go = tmp_path / "go"
    run = queue(waiting_for(go))
    assert running.start(run, through=forkserver)
    process.kill()
    other = queue()
    # Whoever asks next is served all the same.
    until(lambda: running.start(other, through=forkserver) or other.started.exists())
    until(other.exit.exists)
    assert not run.exit.exists()
    go.touch()
    until(run.exit.exists)
    assert end_of(run).state is RunState.FINISHED


def test_a_run_that_executes_already_is_refused(
    forkserver: Forkserver, queue: Queue, until: Until
) -> None:
    run = queue()
    assert running.start(run, through=forkserver)
    until(run.exit.exists)
    assert running.start(run, through=forkserver) is False


def test_it_ends_with_whoever_began_it(until: Until) -> None:
    """Also where that one was killed."""
    code = (
        "import os, signal\n"
        "from jupyter_labbook.execution.forkserver import Forkserver\n"
        "forkserver = Forkserver()\n"
        "forkserver.begin()\n"
        "print(forkserver._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    until(lambda: not psutil.pid_exists(int(done.stdout)))


def test_a_queue_of_several_is_executed_through_one(
    labbook: LabbookFolder, queue: Queue, until: Until
) -> None:
    body = "import os; print(open(f'/proc/{os.getppid()}/cmdline').read())"
    runs = [queue(body) for _ in range(8)]
    launch.ensure_dispatcher(labbook.path, running.surroundings())
    until(lambda: all(run.exit.exists() for run in runs))
    assert {end_of(run).state for run in runs} == {RunState.FINISHED}
    # Nobody knows yet that it is worth it when the first one is started.
    forked = ["forkserver" in run.output.read_text() for run in runs]
    assert forked == [False] + [True] * 7


def test_nobody_is_alone_with_children_of_children() -> None:
    waits = [sys.executable, "-c", "input()"]
    code = f"import subprocess; subprocess.run({waits})"
    with subprocess.Popen(waits, stdin=subprocess.PIPE) as one:
        assert processes.alone(one.pid, None)
        one.communicate(b"\n")
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as two:
        child = psutil.Process(two.pid)
        while not (below := child.children()):
            pass
        assert not processes.alone(two.pid, None)
        assert processes.alone(two.pid, below[0].pid)
        assert not processes.alone(two.pid, two.pid)
        two.communicate(b"\n")
    # Whoever is gone may have left some.
    assert not processes.alone(two.pid, None)
