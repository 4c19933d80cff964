"""What a dispatcher costs all day long while everything waits for the night."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import psutil

from jupyter_labbook.execution import launch
from jupyter_labbook.storage.labbook import LabbookFolder
from jupyter_labbook.storage.settings import config_folder
from tests import running
from tests.benchmarks import notebook
from tests.benchmarks.table import Line

TICKETS = 10
SECONDS = 120.0
_SETTLE = 5.0
_WHAT = f"a dispatcher with {TICKETS} tickets and a closed window"


def measure() -> list[Line]:
    with notebook.project(slots=1) as project:
        labbook = LabbookFolder.create(project)
        with (config_folder() / "settings.toml").open("a") as settings:
            settings.write('zone = "UTC"\n')
        opens = datetime.now(UTC) + timedelta(hours=12)
        when = f"{opens:%H:%M}-{opens + timedelta(hours=1):%H:%M}"
        for number in range(TICKETS):
            target = running.experiment(labbook, f"trial-{number}")
            running.queue(labbook, target, "", when=when)
        launch.ensure_dispatcher(labbook.path, running.surroundings())
        process = _dispatcher()
        try:
            # What it costs to begin is paid once a day.
            time.sleep(_SETTLE)
            before, begin = _used(process), time.perf_counter()
            time.sleep(SECONDS)
            used, passed = _used(process) - before, time.perf_counter() - begin
            memory = process.memory_info().rss
        finally:
            process.kill()
    return [
        Line(
            what=f"{_WHAT}: part of a core over {SECONDS:.0f} s",
            measured=f"{used * 1e3:.0f} ms",
            against=f"{passed:.0f} s",
            value=used / passed * 100,
            target=0.5,
            unit="%",
        ),
        Line(
            what=f"{_WHAT}: memory",
            measured=f"{memory / 1e6:.1f} MB",
            against="-",
            value=memory / 1e6,
            target=40,
            unit="MB",
        ),
    ]


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _dispatcher() -> psutil.Process:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for process in psutil.Process().children(recursive=True):
            if "execution.dispatcher" in " ".join(process.cmdline()):
                return process
        time.sleep(0.05)
    raise RuntimeError("no dispatcher came")
