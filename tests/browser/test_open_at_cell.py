"""A row of the panel opens its notebook at the cell, wherever that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from jupyter_labbook.storage.labbook import LabbookFolder
from tests import running

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Command, OpenNotebook
    from tests.jupyter import Server

pytestmark = pytest.mark.timeout(300)

ACTIVE = """cell => {
  const current = window.jupyterapp?.shell?.currentWidget;
  return current?.content?.activeCell?.model.id === cell;
}"""


def test_a_notebook_of_a_folder_is_opened_at_its_cell(
    page: Page, open_notebook: OpenNotebook, command: Command, server: Server
) -> None:
    folder = server.root / "a folder"
    folder.mkdir(exist_ok=True)
    cells = [new_code_cell(str(number)) for number in range(40)]
    nbformat.write(new_notebook(cells=cells), folder / "far.ipynb")
    labbook = LabbookFolder.create(folder)
    started = str(folder / "far.ipynb")
    experiment = running.experiment(labbook)
    running.add_ended(labbook, experiment, notebook=started, cell=cells[30].id)
    open_notebook("a folder/near.ipynb", "1")
    command("labbook:show-panel", tab="runs")
    row = page.locator(".labbook-item-main").first
    if server.application == "lab":
        row.click()
        page.wait_for_function(ACTIVE, arg=cells[30].id)
    else:
        with page.context.expect_page() as other:
            row.click()
        other.value.wait_for_function(ACTIVE, arg=cells[30].id)
