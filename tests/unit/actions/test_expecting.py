"""What tickets say of how long their runs take."""

from __future__ import annotations

import pytest

from jupyter_labbook.actions.expecting import History, held
from jupyter_labbook.model.experiment import Variant
from jupyter_labbook.model.run import RunState
from jupyter_labbook.storage import run_state, trust
from tests.waiting import ask, change, end


def expected(run):
    ticket = run_state.read_ticket(run)
    assert ticket is not None
    assert trust.trusted(run, ticket)
    return ticket.expected


def test_the_first_runs_expect_nothing(labbook) -> None:
    _, runs = ask(labbook, "wide", sweep={"trees": [30, 100]})
    assert [expected(run) for run in runs] == [None, None]


def test_later_runs_expect_what_earlier_ones_took(labbook) -> None:
    _, [small, large] = ask(labbook, "wide", sweep={"trees": [30, 100]})
    end(small, seconds=30)
    end(large, seconds=100)
    _, [new] = ask(labbook, "wide", only=[Variant({"trees": 300}, 0)])
    found = expected(new)
    assert found is not None
    assert 150 < found.middle < 400
    assert found.low < 300 < found.high
    assert found.basis == "2 earlier runs with other trees"


@pytest.mark.parametrize("state", set(RunState) - {RunState.FINISHED})
def test_only_finished_runs_tell(labbook, state) -> None:
    experiment, [run] = ask(labbook, "wide")
    end(run, state)
    assert History.of(experiment).past == ()


@pytest.mark.parametrize(
    "fields", [{"host": "elsewhere"}, {"continues": "abc"}, {"created": 7}]
)
def test_runs_of_other_machines_parts_and_damage_tell_nothing(labbook, fields) -> None:
    experiment, [run] = ask(labbook, "wide")
    end(run)
    assert len(History.of(experiment).past) == 1
    change(run, **fields)
    assert History.of(experiment).past == ()


def test_damaged_ends_are_passed_over(labbook) -> None:
    experiment, [run] = ask(labbook, "wide")
    run.exit.write_text("{")
    assert History.of(experiment).past == ()
    assert held([experiment]) is None


def test_the_size_of_what_came_along_counts(labbook) -> None:
    (labbook.path / "inputs").mkdir()
    (labbook.path / "inputs/some.npy").write_bytes(b"x" * 1000)
    inputs = {"X": "some.npy", "again": "some.npy", "lost": "gone.npy"}
    experiment, [run] = ask(labbook, "wide", origin={"inputs": inputs})
    end(run)
    [past] = History.of(experiment).past
    assert past.data == 1000


def test_only_the_newest_runs_are_looked_at(labbook) -> None:
    experiment, runs = ask(labbook, "wide", seeds=tuple(range(60)))
    for number, run in enumerate(runs):
        end(run, seconds=1.0 + number)
    past = History.of(experiment).past
    assert len(past) == 30
    assert past[0].seconds == 60


def test_what_was_expected_is_compared_with_what_it_took(labbook) -> None:
    experiment, [first] = ask(labbook, "wide")
    end(first, seconds=10)
    assert held([experiment]) is None
    _, [second] = ask(labbook, "wide")
    end(second, seconds=1000)
    found = held([experiment])
    assert found is not None
    assert (found.count, found.held) == (1, 0)
    assert found.ratio == pytest.approx(100)
    second.ticket.write_text("{")
    assert held([experiment]) is None
