"""A supervisor executes a run and records how it ended."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.execution.slots import SlotPool
from jupyter_labbook.model.run import Exit, RunState
from jupyter_labbook.storage import records, run_state
from jupyter_labbook.storage.settings import state_folder
from tests import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Until = Callable[..., None]


def test_an_ordinary_end_is_recorded_once_with_what_it_used(finish) -> None:
    run, ended = finish("print('hello')")
    assert run.output.read_text() == "hello\n"
    assert ended.state is RunState.FINISHED
    assert (ended.code, ended.by, ended.reason) == (0, "supervisor", "")
    assert ended.seconds is not None
    assert ended.cpu_seconds is not None
    assert ended.peak_bytes is not None
    assert ended.peak_bytes > 2**20


def test_an_exception_fails_the_run_and_shows_only_the_scripts_frames(finish) -> None:
    run, ended = finish("def f():\n    return 1 / 0\nf()\n")
    assert ended.state is RunState.FAILED
    assert ended.error == "ZeroDivisionError: division by zero"
    assert ended.reason == ended.error
    shown = run.output.read_text()
    assert "runner.py" not in shown
    assert "return 1 / 0" in shown


@pytest.mark.parametrize(
    ("body", "code", "state"),
    [
        ("raise SystemExit", 0, RunState.FINISHED),
        ("raise SystemExit(3)", 3, RunState.FAILED),
        ("raise SystemExit('no data')", 1, RunState.FAILED),
        ("import os; os._exit(0)", 0, RunState.FINISHED),
        ("import os; os._exit(4)", 4, RunState.FAILED),
        ("this is no Python", 1, RunState.FAILED),
        ("raise KeyboardInterrupt", 130, RunState.FAILED),
    ],
)
def test_every_way_to_end_gives_its_exit_code(finish, body, code, state) -> None:
    _, ended = finish(body)
    assert (ended.code, ended.state) == (code, state)


def test_exit_handlers_and_threads_end_before_the_outcome_is_reported(finish) -> None:
    run, ended = finish(
        """
        import atexit, threading, time
        def late():
            time.sleep(0.2)
            print("thread", flush=True)
        threading.Thread(target=late).start()
        atexit.register(print, "handler", flush=True)
        """
    )
    assert run.output.read_text() == "thread\nhandler\n"
    assert ended.state is RunState.FINISHED


def test_a_killed_run_is_failed_and_says_by_what(finish) -> None:
    _, ended = finish("import os; os.kill(os.getpid(), 9)")
    assert ended.state is RunState.FAILED
    assert ended.signal == signal.SIGKILL
    assert "SIGKILL" in ended.reason


def test_a_run_out_of_memory_says_so(finish) -> None:
    _, ended = finish(
        """
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (2**29, 2**29))
        x = bytearray(2**30)
        """
    )
    assert ended.state is RunState.FAILED
    assert ended.error.startswith("MemoryError")


@pytest.fixture
def small_cgroup() -> Iterator[Path]:
    """Give a control group whose processes may use 64 MB together."""
    for root, limit in (
        (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"),
        (Path("/sys/fs/cgroup"), "memory.max"),
    ):
        group = root / f"labbook-test-{os.getpid()}"
        try:
            group.mkdir()
            (group / limit).write_text(str(2**26))
        except OSError:
            with suppress(OSError):
                group.rmdir()
            continue
        yield group
        group.rmdir()
        return
    pytest.skip("no control group can be made here: that takes root and cgroups")


def test_a_run_that_the_system_killed_for_its_memory_says_so(
    finish, small_cgroup: Path
) -> None:
    _, ended = finish(
        f"""
        import os
        with open("{small_cgroup}/cgroup.procs", "w") as procs:
            procs.write(str(os.getpid()))
        taken = [bytearray(2**24) for _ in range(64)]
        """
    )
    assert ended.state is RunState.FAILED
    assert ended.signal == signal.SIGKILL
    assert "run out of memory" in ended.reason


def test_a_run_that_closes_its_output_still_ends_with_a_record(finish) -> None:
    _, ended = finish("import os, sys; os.close(1); os.close(2); sys.stdout.close()")
    assert ended.state is RunState.FINISHED


def test_binary_and_much_output_arrive_as_they_came(finish) -> None:
    run, ended = finish(
        """
        import sys
        block = bytes(range(256)) * 4096
        for _ in range(100):
            sys.stdout.buffer.write(block)
        """
    )
    assert ended.state is RunState.FINISHED
    assert run.output.stat().st_size == 100 * 2**20


def test_a_command_runs_like_a_script(finish) -> None:
    run, ended = finish(
        command=[
            sys.executable,
            "-c",
            "import os; print(os.path.basename(os.environ['LABBOOK_RUN']))",
        ]
    )
    assert ended.state is RunState.FINISHED
    assert run.output.read_text() == run.label + "\n"


def test_a_command_that_does_not_exist_says_so(finish) -> None:
    run, ended = finish(command=["no-such-program"])
    assert (ended.state, ended.code) == (RunState.FAILED, 127)
    assert "could not start" in run.output.read_text()


def test_a_working_folder_that_is_gone_fails_the_run(finish, tmp_path: Path) -> None:
    run, ended = finish("print(1)", cwd=tmp_path / "gone")
    assert ended.state is RunState.FAILED
    assert "gone" in run.output.read_text()


_NICENESS = "import os; print(os.nice(0))"


def test_a_script_gives_way_to_other_work(finish) -> None:
    run, _ = finish(_NICENESS)
    assert int(run.output.read_text()) == min(19, os.nice(0) + 10)


def test_a_command_gives_way_to_other_work(finish) -> None:
    run, _ = finish(command=[sys.executable, "-c", _NICENESS])
    assert int(run.output.read_text()) == min(19, os.nice(0) + 10)


def test_what_a_run_starts_gives_way_no_more_than_the_run(finish) -> None:
    run, _ = finish(
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {_NICENESS!r}])"
    )
    assert int(run.output.read_text()) == min(19, os.nice(0) + 10)


def test_spawned_workers_find_the_scripts_functions(finish) -> None:
    run, ended = finish(
        """
        import multiprocessing
        def double(x):
            return 2 * x
        if __name__ == "__main__":
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                print(pool.map(double, [1, 2]))
        """
    )
    assert ended.state is RunState.FINISHED, run.output.read_text()
    assert run.output.read_text() == "[2, 4]\n"


def test_the_last_run_starts_what_follows_the_experiment(labbook, until) -> None:
    from jupyter_labbook.execution import launch

    target = running.experiment(labbook)
    runs = [running.queue(labbook, target, "") for _ in range(2)]
    follow = (
        sys.executable,
        "-c",
        "import sys, pathlib; (pathlib.Path(sys.argv[1]) / 'followed').touch()",
    )
    pool = SlotPool(state_folder(), 4)
    for run in runs:
        assert not (target.path / "followed").exists()
        ticket = run_state.read_ticket(run)
        starting = launch.start_run(
            run, ticket.launch, pool.claim(1), running.surroundings(*follow)
        )
        starting.wait(30)
        starting.close()
        until(run.exit.exists)
        until(lambda: pool.free() == 4)
    until((target.path / "followed").exists)


def test_a_damaged_record_is_named_with_its_place(labbook) -> None:
    run = running.queue(labbook, running.experiment(labbook), "")
    run.exit.write_text('{"time": "x", "state": "finis')
    from jupyter_labbook.errors import CorruptFileError

    with pytest.raises(CorruptFileError, match=r"exit\.json is damaged"):
        run_state.derive(run)
    run.exit.write_text('{"time": "x", "state": "great"}')
    with pytest.raises(CorruptFileError, match="great"):
        records.read(run.exit, Exit)
