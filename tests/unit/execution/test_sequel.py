from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.execution.sequel import Sequel, Sequels, sequel, stopped_by
from jupyter_labbook.model.run import Launch, RunRecord, RunState, Ticket
from jupyter_labbook.runtime import exits
from jupyter_labbook.storage import records
from tests import running

if TYPE_CHECKING:
    from jupyter_labbook.runtime.layout import RunFolder


def ticket(*, resumable: bool = False, retries: int = 0) -> Ticket:
    launch = Launch(argv=[], cwd="")
    return Ticket(
        run="1", submitted="", launch=launch, resumable=resumable, retries=retries
    )


@pytest.mark.parametrize(
    ("state", "by", "killed", "resumable", "retries", "expected"),
    [
        (RunState.STOPPED, "window", False, True, 0, Sequel.CONTINUE),
        (RunState.STOPPED, "queue", False, True, 0, Sequel.CONTINUE),
        (RunState.STOPPED, "window", False, False, 3, None),
        (RunState.STOPPED, "person", False, True, 3, None),
        (RunState.STOPPED, "timeout", False, True, 3, None),
        (RunState.LOST, "", False, True, 0, Sequel.CONTINUE),
        (RunState.LOST, "", False, False, 0, None),
        (RunState.LOST, "", False, False, 1, Sequel.RETRY),
        (RunState.FAILED, "", True, True, 0, Sequel.CONTINUE),
        (RunState.FAILED, "", False, True, 0, None),
        (RunState.FAILED, "", False, True, 1, Sequel.RETRY),
        (RunState.FAILED, "", False, False, 2, Sequel.RETRY),
        (RunState.FINISHED, "", False, True, 2, None),
        (RunState.CANCELLED, "person", False, True, 2, None),
    ],
)
def test_a_run_is_gone_on_with_if_its_owner_would(
    state, by, killed, resumable, retries, expected
) -> None:
    asked = ticket(resumable=resumable, retries=retries)
    assert sequel(state, asked, by=by, killed=killed, losses=1) is expected


def test_a_run_that_vanishes_again_and_again_is_left_alone() -> None:
    asked = ticket(resumable=True)
    assert sequel(RunState.LOST, asked, losses=10) is Sequel.CONTINUE
    assert sequel(RunState.LOST, asked, losses=11) is None


def again(run: RunFolder, **names: str) -> str:
    """Say in a run's record which one it goes on with; its own id."""
    record = records.read(run.record, RunRecord)
    assert record is not None
    from dataclasses import replace

    run.record.write_bytes(records.encode(replace(record, **names)))
    return record.id


def test_the_last_of_a_chain_is_where_a_run_has_come_to_its_end(labbook) -> None:
    target = running.experiment(labbook)
    runs = [running.queue(labbook, target, "") for _ in range(4)]
    again(runs[1], continues=again(runs[0]))
    again(runs[3], reruns=again(runs[1]))
    sequels = Sequels(target.runs())
    assert sequels.next(runs[0]) == runs[1]
    assert sequels.last(runs[0]) == runs[3]
    assert sequels.last(runs[2]) == runs[2]


def test_a_circle_by_hand_has_an_end(labbook) -> None:
    target = running.experiment(labbook)
    one, two = (running.queue(labbook, target, "") for _ in range(2))
    again(two, continues=again(one))
    again(one, continues=again(two))
    assert Sequels(target.runs()).last(one) in (one, two)


def stop_by_window(run: RunFolder) -> None:
    exits.request_stop(run, "its window closed", "window")
    exits.write(run, {"state": "stopped"}, "supervisor")


def test_what_is_wanted_is_read_from_the_files(labbook) -> None:
    target = running.experiment(labbook)
    run = running.queue(labbook, target, "", resumable=True)
    plain = running.queue(labbook, target, "")
    assert Sequels(target.runs()).wanted(run) is None
    stop_by_window(run)
    stop_by_window(plain)
    sequels = Sequels(target.runs())
    assert sequels.wanted(run) is Sequel.CONTINUE
    assert sequels.wanted(plain) is None


def test_somebody_elses_run_is_not_gone_on_with(labbook) -> None:
    target = running.experiment(labbook)
    run = running.queue(labbook, target, "print('mine')", resumable=True)
    stop_by_window(run)
    run.script.write_text("print('theirs')")
    assert Sequels(target.runs()).wanted(run) is None


@pytest.mark.parametrize("name", ["run.json", "ticket.json", "exit.json"])
def test_a_damaged_run_wants_nothing(labbook, name) -> None:
    target = running.experiment(labbook)
    run = running.queue(labbook, target, "", resumable=True)
    stop_by_window(run)
    (run.path / name).write_text("{")
    assert Sequels(target.runs()).wanted(run) is None


def test_who_asked_is_told_as_far_as_it_is_known(labbook) -> None:
    run = running.queue(labbook, running.experiment(labbook), "")
    assert stopped_by(run) == ""
    run.stop.write_text("{")
    assert stopped_by(run) == ""
