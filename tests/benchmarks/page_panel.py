"""How soon the panel shows a labbook of 10,000 runs, against one of 100."""

from __future__ import annotations

import http.client
import time
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from unittest.mock import patch
from urllib.parse import urlsplit

import psutil

from jupyter_labbook.model.run import Exit, RunRecord, RunState
from jupyter_labbook.storage import records
from jupyter_labbook.storage.history import EventKind, History
from jupyter_labbook.storage.labbook import LabbookFolder
from tests.benchmarks import page
from tests.benchmarks.table import Line, interleaved
from tests.running import declare

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from jupyter_labbook.storage.labbook import ExperimentFolder
    from tests.jupyter import Server

SIZES = {"small": 20, "large": 2_000}
"""Experiments of each labbook."""
RUNS = 5
"""Runs of each experiment."""
ROUNDS = 9
_METRICS = "_row,_time,step,loss,accuracy\n" + "".join(
    f"{row},{1.7e9 + row},{row},{1 / (row + 1)},{row / 20}\n" for row in range(20)
)
# From the command until rows can be seen, in a page that is just ready.
_OPEN = """async () => {
  await window.jupyterapp.restored;
  const begin = performance.now();
  void window.jupyterapp.commands.execute('labbook:show-panel', { tab: 'runs' });
  for (;;) {
    const row = document.querySelector('.labbook-panel .labbook-items > *');
    if (row?.getBoundingClientRect().height > 0) {
      return performance.now() - begin;
    }
    await new Promise(requestAnimationFrame);
  }
}"""


def measure() -> list[Line]:
    with page.place() as place, page.browser() as browser:
        for name, experiments in SIZES.items():
            _make(place.root / name, experiments)
        with place.server as server:
            process = psutil.Process(server.pid)
            memory = {}
            for name in SIZES:
                _settle(server, name)
                memory[name] = process.memory_info().rss / 1e6
            opening = {name: partial(_open, browser, server, name) for name in SIZES}
            found = interleaved(opening, ROUNDS)
            asking = {name: partial(_ask, server, name) for name in SIZES}
            asked = interleaved(asking, ROUNDS)
    many, few = (f"{RUNS * SIZES[name]:,} runs" for name in ("large", "small"))
    return [
        Line(
            what=f"panel of a labbook of {many}, from the command in a page that is "
            f"just ready until rows can be seen, against one of {few}",
            measured=f"{found.median('large') * 1e3:.0f} ms",
            against=f"{found.median('small') * 1e3:.0f} ms",
            value=found.ratio("large", "small"),
            target=2,
        ),
        Line(
            what=f"the server's overview of {many}, against one of {few}",
            measured=f"{asked.median('large') * 1e3:.1f} ms",
            against=f"{asked.median('small') * 1e3:.1f} ms",
            value=asked.median("large") * 1e3,
            target=100,
            unit="ms",
        ),
        Line(
            what=f"memory of the server with {many} open too, against that with {few}",
            measured=f"{memory['large']:.0f} MB",
            against=f"{memory['small']:.0f} MB",
            value=memory["large"] - memory["small"],
            target=100,
            unit="MB more",
        ),
    ]


def _make(project: Path, experiments: int) -> None:
    """Make a labbook as two years of work leave it behind."""
    project.mkdir()
    (project / "pyproject.toml").touch()
    now = datetime.now(UTC)
    # What is synced is as slow as the disk, and none of what is measured.
    with patch("os.fsync"):
        labbook = LabbookFolder.create(project)
        for number in range(experiments):
            ended = now - (experiments - number) * timedelta(hours=9)
            moment = ended.isoformat()
            name = f"trial-{number}"
            target = labbook.add_experiment(name, {"experiment.md": b"---\n---\n"})
            question = f"Does step {number} of the schedule lower the loss?"
            declare(target, question=question, tags=[f"week-{number // 40}"])
            _add_runs(labbook, target, moment, failed=number % 50 == 0)
            if number % 10:
                learned = {"version": 1, "conclusion": f"It does by {number} %."}
                History(target.path).append(EventKind.CONCLUDED, learned, moment)


def _add_runs(
    labbook: LabbookFolder, target: ExperimentFolder, moment: str, *, failed: bool
) -> None:
    """Publish all runs of an experiment at once, the first perhaps as failed."""
    with labbook.lock(), labbook.aside() as aside:
        folders = [aside / f"{number:03d}" for number in range(1, RUNS + 1)]
        for folder in folders:
            folder.mkdir()
            record = RunRecord(id=uuid.uuid4().hex, created=moment, version=1)
            (folder / "run.json").write_bytes(records.encode(record))
            failed, state = False, RunState.FAILED if failed else RunState.FINISHED
            ended = Exit(time=moment, state=state)
            (folder / "exit.json").write_bytes(records.encode(ended))
            (folder / "metrics.csv").write_text(_METRICS)
        target.publish_runs(folders)


def _settle(server: Server, project: str) -> None:
    """Ask until everything is known and nothing changes any more."""
    answers: list[bytes | None] = [None]
    while None in answers or len(answers) < 3 or len(set(answers)) > 1:
        time.sleep(1)
        # Whoever asks first waits no longer than for a dead disk: 503.
        answers = [*answers, _overview(server, project)][-3:]


def _ask(server: Server, project: str) -> float:
    begin = time.perf_counter()
    if _overview(server, project) is None:
        raise RuntimeError(f"the overview of {project} was refused")
    return time.perf_counter() - begin


def _overview(server: Server, project: str) -> bytes | None:
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.netloc, timeout=120)
    try:
        path = f"/jupyter-labbook/api/overview?labbook={project}/labbook"
        authorization = {"Authorization": f"token {server.token}"}
        connection.request("GET", path, headers=authorization)
        answer = connection.getresponse()
        said = answer.read()
    finally:
        connection.close()
    return said if answer.status == 200 else None


def _open(browser: Browser, server: Server, project: str) -> float:
    """Open the panel in a fresh page whose file browser shows a project."""
    with page.opened(browser, server.address(project)) as opened:
        took: float = opened.evaluate(_OPEN)
    return took / 1e3
