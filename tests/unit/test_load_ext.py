"""What loading the extension may cost a notebook that never uses it."""

from __future__ import annotations

import json
import subprocess
import sys

_LOAD = """\
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
before = set(sys.modules)
shell.run_line_magic("load_ext", "jupyter_labbook")
assert shell.find_cell_magic("experiment") and shell.find_line_magic("labbook")
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def loaded() -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _LOAD], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_loading_the_extension_imports_no_other_package() -> None:
    packages = {name.partition(".")[0] for name in loaded()}
    assert packages - sys.stdlib_module_names <= {"jupyter_labbook", "IPython"}


def test_loading_the_extension_leaves_the_product_for_the_first_magic() -> None:
    ours = {name for name in loaded() if name.startswith("jupyter_labbook.")}
    assert ours == {
        "jupyter_labbook.errors",
        "jupyter_labbook.notebook",
        "jupyter_labbook.notebook.extension",
        "jupyter_labbook.notebook.greeting",
        "jupyter_labbook.snapshot",
        "jupyter_labbook.snapshot.keys",
    }
