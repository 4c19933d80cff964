"""Whoever listens is told once of what pre-flight finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions.preflight import stored
from jupyter_labbook.model.preflight import Check, Finding, Preflight, Severity
from tests.unit.actions.listening import NAME, Listener
from tests.waiting import ask, asked, end

if TYPE_CHECKING:
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder


def finding(sentence: str, severity: Severity, *runs: str) -> Finding:
    return Finding(
        kind=Check.SMOKE, severity=severity, sentence=sentence, runs=runs or ("trial",)
    )


CRASH = finding("It crashes.", Severity.PROBLEM)
LACKS = finding("It lacks.", Severity.WARNING)
NOTE = finding("It is long.", Severity.NOTE)


def keep(*experiments: ExperimentFolder, findings: tuple[Finding, ...]) -> None:
    found = Preflight(
        time="2026-01-01T00:00:00Z",
        subject="",
        experiments=(),
        runs=1,
        checks=tuple(Check),
        findings=findings,
    )
    stored.keep(experiments, found)


@pytest.fixture
def waits(labbook: LabbookFolder) -> tuple[ExperimentFolder, RunFolder]:
    experiment, [run] = ask(labbook, "trial", like=asked())
    return experiment, run


def after_a_second(listener: Listener) -> list[str]:
    listener.clock.now += 1.0
    return listener.aspects()


def test_what_is_found_changes_the_view_and_is_told_once(labbook, waits) -> None:
    experiment, _ = waits
    listener = Listener(labbook)
    keep(experiment, findings=(CRASH, LACKS, NOTE))
    assert after_a_second(listener) == ["view"]
    assert listener.all("checked") == [
        {"experiments": [NAME], "names": ["trial"], "problems": 1, "warnings": 1}
    ]
    assert after_a_second(listener) == []
    assert len(listener.all("checked")) == 1


def test_only_what_is_new_is_told(labbook, waits) -> None:
    experiment, _ = waits
    keep(experiment, findings=(CRASH,))
    listener = Listener(labbook)
    keep(experiment, findings=(CRASH, LACKS))
    after_a_second(listener)
    [told] = listener.all("checked")
    assert (told["problems"], told["warnings"]) == (0, 1)
    keep(experiment, findings=(NOTE,))
    assert after_a_second(listener) == ["view"]
    assert len(listener.all("checked")) == 1


def test_what_is_found_with_each_of_several_is_told_once(labbook, waits) -> None:
    experiment, _ = waits
    other, _ = ask(labbook, "other", like=asked())
    listener = Listener(labbook)
    late = Finding(kind=Check.CAPACITY, severity=Severity.WARNING, sentence="Late.")
    keep(experiment, other, findings=(late,))
    after_a_second(listener)
    [told] = listener.all("checked")
    assert told["warnings"] == 1
    assert set(told["names"]) == {"trial", "other"}


def test_how_far_looking_has_come_changes_the_view(labbook, waits) -> None:
    experiment, _ = waits
    listener = Listener(labbook)
    stored.ask(experiment)
    assert after_a_second(listener) == ["view"]
    stored.ask(experiment, "No disk.")
    assert after_a_second(listener) == ["view"]
    experiment.preflight_asked.unlink()
    assert after_a_second(listener) == ["view"]
    assert listener.all("checked") == []


def test_runs_that_have_ended_are_told_of_no_more(labbook, waits, until) -> None:
    experiment, run = waits
    keep(experiment, findings=(CRASH,))
    listener = Listener(labbook)
    end(run)
    until(lambda: after_a_second(listener))
    keep(experiment, findings=(CRASH, LACKS))
    after_a_second(listener)
    assert listener.all("checked") == []
