from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from jupyter_labbook.errors import MetricError
from jupyter_labbook.model.view import Progress
from jupyter_labbook.runtime import progress as module
from jupyter_labbook.runtime.layout import RUN_VARIABLE, RunFolder
from jupyter_labbook.storage.progress import read_progress
from tests.run_script import execute

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be set by the test."""
    now = [1000.0]
    monkeypatch.setattr(module.time, "time", lambda: now[0])
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def reporter(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> module._Reporter:
    monkeypatch.setenv(RUN_VARIABLE, str(run.path))
    monkeypatch.delenv("RANK", raising=False)
    return module._Reporter()


def written(run: RunFolder) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(run.progress.read_text())
    return record


# -- writing --------------------------------------------------------------------


def test_the_first_report_is_written_at_once(
    run: RunFolder, reporter: module._Reporter, clock: list[float]
) -> None:
    reporter.report(0, 10, "warming up")
    assert written(run) == {
        "done": 0,
        "total": 10,
        "time": 1000,
        "text": "warming up",
        "started": 1000,
        "from": 0,
    }


def test_it_is_written_twice_a_second_however_often_it_is_called(
    run: RunFolder, reporter: module._Reporter, clock: list[float]
) -> None:
    seen = set()
    for i in range(1000):
        clock[0] = 1000 + i / 100
        reporter.report(i, None, "")
        seen.add(written(run)["done"])
    # Ten at once, and one for each half second of the ten that pass.
    assert len(seen) in (29, 30)


def test_a_slow_step_after_a_few_fast_ones_shows_how_far_it_is(
    run: RunFolder, reporter: module._Reporter, clock: list[float]
) -> None:
    for i in range(5):
        clock[0] += 0.01
        reporter.report(i, 5, f"fold {i}")
    assert (written(run)["done"], written(run)["text"]) == (4, "fold 4")


def test_a_pause_earns_another_few(
    run: RunFolder, reporter: module._Reporter, clock: list[float]
) -> None:
    for i in range(100):
        reporter.report(i, 1000, "")
    assert written(run)["done"] == 9
    clock[0] += 60
    for i in range(100, 105):
        reporter.report(i, 1000, "")
    assert written(run)["done"] == 104


def test_the_end_is_written_at_once_but_only_once(
    run: RunFolder, reporter: module._Reporter, clock: list[float]
) -> None:
    for i in range(21):
        reporter.report(i, 30, "")
    assert written(run)["done"] == 9
    reporter.report(30, 30, "")
    assert written(run)["done"] == 30
    for text in ("a", "b"):
        reporter.report(30, 30, text)
        assert written(run)["text"] == ""


def test_the_last_report_is_written_when_the_process_ends(run: RunFolder) -> None:
    execute(
        """
        from jupyter_labbook import progress
        for i in range(9):
            progress(i, 9, text=f"fold {i}")
        """,
        run,
    )
    assert (written(run)["done"], written(run)["text"]) == (8, "fold 8")


def test_another_loop_begins_its_pace_anew(
    run: RunFolder, reporter: module._Reporter, clock: list[float]
) -> None:
    for second, (done, total) in enumerate([(0, 9), (5, 9), (2, 9), (3, 9), (3, 30)]):
        clock[0] = 1000 + second
        reporter.report(done, total, "")
        began = written(run)["started"], written(run)["from"]
        assert began == [(1000, 0), (1000, 0), (1002, 2), (1002, 2), (1004, 3)][second]


def test_numbers_of_numpy_are_numbers(run: RunFolder) -> None:
    execute(
        """
        import numpy as np
        from jupyter_labbook import progress
        progress(np.int64(1), np.array([4.0]))
        """,
        run,
    )
    assert (written(run)["done"], written(run)["total"]) == (1, 4.0)


@pytest.mark.parametrize("n", ["ten", [1, 2], np.arange(3)])
def test_what_is_no_number_is_an_error(n: object) -> None:
    with pytest.raises(MetricError, match="'n' is"):
        module.progress(1, n)


@pytest.mark.parametrize("n", [math.nan, math.inf, 10**400])
def test_endless_numbers_are_passed_over(
    run: RunFolder, reporter: module._Reporter, n: float
) -> None:
    reporter.report(1, n, "")
    reporter.report(n, None, "")
    assert not run.progress.exists()


def test_only_the_finished_file_is_ever_there(
    run: RunFolder, reporter: module._Reporter
) -> None:
    reporter.report(1, 2, "")
    assert [path.name for path in run.path.iterdir()] == ["progress.json"]


def test_a_folder_that_is_gone_does_not_stop_the_run(tmp_path: Path) -> None:
    done = execute(
        "from jupyter_labbook import progress; progress(1, 2)",
        RunFolder(tmp_path / "absent"),
    )
    assert done.stderr == ""


def test_outside_a_run_and_beside_rank_0_nothing_happens(run: RunFolder) -> None:
    source = "from jupyter_labbook import progress; progress(1, 2)"
    done = execute(source, None)
    assert (done.stdout, done.stderr) == ("", "")
    execute(source, run, RANK="1")
    assert not run.progress.exists()


# -- reading --------------------------------------------------------------------


def test_time_left_extends_the_pace_of_the_loop(
    run: RunFolder, reporter: module._Reporter, clock: list[float]
) -> None:
    reporter.report(2, 10, "")
    clock[0] += 8
    reporter.report(6, 10, "folds")
    assert read_progress(run, now=1008) == Progress(
        done=6, total=10, remaining=8, text="folds"
    )
    assert read_progress(run, now=1011) == Progress(
        done=6, total=10, remaining=5, text="folds"
    )
    late = read_progress(run, now=2000)
    assert late is not None
    assert late.remaining == 0


def test_nothing_is_guessed_from_one_report(
    run: RunFolder, reporter: module._Reporter
) -> None:
    reporter.report(0, 10, "")
    assert read_progress(run) == Progress(done=0, total=10)


def test_without_a_total_there_is_no_time_left(
    run: RunFolder, reporter: module._Reporter
) -> None:
    reporter.report(3, None, "")
    assert read_progress(run) == Progress(done=3)


def test_what_is_done_has_no_time_left(
    run: RunFolder, reporter: module._Reporter
) -> None:
    reporter.report(10, 10, "")
    assert read_progress(run) == Progress(done=10, total=10, remaining=0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"done": "x"}',
        b'{"done": true}',
        b'{"done": NaN}',
        b'{"done": 1e999}',
        b"null",
    ],
)
def test_what_is_no_report_is_none(run: RunFolder, content: bytes) -> None:
    run.progress.write_bytes(content)
    assert read_progress(run) is None


def test_a_report_with_odd_parts_is_used_as_far_as_it_goes(run: RunFolder) -> None:
    run.progress.write_text('{"done": 1, "total": 2, "time": "now", "text": 5}')
    assert read_progress(run) == Progress(done=1, total=2)


def test_a_run_that_reported_nothing_has_no_progress(run: RunFolder) -> None:
    assert read_progress(run) is None
