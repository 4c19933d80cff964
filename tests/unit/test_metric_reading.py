from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.model.metrics import Reducer
from jupyter_labbook.runtime.layout import RunFolder
from jupyter_labbook.storage import metric_lines, metric_reader
from jupyter_labbook.storage.metrics import Metrics, read, summaries

HEADER = b"_row,_time,step,loss,val\n"
LONG = b"_row,_time,step,name,value\n"


def put(run: RunFolder, data: bytes, name: str = "metrics.csv") -> None:
    (run.path / name).write_bytes(data)


def rows_of(metrics: Metrics) -> list[int]:
    rows: list[int] = metrics.columns()["_row"]
    return rows


# -- what is there --------------------------------------------------------------


def test_a_run_that_logged_nothing_has_no_metrics(run: RunFolder) -> None:
    metrics = read(run)
    assert len(metrics) == 0
    assert metrics.names == ()
    assert metrics.problems == ()
    assert metrics.columns() == {"_row": [], "_time": []}
    assert metrics.frame().empty
    assert summaries(run) == {}


def test_missing_cells_are_none_and_nan_is_kept(run: RunFolder) -> None:
    put(run, HEADER + b"0,1.0,0,0.5,\n1,2.0,,nan,7\n2,3.0,2,,\n")
    metrics = read(run)
    columns = metrics.columns()
    assert columns["val"] == [None, 7, None]
    assert columns["step"] == [0, None, 2]
    assert columns["loss"][0] == 0.5
    assert math.isnan(columns["loss"][1])
    assert columns["loss"][2] is None
    assert metrics.values("val") == [7]


def test_an_empty_cell_is_told_from_every_number(run: RunFolder) -> None:
    stand_in = metric_lines._EMPTY
    put(run, HEADER + b"0,1.0,0," + stand_in + b",\n1,2.0,1,,5\n")
    columns = read(run).columns()
    assert columns["loss"] == [float(stand_in), None]
    assert columns["val"] == [None, 5]


def test_files_of_one_process_are_joined_in_the_order_of_their_rows(
    run: RunFolder,
) -> None:
    put(run, b"_row,_time,loss\n0,10.0,1\n3,40.0,4\n")
    put(run, b"_row,_time,loss,val\n1,20.0,,2\n4,50.0,5,6\n", "metrics.2.csv")
    put(run, LONG + b"2,30.0,,extra,3\n2,30.0,,more,4\n", "metrics.long.csv")
    metrics = read(run)
    assert rows_of(metrics) == [0, 1, 2, 3, 4]
    assert metrics.columns()["loss"] == [1, None, None, 4, 5]
    assert metrics.columns()["extra"] == [None, None, 3, None, None]
    assert metrics.columns()["more"] == [None, None, 4, None, None]


def test_a_clock_that_was_set_back_does_not_change_the_order_of_rows(
    run: RunFolder,
) -> None:
    put(run, b"_row,_time,a\n0,100.0,0\n1,50.0,1\n2,101.0,2\n")
    put(run, b"_row,_time,b\n0,99.0,0\n1,100.5,1\n", "metrics.p7.csv")
    metrics = read(run)
    assert metrics.values("a") == [0, 1, 2]
    assert metrics.columns()["a"] == [None, 0, 1, None, 2]
    assert metrics.columns()["b"] == [0, None, None, 1, None]


def test_processes_are_joined_in_the_order_of_their_times(run: RunFolder) -> None:
    put(run, b"_row,_time,a\n0,1.0,0\n1,3.0,1\n")
    put(run, b"_row,_time,a\n0,2.0,10\n1,4.0,11\n", "metrics.p7.csv")
    metrics = read(run)
    assert metrics.values("a") == [0, 10, 1, 11]
    assert rows_of(metrics) == [0, 0, 1, 1]


def test_a_file_of_many_blocks_is_read_whole(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metric_reader, "BLOCK_BYTES", 100)
    lines = "".join(f"{i},{i}.5,{i},{i},{i if i % 3 else ''}\n" for i in range(200))
    put(run, HEADER + lines.encode())
    metrics = read(run)
    assert metrics.values("loss") == list(range(200))
    assert metrics.values("val") == [i for i in range(200) if i % 3]


def test_other_files_beside_them_are_left_alone(run: RunFolder) -> None:
    put(run, HEADER + b"0,1.0,0,1,2\n")
    put(run, b"my own notes", "metrics-of-last-week.csv")
    assert read(run).problems == ()


def test_a_frame_has_the_same_columns(run: RunFolder) -> None:
    put(run, HEADER + b"0,1.0,0,0.5,\n1,2.0,1,nan,7\n")
    frame = read(run).frame()
    assert list(frame) == ["_row", "_time", "step", "loss", "val"]
    assert frame["step"].dtype == np.int64
    pd.testing.assert_series_equal(
        frame["val"], pd.Series([math.nan, 7.0]), check_names=False
    )


