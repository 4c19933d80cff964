"""Metrics as bytes: a part, or one table of all files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.storage.metric_bytes import joined_csv, read_bytes
from jupyter_labbook.storage.metrics import read
from tests import running

if TYPE_CHECKING:
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder


def logged(labbook: LabbookFolder, **files: str) -> RunFolder:
    run = running.queue(labbook, running.experiment(labbook))
    for name, text in files.items():
        (run.path / f"{name.replace('_', '.')}.csv").write_text(text)
    return run


def whole(run: RunFolder) -> str:
    return b"".join(joined_csv(run)).decode()


def test_a_part_ends_where_the_file_does(labbook: LabbookFolder) -> None:
    run = logged(labbook, metrics="0123456789")
    assert read_bytes(run.metrics, 2, 3) == (b"234", 10)
    assert read_bytes(run.metrics, 8, 30) == (b"89", 10)
    assert read_bytes(run.metrics, 99, 30) == (b"", 10)


def test_a_run_that_logged_nothing_has_an_empty_table(labbook: LabbookFolder) -> None:
    assert whole(logged(labbook)) == "_row,_time\n"


def test_several_files_are_joined_row_by_row(labbook: LabbookFolder) -> None:
    run = logged(
        labbook,
        metrics="_row,_time,loss\n0,1.500000,0.1\n2,3.500000,nan\n",
        metrics_2='_row,_time,loss,"a,b"\n1,2.500000,,1e300\n',
    )
    assert whole(run) == (
        '_row,_time,"a,b",loss\n0,1.500000,,0.1\n1,2.500000,1e+300,\n2,3.500000,,nan\n'
    )


def test_steps_are_whole_where_they_were_and_empty_where_there_was_none(
    labbook: LabbookFolder,
) -> None:
    run = logged(
        labbook,
        metrics="_row,_time,loss\n0,1.000000,1\n",
        metrics_2="_row,_time,step,loss\n1,2.000000,7,2\n2,3.000000,0.5,3\n",
    )
    assert [line.split(",")[2] for line in whole(run).splitlines()] == [
        "step",
        "",
        "7",
        "0.5",
    ]


def test_what_is_joined_reads_back_as_it_was(labbook: LabbookFolder) -> None:
    rows = "".join(f"{n},{n}.000000,{n},{n / 7}\n" for n in range(12_000))
    run = logged(
        labbook,
        metrics="_row,_time,step,loss\n" + rows,
        metrics_2="_row,_time,step,late\n12000,12000.000000,12000,5\n",
    )
    before = read(run).columns()
    table = whole(run)
    (run.path / "metrics.2.csv").unlink()
    run.metrics.write_text(table)
    assert read(run).columns() == before
