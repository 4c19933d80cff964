"""What is found before the night, by looking alone."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from jupyter_labbook.actions import preflight
from jupyter_labbook.actions.preflight import (
    ablations,
    answered,
    capacity,
    confounds,
    scope,
)
from jupyter_labbook.errors import NotFoundError
from jupyter_labbook.model.experiment import Variant
from jupyter_labbook.model.preflight import Check, Severity
from jupyter_labbook.model.run import Expected, GitState, RunState, Ticket
from jupyter_labbook.storage import records, run_state, trust
from jupyter_labbook.storage.settings import config_folder
from tests.waiting import ask, asked, change, end

EVENING = datetime(2026, 1, 7, 22, 0, tzinfo=UTC)


class At:
    """A clock that stands."""

    def __init__(self, moment: datetime = EVENING) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return 0.0


def settle(text: str = "") -> None:
    (config_folder()).mkdir(parents=True, exist_ok=True)
    (config_folder() / "settings.toml").write_text(f'zone = "UTC"\nslots = 1\n{text}')


def look(module, labbook, subject="", *arguments):
    return list(module.findings(scope.find(labbook, subject), *arguments))


def expect(run, seconds: float) -> None:
    ticket = run_state.read_ticket(run)
    assert ticket is not None
    span = Expected(low=seconds / 2, middle=seconds, high=seconds * 1.5)
    signed = trust.sign(replace(ticket, expected=span))
    run.ticket.write_bytes(records.encode(signed))


# --- What is looked at -------------------------------------------------------


def test_everything_that_waits_is_looked_at_unless_something_is_named(labbook) -> None:
    ask(labbook, "one")
    ask(labbook, "two", like=asked(batch="night-1"))
    _, [run] = ask(labbook, "three")
    end(run)
    assert [one.name for one in scope.find(labbook).examined] == ["one", "two"]
    assert [one.name for one in scope.find(labbook, "night-1").examined] == ["two"]
    assert [one.name for one in scope.find(labbook, "three").examined] == ["three"]
    assert list(scope.find(labbook, "3").waiting()) == []


def test_of_an_experiment_in_two_batches_only_one_is_looked_at(labbook) -> None:
    ask(labbook, "x", params={"a": 1}, like=asked(batch="first"))
    ask(labbook, "x", params={"a": 1}, like=asked(batch="second"))
    found = scope.find(labbook, "second")
    assert [one.label(known) for one, known in found.waiting()] == ["x/002"]


def test_a_name_that_nothing_has_is_told_what_there_is(labbook) -> None:
    with pytest.raises(NotFoundError, match="no batch waits"):
        scope.find(labbook, "night")
    ask(labbook, "x", like=asked(batch="night-1"))
    with pytest.raises(NotFoundError, match="the batches are night-1"):
        scope.find(labbook, "night")


def test_runs_under_a_strange_ticket_are_not_counted(labbook) -> None:
    _, [run] = ask(labbook, "x")
    ticket = records.read(run.ticket, Ticket)
    assert ticket is not None
    run.ticket.write_bytes(records.encode(replace(ticket, priority=9)))
    assert scope.find(labbook).examined == []


def test_a_damaged_run_is_passed_over(labbook) -> None:
    _, runs = ask(labbook, "x", seeds=(0, 1))
    runs[0].record.write_text("{")
    assert len(list(scope.find(labbook).waiting())) == 1


# --- Ablations ---------------------------------------------------------------


def test_a_factor_that_no_run_is_without_is_a_warning_with_its_command(labbook) -> None:
    ask(
        labbook,
        "aug",
        params={"augment": True, "depth": 3},
        ablate={"augment": False},
        seeds=(0, 1),
    )
    [found] = look(ablations, labbook)
    assert found.severity is Severity.WARNING
    assert "augment=false (depth=3, as proposed)" in found.sentence
    assert "2 seeds" in found.sentence
    assert found.remedy is not None
    assert found.remedy.verb == "ablate aug augment"


def test_an_experiment_that_names_no_factor_lacks_none(labbook) -> None:
    ask(labbook, "aug", params={"augment": True})
    assert look(ablations, labbook) == []


def test_after_the_end_the_best_setting_is_named(labbook) -> None:
    _, runs = ask(
        labbook,
        "aug",
        predict=("accuracy > 0.5",),
        sweep={"depth": [1, 2]},
        params={"augment": True},
        ablate={"augment": False},
    )
    end(runs[0], accuracy=0.9)
    end(runs[1], accuracy=0.8)
    [found] = look(ablations, labbook, "aug")
    assert "(augment" not in found.sentence
    assert "depth=1, the best by accuracy" in found.sentence


# --- Confounds ---------------------------------------------------------------


def test_runs_that_are_alike_but_for_their_parameters_are_no_confound(labbook) -> None:
    ask(labbook, "x", sweep={"a": [1, 2]}, seeds=(0, 1))
    assert look(confounds, labbook) == []


def test_other_packages_than_those_of_finished_runs_are_found(labbook) -> None:
    _, [run] = ask(labbook, "x", sweep={"a": [1]}, origin={"versions": {"numpy": "1"}})
    end(run)
    two = [Variant({"a": 2}, 0)]
    ask(labbook, "x", sweep={"a": [1]}, only=two, origin={"versions": {"numpy": "2"}})
    [found] = look(confounds, labbook)
    assert "numpy 1 or 2" in found.sentence
    assert "x/001 and x/002" in found.sentence
    assert found.runs == ("x/002",)
    assert found.remedy is not None
    assert found.remedy.verb == "rerun x"


def test_other_data_and_another_cell_are_found(labbook) -> None:
    _, [first, second] = ask(labbook, "x", sweep={"a": [1, 2]})
    end(second)
    change(second, inputs={"X": "other.npy"})
    second.script.write_text(second.script.read_text() + "# edited\n")
    found = look(confounds, labbook)
    assert len(found) == 2
    told = " ".join(one.sentence for one in found)
    assert "input X" in told
    assert "the cell's code" in told
    assert all(one.remedy is None for one in found)
    end(first, RunState.FAILED)
    assert look(confounds, labbook) == []


def test_frozen_code_that_differs_is_named_by_its_file(labbook) -> None:
    for name, text in (("one", "x = 1"), ("two", "x = 2")):
        (labbook.path / "code" / name).mkdir(parents=True)
        (labbook.path / "code" / name / "util.py").write_text(text)
    _, [first, second] = ask(labbook, "x", sweep={"a": [1, 2]})
    change(first, code="one")
    change(second, code="two")
    [found] = look(confounds, labbook)
    assert "project file util.py" in found.sentence
    assert found.remedy is not None
    assert found.remedy.verb == "rerun x --current"


def test_settings_with_other_seeds_are_found(labbook) -> None:
    only = [Variant({"a": 1}, 0), Variant({"a": 1}, 1), Variant({"a": 2}, 0)]
    ask(labbook, "x", only=only)
    [found] = look(confounds, labbook)
    assert "a=1 has 0, 1; a=2 has 0" in found.sentence


def test_an_experiment_is_held_against_the_one_that_it_predicts(labbook) -> None:
    _, [base] = ask(labbook, "base", origin={"versions": {"numpy": "1"}})
    end(base, accuracy=0.8)
    predict = ("accuracy > accuracy@base", "accuracy > accuracy@gone", "what ever")
    ask(labbook, "x", predict=predict, origin={"versions": {"numpy": "2"}})
    [found] = look(confounds, labbook)
    assert found.runs == ("x", "base")
    assert "package numpy 1 or 2" in found.sentence
    assert found.remedy is not None
    assert found.remedy.verb == "rerun base"


def test_programs_are_told_apart_by_their_commit(labbook) -> None:
    _, [first, second] = ask(labbook, "x", sweep={"a": [1, 2]})
    change(first, command=["train"], git={"commit": "abc"})
    change(second, command=["train"], git={"commit": "def"})
    [found] = look(confounds, labbook)
    assert "commit" in found.sentence


# --- Already answered --------------------------------------------------------


def test_what_has_run_under_another_question_is_found(labbook) -> None:
    _, runs = ask(labbook, "old", sweep={"a": [1, 2]})
    for run in runs:
        end(run)
    ask(labbook, "new", sweep={"a": [1, 2]}, question="Something else?")
    [found] = look(answered, labbook)
    assert "new/001 as old/001, new/002 as old/002" in found.sentence
    assert found.remedy is not None
    assert found.remedy.verb == "stop new"


def test_only_the_runs_that_are_answered_are_to_be_taken_out(labbook) -> None:
    _, [run] = ask(labbook, "x", params={"a": 1})
    end(run)
    ask(labbook, "x", params={"a": 1}, only=[Variant({"a": v}, 0) for v in (1, 2)])
    [found] = look(answered, labbook)
    assert found.runs == ("x/002",)
    assert found.remedy is not None
    assert found.remedy.verb == "stop x/002"


@pytest.mark.parametrize(
    "other",
    [
        {"seeds": (1,)},
        {"params": {"a": 2}},
        {"origin": {"inputs": {"X": "other.npy"}}},
        {"origin": {"code": "other"}},
        {"body": "log(accuracy=0.6)"},
    ],
)
def test_what_differs_in_anything_is_not_answered(labbook, other) -> None:
    _, [run] = ask(labbook, "x", params={"a": 1})
    end(run)
    ask(labbook, "y", **{"params": {"a": 1}, **other})
    assert look(answered, labbook) == []


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.STOPPED])
def test_a_run_that_did_not_finish_answers_nothing(labbook, state) -> None:
    _, [run] = ask(labbook, "x")
    end(run, state)
    ask(labbook, "x")
    assert look(answered, labbook) == []


def test_a_rerun_is_meant_to_do_the_same(labbook) -> None:
    _, [run] = ask(labbook, "x")
    end(run)
    _, [again] = ask(labbook, "x")
    change(again, reruns="abc")
    assert look(answered, labbook) == []


@pytest.mark.parametrize(
    ("git", "known"),
    [
        (GitState(commit="abc"), True),
        (GitState(commit="abc", dirty=True), False),
        (None, False),
    ],
)
def test_of_a_program_only_a_clean_commit_tells(labbook, git, known) -> None:
    for _ in range(2):
        _, [run] = ask(labbook, "x", origin={"git": git})
        change(run, command=["train", "--fast"])
        if run.label == "001":
            end(run)
    assert bool(look(answered, labbook)) is known


# --- Capacity ----------------------------------------------------------------


def test_a_night_that_is_long_enough_says_what_is_left_over(labbook) -> None:
    settle()
    _, runs = ask(labbook, "x", seeds=(0, 1))
    for run in runs:
        expect(run, 3600)
    [found] = look(capacity, labbook, "", At())
    assert found.severity is Severity.NOTE
    assert "9 h 00 min in 1 slot" in found.sentence
    assert "about 2 h 00 min" in found.sentence
    assert "leaves 7 h 00 min" in found.sentence


def test_runs_that_will_not_begin_tonight_are_named(labbook) -> None:
    settle()
    _, runs = ask(labbook, "x", seeds=(0, 1, 2))
    for run in runs:
        expect(run, 4 * 3600)
    late, note = look(capacity, labbook, "", At())
    assert late.severity is Severity.WARNING
    assert late.runs == ("x/002", "x/003")
    assert "tomorrow 07:00" in late.sentence
    assert late.remedy is not None
    assert late.remedy.verb == "queue now x/002 x/003"
    assert note.severity is Severity.NOTE


def test_the_order_of_the_queue_decides_who_is_late(labbook) -> None:
    settle()
    _, [first] = ask(labbook, "x")
    _, [urgent] = ask(labbook, "y", like=asked(priority=5))
    for run in (first, urgent):
        expect(run, 5 * 3600)
    late, _ = look(capacity, labbook, "", At())
    assert late.runs == ("x/001",)


def test_runs_of_unknown_length_are_counted(labbook) -> None:
    settle()
    ask(labbook, "x", seeds=(0, 1))
    [found] = look(capacity, labbook, "", At())
    assert "nobody knows how long 2 runs will take" in found.sentence


def test_earlier_expectations_are_told_with_what_became_of_them(labbook) -> None:
    settle()
    _, runs = ask(labbook, "x", seeds=(0, 1))
    expect(runs[0], 100)
    end(runs[0], seconds=90)
    [found] = look(capacity, labbook, "", At())
    assert "Of 1 earlier expectation, 1 held." in found.sentence


def test_a_window_that_there_is_not_is_a_problem(labbook) -> None:
    settle()
    ask(labbook, "x", like=asked("never-ever"))
    [found] = look(capacity, labbook, "", At())
    assert found.severity is Severity.PROBLEM
    assert "1 run will never start. There is no window" in found.sentence


@pytest.mark.parametrize("when", ["now", "idle", "after 23:30"])
def test_windows_without_an_end_hold_everything(labbook, when) -> None:
    settle()
    ask(labbook, "x", like=asked(when))
    assert look(capacity, labbook, "", At()) == []


def test_a_held_run_takes_no_room(labbook) -> None:
    settle()
    _, [run] = ask(labbook, "x")
    ticket = run_state.read_ticket(run)
    assert ticket is not None
    held = trust.sign(replace(ticket, held=True))
    run.ticket.write_bytes(records.encode(held))
    assert look(capacity, labbook, "", At()) == []


def test_a_disk_that_such_runs_fill_is_told_before_they_do(labbook, monkeypatch):
    settle()
    _, [done] = ask(labbook, "x", params={"a": 1})
    end(done)
    (done.path / "checkpoint").mkdir()
    with (done.path / "checkpoint/model").open("wb") as file:
        file.truncate(2 * 10**9)
    ask(labbook, "x", params={"a": 1})
    usage = shutil.disk_usage(labbook.path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10**9))
    found = look(capacity, labbook, "", At())[-1]
    assert found.severity is Severity.PROBLEM
    assert "2.0 GB" in found.sentence
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=25 * 10**8))
    assert look(capacity, labbook, "", At())[-1].severity is Severity.WARNING


# --- Together ----------------------------------------------------------------


def test_what_matters_most_comes_first_and_only_what_is_asked_is_looked_into(labbook):
    settle()
    ask(labbook, "aug", params={"a": True}, ablate={"a": False})
    ask(labbook, "x", like=asked("never-ever"))
    steps: list[str] = []
    checks = {Check.ABLATIONS, Check.CAPACITY}
    found = preflight.check(labbook, "", checks, steps.append)
    assert [one.severity for one in found.findings] == [
        Severity.PROBLEM,
        Severity.WARNING,
        Severity.NOTE,
    ]
    assert found.checks == (Check.ABLATIONS, Check.CAPACITY)
    assert (found.experiments, found.runs) == (("aug", "x"), 2)
    assert not found.clear
    assert steps == ["Looking into ablations", "Looking into capacity"]
