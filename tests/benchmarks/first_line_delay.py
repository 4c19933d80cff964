"""How long after its submission a run executes the first line of its cell."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import count

from jupyter_labbook.actions import publishing
from jupyter_labbook.actions.publishing import Origin, RunPlan
from jupyter_labbook.model.experiment import Variant
from jupyter_labbook.snapshot.header import parse
from jupyter_labbook.snapshot.notebook import Notebook
from jupyter_labbook.snapshot.take import take
from jupyter_labbook.storage.contents import ContentStore
from jupyter_labbook.storage.labbook import LabbookFolder
from tests.benchmarks import notebook
from tests.benchmarks.table import Line, interleaved

ROUNDS = 41
_CELL = """\
import time
print(time.time())
log(step=0, value=1)
"""


def measure() -> list[Line]:
    with notebook.project(slots=1) as project:
        labbook = LabbookFolder.create(project)
        names = (f"trial-{number}" for number in count(1))
        found = interleaved(
            {
                "bare": _bare,
                "first line": lambda: _first_line(labbook, next(names)),
            },
            ROUNDS,
        )
    return [
        Line(
            what="a run's first line, from asking for its supervisor, against "
            "`python -c pass`",
            measured=f"{found.median('first line') * 1e3:.0f} ms",
            against=f"{found.median('bare') * 1e3:.0f} ms",
            value=found.difference("first line", "bare") * 1e3,
            target=150,
            unit="ms more",
        )
    ]


def _bare() -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - begin


def _first_line(labbook: LabbookFolder, name: str) -> float:
    project = labbook.path.parent
    cell = parse("--why benchmark", _CELL)
    around = Notebook(namespace={}, project_root=project, cwd=project)
    script = take(cell, around, ContentStore(labbook.path)).render(Variant({}, 0), name)
    experiment = labbook.add_experiment(name, {})
    plan = RunPlan(variant=Variant({}, 0), script=script)
    [run] = publishing.publish(labbook, experiment, [plan], Origin(cwd=project))
    begin = time.time()
    publishing.begin(labbook, [run])
    notebook.until(run.exit.exists)
    return float(run.output.read_text().split()[0]) - begin
