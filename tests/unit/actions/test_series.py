"""Viewers are given lines in pieces, and each ends up with what the files hold."""

from __future__ import annotations

import os
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_labbook.actions.series import SeriesReader
from jupyter_labbook.storage.labbook import LabbookFolder
from tests.running import experiment
from tests.unit.actions.viewers import (
    Viewer,
    add_run,
    append,
    declare,
    fill,
    same,
    write,
)

if TYPE_CHECKING:
    from jupyter_labbook.storage.labbook import ExperimentFolder


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
