"""Runs that wait for more than a slot, executed by real processes."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_labbook.execution import launch
from jupyter_labbook.execution.dispatcher import Dispatcher
from jupyter_labbook.execution.slots import SlotPool
from jupyter_labbook.model.night import NightKind
from jupyter_labbook.model.run import Expected, Predecessor
from jupyter_labbook.runtime import exits, processes, wake
from jupyter_labbook.storage import run_state, trust
from jupyter_labbook.storage.labbook import LabbookFolder
from jupyter_labbook.storage.night_log import read_nights
from jupyter_labbook.storage.queue_state import QueueState, write_queue
from jupyter_labbook.storage.settings import state_folder
from tests import running
from tests.nights import (
    EPOCH,
    SetClock,
    blocked,
    dispatch,
    hours,
    lock_of,
    place,
    surroundings,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Until = Callable[..., None]


def test_a_run_waits_for_its_hours_and_others_do_not(labbook, until, user_says) -> None:
    user_says("zone = 'UTC'")
    target = running.experiment(labbook)
    later = running.queue(labbook, target, "", when=hours(2, 3))
    inside = running.queue(labbook, target, "", when=hours(-2, 2))
    plain = running.queue(labbook, target, "")
    dispatch(labbook)
    until(lambda: inside.exit.exists() and plain.exit.exists())
    until(blocked(labbook, later, "window"))
    assert not later.started.exists()
    assert told(labbook, inside) == [(NightKind.STARTED, "")]


def test_the_same_dispatcher_starts_it_when_its_hours_come(
    labbook, until, user_says
) -> None:
    user_says("zone = 'UTC'\n[windows]\nsoon = '22:00-07:00'")
    run = running.queue(labbook, running.experiment(labbook), "", when="soon")
    clock = SetClock(datetime(2026, 5, 5, 21, 0, tzinfo=UTC))
    dispatcher = Dispatcher(labbook, surroundings(), clock)
    outlook = dispatcher.rounds.look()
    assert not outlook.progress
    assert outlook.opens == datetime(2026, 5, 5, 22, 0, tzinfo=UTC)
    assert outlook.patience == 30
    clock.moment = datetime(2026, 5, 5, 21, 59, 50, tzinfo=UTC)
    assert dispatcher.rounds.look().patience == 10
    assert not run.started.exists()
    # The supervisor asks the machine's clock, which knows of no such night.
    user_says(f"zone = 'UTC'\n[windows]\nsoon = '{hours(-1, 1)}'")
    clock.moment = datetime.now(UTC)
    assert dispatcher.rounds.look().progress
    until(run.exit.exists)


def test_a_supervisor_that_comes_too_late_does_not_begin(labbook) -> None:
    run = running.queue(labbook, running.experiment(labbook), "print('late')")
    ticket = run_state.read_ticket(run)
    now = datetime.now(UTC).timestamp()
    for terms in (launch.Terms(closes=now - 1), launch.Terms(opens=now + 60)):
        claim = SlotPool(state_folder(), 4).claim(1)
        starting = launch.start_run(
            run, ticket.launch, claim, running.surroundings(), terms=terms
        )
        assert starting.wait(30) is False
        starting.close()
        assert not run.started.exists()


def test_a_run_starts_once_the_one_before_it_has_finished(labbook, until) -> None:
    target = running.experiment(labbook)
    first = running.queue(labbook, target, "import time; time.sleep(0.5)")
    before = [Predecessor(run=place(labbook, first))]
    second = running.queue(labbook, target, "", after=before)
    dispatch(labbook)
    until(second.exit.exists)
    assert run_state.read_started(second).time > run_state.read_exit(first).time


def test_a_run_does_not_start_after_one_that_failed_unless_any_end_will_do(
    labbook, until
) -> None:
    target = running.experiment(labbook)
    first = running.queue(labbook, target, "raise SystemExit(1)")
    named = place(labbook, first)
    needs = running.queue(labbook, target, "", after=[Predecessor(run=named)])
    takes = running.queue(
        labbook, target, "", after=[Predecessor(run=named, success=False)]
    )
    dispatch(labbook)
    until(takes.exit.exists)
    until(blocked(labbook, needs, "after-failed"))
    assert not needs.started.exists()


def test_a_run_whose_predecessor_was_deleted_says_so(labbook, until) -> None:
    first = running.queue(labbook, running.experiment(labbook, "gone"), "")
    before = [Predecessor(run=place(labbook, first))]
    second = running.queue(labbook, running.experiment(labbook), "", after=before)
    shutil.rmtree(first.experiment)
    dispatch(labbook)
    until(blocked(labbook, second, "after-failed"))
    [event] = [e for e in read_nights(labbook.path, EPOCH) if e.reason]
    assert "gone/001, which is gone" in event.detail


def test_an_experiment_deleted_while_it_waits_stops_nothing(
    labbook, until, user_says
) -> None:
    user_says("slots = 1")
    claim = SlotPool(state_folder(), 1).claim(1)
    doomed = running.queue(labbook, running.experiment(labbook, "doomed"), "")
    other = running.queue(labbook, running.experiment(labbook), "")
    dispatch(labbook)
    pipe = launch.dispatcher_file(labbook.path, surroundings(), wake.SUFFIX)
    until(lambda: pipe.exists() and wake.wake(pipe))
    shutil.rmtree(doomed.experiment)
    claim.release()
    wake.wake(pipe)
    until(other.exit.exists)


def test_a_paused_queue_starts_nothing_until_it_goes_on(labbook, until) -> None:
    write_queue(labbook.path, QueueState(paused="I need the machine"))
    run = running.queue(labbook, running.experiment(labbook), "")
    dispatch(labbook)
    until(blocked(labbook, run, "paused"))
    assert not run.started.exists()
    write_queue(labbook.path, QueueState())
    dispatch(labbook)
    until(run.exit.exists)


def test_a_damaged_queue_file_starts_nothing_and_says_so(labbook, until) -> None:
    (labbook.path / "queue.json").write_text("{")
    run = running.queue(labbook, running.experiment(labbook), "")
    dispatch(labbook)
    until(blocked(labbook, run, "paused"))
    details = [event.detail for event in read_nights(labbook.path, EPOCH)]
    assert any("queue.json is damaged" in detail for detail in details)
    (labbook.path / "queue.json").unlink()
    dispatch(labbook)
    until(run.exit.exists)


def test_held_and_released_by_another_ticket(labbook, until) -> None:
    from dataclasses import replace

    from jupyter_labbook.runtime import files
    from jupyter_labbook.storage import records

    run = running.queue(labbook, running.experiment(labbook), "", held=True)
    dispatch(labbook)
    until(blocked(labbook, run, "held"))
    ticket = replace(run_state.read_ticket(run), held=False)
    files.replace(run.ticket, records.encode(trust.sign(ticket)))
    dispatch(labbook)
    until(run.exit.exists)


def test_in_focus_hours_only_now_starts_and_gives_way(
    labbook, until, user_says
) -> None:
    user_says(f"zone = 'UTC'\nslots = 3\n[focus]\nhours = '{hours(-1, 1)}'\n")
    target = running.experiment(labbook)
    waits = running.queue(labbook, target, "", when=hours(-2, 2))
    body = "import os, time; print(os.nice(0)); time.sleep(0.5)"
    runs = [running.queue(labbook, target, body) for _ in range(2)]
    dispatch(labbook)
    until(lambda: all(run.exit.exists() for run in runs))
    until(blocked(labbook, waits, "focus"))
    assert {run.output.read_text() for run in runs} == {"19\n"}
    times = [
        (run_state.read_started(run).time, run_state.read_exit(run).time)
        for run in runs
    ]
    (_, first_end), (second_begin, _) = sorted(times)
    assert first_end <= second_begin


def test_a_zone_that_does_not_exist_starts_nothing_and_says_so(
    labbook, until, user_says
) -> None:
    user_says("zone = 'Europe/Atlantis'")
    run = running.queue(labbook, running.experiment(labbook), "", when="tonight")
    dispatch(labbook)
    until(blocked(labbook, run, "paused"))
    user_says("zone = 'UTC'")


def test_a_run_longer_than_its_window_says_when_it_starts(labbook, user_says) -> None:
    user_says("zone = 'UTC'")
    target = running.experiment(labbook)
    expected = Expected(low=1, middle=2, high=10 * 3600)
    run = running.queue(labbook, target, "", when="tonight", expected=expected)
    clock = SetClock(datetime(2026, 5, 5, 4, 0, tzinfo=UTC))
    Dispatcher(labbook, surroundings(), clock).rounds.look()
    assert not run.started.exists()
    assert told(labbook, run) == [(NightKind.BLOCKED, "never-fits")]
    [event] = [e for e in read_nights(labbook.path, EPOCH) if e.reason]
    assert "at the next opening at 22:00" in event.detail


def test_a_gpu_that_is_not_there_is_waited_for_with_a_sentence(
    labbook, until, user_says
) -> None:
    user_says("gpus = ['0']")
    run = running.queue(labbook, running.experiment(labbook), "", gpus=2)
    plain = running.queue(labbook, running.experiment(labbook, "plain"), "")
    dispatch(labbook)
    until(plain.exit.exists)
    until(blocked(labbook, run, "never-fits"))


def test_cores_are_told_to_libraries_and_counted(labbook, until, user_says) -> None:
    user_says("slots = 4\ncores = 3")
    target = running.experiment(labbook)
    body = "import os, time; print(os.environ['OMP_NUM_THREADS']); time.sleep(0.5)"
    runs = [running.queue(labbook, target, body, cores=2) for _ in range(2)]
    dispatch(labbook)
    until(lambda: all(run.exit.exists() for run in runs))
    assert {run.output.read_text() for run in runs} == {"2\n"}
    times = sorted(run_state.read_started(run).time for run in runs)
    assert times[1] >= min(run_state.read_exit(run).time for run in runs)


def test_a_full_disk_stops_the_queue_which_goes_on_when_there_is_room(
    tmp_path, until
) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount: list[Any] = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a disk takes root's rights")
    try:
        labbook = LabbookFolder.create(folder)
        target = running.experiment(labbook)
        runs = [running.queue(labbook, target, "print(1)") for _ in range(3)]
        filler = folder / "filler"
        # All but a little: what happens is written down.
        filler.write_bytes(bytes(shutil.disk_usage(folder).free - 20_000))
        dispatch(labbook)
        until(blocked(labbook, runs[0], "disk-full"))
        assert not any(run.started.exists() for run in runs)
        filler.unlink()
        dispatch(labbook)
        until(lambda: all(run.exit.exists() for run in runs), 60)
        assert {run.output.read_text() for run in runs} == {"1\n"}
        until(lambda: not processes.locked(lock_of(labbook)))
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_ticket_that_was_nonsense_is_looked_at_again(labbook, until) -> None:
    target = running.experiment(labbook)
    run = running.queue(labbook, target, "print(1)")
    sound = run.ticket.read_bytes()
    run.ticket.write_text('{"run": 7}')
    other = running.queue(labbook, target, "", when="idle")
    dispatch(labbook)
    until(blocked(labbook, other, "window"))
    assert not run.started.exists()
    run.ticket.write_bytes(sound)
    dispatch(labbook)
    until(run.exit.exists)


def test_a_night_is_told_from_its_begin_to_its_end(labbook, until) -> None:
    target = running.experiment(labbook)
    run = running.queue(labbook, target, "", batch="night-1", when="after 00:00")
    clock = SetClock(datetime.now(UTC))
    dispatcher = Dispatcher(labbook, surroundings(), clock)
    dispatcher.rounds.look()
    clock.moment += timedelta(minutes=11)
    clock.beat += 660
    dispatcher.rounds.look()
    clock.moment += timedelta(hours=8)
    dispatcher.rounds.look()
    kinds = [event.kind for event in read_nights(labbook.path, EPOCH)]
    assert kinds == [
        NightKind.BEGIN,
        NightKind.BLOCKED,
        NightKind.GAP,
        NightKind.TICK,
        NightKind.GAP,
    ]
    exits.request_stop(run, "cancelled", "person")
    dispatcher.rounds.look()
    assert read_nights(labbook.path, EPOCH)[-1].kind is NightKind.END


def test_whoever_serves_after_a_kill_tells_of_the_gap(labbook) -> None:
    running.queue(labbook, running.experiment(labbook), "", held=True)
    clock = SetClock(datetime(2026, 5, 5, 21, 0, tzinfo=UTC))
    Dispatcher(labbook, surroundings(), clock).rounds.look()
    clock.moment += timedelta(hours=9)
    Dispatcher(labbook, surroundings(), clock).rounds.look()
    events = read_nights(labbook.path, EPOCH)
    kinds = [event.kind for event in events]
    assert kinds == [
        NightKind.BEGIN,
        NightKind.BLOCKED,
        NightKind.GAP,
        NightKind.BEGIN,
        NightKind.BLOCKED,
    ]
    assert events[2].detail == "2026-05-05T21:00:00+00:00"


def test_a_day_of_plain_runs_writes_nothing_of_nights(labbook, until) -> None:
    target = running.experiment(labbook)
    runs = [running.queue(labbook, target, "") for _ in range(3)]
    dispatch(labbook)
    until(lambda: all(run.exit.exists() for run in runs))
    until(lambda: not processes.locked(lock_of(labbook)))
    assert not (labbook.path / "nights.csv").exists()
