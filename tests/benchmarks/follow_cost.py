"""What it costs to keep a plot up to date, early and late in a run."""

from __future__ import annotations

import tempfile
import time
from functools import partial
from itertools import count
from pathlib import Path

from jupyter_labbook.runtime.layout import RunFolder
from jupyter_labbook.storage.follow import Follower
from tests.benchmarks.table import Line, interleaved

SHORT, LONG = 10_000, 10_000_000
ADDED = 500
"""Rows an update: what a run that logs 1,000 a second adds until the next look."""
ROUNDS = 101
CHUNK = 100_000


def measure() -> list[Line]:
    with tempfile.TemporaryDirectory() as place:
        updates = {}
        for rows in (SHORT, LONG):
            run = RunFolder(Path(place) / str(rows))
            run.path.mkdir()
            run.metrics.write_text("_row,_time,step,loss,accuracy\n")
            for start in range(0, rows, CHUNK):
                _append(run, start, min(CHUNK, rows - start))
            follower = Follower(run)
            while follower.poll():
                pass
            if follower.summaries()["loss"].count != rows:
                raise RuntimeError(f"the follower did not see all {rows} rows")
            updates[str(rows)] = partial(_update, run, follower, count(rows, ADDED))
        found = interleaved(updates, ROUNDS)
    return [
        Line(
            what=f"following a CSV of {LONG:,} rows, against {SHORT:,}: "
            f"one update of {ADDED} rows",
            measured=f"{found.median(str(LONG)) * 1e3:.2f} ms",
            against=f"{found.median(str(SHORT)) * 1e3:.2f} ms",
            value=found.ratio(str(LONG), str(SHORT)),
            target=1.5,
        )
    ]


def _update(run: RunFolder, follower: Follower, starts: count[int]) -> float:
    _append(run, next(starts), ADDED)
    begin = time.perf_counter()
    follower.poll()
    follower.series()
    follower.last()
    return time.perf_counter() - begin


def _append(run: RunFolder, start: int, rows: int) -> None:
    with run.metrics.open("a") as stream:
        stream.writelines(
            f"{i},{1.7e9 + i / 1000:.6f},{i},{1 / (i + 1)!r},{i % 97 / 97!r}\n"
            for i in range(start, start + rows)
        )
