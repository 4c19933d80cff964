"""A notebook to take snapshots of: real cells, real scripts in real processes."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from jupyter_labbook.model.experiment import Variant, variants
from jupyter_labbook.snapshot.header import parse
from jupyter_labbook.snapshot.notebook import Limits, Notebook
from jupyter_labbook.snapshot.take import Snapshot, take
from jupyter_labbook.storage.contents import ContentStore

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).parents[3]


@dataclass
class Workbench:
    """A project folder with a labbook, and a notebook's namespace."""

    folder: Path
    main: ModuleType
    cells: list[str] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)

    @property
    def labbook(self) -> Path:
        return self.folder / "labbook"

    def execute(self, *cells: str) -> str:
        """Execute cells in the namespace, as a kernel does; return what they print."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            for cell in cells:
                tree = ast.parse(cell)
                flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
                code = compile(tree, "<cell>", "exec", flags, dont_inherit=True)
                if code.co_flags & inspect.CO_COROUTINE:
                    asyncio.run(eval(code, vars(self.main)))
                else:
                    exec(code, vars(self.main))
        self.cells += cells
        return out.getvalue()

    def take(self, body: str, header: str = "", line: str = "") -> Snapshot:
        cell = f"#| why: to see\n{header}{body}"
        return take(
            parse(line, cell),
            Notebook(
                namespace=vars(self.main),
                cells=tuple(self.cells),
                transform=TransformerManager().transform_cell,
                project_root=self.folder,
                cwd=self.folder,
            ),
            ContentStore(self.labbook),
            self.limits,
        )

    def first_variant(self, header: str) -> Variant:
        return variants(parse("", f"#| why: to see\n{header}").header)[0]

    def write(self, script: str, number: int = 1) -> Path:
        run = self.labbook / "experiments" / "0001-test" / "runs" / f"{number:03}"
        run.mkdir(parents=True)
        path = run / "script.py"
        path.write_text(script, encoding="utf-8")
        return path

    def run(self, script: str, number: int = 1) -> str:
        """Execute a script from its run folder; return what it prints."""
        path = self.write(script, number)
        done = subprocess.run(
            [sys.executable, "script.py"],
            cwd=path.parent,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{done.stderr}\n{script}"
        return done.stdout


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    # A kernel's namespace is that of `__main__`: pickle looks there.
    main = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    (tmp_path / "pyproject.toml").touch()
    yield Workbench(tmp_path, main)
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None) or ""
        if file.startswith(str(tmp_path)):
            del sys.modules[name]
