from __future__ import annotations

import json
import os
import shutil
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import psutil
import pytest

from jupyter_labbook.execution import launch
from jupyter_labbook.execution.slots import SlotPool
from jupyter_labbook.model.run import RunState
from jupyter_labbook.runtime import processes, wake
from jupyter_labbook.storage import records, run_state, trust
from jupyter_labbook.storage.labbook import LabbookFolder
from jupyter_labbook.storage.settings import state_folder
from tests import running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Until = Callable[..., None]


@pytest.fixture
def slots(user: Path) -> Callable[[int], None]:
    """Set how many runs this user lets execute at once."""

    def limit(count: int) -> None:
        folder = user / "config" / "jupyter_labbook"
        folder.mkdir(exist_ok=True)
        (folder / "settings.toml").write_text(f"slots = {count}\n")

    return limit


def dispatch(labbook: LabbookFolder) -> None:
    launch.ensure_dispatcher(labbook.path, running.surroundings())


def states(runs) -> list[RunState]:
    return [run_state.derive(run, trust.trusted) for run in runs]


def test_waiting_runs_are_executed_in_the_order_they_came(
    labbook, until, slots, tmp_path
) -> None:
    slots(1)
    target = running.experiment(labbook)
    body = f"open('{tmp_path}/order', 'a').write(__file__.split('/')[-2] + ' ')"
    runs = [running.queue(labbook, target, body) for _ in range(6)]
    dispatch(labbook)
    until(lambda: all(run.exit.exists() for run in runs))
    assert (tmp_path / "order").read_text() == "001 002 003 004 005 006 "


def test_never_more_runs_at_once_than_there_are_slots(
    labbook, until, slots, tmp_path
) -> None:
    slots(2)
    folder = tmp_path / "at-once"
    folder.mkdir()
    met = tmp_path / "met"
    # The first waits for another; then it is seen that there are no more than two.
    body = f"""
import os, pathlib, time
mine = "{folder}/" + __file__.split("/")[-2]
open(mine, "w").close()
met = pathlib.Path("{met}")
while len(os.listdir("{folder}")) < 2 and not met.exists():
    time.sleep(0.01)
met.touch()
time.sleep(0.1)
print(len(os.listdir("{folder}")))
os.unlink(mine)
"""
    target = running.experiment(labbook)
    runs = [running.queue(labbook, target, body) for _ in range(8)]
    dispatch(labbook)
    until(lambda: all(run.exit.exists() for run in runs))
    counts = [int(run.output.read_text()) for run in runs]
    assert met.exists()
    assert max(counts) <= 2


def test_two_labbooks_share_the_slots(tmp_path, until, slots) -> None:
    slots(1)
    folder = tmp_path / "at-once"
    folder.mkdir()
    body = f"""
import os, time
mine = "{folder}/" + str(os.getpid())
open(mine, "w").close()
print(len(os.listdir("{folder}")))
time.sleep(0.05)
os.unlink(mine)
"""
    runs = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        labbook = LabbookFolder.create(tmp_path / name)
        target = running.experiment(labbook)
        runs += [running.queue(labbook, target, body) for _ in range(4)]
        dispatch(labbook)
    until(lambda: all(run.exit.exists() for run in runs))
    assert {run.output.read_text() for run in runs} == {"1\n"}


def test_a_slot_that_becomes_free_wakes_the_dispatcher_at_once(
    labbook, until, slots, monkeypatch
) -> None:
    slots(1)
    target = running.experiment(labbook)
    first = running.queue(labbook, target, "import time; time.sleep(0.2)")
    second = running.queue(labbook, target, "")
    from jupyter_labbook.execution import dispatcher

    # In this process, and with a tick that alone would never come.
    monkeypatch.setattr(dispatcher, "_TICK_SECONDS", 3600.0)
    running.surroundings().dispatchers.mkdir(parents=True)
    dispatcher.Dispatcher(labbook, running.surroundings()).serve()
    until(lambda: first.exit.exists() and second.exit.exists())


def test_a_submission_wakes_the_dispatcher_that_waits_for_a_slot(
    labbook, until, slots
) -> None:
    slots(1)
    claim = SlotPool(state_folder(), 1).claim(1)
    target = running.experiment(labbook)
    run = running.queue(labbook, target, "")
    dispatch(labbook)
    pipe = launch.dispatcher_file(labbook.path, running.surroundings(), wake.SUFFIX)
    until(lambda: pipe.exists() and wake.wake(pipe))
    assert states([run]) == [RunState.WAITING]
    claim.release()
    wake.wake_all(pipe.parent)
    until(run.exit.exists)


def test_the_dispatcher_ends_when_nothing_waits(labbook, until) -> None:
    run = running.queue(labbook, running.experiment(labbook), "")
    dispatch(labbook)
    until(run.exit.exists)
    lock = launch.dispatcher_file(labbook.path, running.surroundings(), ".lock")
    until(lambda: not processes.locked(lock))


