"""A run that logged more than can be read at once is judged when all of it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.model.view import Outcome
from tests.running import add_ended, declare, experiment

if TYPE_CHECKING:
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder

_ROWS = 400_000


@pytest.fixture
def target(labbook: LabbookFolder) -> ExperimentFolder:
    """Make an experiment whose prediction only the last row decides."""
    found = experiment(labbook)
    declare(found, predict=["acc > 0.5", "acc ~~ nonsense"], question="Is it so?")
    rows = "".join(f"{n},{n}.0,0.1\n" for n in range(_ROWS))
    add_ended(labbook, found, metrics=f"_row,_time,acc\n{rows}{_ROWS},{_ROWS}.0,0.9\n")
    return found


def test_a_look_with_little_time_judges_nothing_and_says_why(
    labbook: LabbookFolder, target: ExperimentFolder
) -> None:
    watch = ExperimentWatch(labbook, target)
    watch.poll(seconds=0)
    assert watch.behind
    verdict, unreadable = watch.view().verdicts
    assert (verdict.outcome, verdict.reason) == (
        Outcome.PENDING,
        "Still reading what its runs logged: 0% so far.",
    )
    assert unreadable.outcome is Outcome.INCONCLUSIVE
    assert len(watch.view().thresholds) == 1


def test_look_for_look_all_of_it_is_read(
    labbook: LabbookFolder, target: ExperimentFolder
) -> None:
    watch = ExperimentWatch(labbook, target)
    said = []
    while not said or watch.behind:
        watch.poll(seconds=0.005)
        said.append(watch.view().verdicts[0])
    assert len(said) > 1
    assert said[-1].outcome is Outcome.SUPPORTED
    assert {one.outcome for one in said[:-1]} == {Outcome.PENDING}
    assert not watch.poll(seconds=0)


def test_a_look_without_a_limit_reads_all_of_it(
    labbook: LabbookFolder, target: ExperimentFolder
) -> None:
    watch = ExperimentWatch(labbook, target)
    watch.poll()
    assert not watch.behind
    assert watch.verdicts()[0].outcome is Outcome.SUPPORTED
