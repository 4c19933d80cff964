"""Marks of tainted runs, beside others who record at the same moment."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions import concerned, tainting
from jupyter_labbook.actions.concerned import Wanted
from jupyter_labbook.actions.concluding import record_verdict
from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.model.run import RunState
from jupyter_labbook.storage.history import EventKind, History
from tests import running

if TYPE_CHECKING:
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder

METRICS = "_row,_time,accuracy\n0,0.0,0.9\n"


@pytest.fixture
def asked(labbook: LabbookFolder, target: ExperimentFolder) -> ExperimentFolder:
    running.declare(target, question="Is it so?", predict=["accuracy > 0.5"])
    running.add_ended(labbook, target, metrics=METRICS)
    return target


def verdicts(target: ExperimentFolder) -> list[str]:
    events = Declared.of(target).events
    return [
        event.data["verdicts"][0]["outcome"]
        for event in events
        if event.kind is EventKind.VERDICT
    ]


def test_a_verdict_that_was_on_its_way_does_not_come_after_the_mark(
    labbook: LabbookFolder, asked: ExperimentFolder, until
) -> None:
    def locks() -> int:
        links = [
            str(one.readlink())
            for one in list(Path("/proc/self/fd").iterdir())
            if one.is_symlink()
        ]
        return links.count(str(labbook.path / ".lock"))

    with labbook.lock():
        recording = threading.Thread(target=record_verdict, args=(labbook, asked))
        recording.start()
        # It has judged, and waits for its turn to record it.
        until(lambda: locks() == 2)
        mark = {"runs": {"001": ""}, "reason": "off by one"}
        History(asked.path).append(EventKind.TAINTED, mark, "2026-01-01T00:00:00Z")
    recording.join()
    assert verdicts(asked) == ["withdrawn"]


def test_a_cancelled_run_has_nothing_to_mark_unless_it_is_named(
    labbook: LabbookFolder, asked: ExperimentFolder
) -> None:
    running.add_ended(labbook, asked, RunState.CANCELLED)
    named = concerned.search(labbook, Wanted(runs=("trial",)))
    assert [one.place for one in named.concerned] == ["trial/001", "trial/002"]
    # Neither has a script or a repository.
    assert concerned.search(labbook, Wanted(uses="split_data")).concerned == ()


def test_a_damaged_record_keeps_nobody_from_marking_and_clearing_the_run(
    labbook: LabbookFolder, asked: ExperimentFolder
) -> None:
    (asked.path / "runs" / "001" / "run.json").write_text("{")
    found = concerned.search(labbook, Wanted(runs=("trial/1",)))
    assert [run.label for run in tainting.mark(labbook, found.concerned, "disk")]
    assert Declared.of(asked).taints["001"].reason == "disk"
    assert tainting.mark(labbook, found.concerned, "again") == []
    assert tainting.misplaced_marks(labbook) == []
    [cleared] = tainting.clear(labbook, ["trial"])
    assert cleared.label == "001"
    assert Declared.of(asked).taints == {}


def test_a_mark_without_a_reason_is_refused(
    labbook: LabbookFolder, asked: ExperimentFolder
) -> None:
    with pytest.raises(InvalidInputError, match="Say why"):
        tainting.mark(labbook, [], "  ")


@pytest.mark.parametrize("runs", [None, [], "001", {"001": None}])
def test_marks_that_a_hand_wrote_break_no_view(
    asked: ExperimentFolder, runs: object
) -> None:
    data = {"runs": runs, "reason": 7, "found": 7}
    History(asked.path).append(EventKind.TAINTED, data, "2026-01-01T00:00:00Z")
    taints = Declared.as_far_as_readable(asked).taints
    assert set(taints) <= {"001"}
