"""Kernels, commands and servers, each with a project of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook import Labbook
from jupyter_labbook.storage import run_state
from jupyter_labbook.storage.labbook import LabbookFolder
from tests import running
from tests.integration import rates as program
from tests.integration.frozen import Project
from tests.integration.ground import Ground, fill
from tests.integration.kernels import Kernel
from tests.jupyter import ROOT
from tests.serving import Served, Shown, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_labbook.model.run import Exit
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder

_SECONDS = 60

TRAIN = """\
import pathlib, sys
from jupyter_labbook import log, run_dir
rate = float(sys.argv[1])
for step in range(3):
    log(step=step, loss=rate * step)
(run_dir() / "note.txt").write_text("here")
print("trained with", rate)
sys.exit(3 if rate > 1 else 0)
"""
HOLDING = """\
import pathlib, sys, time
print("holding on", flush=True)
while not pathlib.Path(sys.argv[1]).exists():
    time.sleep(0.01)
print("let go")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    # Ends the search for the project's root here.
    (folder / "pyproject.toml").touch()
    return folder


@pytest.fixture
def made(project: Path) -> Project:
    """Give the project modules of its own, and a labbook."""
    return Project(project)


@pytest.fixture
def start_kernel(project: Path) -> Iterator[Callable[[], Kernel]]:
    """Start kernels in the project's folder, with the extension loaded."""
    started: list[Kernel] = []

    def start() -> Kernel:
        kernel = Kernel(project)
        started.append(kernel)
        assert not kernel.run("%load_ext jupyter_labbook").error
        return kernel

    yield start
    for kernel in started:
        with contextlib.suppress(Exception):
            kernel.shutdown(now=True)


