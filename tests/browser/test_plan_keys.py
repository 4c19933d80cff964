"""The plan view among the shortcuts of a real notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.conftest import Command, OpenNotebook

WIDGET = """
from pathlib import Path
import anywidget, jupyter_labbook, traitlets

class Plan(anywidget.AnyWidget):
    _esm = Path(jupyter_labbook.__file__).parent / "static" / "plan.js"
    lists = traitlets.List().tag(sync=True)
    path = traitlets.Unicode("labbook/plan.md").tag(sync=True)

item = dict(id="1", list="test", text="augment()", done=False, priority="normal",
            expected="", setup="", impact="")
Plan(lists=[dict(list="test", title="Code that wants unit tests", items=[item])])
"""


def test_keys_pressed_in_the_plan_never_reach_the_notebook(
    open_notebook: OpenNotebook, command: Command
) -> None:
    page = open_notebook("keys.ipynb", WIDGET, "'second cell'")
    command("notebook:run-all-cells")
    # The notebook has stopped moving the focus when the last cell has run.
    expect(page.locator(".jp-OutputArea-output").last).to_contain_text("second cell")
    cells = page.evaluate(
        "window.jupyterapp.shell.currentWidget.content.model.cells.length"
    )
    check = page.get_by_role("checkbox", name="augment()")
    # The panel has a plan of its own.
    tools = page.locator(".jp-Notebook .labbook-tools button")
    for focused in (
        check,
        tools.last,
        page.locator(".jp-Notebook .labbook-keys summary"),
    ):
        focused.focus()
        page.keyboard.type("ddxab")
        expect(focused).to_be_focused()
    assert cells == page.evaluate(
        "window.jupyterapp.shell.currentWidget.content.model.cells.length"
    )


def test_saving_works_while_the_plan_has_the_focus(
    open_notebook: OpenNotebook, command: Command
) -> None:
    page = open_notebook("saving.ipynb", WIDGET, "'second cell'")
    command("notebook:run-all-cells")
    expect(page.locator(".jp-OutputArea-output").last).to_contain_text("second cell")
    page.get_by_role("checkbox", name="augment()").focus()
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    page.keyboard.press("Control+s")
    page.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
