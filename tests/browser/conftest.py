"""A real Jupyter server with the built extension, and a browser to use it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

from jupyter_labbook import Labbook
from tests.browser.live_views import collect
from tests.browser.panel_answers import Answers
from tests.jupyter import CHROMIUM, PACKAGE, Application, Server, built, chromium

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from playwright.sync_api import Error, Page

# Others may use the machine too.
expect.set_options(timeout=15_000)

# What a stack names of others: the application, and extensions but ours.
THEIRS = re.compile(r"/static/(lab|notebook)/|/extensions/(?!jupyter-labbook/)")
FRAME = re.compile(r"^\s+at .*?((?:https?|blob):\S+)", re.MULTILINE)

IDLE = """() => {
  const context = window.jupyterapp?.shell?.currentWidget?.sessionContext;
  return context?.session?.kernel?.status === 'idle';
}"""

OpenNotebook = Callable[..., "Page"]
OpenCopy = Callable[[Path], "Page"]
Command = Callable[..., None]


@pytest.fixture(scope="session")
def plan_module() -> Path:
    """The widget's module, as anywidget loads it."""
    return built(PACKAGE / "static" / "plan.js")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {
        "executable_path": chromium(),
        "args": list(CHROMIUM),
        "headless": True,
    }


@pytest.fixture(scope="session")
def base_url() -> None:
    """Stand in for a plugin's fixture, which pytest 9 deprecates: none is needed."""


def may_be_ours(stack: str) -> bool:
    """Tell what the application throws by itself, without any line of ours.

    It does where a server ends, a kernel is shut down before it has said all, or a
    notebook was never saved.
    """
    frames = FRAME.findall(stack)
    return not frames or not all(map(THEIRS.search, frames))


@pytest.fixture(autouse=True)
def page_errors(page: Page) -> Iterator[list[str]]:
    """Fail a test in whose page something of ours was thrown."""
    errors: list[str] = []

    def hear(error: Error) -> None:
        print(error.stack)  # noqa: T201  # shown on failure
        if may_be_ours(error.stack or ""):
            errors.append(error.message)

    # Ten otherwise: a line of ours could be the eleventh.
    page.add_init_script("Error.stackTraceLimit = 200")
    page.on("pageerror", hear)
    yield errors
    assert errors == []


@pytest.fixture(scope="session", params=["lab", "notebook"])
def application(request: pytest.FixtureRequest) -> Application:
    return request.param


@pytest.fixture(scope="session")
def servers(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[Application], Server]]:
    """Start a server of each application when a test first needs it."""
    started: dict[Application, Server] = {}
    with ExitStack() as stack:

        def serve(application: Application) -> Server:
            if application not in started:
                home, root = map(tmp_path_factory.mktemp, ("home", "root"))
                server = Server(application, home, root)
                started[application] = stack.enter_context(server)
            return started[application]

        yield serve


@pytest.fixture
def server(
    application: Application, servers: Callable[[Application], Server]
) -> Server:
    # Not of the session: pytest would keep the first for an `application` of whoever
    # replaces that fixture.
    return servers(application)


@pytest.fixture
def open_notebook(page: Page, server: Server) -> Iterator[OpenNotebook]:
    """Write a notebook of cells or their code, open it, and wait for its kernel."""
    page.set_default_timeout(30_000)

    def opened(name: str, *cells: str | NotebookNode) -> Page:
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = new_notebook(
            cells=[
                new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells
            ],
            metadata={"kernelspec": kernel},
        )
        nbformat.write(notebook, server.root / name)
        page.goto(server.address(name))
        page.wait_for_function(IDLE)
        return page

    yield opened
    _shut_kernel_down(page)


@pytest.fixture
def answers(page: Page) -> Answers:
    """Answer in the place of a labbook's server."""
    return Answers(page)


@pytest.fixture
def go(tmp_path: Path) -> Iterator[Path]:
    """Where a file ends the runs of a test."""
    path = tmp_path / "go"
    yield path
    path.touch()


class Blocking:
    """Blocks a kernel in C until the test ends: nothing else of the kernel runs."""

    def __init__(self, folder: Path) -> None:
        self._pipe = folder / "pipe"
        self._blocked = folder / "blocked"
        self._over = folder / "over"
        os.mkfifo(self._pipe)

    @property
    def code(self) -> str:
        """What blocks the kernel that executes it."""
        return (
            "import ctypes, os, pathlib\n"
            f"pipe = os.open({str(self._pipe)!r}, os.O_RDWR)\n"
            f"pathlib.Path({str(self._blocked)!r}).write_text(str(os.getpid()))\n"
            # It does not let go of the lock, as `CDLL` would.
            "ctypes.PyDLL(None).read(pipe, ctypes.create_string_buffer(1), 1)\n"
            f"pathlib.Path({str(self._over)!r}).touch()\n"
        )

    def goes_on(self) -> bool:
        """Whether the kernel lives and can do nothing."""
        with suppress(OSError, ValueError):
            os.kill(int(self._blocked.read_text()), 0)
            return not self._over.exists()
        return False

    def end(self) -> None:
        """Let the kernel go on."""
        # Both ways, so that it opens also if no kernel ever did.
        descriptor = os.open(self._pipe, os.O_RDWR)
        os.write(descriptor, b".")
        os.close(descriptor)


@pytest.fixture
def blocking(tmp_path: Path) -> Iterator[Blocking]:
    """Prepare to block a kernel, until the test ends."""
    blocks = Blocking(tmp_path)
    yield blocks
    blocks.end()


@pytest.fixture
def labbook(server: Server, until: Callable[..., None]) -> Iterator[Path]:
    """Begin a labbook beside the notebook, with little patience for the deaf."""
    folder = server.root / "labbook"
    # A run that outlives its test writes on.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "labbook.toml").write_text("[runs]\ngrace = 2.0\n")
    (folder / "experiments").mkdir()
    yield folder
    if not folder.exists():
        # A test that took it collect, and failed before it was back.
        return
    for name in (known := Labbook(server.root)):
        known[name].stop()
        until(known[name].done)

    def gone() -> bool:
        # What follows the end of a run may still write.
        shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()

    until(gone)


@pytest.fixture
def foreign(page: Page) -> list[str]:
    """Collect what a page asks of anybody but its own server."""
    asked: list[str] = []
    collect(page, asked)
    return asked


def _shut_kernel_down(page: Page) -> None:
    page.evaluate(
        """async () => {
          const context = window.jupyterapp?.shell?.currentWidget?.sessionContext;
          // One that is gone already, or about to be started again, says no.
          await context?.shutdown().catch(() => {});
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
