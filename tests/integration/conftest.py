"""A real kernel, driven as a front end drives it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from queue import Empty
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.manager import KernelManager

from jupyter_labbook import Labbook
from jupyter_labbook.storage import run_state
from jupyter_labbook.storage.labbook import LabbookFolder
from tests import running
from tests.jupyter import ROOT
from tests.serving import Served, Shown, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_labbook.model.run import Exit
    from jupyter_labbook.runtime.layout import RunFolder

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


@dataclass
class Result:
    """What one cell gave."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""
    reply: dict[str, Any] = field(default_factory=dict)
    """What the front end is told of the end: ``status``, ``ename``, ``payload``."""

    @property
    def text(self) -> str:
        """Everything printed."""
        return "".join(o["text"] for o in self.outputs if "text" in o)

    def mime(self, kind: str) -> list[Any]:
        """All outputs of one MIME type."""
        return [o["data"][kind] for o in self.outputs if kind in o.get("data", {})]


class Kernel:
    """A notebook's kernel in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel(cwd=str(folder))
        self._connect()

    def _connect(self) -> None:
        self.client = self._manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=_SECONDS)

    @property
    def pid(self) -> int:
        return self._manager.provisioner.pid

    def submit(self, code: str, cell: str = "") -> str:
        """Execute without waiting; a page says which cell it is."""
        content = {"code": code, "silent": False, "store_history": True}
        content |= {"user_expressions": {}, "allow_stdin": False, "stop_on_error": True}
        metadata = {"cellId": cell} if cell else {}
        message = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def run(self, code: str, cell: str = "") -> Result:
        """Execute a cell and collect what it shows until it has ended."""
        return self.collect(self.submit(code, cell))

    def collect(self, request: str) -> Result:
        result = Result()
        while True:
            message = self.client.get_iopub_msg(timeout=_SECONDS)
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                result.reply = self._reply(request)
                return result
            if kind == "error":
                result.error = "\n".join(content["traceback"])
            elif kind in ("stream", "display_data", "execute_result"):
                result.outputs.append(content)

    def _reply(self, request: str) -> dict[str, Any]:
        while True:
            message = self.client.get_shell_msg(timeout=_SECONDS)
            if message["parent_header"].get("msg_id") == request:
                return dict(message["content"])

    def complete(self, code: str) -> list[str]:
        """Ask what may stand at the end of some code, as the Tab key does.

        Returns
        -------
        list of str
            The code as each match would complete it.
        """
        found = self._reply(self.client.complete(code, len(code)))
        return [code[: found["cursor_start"]] + match for match in found["matches"]]

    def wait_for_output(self, request: str) -> None:
        """Wait until a cell that goes on has printed something."""
        while True:
            message = self.client.get_iopub_msg(timeout=_SECONDS)
            parent = message["parent_header"].get("msg_id")
            if parent == request and message["msg_type"] == "stream":
                return

    def updates(self, seconds: float = 0.1) -> list[dict[str, Any]]:
        """Collect the display updates that arrive until none comes for a while."""
        found = []
        with contextlib.suppress(Empty):
            while True:
                message = self.client.get_iopub_msg(timeout=seconds)
                if message["msg_type"] == "update_display_data":
                    found.append(message["content"])
        return found

    def interrupt(self) -> None:
        self._manager.interrupt_kernel()

    def restart(self) -> None:
        self._manager.restart_kernel(now=False)
        self.client.wait_for_ready(timeout=_SECONDS)

    def kill(self) -> None:
        """Kill the kernel's process group, as a front end's last resort does."""
        os.killpg(os.getpgid(self.pid), signal.SIGKILL)

    def shutdown(self, *, now: bool = False) -> None:
        self.client.stop_channels()
        self._manager.shutdown_kernel(now=now)
        self._manager.cleanup_resources()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    # Ends the search for the project's root here.
    (folder / "pyproject.toml").touch()
    return folder


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
