"""The cells of the notebook that a page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

_SOURCE = """window.jupyterapp.shell.currentWidget
  .content.model.cells.get(index).sharedModel.getSource()"""


def source(page: Page, cell: int) -> str:
    """Read a cell's text as the notebook would store it."""
    return page.evaluate(f"index => {_SOURCE}", cell)


def has_source(page: Page, cell: int, text: str) -> None:
    """Wait until a text is what a cell says."""
    told = f"([index, text]) => {_SOURCE} === text"
    page.wait_for_function(told, arg=[cell, text])


def says(page: Page, cell: int, part: str) -> None:
    """Wait until a text occurs in a cell."""
    told = f"([index, part]) => {_SOURCE}.includes(part)"
    page.wait_for_function(told, arg=[cell, part])


def count(page: Page, cells: int) -> None:
    """Wait until the notebook has so many cells."""
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(cells)


def activate(page: Page, cell: int) -> None:
    """Go to a cell by a click."""
    page.locator(".jp-Notebook .jp-Cell").nth(cell).click()
    page.wait_for_function(
        """index => window.jupyterapp.shell.currentWidget
          .content.activeCellIndex === index""",
        arg=cell,
    )


def is_written(page: Page, cell: int) -> None:
    """Wait until what is typed goes into a cell."""
    text = page.locator(".jp-Notebook .jp-Cell").nth(cell).locator(".cm-content")
    expect(text).to_be_focused()
