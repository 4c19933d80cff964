"""Viewers are given lines in pieces, and each ends up with what the files hold."""

from __future__ import annotations

import json
import math
import os
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_labbook.actions import series
from jupyter_labbook.actions.series import SeriesReader
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.model.run import RunRecord
from jupyter_labbook.runtime.layout import RunFolder
from jupyter_labbook.storage import block_index, follow, metric_reader, records, zoom
from jupyter_labbook.storage.history import EventKind, History
from jupyter_labbook.storage.labbook import LabbookFolder
from tests.running import experiment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_labbook.storage.labbook import ExperimentFolder

FIELDS = ("x", "time", "y")


class Viewer:
    """Somebody who asks for changes and puts them together."""

    def __init__(self, points: int) -> None:
        self.points = points
        self.cursor = ""
        self.lines: dict[tuple[str, str], dict[str, Any]] = {}
        self.received = 0

    def ask(self, reader: SeriesReader) -> dict[str, Any]:
        """Ask until there is nothing left to be read."""
        while True:
            answer = json.loads(
                json.dumps(reader.read(self.points, self.cursor), allow_nan=False)
            )
            self.cursor = answer["cursor"]
            if answer["reset"]:
                self.lines = {}
            for line in answer["lines"]:
                self._take(line)
            self.lines = {
                key: line
                for key, line in self.lines.items()
                if key[0] in answer["runs"] and line["x"]
            }
            if not answer["behind"]:
                return answer

    def _take(self, line: dict[str, Any]) -> None:
        key = line["run"], line["metric"]
        before = self.lines.get(key, {"x": [], "time": [], "y": [], "mean": None})
        self.received += len(line["x"])
        mean = line["mean"]
        self.lines[key] = {
            **joined(before, line),
            "x_name": line["x_name"],
            "mean": mean
            and joined(before["mean"] or {name: [] for name in FIELDS}, mean),
        }


def joined(before: dict[str, Any], piece: dict[str, Any]) -> dict[str, Any]:
    assert all(piece["keep"] <= len(before[field]) for field in FIELDS)
    found = {field: before[field][: piece["keep"]] + piece[field] for field in FIELDS}
    assert len({len(values) for values in found.values()}) == 1
    return found


def same(first: dict[str, Any] | None, second: dict[str, Any] | None) -> bool:
    """Whether two lines are one: exactly, but for the rounding of their means."""
    if first is None or second is None:
        return first is second
    return all(
        np.allclose(
            np.array(first[field], dtype=float),
            np.array(second[field], dtype=float),
            rtol=1e-12,
            atol=0,
            equal_nan=True,
        )
        if len(first[field]) == len(second[field])
        else False
        for field in FIELDS
    )


def add_run(target: ExperimentFolder, version: int = 1) -> RunFolder:
    run = RunFolder(target.path / "runs" / f"{target.next_run():03d}")
    run.path.mkdir()
    record = RunRecord(id=run.label, created="2026-01-01T00:00:00Z", version=version)
    run.record.write_bytes(records.encode(record))
    return run


def write(path: Path, names: str, rows: list[str]) -> None:
    path.write_text(f"_row,_time,{names}\n" + "".join(f"{row}\n" for row in rows))


@pytest.fixture
def target(labbook: LabbookFolder) -> ExperimentFolder:
    return experiment(labbook)


@pytest.fixture
def reader(labbook: LabbookFolder, target: ExperimentFolder) -> SeriesReader:
    return SeriesReader(labbook, target)


# -- whatever happens to the files ------------------------------------------------


