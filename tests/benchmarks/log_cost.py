"""What one call of ``log`` costs a training loop."""

from __future__ import annotations

import os
import random
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_labbook import log
from jupyter_labbook.runtime.layout import RUN_VARIABLE
from tests.benchmarks import baselines
from tests.benchmarks.table import Line, interleaved

if TYPE_CHECKING:
    from tests.benchmarks.baselines import Log

CALLS = 2000
ROUNDS = 15


def measure() -> list[Line]:
    with tempfile.TemporaryDirectory() as place, ExitStack() as end:
        folder = Path(place)
        os.environ[RUN_VARIABLE] = place
        ways: dict[str, Log | None] = {
            "log()": lambda step, values: log(values, step=step),
            "one formatted os.write": baselines.one_write(folder, end),
            "wandb, offline": baselines.wandb_offline(folder, end),
            "tensorboardX": baselines.tensorboard(folder, end),
        }
        present = {name: way for name, way in ways.items() if way is not None}
        found = interleaved(
            {name: partial(_cost, way, [0]) for name, way in present.items()}, ROUNDS
        )
        lines = []
        for other in list(ways)[1:]:
            least = other == "one formatted os.write"
            ours, theirs = ("log()", other) if least else (other, "log()")
            there = other in present
            lines.append(
                Line(
                    what=f"`log()` of five scalars, against {other}",
                    measured=_micro(found.median("log()")),
                    against=_micro(found.median(other)) if there else "not installed",
                    value=found.ratio(ours, theirs) if there else None,
                    target=3 if least else 10,
                    unit="times" if least else "times cheaper",
                    at_least=not least,
                )
            )
        return lines


def _cost(log_row: Log, step: list[int]) -> float:
    """Seconds a call; the steps go on from round to round."""
    draw = random.Random(step[0])
    names = ("loss", "accuracy", "val_loss", "val_accuracy", "rate")
    rows = [{name: draw.random() for name in names} for _ in range(CALLS)]
    begin = time.perf_counter()
    for i, row in enumerate(rows, step[0]):
        log_row(i, row)
    seconds = time.perf_counter() - begin
    step[0] += CALLS
    return seconds / CALLS


def _micro(seconds: float) -> str:
    return f"{seconds * 1e6:.1f} µs"
