"""What a definition that a run was frozen with is today: in its module, or its cell."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_labbook.snapshot import modules, text
from jupyter_labbook.snapshot.uses import SCRIPT, How, Use, definitions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_labbook.model.run import RunRecord
    from jupyter_labbook.storage.labbook import LabbookFolder


def unchanged(labbook: LabbookFolder, record: RunRecord, uses: Iterable[Use]) -> bool:
    """Whether everything that a run uses is today what it was then.

    False also where nobody can tell, such as for what it only imports.
    """
    defined = [use for use in uses if use.how is How.DEFINES]
    return bool(defined) and all(
        _today(labbook, record, use) == use.content for use in defined
    )


def _today(labbook: LabbookFolder, record: RunRecord, use: Use) -> str:
    """Hash of a definition as it is today; empty if it is gone."""
    if use.file == SCRIPT:
        found = ""
        for cell in notebook_cells(labbook, record):
            found = definitions(use.name, cell, SCRIPT).get(use.name, found)
        return found
    path = todays_file(Path(record.cwd), use.file)
    try:
        content = path.read_bytes() if path else b""
    except OSError:
        return ""
    return definitions(use.name, content, use.file).get(use.name, "")


def todays_file(cwd: Path, name: str) -> Path | None:
    """Find a file of the project that was frozen by its path on the import path.

    Parameters
    ----------
    cwd
        Where the run was submitted; what lies there was imported first.
    name
        Such as ``labkit/data.py``.
    """
    root = modules.project_root(cwd)
    cwd = cwd.resolve()
    between = [one for one in (cwd, *cwd.parents) if one.is_relative_to(root)]
    for folder in (*between, root / "src"):
        if (folder / name).is_file():
            return folder / name
    return None


def notebook_cells(labbook: LabbookFolder, record: RunRecord) -> tuple[bytes, ...]:
    """Code of the notebook that started a run, cell by cell, as it is today."""
    path = labbook.path.parent / record.notebook
    try:
        seen = path.stat()
    except OSError:
        return ()
    if not record.notebook or not path.is_file():
        return ()
    return _cells(path, seen.st_mtime_ns)


@lru_cache(maxsize=64)
def _cells(path: Path, _changed: int) -> tuple[bytes, ...]:
    try:
        cells = json.loads(path.read_bytes())["cells"]
        sources = [
            "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    return tuple(_plain(source).encode("utf-8", "surrogatepass") for source in sources)


def _plain(source: str) -> str:
    """Take IPython's own lines out of a cell; Python is left as it stands."""
    try:
        text.parse(source)
    except (SyntaxError, ValueError):
        lines = source.split("\n")
        kept = [line for line in lines if not line.lstrip().startswith(("%", "!"))]
        return "\n".join(kept)
    return source
