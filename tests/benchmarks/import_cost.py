"""How much later a script begins that imports ``log``."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from tests.benchmarks.table import Line, interleaved

ROOT = Path(__file__).parents[2]
ROUNDS = 41


def measure() -> list[Line]:
    found = interleaved(
        {
            "bare": partial(_start, "pass"),
            "log": partial(_start, "from jupyter_labbook import log"),
        },
        ROUNDS,
    )
    return [
        Line(
            what="`from jupyter_labbook import log`, against bare Python",
            measured=f"{found.median('log') * 1e3:.1f} ms",
            against=f"{found.median('bare') * 1e3:.1f} ms",
            value=found.difference("log", "bare") * 1e3,
            target=20,
            unit="ms more",
        )
    ]


def _start(source: str) -> float:
    # Compiled modules are kept, as in every installation.
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", source], env=env, check=True)
    return time.perf_counter() - begin
