"""Two labbooks of one user share the GPUs of a machine.

`make faults` lets 100 runs have them, `make test` a few.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.execution import launch
from jupyter_labbook.model.run import RunState
from jupyter_labbook.storage import run_state
from jupyter_labbook.storage.labbook import LabbookFolder
from tests import running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder

RUNS = int(os.environ.get("LABBOOK_GPU_RUNS", "20"))
BODY = """
import os, time
mine = os.environ["CUDA_VISIBLE_DEVICES"].split(",")
for gpu in mine:
    # Fails if anybody else is at work there.
    os.close(os.open("{folder}/" + gpu, os.O_CREAT | os.O_EXCL))
with open("{folder}/log", "a") as log:
    log.write(f"{labbook} {{','.join(mine)}}\\n")
time.sleep(0.02)
for gpu in mine:
    os.unlink("{folder}/" + gpu)
print(len(mine))
"""


@pytest.mark.timeout(60 + 5 * RUNS)
def test_two_labbooks_share_two_gpus_and_no_run_sees_anothers(
    user: Path, tmp_path: Path, until: Callable[..., None]
) -> None:
    settings = user / "config" / "jupyter_labbook"
    settings.mkdir(exist_ok=True)
    (settings / "settings.toml").write_text("slots = 4\ngpus = ['GPU-a', 'GPU-b']")
    folder = tmp_path / "at-work"
    folder.mkdir()
    labbooks = []
    runs: dict[RunFolder, int] = {}
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        labbook = LabbookFolder.create(tmp_path / name)
        labbooks.append(labbook)
        target = running.experiment(labbook)
        body = BODY.format(folder=folder, labbook=name)
        for number in range(RUNS // 2):
            gpus = 2 if number % 5 == 0 else 1
            runs[running.queue(labbook, target, body, gpus=gpus)] = gpus
    around = running.surroundings()
    for labbook in labbooks:
        launch.ensure_dispatcher(labbook.path, around)
    until(lambda: all(run.exit.exists() for run in runs), 30 + 5 * RUNS)
    for run, gpus in runs.items():
        said = run.output.read_text()
        assert run_state.derive(run) is RunState.FINISHED, said
        assert said == f"{gpus}\n"
    lines = [line.split() for line in (folder / "log").read_text().splitlines()]
    assert len(lines) == len(runs)
    assert {devices for _, devices in lines} >= {"GPU-a", "GPU-b"}
