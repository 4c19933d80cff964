"""How long ``%load_ext jupyter_labbook`` holds up a notebook."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from tests.benchmarks.table import Line, interleaved

ROOT = Path(__file__).parents[2]
ROUNDS = 15
_LOAD = """\
import sys, time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
begin = time.perf_counter()
shell.run_line_magic("load_ext", sys.argv[1])
print(time.perf_counter() - begin)
"""


def measure() -> list[Line]:
    with tempfile.TemporaryDirectory() as place:
        Path(place, "empty_extension.py").write_text(
            "def load_ipython_extension(shell): pass\n"
        )
        found = interleaved(
            {
                "empty": partial(_load, "empty_extension", place),
                "ours": partial(_load, "jupyter_labbook", place),
            },
            ROUNDS,
        )
    return [
        Line(
            what="`%load_ext jupyter_labbook` in a running shell, against an "
            "extension that does nothing",
            measured=f"{found.median('ours') * 1e3:.1f} ms",
            against=f"{found.median('empty') * 1e3:.1f} ms",
            value=found.median("ours") * 1e3,
            target=30,
            unit="ms",
        )
    ]


def _load(extension: str, place: str) -> float:
    """Load an extension in a new shell, after everything that the shell loads."""
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), place]),
        # Compiled modules are kept, as in every installation.
        "PYTHONDONTWRITEBYTECODE": "",
        "IPYTHONDIR": place,
    }
    done = subprocess.run(
        [sys.executable, "-c", _LOAD, extension],
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)
