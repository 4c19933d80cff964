"""How soon a kernel answers while it shows four busy runs."""

from __future__ import annotations

import random
import statistics
import time
from contextlib import suppress
from queue import Empty
from typing import TYPE_CHECKING

from jupyter_labbook import Labbook
from tests.benchmarks import notebook
from tests.benchmarks.table import Line, interleaved

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Kernel

RUNS = 4
RATE = 1000
"""Rows a second that each run logs."""
REQUESTS = 500
_PAUSE = 0.1
"""Longest pause between two requests: they come at no rhythm of the views."""

_CELL = f"""\
%%experiment busy-{{number}}
#| question: Does the loss fall?
#| predict: loss < 0.001
import time
begin = time.perf_counter()
for i in range(10_000_000):
    log(step=i, loss=1 / (i + 1), accuracy=i % 97 / 97)
    time.sleep(max(0, begin + (i + 1) / {RATE} - time.perf_counter()))
"""


def measure() -> list[Line]:
    with (
        notebook.project(slots=RUNS) as project,
        notebook.kernel(project) as watching,
        notebook.kernel(project) as beside,
    ):
        for number in range(RUNS):
            notebook.execute(watching, _CELL.format(number=number))
        labbook = Labbook.find(project)
        files = [run.folder.metrics for name in labbook for run in labbook[name]]
        notebook.until(lambda: all(file.exists() for file in files))
        begin, before = time.monotonic(), _rows(files)
        found = interleaved(
            {
                "watching": lambda: _reply(watching),
                "beside": lambda: _reply(beside),
            },
            REQUESTS,
        )
        rate = (_rows(files) - before) / (time.monotonic() - begin) / RUNS
    if rate < RATE / 2:
        raise RuntimeError(f"the runs logged only {rate:.0f} rows a second each")
    ours, theirs = (
        statistics.quantiles([costs[name] for costs in found.rounds], n=100)[98]
        for name in ("watching", "beside")
    )
    return [
        Line(
            what=f"99th percentile of a kernel's reply to `1+1` with {RUNS} live views "
            f"of runs that log {rate:.0f} rows a second each, against one without",
            measured=f"{ours * 1e3:.1f} ms",
            against=f"{theirs * 1e3:.1f} ms",
            value=ours * 1e3,
            target=50,
            unit="ms",
        )
    ]


def _reply(kernel: Kernel) -> float:
    """Seconds from a request to its reply, in a front end that reads its outputs."""
    time.sleep(random.uniform(0, _PAUSE))
    with suppress(Empty):
        while True:
            kernel.client.get_iopub_msg(timeout=0)
    begin = time.perf_counter()
    request = kernel.submit("1+1")
    while True:
        reply = kernel.client.get_shell_msg(timeout=60)
        if reply["parent_header"].get("msg_id") == request:
            return time.perf_counter() - begin


def _rows(files: list[Path]) -> int:
    """Rows that all runs together have logged."""
    return sum(file.read_bytes().count(b"\n") for file in files)
