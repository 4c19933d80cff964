"""Which panels, lines and words an experiment is drawn with."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.view import Outcome, Series, Threshold, Verdict
from jupyter_labbook.rendering.composition import compose
from jupyter_labbook.rendering.panels import Kind
from jupyter_labbook.rendering.seeds import Points, thinned

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_labbook.model.experiment import Value
    from jupyter_labbook.model.view import ExperimentView, RunView

    MakeRun = Callable[..., RunView]
    MakeView = Callable[..., ExperimentView]
    Samples = dict[str, ExperimentView]


def series(metric: str, *y: float, start: int = 0) -> Series:
    return Series(metric=metric, x=[float(start + i) for i in range(len(y))], y=[*y])


def test_predicted_metrics_come_first(make_run: MakeRun, make_view: MakeView) -> None:
    run = make_run(series=[series(name, 1, 2) for name in ("a", "b", "c", "d")])
    verdict = Verdict(prediction="max(c) > a_limit", outcome=Outcome.PENDING)
    mark = Threshold(metric="d", value=1.0, label="d < 1")
    plot = compose(make_view(run, verdicts=[verdict], thresholds=[mark]))
    assert [panel.metric for panel in plot.panels] == ["d", "c", "a", "b"]


def test_metrics_beyond_six_are_named_below(
    make_run: MakeRun, make_view: MakeView
) -> None:
    run = make_run(series=[series(f"m{n}", 1, 2) for n in range(12)])
    plot = compose(make_view(run))
    assert len(plot.panels) == 6
    assert plot.notes == ["Not drawn: m6, m7, m8, m9 and 2 more."]


def test_a_predicted_metric_has_its_panel_before_it_is_logged(
    make_run: MakeRun, make_view: MakeView
) -> None:
    mark = Threshold(metric="accuracy", value=0.9, label="> 0.9")
    run = make_run(state=RunState.RUNNING)
    (panel,) = compose(make_view(run, thresholds=[mark])).panels
    assert panel.kind is Kind.CURVES
    assert 0 < panel.value_axis.place(0.9) < 1


def test_nothing_logged_and_nothing_predicted_is_no_panel(
    make_run: MakeRun, make_view: MakeView
) -> None:
    plot = compose(make_view(make_run()))
    assert plot.panels == []
    assert plot.words == "Nothing was logged yet."
    assert compose(make_view()).panels == []


def test_a_single_run_is_a_line_and_says_where_it_is(
    make_run: MakeRun, make_view: MakeView
) -> None:
    (panel,) = compose(make_view(make_run(series=[series("loss", 3, 2, 1)]))).panels
    assert panel.kind is Kind.CURVES
    assert panel.latest == 1
    assert panel.base_name == "step"


def test_final_values_are_drawn_against_the_number_that_was_swept(
    samples: Samples,
) -> None:
    (panel,) = compose(samples["forest"]).panels
    assert panel.kind is Kind.POINTS
    assert panel.base_name == "trees"
    (mean,) = panel.strokes
    assert mean.points.x == [30, 100, 300]
    small = [dots for dots in panel.dots if dots.small]
    assert sum(len(dots.points) for dots in small) == 15


def test_the_number_with_most_values_makes_the_axis(
    make_run: MakeRun, make_view: MakeView
) -> None:
    runs = [
        make_run(n, parameters={"depth": n % 2, "trees": n}, final={"accuracy": n / 10})
        for n in range(1, 7)
    ]
    plot = compose(make_view(*runs, varied=["depth", "trees"]))
    (panel,) = plot.panels
    assert panel.base_name == "trees"
    assert {entry.label for entry in plot.legend} == {"depth = 0", "depth = 1"}
    assert len(panel.strokes) == 2


def test_final_values_of_names_are_rows(samples: Samples) -> None:
    accuracy, seconds = compose(samples["categories"]).panels
    assert accuracy.kind is Kind.ROWS
    assert [row.label for row in accuracy.rows] == ["forest", "boosting", "nearest"]
    assert not accuracy.bars, "bars from zero would hide these differences"
    assert seconds.bars
    assert seconds.value_axis.low == 0


@pytest.mark.parametrize("value", [True, None, "a", [1]])
def test_what_is_no_number_is_a_name(
    make_run: MakeRun, make_view: MakeView, value: Value
) -> None:
    runs = [
        make_run(1, parameters={"x": value}, final={"accuracy": 0.5}),
        make_run(2, parameters={"x": 3}, final={"accuracy": 0.6}),
    ]
    (panel,) = compose(make_view(*runs, varied=["x"])).panels
    assert panel.kind is Kind.ROWS


def test_one_run_with_one_value_is_a_row(
    make_run: MakeRun, make_view: MakeView
) -> None:
    (panel,) = compose(make_view(make_run(3, final={"accuracy": 0.5}))).panels
    assert [(row.label, row.mean) for row in panel.rows] == [("run 003", 0.5)]


def test_settings_beyond_eight_rows_are_counted(
    make_run: MakeRun, make_view: MakeView
) -> None:
    runs = [
        make_run(n, parameters={"name": f"n{n}"}, final={"accuracy": 0.5})
        for n in range(11)
    ]
    plot = compose(make_view(*runs, varied=["name"]))
    assert len(plot.panels[0].rows) == 8
    assert "3 more settings not drawn." in plot.notes


def test_seeds_are_a_mean_in_a_band(make_run: MakeRun, make_view: MakeView) -> None:
    runs = [
        make_run(n, seed=n, series=[series("loss", n, n + 1, n + 2)]) for n in range(3)
    ]
    plot = compose(make_view(*runs))
    (panel,) = plot.panels
    (mean,) = panel.strokes
    (band,) = panel.bands
    assert mean.points.y == [1, 2, 3]
    assert (band.low, band.high) == ([0, 1, 2], [2, 3, 4])
    assert "Line: mean of the seeds; band: lowest to highest." in plot.notes


def test_seeds_logged_at_other_steps_are_interpolated(
    make_run: MakeRun, make_view: MakeView
) -> None:
    even = Series(metric="m", x=[0, 2, 4], y=[0, 2, 4])
    odd = Series(metric="m", x=[1, 3, 5], y=[11, 13, 15])
    runs = [make_run(1, seed=1, series=[even]), make_run(2, seed=2, series=[odd])]
    (panel,) = compose(make_view(*runs)).panels
    mean = panel.strokes[-1].points
    assert mean.x == [1, 2, 3, 4]
    assert mean.y == [6, 7, 8, 9]


def test_a_seed_that_is_ahead_goes_on_alone_and_moves_no_mean(
    make_run: MakeRun, make_view: MakeView
) -> None:
    runs = [
        make_run(1, seed=1, series=[series("m", 0, 0, 0, 100)]),
        make_run(2, seed=2, series=[series("m", 2, 2)], state=RunState.RUNNING),
    ]
    (panel,) = compose(make_view(*runs)).panels
    alone, mean = panel.strokes
    assert mean.points == Points([0, 1], [1, 1])
    assert alone.faint
    assert alone.points == Points([1, 2, 3], [0, 0, 100])


def test_a_failed_seed_does_not_cut_the_mean_short(
    make_run: MakeRun, make_view: MakeView
) -> None:
    runs = [
        make_run(1, seed=1, series=[series("m", 0, 0, 0)]),
        make_run(2, seed=2, series=[series("m", 2, 2, 2)]),
        make_run(3, seed=3, series=[series("m", 9)], state=RunState.FAILED),
    ]
    (panel,) = compose(make_view(*runs)).panels
    assert panel.strokes[-1].points.y == [1, 1, 1]
    assert panel.strokes[0].points.y == [9]


def test_seeds_without_a_common_step_are_drawn_each(
    make_run: MakeRun, make_view: MakeView
) -> None:
    runs = [
        make_run(1, seed=1, series=[series("m", 1, 2)]),
        make_run(2, seed=2, series=[series("m", 3, 4, start=10)]),
    ]
    (panel,) = compose(make_view(*runs)).panels
    assert len(panel.strokes) == 2
    assert panel.bands == []


def test_runs_of_one_seed_are_no_mean(make_run: MakeRun, make_view: MakeView) -> None:
    runs = [make_run(n, seed=0, series=[series("m", 1, 2)]) for n in range(3)]
    (panel,) = compose(make_view(*runs)).panels
    assert len(panel.strokes) == 3
    assert panel.bands == []


def test_nan_and_infinity_are_gaps_and_are_counted(
    make_run: MakeRun, make_view: MakeView
) -> None:
    run = make_run(series=[series("loss", 1, math.nan, 2, math.inf, 1e200, 3)])
    plot = compose(make_view(run))
    y = plot.panels[0].strokes[0].points.y
    assert [math.isnan(value) for value in y] == [False, True, False, True, True, False]
    assert "loss was NaN or infinite in 1 run." in plot.notes


def test_a_seed_that_diverged_is_left_out_of_the_mean_there(
    make_run: MakeRun, make_view: MakeView
) -> None:
    runs = [
        make_run(1, seed=1, series=[series("m", 1, math.nan, math.nan)]),
        make_run(2, seed=2, series=[series("m", 3, 3, math.nan)]),
    ]
    (panel,) = compose(make_view(*runs)).panels
    mean = panel.strokes[-1].points.y
    assert mean[:2] == [2, 3]
    assert math.isnan(mean[2])


def test_a_final_nan_is_no_point(make_run: MakeRun, make_view: MakeView) -> None:
    runs = [
        make_run(n, parameters={"trees": n}, final={"m": math.nan if n == 2 else 1.0})
        for n in (1, 2, 3)
    ]
    plot = compose(make_view(*runs, varied=["trees"]))
    assert plot.panels[0].strokes[0].points.x == [1, 3]
    assert "m was NaN or infinite in 1 run." in plot.notes


def test_steps_that_go_back_are_put_in_order_for_a_mean(
    make_run: MakeRun, make_view: MakeView
) -> None:
    back = Series(metric="m", x=[0, 1, 0, 1, 2], y=[9, 9, 1, 1, 1])
    runs = [
        make_run(1, seed=1, series=[back]),
        make_run(2, seed=2, series=[series("m", 3, 3, 3)]),
    ]
    (panel,) = compose(make_view(*runs)).panels
    assert panel.strokes[-1].points == Points([0, 1, 2], [2, 2, 2])


def test_a_sweep_of_rising_numbers_has_a_ramp_and_a_short_legend(
    make_run: MakeRun, make_view: MakeView
) -> None:
    runs = [
        make_run(n, parameters={"lr": n / 100}, series=[series("m", 0, n)])
        for n in range(1, 13)
    ]
    plot = compose(make_view(*reversed(runs), varied=["lr"]))
    labels = [entry.label for entry in plot.legend]
    assert labels == ["lr = 0.01", "lr = 0.07", "lr = 0.12"]
    assert len({entry.pen.colour for entry in plot.legend}) == 3


def test_few_settings_have_pens_that_all_differ(
    make_run: MakeRun, make_view: MakeView
) -> None:
    runs = [
        make_run(n, parameters={"name": f"n{n}"}, series=[series("m", 0, n)])
        for n in range(8)
    ]
    plot = compose(make_view(*runs, varied=["name"]))
    assert len({entry.pen for entry in plot.legend}) == 8


def test_a_hundred_settings_are_a_bundle_without_a_legend(samples: Samples) -> None:
    plot = compose(samples["hundred"])
    assert plot.legend == []
    assert len(plot.panels) == 3
    assert all(stroke.faint for stroke in plot.panels[0].strokes)
    assert plot.notes[0].startswith("One line for each of")


def test_long_lines_are_thinned_to_their_lowest_and_highest_points(
    make_run: MakeRun, make_view: MakeView
) -> None:
    y = [0.0] * 100_000
    y[54_321], y[77_777] = 5.0, -5.0
    run = make_run(
        series=[Series(metric="m", x=[float(i) for i in range(100_000)], y=y)]
    )
    (panel,) = compose(make_view(run)).panels
    points = panel.strokes[0].points
    assert len(points) < 1000
    assert {5.0, -5.0} <= set(points.y)
    assert all(a < b for a, b in pairwise(points.x))


def test_thinning_keeps_gaps() -> None:
    y = [1.0] * 1000
    y[400:420] = [math.nan] * 20
    y[700] = math.nan
    thin = thinned(Points([float(i) for i in range(1000)], y), 50)
    gaps = [x for x, value in zip(thin.x, thin.y, strict=True) if math.isnan(value)]
    assert 400 in gaps
    assert 700 in gaps


def test_the_picture_is_told_in_words(samples: Samples) -> None:
    words = compose(samples["forest"]).words
    assert words.startswith("accuracy by trees: 0.9485 at 30; 0.9659 at 100;")
    assert "predicted > 0.96 (30 trees)" in words
    assert "lr = 0.01 is at" in compose(samples["curves"]).words
    assert "nearest 0.986" in compose(samples["categories"]).words
    assert "many lines" in compose(samples["hundred"]).words


def test_finals_beside_curves_keep_the_colours_of_their_settings(
    make_run: MakeRun, make_view: MakeView
) -> None:
    runs = [
        make_run(
            n,
            parameters={"lr": n / 10},
            series=[series("loss", 3, n)],
            final={"loss": n, "test": n / 10},
        )
        for n in (1, 2, 3)
    ]
    plot = compose(make_view(*runs, varied=["lr"]))
    loss, final = plot.panels
    assert (loss.kind, final.kind) == (Kind.CURVES, Kind.POINTS)
    assert [dots.pen for dots in final.dots] == [entry.pen for entry in plot.legend]
    assert [stroke.pen for stroke in final.strokes] == [None]


def test_the_mean_of_long_lines_logged_at_other_steps_stays_short(
    make_run: MakeRun, make_view: MakeView
) -> None:
    runs = [
        make_run(
            n,
            seed=n,
            series=[
                Series(
                    metric="m",
                    x=[float(n + 2 * i) for i in range(1000)],
                    y=[float(n)] * 1000,
                )
            ],
        )
        for n in range(2)
    ]
    (panel,) = compose(make_view(*runs)).panels
    mean = next(stroke for stroke in panel.strokes if not stroke.faint)
    assert len(mean.points) == 200
    assert set(mean.points.y) == {0.5}
    assert (mean.points.x[0], mean.points.x[-1]) == (1.0, 1998.0)