def test_a_killed_dispatcher_is_replaced_by_the_next_use(labbook, until, slots) -> None:
    slots(1)
    # Those of other tests may still be about to end.
    before = psutil.Process().children(recursive=True)
    claim = SlotPool(state_folder(), 1).claim(1)
    runs = [
        running.queue(labbook, running.experiment(labbook), "print(1)")
        for _ in range(3)
    ]
    dispatch(labbook)
    pipe = launch.dispatcher_file(labbook.path, running.surroundings(), wake.SUFFIX)
    until(lambda: wake.wake(pipe))
    mine = psutil.Process().children(recursive=True)
    living = [p for p in mine if p not in before and p.status() != psutil.STATUS_ZOMBIE]
    [found] = [p for p in living if "dispatcher" in " ".join(p.cmdline())]
    found.send_signal(signal.SIGKILL)
    until(lambda: not wake.wake(pipe))
    claim.release()
    dispatch(labbook)
    until(lambda: all(run.exit.exists() for run in runs))
    assert {run.output.read_text() for run in runs} == {"1\n"}


def test_a_copied_labbook_executes_nothing_and_says_why(labbook, until, tmp_path):
    run = running.queue(labbook, running.experiment(labbook), "print('owned')")
    shutil.copytree(labbook.path, tmp_path / "elsewhere" / "labbook")
    copy = LabbookFolder(tmp_path / "elsewhere" / "labbook")
    [copied] = copy.experiments()[0].runs()
    assert states([copied]) == [RunState.HELD]
    ticket = run_state.read_ticket(copied)
    assert "signed for" in trust.distrust(copied, ticket)
    dispatch(copy)
    lock = launch.dispatcher_file(copy.path, running.surroundings(), ".lock")
    until(lambda: not processes.locked(lock))
    assert not copied.started.exists()
    assert states([run]) == [RunState.WAITING]


def test_a_ticket_of_another_user_is_held(labbook, user: Path) -> None:
    run = running.queue(labbook, running.experiment(labbook), "print('owned')")
    (user / "config/jupyter_labbook/key").write_bytes(os.urandom(32))
    trust._read_key.cache_clear()
    assert states([run]) == [RunState.HELD]
    assert "not signed by you" in trust.distrust(run, run_state.read_ticket(run))


@pytest.mark.parametrize("what", ["script", "command", "signature"])
def test_a_ticket_whose_work_was_exchanged_is_held(labbook, what) -> None:
    run = running.queue(labbook, running.experiment(labbook), "print('mine')")
    ticket = run_state.read_ticket(run)
    if what == "script":
        run.script.write_text("print('theirs')")
    elif what == "command":
        forged = replace(ticket, launch=replace(ticket.launch, argv=["rm", "-r", "/"]))
        run.ticket.write_bytes(records.encode(forged))
    else:
        run.ticket.write_bytes(records.encode(replace(ticket, signature="")))
    assert states([run]) == [RunState.HELD]


def test_a_damaged_ticket_stops_nothing_else(labbook, until) -> None:
    target = running.experiment(labbook)
    damaged = running.queue(labbook, target, "")
    damaged.ticket.write_text("{")
    sound = running.queue(labbook, target, "")
    dispatch(labbook)
    until(sound.exit.exists)
    assert not damaged.started.exists()


def test_credentials_stay_out_of_the_ticket_and_reach_the_run(
    labbook, until, monkeypatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hunter2")
    monkeypatch.setenv("PLAIN", "written")
    monkeypatch.setenv("DATABASE", "postgres://me:hunter2@host/db")
    body = "import os; print(*(os.environ[n] for n in ('HF_TOKEN', 'PLAIN')))"
    run = running.queue(labbook, running.experiment(labbook), body)
    written = run.ticket.read_text()
    assert "hunter2" not in written
    assert json.loads(written)["launch"]["env"]["PLAIN"] == "written"
    dispatch(labbook)
    until(run.exit.exists)
    assert run.output.read_text() == "hunter2 written\n"


def test_nobody_starts_another_one_while_one_begins(labbook, until) -> None:
    run = running.queue(labbook, running.experiment(labbook), "")
    running.surroundings().dispatchers.mkdir(parents=True)
    file = launch.dispatcher_file(labbook.path, running.surroundings(), ".begin")
    beginning = processes.lock(file)
    before = psutil.Process().children()
    dispatch(labbook)
    assert psutil.Process().children() == before
    os.close(beginning)
    dispatch(labbook)
    until(run.exit.exists)


def test_a_dispatcher_that_is_killed_as_it_begins_is_followed_by_another(
    labbook, until
) -> None:
    run = running.queue(labbook, running.experiment(labbook), "")
    dispatch(labbook)
    for child in psutil.Process().children():
        if "execution.dispatcher" in " ".join(child.cmdline()):
            child.kill()
            child.wait()
    dispatch(labbook)
    until(run.exit.exists)
