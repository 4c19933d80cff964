from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.model.view import Series
from jupyter_labbook.runtime.metric_log import MetricLog
from jupyter_labbook.storage import follow, metric_reader
from jupyter_labbook.storage.follow import Follower
from jupyter_labbook.storage.metrics import read, summaries
from jupyter_labbook.storage.thin_line import Points, ThinLine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder


@pytest.fixture
def log(run: RunFolder) -> Iterator[MetricLog]:
    log = MetricLog(run)
    yield log
    log.close()
    os.environ.pop("LABBOOK_METRICS_OWNER", None)


def drawn(follower: Follower) -> dict[str, Series]:
    return {series.metric: series for series in follower.series()}


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(data)


# -- the follower ---------------------------------------------------------------


def test_a_run_that_logs_nothing_changes_nothing(run: RunFolder) -> None:
    follower = Follower(run)
    assert follower.poll() is False
    assert follower.series() == []
    assert follower.last() == {}
    assert follower.summaries() == {}
    assert follower.problems == ()


def test_each_poll_brings_what_was_added(run: RunFolder, log: MetricLog) -> None:
    follower = Follower(run)
    for i in range(5):
        log.log({"loss": i}, i * 10)
        assert follower.poll() is True
        assert follower.poll() is False
        assert follower.last() == {"loss": i}
    series = drawn(follower)["loss"]
    assert series == Series(
        metric="loss", x=[0, 10, 20, 30, 40], y=[0, 1, 2, 3, 4], time=series.time
    )
    assert series.time == read(run).times.tolist()


def test_without_steps_it_is_drawn_over_the_rows(
    run: RunFolder, log: MetricLog
) -> None:
    for i in range(4):
        log.log({"a" if i % 2 else "b": i}, None)
    follower = Follower(run)
    follower.poll()
    series = drawn(follower)["a"]
    assert (series.x, series.y, series.x_name) == ([1, 3], [1, 3], "row")


def test_new_files_are_noticed_and_joined(run: RunFolder, log: MetricLog) -> None:
    follower = Follower(run)
    log.log({"loss": 1}, 1)
    follower.poll()
    log.log({"loss": 2, "val": 3}, 2)
    log.log({"loss": 4}, 3)
    assert follower.poll() is True
    assert drawn(follower)["loss"].x == [1, 2, 3]
    assert drawn(follower)["loss"].y == [1, 2, 4]
    assert drawn(follower)["val"].y == [3]


def test_half_a_line_waits_for_its_other_half(run: RunFolder) -> None:
    follower = Follower(run)
    whole = b"_row,_time,loss\n0,1.0,0.5\n"
    for end in range(1, len(whole) + 1):
        append(run.metrics, whole[end - 1 : end])
        assert follower.poll() is (end == len(whole))
    assert follower.last() == {"loss": 0.5}
    assert follower.problems == ()


def test_a_long_file_is_taken_in_over_several_polls(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metric_reader, "BLOCK_BYTES", 200)
    monkeypatch.setattr(follow, "_MOST_BYTES", 500)
    lines = "".join(f"{i},{i}.0,{i}\n" for i in range(300))
    run.metrics.write_text("_row,_time,loss\n" + lines)
    follower = Follower(run)
    polls = 0
    while True:
        assert follower.poll() is True
        polls += 1
        if not follower.behind:
            break
    assert polls > 3
    assert follower.poll() is False
    assert follower.last() == {"loss": 299}
    assert follower.summaries() == summaries(run)


def test_no_poll_reads_more_than_its_share(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metric_reader, "BLOCK_BYTES", 200)
    monkeypatch.setattr(follow, "_MOST_BYTES", 500)
    lines = "".join(f"{i},{i}.0,{i}\n" for i in range(3000))
    run.metrics.write_text("_row,_time,loss\n" + lines)
    follower = Follower(run)
    follower.poll()
    assert follower.summaries()["loss"].count < 700 / 8


