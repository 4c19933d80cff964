"""A live view through everything that happens to a notebook in a day."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from playwright.sync_api import expect

from jupyter_labbook import Labbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Command, OpenNotebook
    from tests.jupyter import Server

pytestmark = pytest.mark.timeout(300)

NAME = "day.ipynb"

STEADY = """\
%%experiment {name}
#| question: Does {name} fall?
#| predict: last(loss) < 2
import time
from pathlib import Path
for step in range(100_000):
    log(step=step, loss=1 / (1 + step / 50), accuracy=step % 7)
    if step % 20 == 0:
        print("step", step)
    if should_stop() or Path({go!r}).exists():
        break
    time.sleep(0.02)
"""

DEAF = """\
%%experiment deaf
#| question: Who listens?
#| why: somebody has to
import signal, time
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
print("deaf now")
for step in range(100_000):
    log(step=step, loss=1.0)
    time.sleep(0.02)
"""

# Sleeps in C without letting go of the lock: nothing else of the kernel runs.
BLOCK = """\
import ctypes, time
print("blocked", "now")
time.sleep(1)
ctypes.PyDLL(None).sleep(40)
"""

KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
CLEAN = "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"


@pytest.fixture
def go(tmp_path: Path) -> Iterator[Path]:
    """Where a file ends the runs of a test."""
    path = tmp_path / "go"
    yield path
    path.touch()


@pytest.fixture(autouse=True)
def labbook(server: Server, until: Callable[..., None]) -> Iterator[Path]:
    """Begin a labbook beside the notebook, with little patience for the deaf."""
    folder = server.root / "labbook"
    folder.mkdir()
    (folder / "labbook.toml").write_text("[runs]\ngrace = 2.0\n")
    (folder / "experiments").mkdir()
    yield folder
    for name in (known := Labbook(server.root)):
        known[name].stop()
        until(known[name].done)

    def gone() -> bool:
        # What follows the end of a run may still write.
        shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()

    until(gone)


def live(page: Page, question: str) -> Locator:
    """The view of an experiment, once the server feeds it."""
    view = page.locator(".labbook-live").filter(has_text=question).first
    view.wait_for()
    expect(view.locator(".labbook-freshness")).to_have_attribute("data-contact", "live")
    return view


def picture(view: Locator) -> str:
    """What the first plot looks like."""
    return view.locator("canvas").first.evaluate("canvas => canvas.toDataURL()")


def grows(view: Locator) -> None:
    """The plot changes without anybody doing anything."""
    before = picture(view)
    view.page.wait_for_function(
        "([canvas, before]) => canvas.toDataURL() !== before",
        arg=[view.locator("canvas").first.element_handle(), before],
    )


def start(
    page: Page, open_notebook: OpenNotebook, command: Command, *cells: str
) -> Page:
    """Open a notebook on a tall page, where all cells are drawn, and run it."""
    page.set_viewport_size({"width": 1200, "height": 3000})
    open_notebook(NAME, "%load_ext jupyter_labbook", *cells)
    command("notebook:run-all-cells")
    return page


def save(page: Page, command: Command) -> None:
    command("docmanager:save")
    page.wait_for_function(CLEAN)


def record(labbook: Path, experiment: str, name: str) -> dict[str, Any]:
    [path] = labbook.glob(f"experiments/*-{experiment}/runs/001/{name}")
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def test_it_grows_and_is_live_again_after_a_reload_and_with_a_new_kernel(
    page: Page, open_notebook: OpenNotebook, command: Command, go: Path
) -> None:
    start(page, open_notebook, command, STEADY.format(name="loss", go=str(go)))
    grows(live(page, "Does loss fall?"))
    save(page, command)

    page.reload()
    grows(live(page, "Does loss fall?"))

    command("kernelmenu:restart")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.wait_for_function(f"() => {KERNEL}?.status === 'restarting'")
    grows(live(page, "Does loss fall?"))
    page.wait_for_function(f"() => {KERNEL}?.status === 'idle'")

    go.touch()
    view = live(page, "Does loss fall?")
    expect(view.get_by_text("supported").first).to_be_visible()
    expect(page.get_by_text("Error displaying")).to_have_count(0)


def test_stop_works_while_the_kernel_is_blocked_in_c(
    page: Page,
    open_notebook: OpenNotebook,
    command: Command,
    go: Path,
    labbook: Path,
    until: Callable[..., None],
) -> None:
    steady = STEADY.format(name="loss", go=str(go))
    start(page, open_notebook, command, steady, DEAF, BLOCK)
    page.get_by_text("blocked now", exact=True).wait_for()
    for name, question in (("loss", "Does loss fall?"), ("deaf", "Who listens?")):
        view = live(page, question)
        grows(view)
        view.get_by_role("button", name="Stop", exact=True).click()
        asked = view.locator(".labbook-question")
        asked.get_by_role("button", name="Stop", exact=True).click()
        expect(view.locator(".labbook-chip", has_text="stopped").first).to_be_visible()
        assert record(labbook, name, "exit.json")["state"] == "stopped"
        # Both before the kernel could have done anything.
        assert page.evaluate(f"{KERNEL}.status") == "busy"


def test_a_server_that_dies_is_waited_for(
    page: Page,
    open_notebook: OpenNotebook,
    command: Command,
    go: Path,
    server: Server,
    page_errors: list[str],
) -> None:
    start(page, open_notebook, command, STEADY.format(name="loss", go=str(go)))
    view = live(page, "Does loss fall?")
    grows(view)
    save(page, command)
    server.kill()
    freshness = view.locator(".labbook-freshness")
    expect(freshness).to_have_attribute("data-contact", "stale")
    expect(freshness).to_contain_text("Shown as of")
    server.start()
    expect(freshness).to_have_attribute("data-contact", "live", timeout=60_000)
    grows(view)
    # JupyterLab's own, while nobody answered.
    page_errors[:] = [each for each in page_errors if each != "Failed to fetch"]


def test_a_notebook_opened_again_shows_what_became_of_its_runs(
    page: Page,
    open_notebook: OpenNotebook,
    command: Command,
    go: Path,
    server: Server,
    labbook: Path,
    until: Callable[..., None],
) -> None:
    start(page, open_notebook, command, STEADY.format(name="loss", go=str(go)))
    grows(live(page, "Does loss fall?"))
    save(page, command)
    page.goto("about:blank")
    server.stop()
    go.touch()
    until(lambda: any(labbook.glob("experiments/*/runs/001/exit.json")))
    server.start()
    # Nothing is run: the output knows where to look.
    page.goto(server.address(NAME))
    view = page.locator(".labbook-live").first
    view.wait_for()
    expect(view.get_by_text("supported").first).to_be_visible()
    expect(view.locator("canvas").first).to_be_visible()
    expect(view.get_by_role("button", name="Rerun")).to_be_visible()
    expect(page.get_by_text("Error displaying")).to_have_count(0)


def test_a_folder_that_is_moved_away_leaves_the_last_picture_and_a_sentence(
    page: Page,
    open_notebook: OpenNotebook,
    command: Command,
    go: Path,
    labbook: Path,
    until: Callable[..., None],
) -> None:
    start(page, open_notebook, command, STEADY.format(name="loss", go=str(go)))
    view = live(page, "Does loss fall?")
    grows(view)
    go.touch()
    expect(view.get_by_text("supported").first).to_be_visible()
    [experiment] = (labbook / "experiments").iterdir()
    aside = labbook.parent / "aside"
    experiment.rename(aside)
    freshness = view.locator(".labbook-freshness")
    expect(freshness).to_have_attribute("data-contact", "gone")
    expect(view.locator("canvas").first).to_be_visible()
    aside.rename(experiment)
    expect(freshness).to_have_attribute("data-contact", "live")


def test_a_conclusion_written_in_the_view_is_kept(
    page: Page,
    open_notebook: OpenNotebook,
    command: Command,
    go: Path,
    labbook: Path,
) -> None:
    start(page, open_notebook, command, STEADY.format(name="loss", go=str(go)))
    view = live(page, "Does loss fall?")
    grows(view)
    go.touch()
    box = view.get_by_role("textbox", name="What did you learn?")
    box.fill("It falls; <b>no</b> doubt.")
    box.press("Control+Enter")
    expect(view.get_by_text("It falls; <b>no</b> doubt.").first).to_be_visible()
    assert "It falls; <b>no</b> doubt." in (labbook / "journal.md").read_text()


def test_an_output_of_elsewhere_stays_as_it_was_saved(
    page: Page, server: Server, open_notebook: OpenNotebook, command: Command
) -> None:
    view = {
        "name": "elsewhere",
        "number": 3,
        "path": "/far/away/labbook/experiments/0003-elsewhere",
        "question": "Where am I?",
        "runs": [{"label": "001", "state": "finished", "final": {"loss": 0.25}}],
    }
    data = {"version": 1, "view": view, "svg": ""}
    mime = "application/vnd.jupyter-labbook.run+json"
    output = nbformat.v4.new_output("display_data", {mime: data, "text/plain": "x"})
    cell = nbformat.v4.new_code_cell("pass", outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    nbformat.write(notebook, server.root / "elsewhere.ipynb")
    page.goto(server.address("elsewhere.ipynb"))
    expect(page.get_by_text("Where am I?")).to_be_visible()
    expect(page.locator(".labbook-live")).to_have_count(0)
    expect(page.get_by_text("Error displaying")).to_have_count(0)
