"""A run that is stopped, killed or lost, and what is left of it."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from jupyter_labbook.execution.slots import SlotPool
from jupyter_labbook.model.run import RunState
from jupyter_labbook.runtime import exits, processes
from jupyter_labbook.storage import run_state
from jupyter_labbook.storage.settings import state_folder
from tests import running
from tests.integration.supervising import kill_supervisor, lives, started_of, stop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Until = Callable[..., None]


def test_no_straggler_outlives_the_exit_record(finish, tmp_path: Path) -> None:
    _, ended = finish(
        f"""
        import os, subprocess, sys, time
        detach = (
            "import os, signal, time, pathlib\\n"
            "signal.signal(signal.SIGTERM, signal.SIG_IGN)\\n"
            "os.setsid()\\n"
            "pathlib.Path(r'{tmp_path}/pid').write_text(str(os.getpid()))\\n"
            "time.sleep(600)\\n"
        )
        if os.fork() == 0:
            os.execv(sys.executable, [sys.executable, "-c", detach])
        while not os.path.exists(r"{tmp_path}/pid"):
            time.sleep(0.01)
        """
    )
    assert ended.state is RunState.FINISHED
    assert "1 process that it left behind" in ended.reason
    assert not lives(int((tmp_path / "pid").read_text()))


def test_a_stop_interrupts_and_the_run_counts_as_stopped(begin, until) -> None:
    run = begin("import time\nprint('on', flush=True)\nwhile True: time.sleep(1)")
    until(lambda: run.output.exists() and run.output.read_text() == "on\n")
    stop(run)
    until(run.exit.exists)
    ended = run_state.read_exit(run)
    assert ended.state is RunState.STOPPED
    assert ended.reason == "stopped: the test wants it"
    assert "KeyboardInterrupt" in run.output.read_text()


def test_a_run_that_asks_should_stop_may_end_itself(begin, until) -> None:
    run = begin(
        """
        import time
        from jupyter_labbook import run_dir, should_stop
        while not should_stop():
            time.sleep(0.01)
        (run_dir() / "checkpoint").mkdir()
        print("saved")
        """
    )
    until(run.cooperates.exists)
    stop(run)
    until(run.exit.exists)
    assert run_state.read_exit(run).state is RunState.STOPPED
    assert run.output.read_text() == "saved\n"
    assert run.checkpoint.is_dir()


def test_a_run_that_ignores_everything_is_killed_with_its_workers(begin, until) -> None:
    run = begin(
        """
        import os, signal, time
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        os.fork()
        os.fork()
        print(os.getpid(), flush=True)
        while True: time.sleep(1)
        """,
        grace=0.2,
    )
    until(lambda: run.output.exists() and run.output.read_text().count("\n") == 4)
    stop(run)
    until(run.exit.exists)
    assert run_state.read_exit(run).state is RunState.STOPPED
    for pid in run.output.read_text().split():
        assert not lives(int(pid))


def test_a_run_ends_at_its_timeout(finish) -> None:
    _, ended = finish("import time; time.sleep(60)", timeout=0.3)
    assert ended.state is RunState.STOPPED
    assert "longer than its timeout of 0.3 s" in ended.reason


def test_a_supervisor_told_to_end_ends_its_run(begin, until) -> None:
    run = begin("import time; time.sleep(60)")
    started = started_of(run)
    processes.send(started.supervisor.pid, started.supervisor.ticks, signal.SIGTERM)
    until(run.exit.exists)
    assert run_state.read_exit(run).state is RunState.STOPPED


def test_a_run_whose_supervisor_was_killed_records_its_own_end(begin, until) -> None:
    run = begin(
        """
        import pathlib, time
        from jupyter_labbook import run_dir
        while not (run_dir() / "go").exists():
            time.sleep(0.01)
        print("done")
        """
    )
    kill_supervisor(run, until)
    assert run_state.derive(run) is RunState.RUNNING
    (run.path / "go").touch()
    until(run.exit.exists)
    ended = run_state.read_exit(run)
    assert (ended.state, ended.by) == (RunState.FINISHED, "runner")


def test_a_run_is_lost_when_it_and_its_supervisor_are_killed(begin, until) -> None:
    run = begin("import time; time.sleep(60)")
    started = started_of(run)
    os.kill(started.supervisor.pid, signal.SIGKILL)
    os.kill(started.main.pid, signal.SIGKILL)
    until(lambda: run_state.derive(run) is RunState.LOST)
    assert not run.exit.exists()


def test_a_forked_worker_left_behind_does_not_make_a_dead_run_seem_alive(
    begin, until
) -> None:
    run = begin(
        """
        import os, time
        if os.fork() == 0:
            os.setsid()
            print(os.getpid(), flush=True)
        time.sleep(600)
        """
    )
    until(lambda: run.output.exists() and run.output.read_text().endswith("\n"))
    worker = int(run.output.read_text())
    started = started_of(run)
    os.kill(started.supervisor.pid, signal.SIGKILL)
    os.kill(started.main.pid, signal.SIGKILL)
    try:
        until(lambda: run_state.derive(run) is RunState.LOST)
    finally:
        os.kill(worker, signal.SIGKILL)


def test_many_supervisors_for_one_run_execute_it_once(labbook, until) -> None:
    target = running.experiment(labbook)
    body = "import os; os.write(1, b'x'); import time; time.sleep(0.3)"
    run = running.queue(labbook, target, body)
    from jupyter_labbook.execution import launch

    ticket = run_state.read_ticket(run)
    pool = SlotPool(state_folder(), 8)
    starting = [
        launch.start_run(run, ticket.launch, pool.claim(1), running.surroundings())
        for _ in range(8)
    ]
    answers = [process.wait(30) for process in starting]
    for process in starting:
        process.close()
    assert sorted(answers) == [False] * 7 + [True]
    until(run.exit.exists)
    assert run.output.read_text() == "x"
    assert not running.start(run)
    assert run.output.read_text() == "x"


def test_a_cancelled_run_is_never_started(labbook) -> None:
    run = running.queue(labbook, running.experiment(labbook), "print('no')")
    exits.request_stop(run, "not wanted", "test")
    assert not running.start(run)
    assert not run.started.exists()


def test_slots_are_held_by_the_run_and_free_after_it(begin, until) -> None:
    pool = SlotPool(state_folder(), 64)
    run = begin("import time; time.sleep(60)")
    assert pool.free() == 63
    kill_supervisor(run, until)
    assert pool.free() == 63
    os.kill(started_of(run).main.pid, signal.SIGKILL)
    until(lambda: pool.free() == 64)