def test_a_frame_without_steps_or_with_broken_ones_is_honest(run: RunFolder) -> None:
    put(run, b"_row,_time,a\n0,1.0,5\n")
    assert "step" not in read(run).frame()
    put(run, HEADER + b"0,1.0,0.5,1,2\n1,2.0,,1,2\n")
    assert read(run).frame()["step"].tolist()[0] == 0.5
    assert read(run).columns()["step"] == [0.5, None]


# -- what should not be there ---------------------------------------------------


@pytest.mark.parametrize("cut", range(1, 16))
def test_a_torn_last_line_is_passed_over_without_a_word(
    run: RunFolder, cut: int
) -> None:
    put(run, (HEADER + b"0,1.0,0,1,2\n" + b"1,2.0,1,10,200\n")[:-cut])
    metrics = read(run)
    assert rows_of(metrics) == [0]
    assert metrics.problems == ()


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\xfe\x80garbage\n",
        b"1,2.0,1,5\n",
        b"1,2.0,1,5,6,7\n",
        b"\n",
        b"1,2.0,1,five,6\n",
        b"1,2.0,1,1_0,6\n",
        b"1,2.0,1,0x10,6\n",
        b",2.0,1,5,6\n",
        b"1,,1,5,6\n",
        b"1.5,2.0,1,5,6\n",
        b"-1,2.0,1,5,6\n",
        b"1,nan,1,5,6\n",
        b"_row,_time,step,loss,val\n",
        b'1,2.0,1,"5",6\n',
    ],
)
def test_a_line_of_something_else_is_passed_over_and_counted(
    run: RunFolder, garbage: bytes
) -> None:
    put(run, HEADER + b"0,1.0,0,1,2\n" + garbage + b"2,3.0,2,3,\n")
    metrics = read(run)
    assert metrics.values("loss") == [1, 3]
    assert metrics.values("val") == [2]
    assert metrics.problems == (
        "metrics.csv: 1 line passed over, not what the header announces.",
    )


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\xfe\x80garbage\n",
        b'"\n',
        b'1,2.0,,"\xff\xfe",1\n',
        b"1,2.0,,name,five\n",
        b"1,2.0,x,name,5\n",
        b"1,2.0,,name\n",
        b"\n",
        b'1,2.0,,na"me,5\n',
    ],
)
def test_the_same_holds_for_the_file_with_a_line_a_value(
    run: RunFolder, garbage: bytes
) -> None:
    good = b'0,1.0,,"a\n""b""",1\n'
    put(run, LONG + good + garbage + good.replace(b"0,", b"2,", 1), "metrics.long.csv")
    metrics = read(run)
    assert metrics.names == ('a\n"b"',)
    assert rows_of(metrics) == [0, 2]
    assert "1 line passed over" in metrics.problems[0]


@pytest.mark.parametrize("cut", range(1, 14))
def test_a_torn_value_is_passed_over_without_a_word(run: RunFolder, cut: int) -> None:
    lines = b'0,1.0,,a,1\n1,2.0,,"b\n""c",12\n'
    put(run, (LONG + lines)[:-cut], "metrics.long.csv")
    metrics = read(run)
    assert metrics.names == ("a",)
    assert metrics.problems == ()


def test_a_quote_that_never_closes_costs_one_line(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metric_lines, "_LONGEST_LINE", 200)
    good = b"".join(b"%d,1.0,,a,%d\n" % (i, i) for i in range(1, 50))
    put(run, LONG + b'0,1.0,,"broken,1\n' + good, "metrics.long.csv")
    metrics = read(run)
    assert metrics.values("a") == list(range(1, 50))
    assert "1 line passed over" in metrics.problems[0]


