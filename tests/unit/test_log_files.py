"""Which file of a run a row goes to, whatever is in its header."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.runtime.layout import RunFolder
from jupyter_labbook.runtime.metric_files import encoded, file_name, parse_name, quoted
from jupyter_labbook.runtime.metric_log import MetricLog
from jupyter_labbook.storage.metric_lines import parse_header
from jupyter_labbook.storage.metrics import read
from tests.unit.metric_rows import names, table, write

# -- several files --------------------------------------------------------------


def test_a_new_name_opens_a_file_with_the_wider_header(run: RunFolder) -> None:
    write(run, ({"loss": 1}, 0), ({"val": 2}, 0), ({"loss": 3}, 1), ({"val": 4}, 1))
    assert names(run) == ["metrics.2.csv", "metrics.csv"]
    assert [row[0] for row in table(run.metrics)] == ["_row", "0", "2"]
    wide = table(run.path / "metrics.2.csv")
    assert wide[0] == ["_row", "_time", "step", "loss", "val"]
    assert [[row[0], *row[2:]] for row in wide[1:]] == [
        ["1", "0", "", "2"],
        ["3", "1", "", "4"],
    ]


def test_a_first_step_opens_a_file_where_it_comes_first(run: RunFolder) -> None:
    write(run, ({"loss": 1}, None), ({"loss": 2}, 7), ({"loss": 3}, None))
    assert table(run.path / "metrics.2.csv")[0] == ["_row", "_time", "step", "loss"]
    assert read(run).columns() == {
        "_row": [0, 1, 2],
        "_time": read(run).times.tolist(),
        "step": [None, 7, None],
        "loss": [1, 2, 3],
    }


def test_a_call_goes_to_the_file_with_the_fewest_columns_that_has_its_names(
    run: RunFolder,
) -> None:
    write(
        run,
        ({"a": 1}, None),
        ({"b": 2}, None),
        ({"c": 3}, None),
        ({"b": 4}, None),
        ({"a": 5}, None),
        ({"c": 6, "a": 7}, None),
    )
    rows = {path.name: table(path)[1:] for path in run.metric_files()}
    assert [row[0] for row in rows["metrics.csv"]] == ["0", "4"]
    assert [row[0] for row in rows["metrics.2.csv"]] == ["1", "3"]
    assert [row[0] for row in rows["metrics.3.csv"]] == ["2", "5"]


def test_past_16_files_there_is_one_with_a_line_a_value(run: RunFolder) -> None:
    calls = [({f"m{i}": i, 'the "a", of\nb': -i}, i) for i in range(40)]
    write(run, *calls, ({"m3": 100}, None))
    assert len(names(run)) == 17
    header, *lines = table(run.path / "metrics.long.csv")
    assert header == ["_row", "_time", "step", "name", "value"]
    assert len(lines) == 2 * 24
    assert lines[1][3] == 'the "a", of\nb'
    metrics = read(run)
    assert metrics.problems == ()
    assert metrics.values('the "a", of\nb') == [-i for i in range(40)]
    assert metrics.columns()["m30"][30] == 30
    assert metrics.columns()["step"] == [*range(40), None]
    assert metrics.columns()["m3"][-1] == 100
    assert len(metrics) == 41


def test_many_kinds_of_calls_do_not_make_it_forget_a_row(run: RunFolder) -> None:
    many = {f"m{i}": i for i in range(12)}
    log = MetricLog(run)
    log.log(many, None)
    for i in range(1, 1 << 11):
        log.log({name: i for name in many if i >> many[name] & 1}, None)
    log.close()
    assert names(run) == ["metrics.csv"]
    assert len(read(run)) == 1 << 11


def test_pandas_reads_a_file_as_it_is(run: RunFolder) -> None:
    write(
        run, ({'a,"b"\nc': 0.1, "損失": math.nan}, 3), ({'a,"b"\nc': 2, "損失": 1}, 4)
    )
    frame = pd.read_csv(run.metrics)
    assert list(frame) == ["_row", "_time", "step", 'a,"b"\nc', "損失"]
    assert frame['a,"b"\nc'].tolist() == [0.1, 2]


# -- whatever the names and numbers ---------------------------------------------

NAMES = st.text(min_size=0, max_size=20) | st.text('",\r\n\0 \udc80a', max_size=6)
RESERVED = {"_row", "_time", "step"}


@given(
    st.lists(
        st.dictionaries(
            NAMES.filter(lambda name: name not in RESERVED),
            st.floats() | st.integers(-(10**30), 10**30) | st.booleans(),
            min_size=1,
            max_size=4,
        ),
        min_size=1,
        max_size=25,
    )
)
def test_every_name_and_number_comes_back(
    tmp_path_factory: pytest.TempPathFactory, calls: list[dict[str, Any]]
) -> None:
    run = RunFolder(tmp_path_factory.mktemp("run"))
    write(run, *((call, None) for call in calls))
    metrics = read(run)
    assert metrics.problems == ()
    columns = metrics.columns()
    for i, call in enumerate(calls):
        back = {
            name: column[i]
            for name, column in columns.items()
            if name not in RESERVED and column[i] is not None
        }
        expected = {name: float(value) for name, value in call.items()}
        np.testing.assert_equal(back, expected)


@given(st.lists(NAMES, min_size=1, unique=True))
def test_a_header_comes_back_whatever_is_in_it(metrics: list[str]) -> None:
    header = ["_row", "_time", *(name for name in metrics if name not in RESERVED), "z"]
    header = list(dict.fromkeys(header))
    line = encoded(",".join(map(quoted, header)) + "\n")
    assert parse_header(line) == header


@pytest.mark.parametrize(
    ("process", "part", "name"),
    [
        ("", "", "metrics.csv"),
        ("", "2", "metrics.2.csv"),
        ("", "long", "metrics.long.csv"),
        ("p12", "", "metrics.p12.csv"),
        ("p12-3", "16", "metrics.p12-3.16.csv"),
    ],
)
def test_file_names_tell_process_and_part(process: str, part: str, name: str) -> None:
    assert file_name(process, part) == name
    assert parse_name(name) == (process, part)


@pytest.mark.parametrize("name", ["metrics-old.csv", "metrics.csv.gz", "metrics.x.csv"])
def test_other_files_hold_no_metrics(name: str) -> None:
    assert parse_name(name) is None
