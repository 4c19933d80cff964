"""Live views in a page: starting what they show, and waiting for what they do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nbformat.v4 import new_code_cell, new_output
from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode
    from playwright.sync_api import Locator, Page, Request

    from tests.browser.conftest import Command, OpenNotebook

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
"""An experiment that goes on until a file is there, or until it is stopped."""

MIME = "application/vnd.jupyter-labbook.run+json"
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
CLEAN = "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"


def away(address: str) -> list[str]:
    """An address, if it is somebody else's than the page's own server."""
    return (
        [] if address.startswith(("http://127.0.0.1:", "data:", "blob:")) else [address]
    )


def collect(page: Page, asked: list[str]) -> None:
    """Gather what a page asks of others, but for what its policy held back."""

    def failed(request: Request) -> None:
        if request.failure == "csp" and request.url in asked:
            asked.remove(request.url)

    page.on("request", lambda request: asked.extend(away(request.url)))
    page.on("requestfailed", failed)


def saved_output(experiment: Path, question: str) -> NotebookNode:
    """A cell with the output of an experiment, as it was saved on some day."""
    view = {"name": "saved", "number": 1, "path": str(experiment), "question": question}
    data = {MIME: {"version": 1, "view": view, "svg": ""}, "text/plain": question}
    output = new_output("display_data", data)
    return new_code_cell("pass", outputs=[output])


def live(page: Page, question: str) -> Locator:
    """The view of an experiment, once the server feeds it."""
    view = page.locator(".labbook-live").filter(has_text=question).first
    view.wait_for()
    has_contact(view, "live")
    return view


def has_contact(view: Locator, contact: str) -> None:
    """Wait until a view says how it stands with the server."""
    freshness = view.locator(".labbook-freshness")
    expect(freshness).to_have_attribute("data-contact", contact, timeout=60_000)


def ended(view: Locator, state: str) -> None:
    """Wait until a view of one run shows its end."""
    chip = view.locator(".labbook-standing-place .labbook-chip").first
    expect(chip).to_have_text(state, timeout=30_000)


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
    page: Page, open_notebook: OpenNotebook, command: Command, name: str, *cells: str
) -> Page:
    """Open a notebook on a tall page, where all cells are drawn, and run it."""
    page.set_viewport_size({"width": 1200, "height": 3000})
    open_notebook(name, "%load_ext jupyter_labbook", *cells)
    command("notebook:run-all-cells")
    return page


def save(page: Page, command: Command) -> None:
    command("docmanager:save")
    page.wait_for_function(CLEAN)


def record(labbook: Path, experiment: str, name: str) -> dict[str, Any]:
    [path] = labbook.glob(f"experiments/*-{experiment}/runs/001/{name}")
    content: dict[str, Any] = json.loads(path.read_text())
    return content