@pytest.fixture
def command(project: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Execute the ``labbook`` command as a process of its own."""

    def run(*words: str, cwd: Path = project) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "jupyter_labbook.cli", *words],
            cwd=cwd,
            env={**os.environ, "COLUMNS": "100"},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )

    return run


@pytest.fixture
def kernel(start_kernel: Callable[[], Kernel]) -> Kernel:
    return start_kernel()


@pytest.fixture
def train(project: Path, command):
    """Run a small program as an experiment, and wait for it."""
    (project / "train.py").write_text(TRAIN)

    def run(*words: str, rate: str = "{rate}"):
        return command("run", *words, "--wait", "--", sys.executable, "train.py", rate)

    return run


@pytest.fixture
def hold(project: Path, command, until):
    """Start a program that runs until the file ``go`` is there."""
    (project / "holding.py").write_text(HOLDING)

    def start(name: str):
        program = [sys.executable, "holding.py", "go"]
        assert command("run", name, "--why", "it", "--", *program).returncode == 0
        handle = Labbook.find(project)[name]
        until(lambda: "holding on" in handle.output)
        return handle

    yield start
    (project / "go").touch()


@pytest.fixture(scope="session")
def server_user(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Say where the user of the shared server keeps settings, key and slots."""
    home = tmp_path_factory.mktemp("server-user")
    folders = {
        "XDG_CONFIG_HOME": home / "config",
        "XDG_STATE_HOME": home / "state",
        "XDG_CACHE_HOME": home / "cache",
    }
    for folder in folders.values():
        folder.mkdir()
    user = {name: str(folder) for name, folder in folders.items()}
    return {**user, "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="session")
def served(
    tmp_path_factory: pytest.TempPathFactory, server_user: dict[str, str]
) -> Iterator[Served]:
    """Start one Jupyter server for all tests that leave it as it is."""
    # What a page can name lies below; beside it is what it must not reach.
    around = tmp_path_factory.mktemp("around")
    (around / "root").mkdir()
    home = tmp_path_factory.mktemp("server")
    with serving(home, around / "root", environment=server_user) as server:
        yield server


@pytest.fixture
def shown(
    served: Served,
    server_user: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Shown:
    """Begin a labbook that the server shows, as the server's own user."""
    for name, value in server_user.items():
        monkeypatch.setenv(name, value)
    project = served.root / f"project-{abs(hash(request.node.nodeid))}"
    project.mkdir()
    (project / "pyproject.toml").touch()
    return Shown(served, LabbookFolder.create(project.resolve()))


@pytest.fixture
def finish(
    labbook: LabbookFolder, until: Callable[..., None]
) -> Callable[..., tuple[RunFolder, Exit]]:
    """Execute a body (or a command) to its end."""
    target = running.experiment(labbook)

    def execute(body: str = "", **options: object) -> tuple[RunFolder, Exit]:
        run = running.queue(labbook, target, textwrap.dedent(body), **options)
        assert running.start(run)
        until(run.exit.exists)
        ended = run_state.read_exit(run)
        assert ended is not None
        return run, ended

    return execute


@pytest.fixture
def begin(labbook: LabbookFolder) -> Callable[..., RunFolder]:
    """Start a body and do not wait."""
    target = running.experiment(labbook)

    def execute(body: str, **options: object) -> RunFolder:
        run = running.queue(labbook, target, textwrap.dedent(body), **options)
        assert running.start(run)
        return run

    return execute


@pytest.fixture
def rates(shown: Shown, until: Callable[..., None]) -> Callable[..., ExperimentFolder]:
    """Run a small program as an experiment with two runs, and wait for them."""
    project = shown.folder.path.parent
    (project / "train.py").write_text(program.PROGRAM)

    def run(name: str = "rates", *flags: str) -> ExperimentFolder:
        words = [
            *(name, "--why", "to see <b>it</b>", "--sweep", "{rate: [0.5, 2]}", *flags),
            *("--wait", "--", sys.executable, "train.py", "{rate}"),
        ]
        subprocess.run(
            [sys.executable, "-m", "jupyter_labbook.cli", "run", *words],
            cwd=project,
            check=True,
            capture_output=True,
        )
        found = shown.folder.experiment(name)
        until(lambda: running.judged(found.path))
        return found

    return run


@pytest.fixture
def holding(shown: Shown, until: Callable[..., None]) -> Iterator[RunFolder]:
    """Start a run that goes on until it is stopped."""
    run = running.queue(
        shown.folder,
        running.experiment(shown.folder, "holding"),
        "import time\nprint('up', flush=True)\ntime.sleep(600)\n",
    )
    assert running.start(run)
    until(lambda: run.output.exists() and run.output.read_bytes() == b"up\n")
    yield run
    shown.post("experiments/0001-holding/stop", {})
    until(run.exit.exists)


@pytest.fixture(scope="module")
def ground(
    tmp_path_factory: pytest.TempPathFactory, server_user: dict[str, str]
) -> Iterator[Ground]:
    around = tmp_path_factory.mktemp("ground").resolve()
    root = around / "root"
    (root / "project").mkdir(parents=True)
    (around / "outside").mkdir()
    with pytest.MonkeyPatch.context() as patched:
        for name, value in server_user.items():
            patched.setenv(name, value)
        inside = fill(root / "project").path
        outside = fill(around / "outside").path
    (root / "alias").symlink_to(root / "project")
    (root / "around").symlink_to(around)
    (root / "link").symlink_to(outside)
    trial = outside / "experiments/0001-trial"
    shutil.copytree(trial, root / "elsewhere")
    experiments = inside / "experiments"
    (experiments / "0666-linked").symlink_to(trial)
    (experiments / "0667-inside").symlink_to(root / "elsewhere")
    run = experiments / "0001-trial/runs/001"
    (run / "figures/002-linked.png").symlink_to(
        trial / "runs/001/figures/001-drawn.png"
    )
    (run / "figures/003-passwords.png").symlink_to("/etc/passwd")
    (run / "figures/.hidden.png").write_bytes(b"\x89PNG")
    home = tmp_path_factory.mktemp("server")
    with serving(home, root, environment=server_user) as served:
        yield Ground(served, around)


@pytest.fixture
def unchanged(ground: Ground) -> Iterator[None]:
    before = ground.contents()
    yield
    assert ground.contents() == before


@pytest.fixture
def user_says(user: Path) -> Callable[[str], None]:
    """Write the user's settings."""

    def write(text: str) -> None:
        folder = user / "config" / "jupyter_labbook"
        folder.mkdir(exist_ok=True)
        (folder / "settings.toml").write_text(text)

    return write
