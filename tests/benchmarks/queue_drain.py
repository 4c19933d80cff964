"""What a queue costs: runs one after the other, against calling their scripts."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from jupyter_labbook.execution import launch
from jupyter_labbook.storage.labbook import LabbookFolder
from tests import running
from tests.benchmarks import notebook
from tests.benchmarks.table import Line

if TYPE_CHECKING:
    from pathlib import Path

RUNS = 200
SECONDS_RUNS = 10
_SECOND = "import time; time.sleep(1)"
_DEADLINE = 300.0


def measure() -> list[Line]:
    ours, bare = _drain("pass", RUNS, 1), _call("pass", RUNS, 1)
    lines = [
        Line(
            what=f"draining {RUNS} runs that do nothing, one at a time, against "
            "calling their script: seconds more for each",
            measured=f"{ours / RUNS * 1e3:.0f} ms",
            against=f"{bare / RUNS * 1e3:.0f} ms",
            value=(ours - bare) / RUNS * 1e3,
            target=80,
            unit="ms",
        )
    ]
    for at_once in (1, 2):
        ours = _drain(_SECOND, SECONDS_RUNS, at_once)
        bare = _call(_SECOND, SECONDS_RUNS, at_once)
        lines.append(
            Line(
                what=f"draining {SECONDS_RUNS} runs of one second, {at_once} at a "
                "time, against calling their script",
                measured=f"{ours:.2f} s",
                against=f"{bare:.2f} s",
                value=ours / bare,
                target=1.1,
            )
        )
    return lines


def _drain(body: str, count: int, at_once: int) -> float:
    """Queue runs, and measure from the first dispatcher's call to the last end."""
    with notebook.project(slots=at_once) as project:
        labbook = LabbookFolder.create(project)
        target = running.experiment(labbook)
        runs = [running.queue(labbook, target, body) for _ in range(count)]
        begin = time.perf_counter()
        launch.ensure_dispatcher(labbook.path, running.surroundings())
        for run in runs:
            _until_exists(run.exit, begin + _DEADLINE)
        return time.perf_counter() - begin


def _until_exists(path: Path, deadline: float) -> None:
    while not path.exists():
        if time.perf_counter() > deadline:
            raise RuntimeError(f"{path} did not come about")
        time.sleep(0.002)


def _call(body: str, count: int, at_once: int) -> float:
    with notebook.project(slots=1) as project, ThreadPoolExecutor(at_once) as threads:
        script = project / "script.py"
        script.write_text(body)
        begin = time.perf_counter()
        for _ in threads.map(lambda _: _execute(script), range(count)):
            pass
        return time.perf_counter() - begin


def _execute(script: Path) -> None:
    subprocess.run([sys.executable, str(script)], check=True)