@pytest.mark.parametrize("size", [50, 99, 100, 101, 350])
def test_a_line_longer_than_any_is_passed_over(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(metric_reader, "BLOCK_BYTES", 100)
    good = b"0,1.0,0,1,2\n"
    put(run, HEADER + good + b"\x00" * size + b"\n" + good.replace(b"0,", b"5,", 1))
    metrics = read(run)
    assert rows_of(metrics) == [0, 5]
    assert "1 line passed over" in metrics.problems[0]


@pytest.mark.parametrize(
    "header",
    [
        b"time,loss\n",
        b"_row,_time\n",
        b"_row,_time,a,a\n",
        b"_row,_time,\xff\n",
        b'_row,_time,"a"b\n',
        b"\x00" * 200,
        b'_row,_time,"' + b"x\n" * 100,
    ],
)
def test_a_file_with_another_header_is_left_out_and_named(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch, header: bytes
) -> None:
    monkeypatch.setattr(metric_reader, "BLOCK_BYTES", 100)
    put(run, header + b"0,1.0,5\n", "metrics.2.csv")
    put(run, HEADER + b"0,1.0,0,1,2\n")
    metrics = read(run)
    assert metrics.names == ("loss", "val")
    (problem,) = metrics.problems
    assert problem.startswith("metrics.2.csv is left out from there on: it does not")


@pytest.mark.parametrize("begun", [b"", b"_row,_ti", b'_row,_time,"a\n'])
def test_a_header_that_is_still_being_written_is_waited_for(
    run: RunFolder, begun: bytes
) -> None:
    put(run, begun)
    assert read(run).problems == ()


def test_a_folder_in_place_of_a_file_is_named(run: RunFolder) -> None:
    run.metrics.mkdir()
    (problem,) = read(run).problems
    assert "metrics.csv" in problem
    assert "Is a directory" in problem


def test_a_link_to_nowhere_is_no_file(run: RunFolder) -> None:
    run.metrics.symlink_to(run.path / "nowhere")
    assert len(read(run)) == 0


@given(st.binary(max_size=400))
def test_no_bytes_whatever_raise(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    run = RunFolder(tmp_path_factory.mktemp("run"))
    for name, header in (("", b""), (".2", HEADER), (".long", LONG)):
        put(run, header + data, f"metrics{name}.csv")
    metrics = read(run)
    assert set(summaries(run)) == set(metrics.names)


@given(
    st.lists(
        st.lists(st.none() | st.floats(), min_size=3, max_size=3).filter(
            lambda row: any(cell is not None for cell in row)
        ),
        min_size=1,
    )
)
def test_the_fast_way_and_the_careful_way_read_the_same(
    rows: list[list[float | None]],
) -> None:
    lines = [
        ",".join(["0", "1.0", *("" if cell is None else repr(cell) for cell in row)])
        for row in rows
    ]
    data = ("\n".join(lines) + "\n").encode()
    fast = metric_lines._in_bulk(data, len(rows), 5)
    assert fast is not None
    careful_values, careful_empty = metric_lines._line_by_line(data, 5)
    values, empty = fast
    empty = np.zeros(values.shape, dtype=np.bool_) if empty is None else empty
    np.testing.assert_array_equal(empty, careful_empty)
    np.testing.assert_array_equal(values[~empty], careful_values[~empty])


# -- summaries ------------------------------------------------------------------


def test_a_metric_is_reduced_in_every_way(run: RunFolder) -> None:
    put(run, HEADER + b"0,1.0,0,4,nan\n1,2.0,1,nan,nan\n2,3.0,2,1,\n3,4.0,3,2.5,\n")
    found = summaries(run)
    loss, val = found["loss"], found["val"]
    assert [loss.reduce(reducer) for reducer in Reducer] == [2.5, 1, 4, 2.5]
    assert (loss.count, loss.nans) == (4, 1)
    assert all(math.isnan(val.reduce(reducer)) for reducer in Reducer)
    assert (val.count, val.nans) == (2, 2)


def test_the_last_value_is_the_last_logged_whatever_the_file(run: RunFolder) -> None:
    put(run, b"_row,_time,a\n0,1.0,0\n5,6.0,5\n")
    put(run, b"_row,_time,a,b\n1,2.0,1,1\n4,5.0,4,4\n", "metrics.2.csv")
    assert summaries(run)["a"].last == 5
    put(run, b"_row,_time,a\n0,7.0,-1\n", "metrics.p9.csv")
    assert summaries(run)["a"].last == -1


def test_a_last_nan_is_the_last_value(run: RunFolder) -> None:
    put(run, b"_row,_time,a\n0,1.0,0\n1,6.0,nan\n")
    assert math.isnan(summaries(run)["a"].last)


def test_infinities_are_part_of_a_summary(run: RunFolder) -> None:
    put(run, b"_row,_time,a\n0,1.0,inf\n1,2.0,-inf\n2,3.0,1e308\n3,4.0,1e308\n")
    found = summaries(run)["a"]
    assert (found.min, found.max) == (-math.inf, math.inf)
    assert math.isnan(found.mean)


@given(st.lists(st.floats(allow_nan=False, width=32), min_size=1, max_size=60))
def test_summaries_agree_with_the_values_whatever_the_blocks(
    tmp_path_factory: pytest.TempPathFactory, values: list[float]
) -> None:
    run = RunFolder(tmp_path_factory.mktemp("run"))
    lines = [f"{i},{i}.0,{value!r}\n" for i, value in enumerate(values)]
    put(run, b"_row,_time,a\n" + "".join(lines).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metric_reader, "BLOCK_BYTES", 60)
        found = summaries(run)["a"]
    assert found.last == values[-1]
    assert (found.min, found.max) == (min(values), max(values))
    if all(map(math.isfinite, values)):
        assert found.mean == pytest.approx(math.fsum(values) / len(values), abs=1e25)


def test_what_is_added_while_reading_is_left_for_later(run: RunFolder) -> None:
    put(run, HEADER + b"0,1.0,0,1,2\n")
    (reader,) = metric_reader.open_readers(run)
    reader.look()
    with run.metrics.open("ab") as more:
        more.write(b"1,2.0,1,3,4\n")
    blocks = []
    while (block := reader.read()) is not None:
        blocks.append(block)
    assert sum(map(len, blocks)) == 1
    reader.look()
    block = reader.read()
    assert block is not None
    assert block.rows.tolist() == [1]


def test_a_file_that_becomes_unreadable_is_named(run: RunFolder) -> None:
    put(run, HEADER + b"0,1.0,0,1,2\n")
    (reader,) = metric_reader.open_readers(run)
    reader.look()
    run.metrics.unlink()
    assert reader.read() is None
    assert "No such file" in reader.problem
