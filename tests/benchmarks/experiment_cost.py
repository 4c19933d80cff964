"""How long ``%%experiment`` holds up a notebook: from the request to idle again."""

from __future__ import annotations

import os
import time
from itertools import count
from typing import TYPE_CHECKING

from jupyter_labbook import Labbook
from jupyter_labbook.rendering.mimebundle import MIME_TYPE
from tests.benchmarks import notebook
from tests.benchmarks.table import Line, interleaved

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Kernel

ROUNDS = 11
SWEEP_ROUNDS = 3
SWEPT = 100
_WIDGET = "application/vnd.jupyter.widget-view+json"
_SUBMITTED = ("run.json", "script.py", "ticket.json")

_EARLIER = """\
import numpy as np
images = np.random.default_rng(0).random((1797, 64))

def step(weights, rate):
    return weights - rate * (images.T @ (images @ weights)) / len(images)
"""
_CELL = """\
%%experiment {name}
#| question: Does the norm of the weights fall?
#| hypothesis: It does, and faster with a higher rate.
#| predict: {predict}
#| sweep: {{rate: [{rates}]}}
weights = np.ones(64)
for i in range(1_000_000):
    weights = step(weights, rate)
    log(step=i, norm=np.linalg.norm(weights))
"""


def measure() -> list[Line]:
    with notebook.project(slots=1) as project, notebook.kernel(project) as kernel:
        notebook.execute(kernel, _EARLIER)
        names = (f"trial-{number}" for number in count(1))
        first = _submit(kernel, project, next(names), 1)
        found = interleaved(
            {
                "empty": lambda: notebook.execute(kernel, "pass"),
                "one": lambda: _submit(kernel, project, next(names), 1),
            },
            ROUNDS,
        )
        sweeps = interleaved(
            {
                "sweep": lambda: _submit(kernel, project, next(names), SWEPT),
                "plain": lambda: _write_plainly(project),
            },
            SWEEP_ROUNDS,
        )
    return [
        Line(
            what="`%%experiment` with one run, against an empty cell "
            f"({first * 1e3:.0f} ms at its first use in a kernel)",
            measured=f"{found.median('one') * 1e3:.0f} ms",
            against=f"{found.median('empty') * 1e3:.1f} ms",
            value=found.median("one") * 1e3,
            target=150,
            unit="ms",
        ),
        Line(
            what=f"`%%experiment` with a sweep of {SWEPT}, against writing and "
            "syncing the same files one after the other",
            measured=f"{sweeps.median('sweep') * 1e3:.0f} ms",
            against=f"{sweeps.median('plain') * 1e3:.0f} ms",
            value=sweeps.median("sweep") * 1e3,
            target=1000,
            unit="ms",
        ),
    ]


def _submit(kernel: Kernel, project: Path, name: str, runs: int) -> float:
    """Submit a cell; it is stopped, and shown as such, before this returns."""
    rates = ", ".join(f"{number / 100}" for number in range(1, runs + 1))
    predict = "norm < 1" if runs == 1 else "best(norm) < 1"
    cell = _CELL.format(name=name, predict=predict, rates=rates)
    seconds = notebook.execute(kernel, cell, shows=(MIME_TYPE, _WIDGET))
    experiment = Labbook.find(project)[name]
    if len(experiment) != runs:
        raise RuntimeError(f"{experiment!r} has not {runs} runs")
    notebook.until(lambda: any(run.folder.metrics.exists() for run in experiment))
    notebook.stop_all(project)
    notebook.settle(kernel)
    return seconds


def _write_plainly(project: Path) -> float:
    """Write what the newest sweep wrote of its runs; seconds that it took."""
    labbook = Labbook.find(project)
    newest = labbook[labbook.keys()[-1]]
    submitted = [
        {name: (run.path / name).read_bytes() for name in _SUBMITTED} for run in newest
    ]
    target = project / f"plain-{newest.name}"
    begin = time.perf_counter()
    for number, contents in enumerate(submitted):
        folder = target / str(number)
        folder.mkdir(parents=True)
        for name, data in contents.items():
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT, 0o600)
            os.write(descriptor, data)
            os.fsync(descriptor)
            os.close(descriptor)
    return time.perf_counter() - begin