class Files:
    """Runs whose files are appended to, cut, replaced, removed: never alike twice."""

    def __init__(self, target: ExperimentFolder) -> None:
        self.target = target
        self.tick = count(1)
        add_run(target)

    def row(self, row: int, cells: int, step: float | None) -> str:
        tick = next(self.tick)
        head = f"{row},{tick}.5" + ("" if step is None else f",{step}")
        values = [str((tick * 7919 + cell) % 1009) for cell in range(cells)]
        return ",".join([head, *values])

    def do(self, action: str, run: int, size: int) -> None:
        runs = self.target.runs()
        path = runs[run % len(runs)].metrics
        if action == "new run":
            add_run(self.target)
        elif action == "second file":
            rows = [self.row(1000 + i, 2, None) for i in range(size)]
            write(path.with_name("metrics.2.csv"), "loss,val", rows)
        elif action == "replace":
            aside = path.with_name("aside")
            write(aside, "step,acc", [self.row(i, 1, i * 2) for i in range(size)])
            aside.replace(path)
        elif action == "remove":
            path.unlink(missing_ok=True)
        elif action == "cut" and path.exists():
            os.truncate(path, path.stat().st_size // 2)
        elif action == "append":
            self.append(path, size)

    def append(self, path: Path, size: int) -> None:
        if not path.exists():
            write(path, "step,loss", [])
        data = path.read_bytes()
        # As the run itself does before it goes on after a torn line.
        whole = data[: data.rfind(b"\n") + 1]
        begun = whole.count(b"\n")
        rows = [self.row(begun + i, 1, begun + i) for i in range(size)]
        with path.open("r+b") as stream:
            stream.truncate(len(whole))
            stream.seek(len(whole))
            stream.writelines(f"{row}\n".encode() for row in rows)


ACTIONS = st.tuples(
    st.sampled_from(
        [*["append"] * 3, "second file", "replace", "cut", "remove", "new run"]
    ),
    st.integers(0, 2),
    st.sampled_from([1, 2, 5, 30, 200]),
    # Who looks afterwards.
    st.sets(st.integers(0, 3)),
)


@settings(max_examples=60)
@given(st.lists(ACTIONS, min_size=1, max_size=12))
def test_pieces_put_together_are_what_somebody_new_is_given(
    actions: list[tuple[str, int, int, set[int]]],
) -> None:
    with tempfile.TemporaryDirectory() as place:
        labbook = LabbookFolder.create(Path(place))
        target = experiment(labbook)
        files = Files(target)
        reader = SeriesReader(labbook, target)
        # Two sizes are kept: the third makes earlier cursors worthless.
        viewers = [Viewer(16), Viewer(16), Viewer(64), Viewer(256)]
        for action, run, size, looking in actions:
            files.do(action, run, size)
            for place_ in looking:
                viewers[place_].ask(reader)
        for viewer in viewers:
            viewer.ask(reader)
            new = Viewer(viewer.points)
            new.ask(SeriesReader(labbook, target))
            assert viewer.lines.keys() == new.lines.keys()
            for key, line in new.lines.items():
                assert {**viewer.lines[key], "mean": None} == {**line, "mean": None}
                assert same(viewer.lines[key]["mean"], line["mean"])


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


# -- what a viewer is given -------------------------------------------------------


def fill(run: RunFolder, size: int, *, names: str = "step,loss") -> None:
    rows = [f"{i},{i / 10 + 1e9},{i},{math.sin(i / 50)}" for i in range(size)]
    write(run.metrics, names, rows)


def append(run: RunFolder, start: int, size: int) -> None:
    with run.metrics.open("a") as stream:
        stream.writelines(
            f"{i},{i / 10 + 1e9},{i},{math.sin(i / 50)}\n"
            for i in range(start, start + size)
        )


def test_only_the_tail_of_a_growing_line_is_sent(
    reader: SeriesReader, target: ExperimentFolder
) -> None:
    run = add_run(target)
    fill(run, 3000)
    viewer = Viewer(1000)
    viewer.ask(reader)
    before = viewer.received
    append(run, 3000, 8)
    answer = viewer.ask(reader)
    assert 0 < viewer.received - before <= 8
    assert answer["lines"][0]["keep"] > 500
    assert viewer.ask(reader)["lines"] == []


def test_a_thinned_line_brings_means_and_a_short_one_none(
    reader: SeriesReader, target: ExperimentFolder
) -> None:
    fill(add_run(target), 100)
    fill(add_run(target), 5000)
    viewer = Viewer(1000)
    viewer.ask(reader)
    assert viewer.lines["001", "loss"]["mean"] is None
    long = viewer.lines["002", "loss"]
    mean = long["mean"]
    assert 250 < len(mean["x"]) <= 512
    assert mean["time"][3] == pytest.approx(mean["x"][3] / 10 + 1e9)
    assert min(long["y"]) < min(mean["y"]) < max(mean["y"]) < max(long["y"])


def test_the_number_of_points_is_rounded_up_to_a_power_of_two(
    reader: SeriesReader, target: ExperimentFolder
) -> None:
    fill(add_run(target), 9000)
    for asked, most in ((1, 16), (16, 16), (17, 32), (1000, 1024), (99_999, 8192)):
        lines = reader.read(asked)["lines"]
        assert most // 4 < len(lines[0]["x"]) <= most


@pytest.mark.parametrize("since", ["", "x", "1024.abc.7", "1024.", "..", "²", "-1"])
def test_a_cursor_of_somebody_else_brings_everything(
    reader: SeriesReader, target: ExperimentFolder, since: str
) -> None:
    fill(add_run(target), 10)
    answer = reader.read(1000, since)
    assert answer["reset"]
    assert [line["keep"] for line in answer["lines"]] == [0]


def test_a_cursor_from_the_future_brings_everything(
    reader: SeriesReader, target: ExperimentFolder
) -> None:
    fill(add_run(target), 10)
    cursor = reader.read(1000)["cursor"]
    ahead = cursor.rpartition(".")[0] + ".99"
    assert reader.read(1000, ahead)["reset"]
    assert not reader.read(1000, cursor)["reset"]


def test_only_runs_of_the_newest_version_are_shown(
    reader: SeriesReader, target: ExperimentFolder
) -> None:
    fill(add_run(target, version=1), 10)
    fill(add_run(target, version=2), 10)
    declare(target, 1)
    viewer = Viewer(100)
    assert viewer.ask(reader)["runs"] == ["001"]
    declare(target, 2)
    assert viewer.ask(reader)["runs"] == ["002"]
    assert [*viewer.lines] == [("002", "loss")]


def test_a_run_with_a_damaged_record_belongs_to_every_version(
    reader: SeriesReader, target: ExperimentFolder
) -> None:
    fill(add_run(target), 10)
    damaged = add_run(target)
    damaged.record.write_text("{")
    fill(damaged, 10)
    declare(target, 1)
    assert reader.read(100)["runs"] == ["001", "002"]


def declare(target: ExperimentFolder, version: int) -> None:
    kind = EventKind.AMENDED if version > 1 else EventKind.REGISTERED
    data = {"version": version, "declared": {"question": "?"}, "changed": []}
    History(target.path).append(kind, data, "2026-01-01T00:00:00Z")


def test_an_experiment_without_metrics_has_no_lines(reader: SeriesReader) -> None:
    answer = reader.read(100)
    assert (answer["lines"], answer["runs"], answer["behind"]) == ([], [], False)


def test_a_metric_over_rows_that_gets_steps_is_sent_anew(
    reader: SeriesReader, target: ExperimentFolder
) -> None:
    run = add_run(target)
    write(run.metrics, "loss", [f"{i},{i}.0,1" for i in range(5)])
    viewer = Viewer(100)
    viewer.ask(reader)
    assert viewer.lines["001", "loss"]["x_name"] == "row"
    write(run.path / "metrics.2.csv", "step,loss", ["9,9.0,9,1"])
    assert viewer.ask(reader)["lines"][0]["keep"] == 0
    assert viewer.lines["001", "loss"]["x_name"] == "step"


# -- long files ---------------------------------------------------------------------


@pytest.fixture
def small_portions(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(metric_reader, "BLOCK_BYTES", 2000)
    monkeypatch.setattr(block_index, "_SPAN_BYTES", 2000)
    monkeypatch.setattr(follow, "_MOST_BYTES", 4000)
    return


def test_no_call_takes_longer_than_its_time_and_each_run_has_its_turn(
    labbook: LabbookFolder, target: ExperimentFolder, small_portions: None
) -> None:
    for _ in range(3):
        fill(add_run(target), 2000)
    # Every portion takes a tenth of a second by this clock.
    ticks = count()
    reader = SeriesReader(labbook, target, clock=lambda: next(ticks) / 10)
    first, second = reader.read(100), reader.read(100)
    assert first["behind"]
    assert first["runs"] == ["001", "002", "003"]
    assert second["behind"]
    taken = [line["x"][-1] for line in second["lines"]]
    assert max(taken) < 2000
    assert max(taken) < 3 * min(taken)


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
