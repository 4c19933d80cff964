"""A part of the lines in detail holds what the files hold between its edges."""

from __future__ import annotations

import json
import math
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_labbook.actions import series
from jupyter_labbook.actions.series import SeriesReader
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.storage import block_index, follow, metric_reader, zoom
from jupyter_labbook.storage.labbook import LabbookFolder
from tests.running import experiment
from tests.unit.actions.viewers import FIELDS, Viewer, add_run, fill, write

if TYPE_CHECKING:
    from jupyter_labbook.storage.labbook import ExperimentFolder


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(0, 50),
            st.integers(1, 1000),
            st.none() | st.integers(-9, 9),
            st.sampled_from([None, 0.5, 7.25, -1e300, math.nan, math.inf]),
        ),
        min_size=20,
        max_size=80,
    ),
    st.sampled_from(["step", "time"]),
    st.integers(-10, 1010),
    st.integers(0, 300),
)
def test_a_range_holds_what_the_files_hold_between_its_edges(
    rows: list[tuple[int | None, int, float | None, float | None]],
    by: str,
    low: float,
    width: float,
) -> None:
    high = low + width
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr(metric_reader, "BLOCK_BYTES", 150)
        patch.setattr(block_index, "_SPAN_BYTES", 150)
        patch.setattr(zoom, "_MOST_BESIDE", 1000)
        labbook = LabbookFolder.create(Path(place))
        target = experiment(labbook)
        lines = [
            ",".join("" if cell is None else str(cell) for cell in cells)
            for cells in (
                (n, f"{time}.0", step, a, b)
                for n, (step, time, a, b) in enumerate(rows)
            )
        ]
        half = len(lines) // 2
        run = add_run(target)
        write(run.metrics, "step,a,b", lines[:half])
        write(run.path / "metrics.p7.csv", "step,a,b", lines[half:])
        reader = SeriesReader(labbook, target)
        Viewer(16).ask(reader)
        answer = reader.range([], [], by, low, high, 8000)
        json.dumps(answer, allow_nan=False)
        found = {line["metric"]: line for line in answer["lines"]}
        for column, name in ((2, "a"), (3, "b")):
            points = [
                (float(n if row[0] is None else row[0]), float(row[1]), row[column])
                for n, row in enumerate(rows)
                if row[column] is not None
            ]
            check_range(points, found.get(name), by, low, high)


def check_range(
    points: list[tuple[float, float, float]],
    line: dict[str, Any] | None,
    by: str,
    low: float,
    high: float,
) -> None:
    axis = 1 if by == "time" else 0
    inside = sorted(
        (x, time, y if math.isfinite(y) else -math.inf)
        for x, time, y in points
        if low <= (x, time)[axis] <= high
    )
    given_ = list(zip(*(line[field] for field in FIELDS), strict=True)) if line else []
    along = [point[axis] for point in given_]
    assert along == sorted(along)
    assert inside == sorted(
        (x, time, -math.inf if y is None else y)
        for x, time, y in given_
        if low <= (x, time)[axis] <= high
    )
    # Of the others there is the nearest on each side alone.
    values = sorted(point[axis] for point in points)
    left = [value for value in values if value < low][-1:]
    right = [value for value in values if value > high][:1]
    assert [value for value in along if value < low] == left
    assert [value for value in along if value > high] == right


def test_a_range_reads_only_the_part_of_the_file_that_it_needs(
    reader: SeriesReader,
    target: ExperimentFolder,
    small_portions: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(add_run(target), 5000)
    Viewer(100).ask(reader)
    asked: list[int] = []
    again = metric_reader.MetricReader.again

    def counted(self: Any, start: int, end: int) -> Any:
        asked.append(end - start)
        return again(self, start, end)

    monkeypatch.setattr(metric_reader.MetricReader, "again", counted)
    line = reader.range(["loss"], ["001"], "step", 2000, 2010, 100)["lines"][0]
    assert line["x"] == [*range(1999, 2012)]
    assert 0 < sum(asked) < 20_000


def test_a_range_too_wide_to_be_read_is_cut_out_of_what_is_known(
    reader: SeriesReader,
    target: ExperimentFolder,
    small_portions: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(add_run(target), 5000)
    Viewer(100).ask(reader)
    monkeypatch.setattr(series, "_MOST_BYTES", 100)
    line = reader.range([], [], "step", 1000, 4000, 1000)["lines"][0]
    whole = Viewer(100)
    whole.ask(reader)
    drawn = whole.lines["001", "loss"]["x"]
    inside = [x for x in drawn if 1000 <= x <= 4000]
    assert line["x"][1:-1] == inside
    assert (line["x"][0], line["x"][-1]) == (
        max(x for x in drawn if x < 1000),
        min(x for x in drawn if x > 4000),
    )


@pytest.mark.parametrize("by", ["step", "time"])
def test_a_range_of_many_points_keeps_its_extremes(
    reader: SeriesReader, target: ExperimentFolder, by: str
) -> None:
    fill(add_run(target), 5000)
    Viewer(16).ask(reader)
    low, high = (1000, 3000) if by == "step" else (1e9 + 100, 1e9 + 300)
    line = reader.range([], [], by, low, high, 64)["lines"][0]
    values = [math.sin(i / 50) for i in range(1000, 3001)]
    assert 32 < len(line["x"]) <= 64
    assert line["x"] == sorted(line["x"])
    assert (line["x"][0], line["x"][-1]) == (999, 3001)
    assert (min(line["y"]), max(line["y"])) == (min(values), max(values))


def test_a_range_of_a_file_that_was_just_replaced_is_still_answered(
    reader: SeriesReader, target: ExperimentFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = add_run(target)
    fill(run, 5000)
    Viewer(16).ask(reader)
    poll = follow.Follower.poll

    def replaced_behind_its_back(self: follow.Follower) -> bool:
        found = poll(self)
        fill(run, 10)
        return found

    monkeypatch.setattr(follow.Follower, "poll", replaced_behind_its_back)
    line = reader.range([], [], "step", 0, 4999, 16)["lines"][0]
    assert line["x"][-1] > 1000


@pytest.mark.parametrize(
    ("by", "low", "high"),
    [("row", 0, 1), ("step", 2, 1), ("time", math.nan, 1), ("step", 0, math.nan)],
)
def test_a_range_that_makes_no_sense_is_refused(
    reader: SeriesReader, by: str, low: float, high: float
) -> None:
    with pytest.raises(InvalidInputError, match=r"A range .*\."):
        reader.range([], [], by, low, high, 100)


def test_a_range_names_its_runs_and_metrics(
    reader: SeriesReader, target: ExperimentFolder
) -> None:
    for _ in range(2):
        run = add_run(target)
        write(run.metrics, "step,a,b", [f"{i},{i}.0,{i},1,2" for i in range(9)])

    def asked(metrics: list[str], runs: list[str]) -> list[tuple[str, str]]:
        answer = reader.range(metrics, runs, "step", 2, 4, 100)
        return [(line["run"], line["metric"]) for line in answer["lines"]]

    assert asked([], []) == [("001", "a"), ("001", "b"), ("002", "a"), ("002", "b")]
    assert asked(["b"], ["002"]) == [("002", "b")]
    assert asked(["c"], ["009"]) == []
    assert reader.range([], [], "step", 100, 200, 50)["lines"][0]["x"] == [8]