@pytest.mark.parametrize("way", ["cut", "replaced", "rewritten", "removed"])
def test_a_file_that_is_no_longer_the_same_is_read_anew(
    run: RunFolder, way: str
) -> None:
    run.metrics.write_text("_row,_time,loss\n0,1.0,5\n1,2.0,6\n2,3.0,7\n")
    follower = Follower(run)
    follower.poll()
    after = "_row,_time,val\n0,1.0,8\n"
    if way == "cut":
        os.truncate(run.metrics, len("_row,_time,loss\n0,1.0,5\n"))
        expected = {"loss": 5}
    elif way == "replaced":
        aside = run.path / "aside"
        aside.write_text(after + "1,2.0,9\n" * 9)
        aside.replace(run.metrics)
        expected = {"val": 9}
    elif way == "rewritten":
        run.metrics.write_text(after + "1,2.0,9\n" * 9)
        expected = {"val": 9}
    else:
        run.metrics.unlink()
        expected = {}
    assert follower.poll() is True
    assert follower.last() == expected
    assert follower.poll() is False


def test_what_it_cannot_read_it_names(run: RunFolder) -> None:
    run.metrics.write_text("_row,_time,loss\n0,1.0,5\ngarbage\n")
    follower = Follower(run)
    follower.poll()
    assert "1 line passed over" in follower.problems[0]


def test_steps_that_go_back_are_drawn_in_order_and_none_is_lost(
    run: RunFolder, log: MetricLog
) -> None:
    for step in (5, 1, 3, 3):
        log.log({"loss": step * 1.5}, step)
    follower = Follower(run)
    follower.poll()
    assert drawn(follower)["loss"].x == [1, 3, 3, 5]
    assert follower.summaries()["loss"].count == 4


def test_a_metric_of_many_files_keeps_to_the_number_of_points(
    run: RunFolder,
) -> None:
    for process in range(5):
        lines = "".join(f"{i},{i}.0,{i},{process}\n" for i in range(500))
        path = run.path / f"metrics.p{process}.csv"
        path.write_text("_row,_time,step,loss\n" + lines)
    follower = Follower(run, points=100)
    follower.poll()
    series = drawn(follower)["loss"]
    assert len(series.x) <= 100
    assert series.x == sorted(series.x)
    assert (min(series.y), max(series.y)) == (0, 4)


# -- the line it keeps ----------------------------------------------------------


def thin(values: list[float], points: int, chunks: int = 1) -> ThinLine:
    line = ThinLine(points)
    for part in np.array_split(np.arange(len(values), dtype=float), chunks):
        line.add(Points(part, part + 1e9, np.array(values)[part.astype(int)]))
    return line


def test_a_short_line_is_kept_as_it_is() -> None:
    values = [3.0, math.nan, 1.0, 2.0]
    points = thin(values, 100).points()
    x, y = points.x, points.y
    assert x.tolist() == [0, 1, 2, 3]
    np.testing.assert_array_equal(y, values)


def test_an_empty_line_has_no_points() -> None:
    line = ThinLine(10)
    assert len(line.points()) == 0
    assert line.means().shape == (4, 0)


def test_infinities_are_gaps() -> None:
    points = thin([1, math.inf, -math.inf, 2], 100).points()
    np.testing.assert_array_equal(points.y, [1, math.nan, math.nan, 2])


def test_a_peak_survives_any_length() -> None:
    line = ThinLine(50)
    for start in range(0, 1_000_000, 10_000):
        x = np.arange(start, start + 10_000, dtype=float)
        y = np.zeros(10_000)
        if start == 370_000:
            y[17], y[18] = 99, -99
        line.add(Points(x, x, y))
    x, y = line.points().x, line.points().y
    assert len(x) <= 50
    assert (x[y == 99].tolist(), x[y == -99].tolist()) == ([370_017], [370_018])


def test_a_stretch_without_numbers_stays_a_gap() -> None:
    values = [1.0] * 400 + [math.nan] * 400 + [2.0] * 400
    points = thin(values, 40).points()
    x, y = points.x, points.y
    missing = x[np.isnan(y)]
    assert len(missing) > 3
    assert 400 <= missing.min() <= missing.max() < 800


