"""What one call of `log` writes, or prints outside of a run."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from jupyter_labbook.errors import MetricError
from jupyter_labbook.runtime.metric_log import MetricLog
from jupyter_labbook.storage.metrics import read
from tests.run_script import execute
from tests.unit.metric_rows import names, table, write

if TYPE_CHECKING:
    from jupyter_labbook.runtime.layout import RunFolder

# -- one file -------------------------------------------------------------------


def test_a_call_is_a_row_with_number_time_step_and_metrics(run: RunFolder) -> None:
    write(run, ({"loss": 0.5, "n": 3}, 10), ({"loss": 0.25, "n": 4}, 20))
    header, first, second = table(run.metrics)
    assert header == ["_row", "_time", "step", "loss", "n"]
    assert (first[0], *first[2:]) == ("0", "10", "0.5", "3")
    assert (second[0], *second[2:]) == ("1", "20", "0.25", "4")
    assert len(first[1].split(".")[1]) == 6


def test_the_time_is_unix_time_in_microseconds(run: RunFolder) -> None:
    before = time.time()
    write(run, ({"loss": 1}, None))
    assert before - 1e-6 <= read(run).times[0] <= time.time() + 1e-6


def test_both_forms_and_both_together_are_one_row_each(run: RunFolder) -> None:
    execute(
        """
        from jupyter_labbook import log
        log(step=1, loss=0.5, accuracy=0.75)
        log({"loss": 0.25, "accuracy": 0.5}, step=2)
        log({"loss": 0.125}, step=3, accuracy=1)
        """,
        run,
    )
    assert names(run) == ["metrics.csv"]
    columns = read(run).columns()
    assert columns["loss"] == [0.5, 0.25, 0.125]
    assert columns["accuracy"] == [0.75, 0.5, 1]
    assert columns["step"] == [1, 2, 3]


def test_a_metric_may_be_called_values(run: RunFolder) -> None:
    execute("from jupyter_labbook import log; log(values=1.5)", run)
    assert read(run).values("values") == [1.5]


@pytest.mark.parametrize("call", ["log()", "log({})", "log(step=3)", "log({}, step=3)"])
def test_an_empty_call_leaves_no_row_and_no_file(run: RunFolder, call: str) -> None:
    execute(f"from jupyter_labbook import log; {call}", run)
    assert names(run) == []


def test_columns_may_come_in_any_order(run: RunFolder) -> None:
    write(run, ({"a": 1, "b": 2}, None), ({"b": 20, "a": 10}, None))
    assert names(run) == ["metrics.csv"]
    assert read(run).columns()["a"] == [1, 10]


def test_nan_and_infinities_are_kept(run: RunFolder) -> None:
    write(*[run], *[({"x": x}, None) for x in (math.nan, math.inf, -math.inf, -0.0)])
    nan, *others = read(run).values("x")
    assert math.isnan(nan)
    assert others == [math.inf, -math.inf, 0.0]
    assert [row[2] for row in table(run.metrics)[1:]] == ["nan", "inf", "-inf", "-0.0"]


def test_a_step_may_be_an_array_scalar_a_float_or_go_back(run: RunFolder) -> None:
    write(run, *[({"x": 1}, step) for step in (np.int64(3), 2.5, 1, True)])
    assert read(run).columns()["step"] == [3, 2.5, 1, 1]


@pytest.mark.parametrize("step", ["1", [1], np.arange(2)])
def test_a_step_that_is_no_number_is_an_error(run: RunFolder, step: object) -> None:
    with pytest.raises(TypeError, match="'step' is"):
        MetricLog(run).log({"loss": 1}, step)
    assert names(run) == []


def test_nothing_is_logged_of_a_call_with_one_bad_value(run: RunFolder) -> None:
    log = MetricLog(run)
    log.log({"a": 1, "b": 2}, None)
    before = run.metrics.read_bytes()
    with pytest.raises(TypeError, match="'b' is None"):
        log.log({"a": 1, "b": None}, None)
    with pytest.raises(MetricError, match="'_row'"):
        log.log({"a": 1, "_row": 2}, None)
    assert run.metrics.read_bytes() == before
    log.log({"a": 3, "b": 4}, None)
    log.close()
    assert read(run).columns()["_row"] == [0, 1]


def test_importing_log_brings_nothing_that_takes_long_to_import() -> None:
    execute(
        """
        import sys
        before = set(sys.modules)
        from jupyter_labbook import log
        heavy = {"typing", "csv", "json", "dataclasses", "inspect", "numpy", "logging"}
        found = heavy & (set(sys.modules) - before)
        assert not found, found
        """,
        None,
    )


# -- outside a run --------------------------------------------------------------


def test_outside_a_run_a_compact_line_is_printed() -> None:
    done = execute(
        """
        from jupyter_labbook import log
        log(step=10, loss=0.123, accuracy=0.91)
        log({"n": 12345678, "x": float("nan")})
        """,
        None,
    )
    assert done.stdout.splitlines() == [
        "step 10  loss=0.123  accuracy=0.91",
        "n=12345678  x=nan",
    ]


def test_outside_a_run_the_same_calls_are_errors() -> None:
    done = execute(
        """
        from jupyter_labbook import log
        for bad in (dict(a=None), dict(_row=1), {"step": 1}, {1: 2}):
            try:
                log(bad)
            except TypeError:
                print("refused")
        """,
        None,
    )
    assert done.stdout == "refused\n" * 4
