"""What a shell tells about the notebook it serves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_labbook.errors import NoLabbookError
from jupyter_labbook.storage.labbook import FOLDER, LabbookFolder

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def is_kernel(shell: InteractiveShell) -> bool:
    """Whether outputs go to a front end that can update them."""
    return hasattr(shell, "kernel")


def cell_id(shell: InteractiveShell) -> str:
    """Id of the cell that is being executed; empty where the front end sends none."""
    get_parent: Any = getattr(shell, "get_parent", None)
    if get_parent is None:
        return ""
    parent = get_parent()
    metadata = parent.get("metadata", {}) if isinstance(parent, dict) else {}
    return str(metadata.get("cellId", ""))


def notebook_path() -> str:
    """Path of the notebook, as the Jupyter server told the kernel; else empty."""
    return os.environ.get("JPY_SESSION_NAME", "")


def short_path(path: Path) -> str:
    """Spell a path as seen from the working folder, or from the user's home."""
    if path.is_relative_to(Path.cwd()):
        return str(path.relative_to(Path.cwd()))
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def labbook_here() -> tuple[LabbookFolder, bool]:
    """Find the labbook of the working folder, or begin one there.

    Returns
    -------
    tuple
        The labbook, and whether it was begun just now.
    """
    try:
        return LabbookFolder.find(), False
    except NoLabbookError:
        return LabbookFolder.create(Path.cwd()), True


def labbook_planned() -> LabbookFolder:
    """Name the labbook of the working folder, which need not be there yet."""
    try:
        return LabbookFolder.find()
    except NoLabbookError:
        return LabbookFolder(Path.cwd() / FOLDER)
