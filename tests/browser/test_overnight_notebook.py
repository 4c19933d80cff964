"""The notebook about a night, executed: what it shows before, during and after it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbformat import NotebookNode
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Command, OpenCopy
    from tests.jupyter import Server

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "02_overnight.ipynb"
DONE = """() => {
  const cells = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell')];
  return cells.every(cell => /\\[\\d+\\]/.test(
    cell.querySelector('.jp-InputPrompt').textContent));
}"""

FOREST = "Does a forest need more than ten trees?"

pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="session", params=["lab"])
def application(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def executed(
    page: Page,
    open_copy: OpenCopy,
    command: Command,
    server: Server,
    until: Callable[..., None],
) -> Iterator[Page]:
    """Execute the notebook, which takes a night of some minutes."""
    # So tall that JupyterLab draws every cell.
    page.set_viewport_size({"width": 1200, "height": 16_000})
    open_copy(NOTEBOOK)
    page.set_default_timeout(900_000)
    command("notebook:run-all-cells")
    page.wait_for_function(DONE)
    command("docmanager:save")
    page.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    page.set_default_timeout(30_000)
    yield page
    (server.root / "digits_project.py").unlink()

    def gone() -> bool:
        # What follows the end of a run may still write.
        shutil.rmtree(server.root / "labbook", ignore_errors=True)
        return not (server.root / "labbook").exists()

    until(gone)


def below(page: Page, source: str | re.Pattern[str]) -> Locator:
    """Find what stands below the cell with this source."""
    written = page.locator(".jp-InputArea", has_text=source)
    cell = page.locator(".jp-Notebook .jp-CodeCell", has=written)
    return cell.locator(".jp-OutputArea-output")


def chip(digest: Locator, question: str) -> Locator:
    """Find the verdict on a question's prediction."""
    return digest.locator(".lbm-card", has_text=question).first.locator(".lbm-chip")


def test_a_night_is_prepared_passes_and_is_read(executed: Page, server: Server) -> None:
    page = executed
    before = below(page, "%labbook preflight night-1")
    expect(before).to_contain_text("brightness/001 would have crashed")
    expect(before).to_contain_text("labbook stop brightness")
    expect(before).to_contain_text("No run of turned has degrees=0")

    line = below(page, re.compile(r"%labbook queue\s*$"))
    expect(line.locator("svg").first).to_be_visible()
    expect(line).to_contain_text("linear/001")
    expect(line).to_contain_text(re.compile(r"of 10 minutes"))

    first, second = below(page, "%labbook morning").all()
    expect(first).to_contain_text("7 results are ready")
    # Trained with what it was tested with, ten trees are as good as a hundred.
    expect(chip(first, FOREST)).to_contain_text("Refuted")
    touched = below(page, "--dry-run")
    expect(touched).to_contain_text("39 runs with split_data")
    compared = below(page, "%labbook compare forest")
    expect(compared).to_contain_text("was refuted")
    expect(chip(second, FOREST)).to_contain_text("Supported")
    saved = nbformat.read(server.root / NOTEBOOK.name, as_version=4)
    assert not failed(saved)


def failed(notebook: NotebookNode) -> list[str]:
    """Name the cells that ended in an error."""
    return [
        cell.source
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    ]
