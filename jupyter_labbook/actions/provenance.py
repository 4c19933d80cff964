"""Where a run came from: commit, machine, and versions of packages."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from typing import TYPE_CHECKING

from jupyter_labbook.model.run import GitState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_GIT_SECONDS = 2.0
_DISTRIBUTIONS = {
    # Where the name on the package index is not the module's.
    "PIL": "pillow",
    "cv2": "opencv-python",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "yaml": "PyYAML",
}


class GitProbe:
    """Asks git in the background while a cell is being read.

    Parameters
    ----------
    folder
        The notebook's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._process: subprocess.Popen[str] | None = None
        try:
            self._process = subprocess.Popen(
                ["git", "status", "--porcelain=v2", "--branch", "-uno"],  # noqa: S607
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                errors="replace",
            )
        except OSError:
            return

    def result(self) -> GitState | None:
        """State of the folder's repository; None without git or a commit."""
        if self._process is None:
            return None
        try:
            output, _ = self._process.communicate(timeout=_GIT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
            return None
        fields = dict(
            line[2:].split(" ", 1)
            for line in output.splitlines()
            if line.startswith("# branch.")
        )
        commit = fields.get("branch.oid", "(initial)")
        if self._process.returncode or commit == "(initial)":
            return None
        changed = any(not line.startswith("#") for line in output.splitlines())
        branch = fields.get("branch.head", "")
        return GitState(commit=commit, branch=branch, dirty=changed)


def versions(modules: Iterable[str]) -> dict[str, str]:
    """Versions of Python and of the packages that top-level modules come from."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for module in sorted({name.partition(".")[0] for name in modules}):
        if module in sys.stdlib_module_names:
            continue
        distribution = _DISTRIBUTIONS.get(module, module)
        try:
            found[distribution] = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            version = getattr(sys.modules.get(module), "__version__", None)
            if isinstance(version, str):
                found[module] = version
    return found
