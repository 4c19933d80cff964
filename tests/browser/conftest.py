"""A real Jupyter server with the built extension, and a browser to use it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Page

PACKAGE = Path(__file__).parents[2] / "jupyter_labbook"
EXTENSION = PACKAGE / "labextension"

ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]

# Notebook 7.6 throws this by itself, without any extension.
NOT_OURS = ("reading 'schema'",)

IDLE = """() => {
  const context = window.jupyterapp?.shell?.currentWidget?.sessionContext;
  return context?.session?.kernel?.status === 'idle';
}"""

Application = Literal["lab", "notebook"]
OpenNotebook = Callable[..., "Page"]
OpenCopy = Callable[[Path], "Page"]
Command = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Server:
    """A Jupyter server that the tests may use as they like."""

    application: Application
    url: str
    token: str
    root: Path

    def address(self, notebook: str) -> str:
        """Where a notebook opens, in a fresh workspace."""
        route, more = {
            "lab": ("lab/tree", "&reset"),
            "notebook": ("notebooks", ""),
        }[self.application]
        return f"{self.url}/{route}/{notebook}?token={self.token}{more}"


def built(path: Path) -> Path:
    """Return a part of the bundle, or say how to build it."""
    if not path.exists():
        raise pytest.UsageError(
            f"{path.name} is not built: run `make .venv`, then the tests again."
        )
    return path


@pytest.fixture(scope="session")
def plan_module() -> Path:
    """The widget's module, as anywidget loads it."""
    return built(PACKAGE / "static" / "plan.js")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise pytest.UsageError("There is no Chromium: run `make browser`.")
    return {"executable_path": found, "args": ARGUMENTS, "headless": True}


@pytest.fixture(scope="session")
def base_url() -> None:
    """Stand in for a plugin's fixture, which pytest 9 deprecates: none is needed."""


@pytest.fixture(autouse=True)
def page_errors(page: Page) -> Iterator[list[str]]:
    """Fail a test in whose page something was thrown."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(error.message))
    yield errors
    ours = [error for error in errors if not any(part in error for part in NOT_OURS)]
    assert ours == []


@pytest.fixture(scope="session", params=["lab", "notebook"])
def application(request: pytest.FixtureRequest) -> Application:
    return request.param


@pytest.fixture(scope="session")
def server(
    application: Application, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("home")
    root = tmp_path_factory.mktemp("root")
    settings = home / "config/labconfig/default_setting_overrides.json"
    settings.parent.mkdir(parents=True)
    # As the wheel enables our routes where it is installed.
    enabled = home / "config/jupyter_server_config.d/jupyter_labbook.json"
    enabled.parent.mkdir()
    shutil.copy(PACKAGE.parent / "labextension/jupyter_server_config.json", enabled)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    settings.write_text(
        json.dumps({"@jupyterlab/apputils-extension:notification": quiet})
    )
    extensions = home / "share/labextensions"
    extensions.mkdir(parents=True)
    (extensions / "jupyter-labbook").symlink_to(built(EXTENSION))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    server = Server(application, f"http://127.0.0.1:{port}", token, root)
    module, cls = {
        "lab": ("jupyterlab", "LabApp"),
        "notebook": ("notebook", "JupyterNotebookApp"),
    }[application]
    command = [
        *(sys.executable, "-m", module, "--no-browser", "--allow-root"),
        *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={root}",
        f"--{cls}.expose_app_in_browser=True",
    ]
    environment = {
        **os.environ,
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_PATH": str(home / "share"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        # A kernel imports the package that is tested, installed or not.
        "PYTHONPATH": str(PACKAGE.parent),
    }
    log = home / "server.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env=environment
        ) as process,
    ):
        try:
            _wait_for(server, process, log)
            yield server
        finally:
            process.terminate()


def _wait_for(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    status = f"{server.url}/api/status?token={server.token}"
    while True:
        try:
            with urllib.request.urlopen(status, timeout=5):
                return
        except OSError:
            assert process.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < deadline, log.read_text(errors="replace")
            time.sleep(0.1)


@pytest.fixture
def open_notebook(page: Page, server: Server) -> Iterator[OpenNotebook]:
    """Write a notebook of code cells, open it, and wait for its kernel."""
    page.set_default_timeout(30_000)

    def opened(name: str, *cells: str) -> Page:
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = new_notebook(
            cells=[new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": kernel},
        )
        nbformat.write(notebook, server.root / name)
        page.goto(server.address(name))
        page.wait_for_function(IDLE)
        return page

    yield opened
    _shut_kernel_down(page)


def _shut_kernel_down(page: Page) -> None:
    page.evaluate(
        """async () => {
          const context = window.jupyterapp?.shell?.currentWidget?.sessionContext;
          await context?.shutdown();
        }"""
    )


@pytest.fixture
def open_copy(page: Page, server: Server) -> Iterator[OpenCopy]:
    """Open a copy of a notebook that is there already, and wait for its kernel."""
    page.set_default_timeout(30_000)

    def opened(notebook: Path) -> Page:
        shutil.copy(notebook, server.root)
        page.goto(server.address(notebook.name))
        page.wait_for_function(IDLE)
        return page

    yield opened
    _shut_kernel_down(page)


@pytest.fixture
def command(page: Page) -> Command:
    """Execute one of the application's commands by its id."""

    def execute(name: str, **arguments: object) -> None:
        # Not awaited: some commands resolve with what cannot leave the page.
        page.evaluate(
            """([name, values]) => {
              void window.jupyterapp.commands.execute(name, values);
            }""",
            [name, arguments],
        )

    return execute


@pytest.fixture(scope="session")
def least_contrast() -> Callable[[Page, str], float]:
    """Measure the least contrast of any text in a part of a page, by WCAG 2."""
    script = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")

    def measure(page: Page, selector: str) -> float:
        page.wait_for_selector(selector)
        ratio, text = page.evaluate(script, selector)
        print(f"least contrast {ratio:.2f}: {text}")  # noqa: T201  # shown on failure
        return ratio

    return measure
