"""Comparing experiments, and reruns with their originals."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from jupyter_labbook.insight.comparison import Aspect, Change, Subject, compare
from jupyter_labbook.insight.evidence import Evidence
from jupyter_labbook.insight.reproduction import MetricDifference, reproduction
from jupyter_labbook.model.experiment import Header
from jupyter_labbook.model.metrics import Summary
from jupyter_labbook.model.run import GitState, RunState


def summary(value, **others):
    known = {"last": value, "min": value, "max": value, "mean": value, "count": 3}
    return Summary(**{**known, **others})


def test_every_kind_of_change_is_found_in_the_order_of_importance(run):
    before = Subject(
        name="narrow",
        evidence=Evidence(name="narrow", runs=(run({"trees": 30}, accuracy=0.9),)),
        header=Header(question="Why?", predict=("accuracy > 0.9",), tags=("a", "b")),
        script="import x\nx.fit(30)\n",
        code={"lib.py": "aa", "gone.py": "bb"},
        inputs={"X": "11", "y": "22"},
        versions={"numpy": "2.0", "scipy": "1.0"},
        git=GitState(commit="abc", branch="main"),
        host="left",
    )
    after = Subject(
        name="wide",
        evidence=Evidence(
            name="wide", runs=(run({"trees": 300, "depth": 4}, seed=1, accuracy=0.95),)
        ),
        header=Header(question="Why not?", predict=("accuracy > 0.9",), tags=("a",)),
        script="import x\nx.fit(300)\n",
        code={"lib.py": "ab", "new.py": "cc"},
        inputs={"X": "12", "y": "22"},
        versions={"numpy": "2.1", "scipy": "1.0"},
        git=GitState(commit="def", branch="main", dirty=True),
        host="right",
    )
    found = compare(before, after)
    assert found.changes == (
        Change(Aspect.QUESTION, "question", "Why?", "Why not?"),
        Change(Aspect.QUESTION, "tags", "a; b", "a"),
        Change(Aspect.PARAMETER, "trees", "30", "300"),
        Change(Aspect.PARAMETER, "depth", None, "4"),
        Change(Aspect.SEEDS, "seeds", "0", "1"),
        Change(Aspect.CODE, "lib.py", "aa", "ab"),
        Change(Aspect.CODE, "gone.py", "bb", None),
        Change(Aspect.CODE, "new.py", None, "cc"),
        Change(Aspect.INPUT, "X", "11", "12"),
        Change(Aspect.PACKAGE, "numpy", "2.0", "2.1"),
        Change(Aspect.GIT, "commit", "abc", "def"),
        Change(Aspect.GIT, "state", "clean", "edited"),
        Change(Aspect.HOST, "host", "left", "right"),
    )
    assert "-x.fit(30)\n+x.fit(300)" in found.script
    (row,) = found.metrics
    assert row.combination == ""
    assert row.difference.value == pytest.approx(0.05)
    assert row.difference.low is None


def test_nothing_changed_is_nothing_found(seeds):
    subject = Subject(name="one", evidence=seeds(accuracy=[0.9, 0.8]), script="x\n")
    found = compare(subject, subject)
    assert (found.changes, found.script) == ((), "")
    (row,) = found.metrics
    assert row.difference.low == row.difference.high == 0


def test_the_same_seeds_are_paired_and_others_are_not(seeds):
    first, second = [0.90, 0.80, 0.70], [0.91, 0.82, 0.71]
    a = Subject(name="a", evidence=seeds(accuracy=first))
    (row,) = compare(a, Subject(name="b", evidence=seeds(accuracy=second))).metrics
    limits = stats.ttest_rel(second, first).confidence_interval(0.95)
    assert row.paired
    assert (row.difference.low, row.difference.high) == pytest.approx(tuple(limits))

    other = Subject(name="b", evidence=seeds(first=7, accuracy=second))
    (row,) = compare(a, other).metrics
    welch = stats.ttest_ind(second, first, equal_var=False).confidence_interval(0.95)
    assert not row.paired
    assert (row.difference.low, row.difference.high) == pytest.approx(tuple(welch))
    assert row.counts == (3, 3)


def test_sweeps_are_compared_setting_by_setting(sweep):
    a = Subject(name="a", evidence=sweep({30: [0.9, 0.91], 100: [0.95, 0.94]}))
    b = Subject(name="b", evidence=sweep({100: [0.96, 0.95], 300: [0.97, 0.98]}))
    rows = {row.combination: row for row in compare(a, b).metrics}
    assert list(rows) == ["trees=30", "trees=100", "trees=300"]
    assert rows["trees=100"].difference.value == pytest.approx(0.01)
    assert rows["trees=30"].after is rows["trees=30"].difference is None
    assert rows["trees=300"].before is None


def test_one_setting_finds_its_like_in_a_sweep(sweep, run):
    one = Evidence(name="one", runs=(run({"trees": 100, "depth": 2}, accuracy=0.9),))
    grid = sweep({30: [0.9], 100: [0.95]})
    rows = compare(Subject(name="a", evidence=one), Subject(name="b", evidence=grid))
    assert [row.combination for row in rows.metrics] == ["trees=100", "trees=30"] or [
        row.combination for row in rows.metrics
    ] == ["trees=30", "trees=100"]
    assert sum(row.difference is not None for row in rows.metrics) == 1


def test_only_finished_runs_count_and_metrics_of_one_side_are_shown(run):
    a = Evidence(name="a", runs=(run(loss=1.0), run(seed=1, state=RunState.FAILED)))
    b = Evidence(name="b", runs=(run(accuracy=0.9), run(seed=1, loss=2.0)))
    rows = compare(Subject(name="a", evidence=a), Subject(name="b", evidence=b)).metrics
    loss, accuracy = rows
    assert loss.counts == (1, 1)
    assert loss.difference.value == 1.0
    assert loss.difference.low is None
    assert accuracy.before is None


def test_one_run_against_several_has_a_difference_without_an_interval(seeds):
    a = Subject(name="a", evidence=seeds(x=[1.0]))
    b = Subject(name="b", evidence=seeds(x=[2.0, 3.0]))
    (row,) = compare(a, b).metrics
    assert row.difference.value == 1.5
    assert row.difference.low is None


def test_a_rerun_that_is_equal_to_the_last_bit_is_exact():
    nan = summary(math.nan)
    found = reproduction({"a": summary(0.1), "n": nan}, {"a": summary(0.1), "n": nan})
    assert found.exact
    assert found.same == ("a", "n")


def test_a_rerun_that_differs_says_by_how_much():
    original = {"a": summary(0.5), "b": summary(1.0), "z": summary(0.0)}
    rerun = {"a": summary(0.51), "c": summary(2.0), "z": summary(1e-9)}
    found = reproduction(original, rerun)
    assert not found.exact
    by_name = {one.metric: one for one in found.differing}
    assert by_name["a"].absolute == pytest.approx(0.01)
    assert by_name["a"].relative == pytest.approx(0.02)
    assert by_name["z"].relative is None
    assert by_name["b"] == MetricDifference(
        metric="b", of="last", original=1.0, rerun=None
    )
    assert by_name["c"].original is None


@pytest.mark.parametrize("field", ["min", "max", "mean", "count", "nans"])
def test_the_same_end_on_another_way_is_a_difference(field):
    found = reproduction({"a": summary(0.5)}, {"a": summary(0.5, **{field: 2})})
    assert found.differing[0].of == field
