"""A project whose modules are frozen with its experiments, and its git repository."""

from __future__ import annotations

import hashlib
import os
import subprocess
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_labbook.actions import submit
from jupyter_labbook.actions.concluding import record_verdict
from jupyter_labbook.actions.handles import ExperimentHandle
from jupyter_labbook.actions.provenance import GitProbe
from jupyter_labbook.actions.publishing import Origin, RunPlan
from jupyter_labbook.model.experiment import Header
from jupyter_labbook.snapshot import script
from jupyter_labbook.storage.contents import ContentStore
from jupyter_labbook.storage.labbook import LabbookFolder

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.model.experiment import Variant

SPLIT = """\
def split_data(rows):
    return rows[:{end}], rows[{end}:]


def shuffled(rows):
    return rows[::-1]
"""
BODY = """\
from labkit.data import split_data
from jupyter_labbook import log
train, test = split_data(list(range(10)))
log(accuracy=len(test) / 10 + seed / 1000)
"""


@dataclass(frozen=True)
class _Frozen:
    body: str
    code: str

    def identity(self) -> str:
        return hashlib.sha256(f"{self.code}{self.body}".encode()).hexdigest()

    def plan(self, variant: Variant, title: str) -> RunPlan:  # noqa: ARG002
        plan = script.Plan(items=[], body=self.body, code=self.code)
        given = {**variant.parameters, "seed": variant.seed}
        parts = [script.head(plan), script.parameters(given), script.tail(plan)]
        return RunPlan(variant=variant, script="\n".join(parts))


class Project:
    """A folder with a package ``labkit`` beside its labbook."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.labbook = LabbookFolder.create(folder)
        self.write("pyproject.toml", "")
        self.write("labkit/__init__.py", "")
        self.write("labkit/plots.py", "def draw():\n    return 1\n")
        self.split(end=9)

    def write(self, name: str, content: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def split(self, *, end: int) -> None:
        """Let ``split_data`` cut its rows somewhere."""
        self.write("labkit/data.py", SPLIT.format(end=end))

    def git(self, *words: str) -> str:
        own = {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "A"), ("EMAIL", "a@example.org"))
        }
        return subprocess.run(
            ["git", *words],
            cwd=self.folder,
            env={**os.environ, **own, "GIT_CONFIG_GLOBAL": os.devnull},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    def commit(self) -> str:
        """Commit everything but the labbook; gives the commit."""
        if not (self.folder / ".git").exists():
            self.git("init", "-q", "-b", "main")
        self.git("add", "labkit", "pyproject.toml")
        self.git("commit", "-qm", "work", "--allow-empty")
        return self.git("rev-parse", "HEAD")

    def submit(
        self,
        name: str = "forest",
        body: str = BODY,
        *,
        wait: bool = True,
        frozen: bool = True,
        notebook: str = "",
        inputs: dict[str, str] | None = None,
        **header: object,
    ) -> ExperimentHandle:
        """Submit an experiment as it is today, and wait for it."""
        files = {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted((self.folder / "labkit").rglob("*.py"))
        }
        store = ContentStore(self.labbook.path)
        code = store.put_modules(files) if frozen else ""
        asked = {"question": "Is it so?", "predict": ("accuracy > 0.05",), **header}
        found = submit.submit(
            self.labbook,
            Header(name=name, **asked),
            _Frozen(textwrap.dedent(body), code),
            Origin(
                cwd=self.folder,
                code=code,
                git=GitProbe(self.folder).result(),
                notebook=notebook,
                inputs=inputs or {},
            ),
        )
        handle = ExperimentHandle(self.labbook, found.experiment, found.runs)
        if wait:
            handle.wait(timeout=60)
            # Whoever is to record it when they have ended may do so later.
            record_verdict(self.labbook, found.experiment)
        return handle
