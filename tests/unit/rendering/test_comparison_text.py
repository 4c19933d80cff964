"""A comparison as text."""

from __future__ import annotations

from jupyter_labbook.insight.comparison import (
    Aspect,
    Change,
    Comparison,
    MetricRow,
)
from jupyter_labbook.insight.reproduction import MetricDifference, Reproduction
from jupyter_labbook.insight.statistics import Estimate
from jupyter_labbook.rendering.comparison import comparison_text, reproduction_text

FULL = Comparison(
    before="narrow",
    after="wide",
    changes=(
        Change(Aspect.QUESTION, "question", "Why?", "Why not?"),
        Change(Aspect.PARAMETER, "trees", "30", "300"),
        Change(Aspect.PARAMETER, "depth", None, "4"),
        Change(Aspect.PARAMETER, "width", "4", None),
        Change(Aspect.CODE, "lib.py", "aa", "ab"),
        Change(Aspect.CODE, "new.py", None, "ab"),
        Change(Aspect.INPUT, "X", "12", None),
    ),
    script="--- narrow/script.py\n+++ wide/script.py\n-fit(30)\n+fit(300)",
    metrics=(
        MetricRow(
            metric="accuracy",
            combination="depth=4",
            before=Estimate(0.9, 0.89, 0.91),
            after=Estimate(0.95, 0.94, 0.96),
            difference=Estimate(0.05, 0.04, 0.06),
            counts=(5, 5),
            paired=True,
        ),
        MetricRow(
            metric="loss",
            before=Estimate(0.3),
            after=Estimate(0.2),
            difference=Estimate(-0.1),
            counts=(1, 1),
        ),
        MetricRow(
            metric="f1",
            before=Estimate(0.3, 0.2, 0.4),
            after=Estimate(0.31, 0.2, 0.42),
            difference=Estimate(0.01, -0.1, 0.12),
            counts=(2, 2),
        ),
        MetricRow(
            metric="same",
            before=Estimate(1.0, 1.0, 1.0),
            after=Estimate(1.0, 1.0, 1.0),
            difference=Estimate(0.0, 0.0, 0.0),
            counts=(2, 2),
        ),
        MetricRow(metric="new", after=Estimate(0.5), counts=(0, 1)),
    ),
)


def test_what_changed_stands_before_what_came_of_it():
    changes, metrics = comparison_text(FULL).split("\n\nFinal metrics ")
    assert (
        changes
        == """\
narrow -> wide

Question
  Why? -> Why not?

Parameters
  trees: 30 -> 300
  depth: (none) -> 4
  width: 4 -> (none)

Project files
  lib.py: changed
  new.py: added

Inputs
  X: gone

Script
  --- narrow/script.py
  +++ wide/script.py
  -fit(30)
  +fit(300)"""
    )
    heading, *rows = [line.split() for line in metrics.splitlines()[1:]]
    assert heading == ["metric", "narrow", "wide", "difference"]
    assert [" ".join(row) for row in rows] == [
        "accuracy[depth=4] 0.900 ± 0.010 (n=5) 0.950 ± 0.010 (n=5) +0.050 ± 0.010",
        "loss 0.3 0.2 -0.1 no interval",
        "f1 0.30 ± 0.10 (n=2) 0.31 ± 0.11 (n=2) +0.01 ± 0.11 could be chance",
        "same 1 ± 0 (n=2) 1 ± 0 (n=2) 0 ± 0 the same",
        "new - 0.5",
    ]


def test_columns_stand_below_each_other():
    lines = comparison_text(FULL).splitlines()[-6:]
    assert len({line.index(" 0.") for line in lines[1:4]}) == 1
    assert lines[0].index("difference") == lines[1].index("+0.050")


def test_an_empty_comparison_says_so():
    nothing = Comparison(before="a", after="b", changes=(), script="", metrics=())
    text = comparison_text(nothing)
    assert "Nothing changed" in text
    assert "Neither has a finished run" in text


def test_a_rerun_tells_what_differs():
    found = Reproduction(
        same=("accuracy",),
        differing=(
            MetricDifference(
                metric="loss",
                of="last",
                original=0.5,
                rerun=0.50001,
                absolute=1e-5,
                relative=2e-5,
            ),
            MetricDifference(metric="f1", of="min", original=None, rerun=0.5),
        ),
    )
    assert (
        reproduction_text(found)
        == """\
  metric    original  rerun    difference
  loss      0.5       0.50001  1e-05       2e-05 of the original
  f1 (min)  -         0.5
Reproduced exactly: accuracy.
"""
    )


def test_an_exact_rerun_is_one_sentence():
    exact = Reproduction(same=("a", "b"), differing=())
    assert reproduction_text(exact) == "Reproduced exactly: a, b.\n"
    nothing = Reproduction(same=(), differing=())
    assert reproduction_text(nothing) == "Neither run logged a metric.\n"
