"""Cells with magics, in IPython's own shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Workbench

REPOSITORY = Path(__file__).parents[3]

DRIVER = """\
import sys
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell
from jupyter_labbook.model.experiment import Variant
from jupyter_labbook.snapshot.header import parse
from jupyter_labbook.snapshot.notebook import Notebook
from jupyter_labbook.snapshot.take import take
from jupyter_labbook.storage.contents import ContentStore

shell = InteractiveShell.instance()
cells, body = eval(sys.argv[1])
for cell in cells:
    shell.run_cell(cell, store_history=True).raise_error()
folder = Path.cwd()
snapshot = take(
    parse("", "#| why: see\\n" + body),
    Notebook(
        namespace=shell.user_ns,
        cells=shell.user_ns["In"][1:],
        transform=shell.transform_cell,
        project_root=folder,
        cwd=folder,
    ),
    ContentStore(folder / "labbook"),
)
run = folder / "labbook" / "experiments" / "0001-x" / "runs" / "001"
run.mkdir(parents=True)
(run / "script.py").write_text(snapshot.render(Variant({}, 0), "t"))
"""


def run_in_shell(bench: Workbench, cells: list[str], body: str) -> tuple[str, str]:
    """Submit from a real shell; return the script and what it prints."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY),
        "IPYTHONDIR": str(bench.folder / ".ipython"),
    }
    arguments = [
        [sys.executable, "-c", DRIVER, repr((cells, body))],
        [sys.executable, "labbook/experiments/0001-x/runs/001/script.py"],
    ]
    for argv in arguments:
        done = subprocess.run(
            argv,
            cwd=bench.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr + done.stdout
    return Path(bench.folder, arguments[1][1]).read_text(), done.stdout


@pytest.mark.parametrize(
    ("cells", "body", "printed"),
    [
        (["%%time\ndef f(x):\n    return x + 1"], "print(f(1))", "2\n"),
        (["%time y = 4"], "print(y)", "4\n"),
        (["%matplotlib?\nx = 1"], "print(x)", "1\n"),
        (["files = !echo one"], "print(list(files))", "['one']\n"),
        (["!true\ndef f():\n    return 3\n%cd ."], "print(f())", "3\n"),
        (["import math", "def f():\n    return math.floor(2.5)"], "print(f())", "2\n"),
        (["1 + 1", "_ + 1"], "print(_, len(open.__name__))", "3 4\n"),
        (["f = lambda: 5; f()"], "print(f())", "5\n"),
    ],
)
def test_plain_bodies_after_cells_with_magics(
    cells: list[str], body: str, printed: str, bench: Workbench
) -> None:
    script, out = run_in_shell(bench, cells, body)

    assert out == printed
    assert "IPython" not in script


def test_magics_of_the_body_run_through_ipython(bench: Workbench) -> None:
    body = "names = !echo $word\nx = 2\n%time y = x + 1\nprint(list(names), y)"

    script, out = run_in_shell(bench, ["word = 'hi'"], body)

    assert "from IPython.core.interactiveshell import InteractiveShell" in script
    assert out.splitlines()[-1] == "['hi'] 3"
    assert "Wall time" in out


def test_functions_of_a_run_file_come_from_that_file(bench: Workbench) -> None:
    (bench.folder / "tools.py").write_text("import math\ndef f(x):\n    return x * 2\n")

    script, out = run_in_shell(bench, ["%run tools.py"], "print(f(4))")

    assert out == "8\n"
    assert "def f(x):" in script