@given(
    st.lists(st.floats(width=32), min_size=1, max_size=300),
    st.integers(4, 60),
    st.integers(1, 40),
)
def test_extremes_are_kept_and_the_parts_do_not_matter(
    values: list[float], points: int, chunks: int
) -> None:
    kept_points = thin(values, points, chunks).points()
    whole = thin(values, points).points()
    x, y = kept_points.x, kept_points.y
    np.testing.assert_array_equal(x, whole.x)
    np.testing.assert_array_equal(y, whole.y)
    np.testing.assert_array_equal(kept_points.time, x + 1e9)
    assert len(x) <= points
    assert x.tolist() == sorted(x)
    finite = [value for value in values if math.isfinite(value)]
    kept = y[~np.isnan(y)].tolist()
    assert bool(kept) is bool(finite)
    if finite:
        assert (min(kept), max(kept)) == (min(finite), max(finite))
    # Every point that is drawn was logged.
    for at, value in zip(x, y, strict=True):
        assert math.isnan(value) or values[int(at)] == value


def by_hand(values: list[float], points: int) -> tuple[list[float], list[list[float]]]:
    """Cut a line into stretches and say what is kept of each."""
    capacity, width = max(2, points // 4 * 2), 1
    while capacity * width < len(values):
        width *= 2
    drawn: list[float] = []
    means = []
    for start in range(0, len(values), width):
        stretch = range(start, min(start + width, len(values)))
        finite = [i for i in stretch if math.isfinite(values[i])]
        if not finite:
            drawn.append(start)
            means.append([start, math.nan])
            continue
        low = min(finite, key=lambda i: values[i])
        high = max(finite, key=lambda i: values[i])
        drawn += sorted({low, high})
        share = 1 / len(finite)
        mean = math.fsum(values[i] * share for i in finite)
        means.append([math.fsum(finite) * share, mean])
    return drawn, means


@given(
    st.lists(
        st.floats(-1e3, 1e3, width=16) | st.sampled_from([math.nan, math.inf]),
        min_size=1,
        max_size=300,
    ),
    st.integers(4, 60),
    st.integers(1, 40),
)
def test_every_stretch_keeps_its_extremes_and_its_mean(
    values: list[float], points: int, chunks: int
) -> None:
    # Never two alike: which of them is drawn does not matter.
    values = [value + i * 1e-5 for i, value in enumerate(values)]
    drawn, means = by_hand(values, points)
    line = thin(values, points, chunks)
    assert line.points().x.tolist() == drawn
    found = line.means()
    mean_y = np.where(found[3] > 0, found[2], np.nan)
    np.testing.assert_allclose(found[0], [x for x, _ in means], rtol=1e-9)
    np.testing.assert_allclose(found[1], found[0] + 1e9, rtol=1e-12)
    np.testing.assert_allclose(mean_y, [y for _, y in means], rtol=1e-9, atol=1e-9)
    assert line.thinned is (len(values) > max(2, points // 4 * 2))


def test_the_mean_of_huge_values_is_no_infinity() -> None:
    line = thin([1.7e308] * 64, 16)
    np.testing.assert_allclose(line.means()[2], 1.7e308)


def test_means_of_several_files_keep_to_the_number_of_points(run: RunFolder) -> None:
    for process in range(3):
        lines = "".join(f"{i},{i}.0,{i},{process}\n" for i in range(500))
        path = run.path / f"metrics.p{process}.csv"
        path.write_text("_row,_time,step,loss\n" + lines)
    follower = Follower(run, points=100)
    follower.poll()
    mean = drawn(follower)["loss"].mean
    assert mean is not None
    assert 40 < len(mean.x) <= 100
    assert mean.x == sorted(mean.x)
    assert sum(mean.y) / len(mean.y) == pytest.approx(1, abs=0.05)


def test_a_step_that_is_no_number_counts_as_none(run: RunFolder) -> None:
    run.metrics.write_text("_row,_time,step,loss\n0,1.0,inf,5\n1,2.0,nan,6\n")
    follower = Follower(run)
    follower.poll()
    series = drawn(follower)["loss"]
    assert (series.x, series.x_name) == ([0, 1], "row")
