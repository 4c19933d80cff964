"""Where a run stands, from files of every kind of origin."""

from __future__ import annotations

import os
import socket
from dataclasses import replace

import pytest

from jupyter_labbook.errors import CorruptFileError
from jupyter_labbook.model.run import Exit, Process, RunState, Started
from jupyter_labbook.runtime import processes
from jupyter_labbook.storage import records, run_state
from tests import running


@pytest.fixture
def run(labbook):
    return running.queue(labbook, running.experiment(labbook), "")


def begun(pid: int = 0, ticks: int = 1) -> Started:
    """What this machine would have written for a process."""
    nobody = Process(pid=2**22 + 1, ticks=1)
    return Started(
        time="2026-01-01T00:00:00+00:00",
        host=socket.gethostname(),
        boot=processes.boot_id(),
        namespace=processes.pid_namespace(),
        supervisor=nobody,
        main=Process(pid=pid, ticks=ticks) if pid else nobody,
    )


def write(run, started: Started) -> None:
    run.started.write_bytes(records.encode(started))


def test_a_ticket_waits_and_nothing_is_registered(run) -> None:
    assert run_state.derive(run) is RunState.WAITING
    run.ticket.unlink()
    assert run_state.derive(run) is RunState.REGISTERED


def test_a_held_lock_means_running_and_a_free_one_lost(run) -> None:
    write(run, begun())
    assert run_state.derive(run) is RunState.LOST
    held = processes.lock(run.lock)
    assert held is not None
    assert run_state.derive(run) is RunState.RUNNING
    os.close(held)
    assert run_state.derive(run) is RunState.LOST


def test_a_living_process_means_running_where_locks_do_not_pass_on(run) -> None:
    pid = os.getpid()
    write(run, begun(pid, processes.start_ticks(pid)))
    assert run_state.derive(run) is RunState.RUNNING


def test_a_pid_that_was_used_again_is_not_taken_for_the_run(run) -> None:
    pid = os.getpid()
    write(run, begun(pid, processes.start_ticks(pid) - 1))
    assert run_state.derive(run) is RunState.LOST


def test_a_run_from_before_the_last_start_of_the_machine_is_lost(run) -> None:
    held = processes.lock(run.lock)
    write(run, replace(begun(), boot="another"))
    assert run_state.derive(run) is RunState.LOST
    os.close(held)


@pytest.mark.parametrize(
    "elsewhere",
    [{"host": "far", "boot": "another"}, {"namespace": "pid:[1]"}],
    ids=["machine", "container"],
)
def test_a_run_elsewhere_is_unknown_here(run, elsewhere) -> None:
    write(run, replace(begun(), **elsewhere))
    assert run_state.derive(run) is RunState.UNKNOWN


def test_a_host_name_that_changed_with_the_network_loses_nothing(run) -> None:
    held = processes.lock(run.lock)
    write(run, replace(begun(), host="at-the-cafe"))
    assert run_state.derive(run) is RunState.RUNNING
    os.close(held)
    assert run_state.derive(run) is RunState.LOST


def test_an_exit_record_is_the_last_word(run) -> None:
    write(run, begun())
    ended = Exit(time="2026-01-01T00:00:01+00:00", state=RunState.FINISHED, code=0)
    run.exit.write_bytes(records.encode(ended))
    assert run_state.derive(run) is RunState.FINISHED


@pytest.mark.parametrize("name", ["exit", "started", "ticket"])
def test_a_damaged_file_that_decides_is_named(run, name: str) -> None:
    path = getattr(run, name)
    path.write_text("{")
    with pytest.raises(CorruptFileError, match=path.name):
        run_state.derive(run)
