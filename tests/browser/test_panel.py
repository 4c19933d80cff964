"""Panel, status bar, commands and header form in a real JupyterLab and Notebook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.panel_answers import Answers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Command, OpenNotebook, Server

CELL = """\
%%experiment wider-forest --tags digits,forest
#| question: Does a wider forest still help?
#| predict: accuracy > 0.9
#| sweep: {trees: [30, 100]}
log(accuracy=trees)"""


def source(page: Page, cell: int) -> str:
    """Read a cell's text as the notebook would store it."""
    return page.evaluate(
        """index => window.jupyterapp.shell.currentWidget
          .content.model.cells.get(index).sharedModel.getSource()""",
        cell,
    )


def active(page: Page, cell: int) -> None:
    page.locator(".jp-Notebook .jp-Cell").nth(cell).click()
    page.wait_for_function(
        """index => window.jupyterapp.shell.currentWidget
          .content.activeCellIndex === index""",
        arg=cell,
    )


def panel_of(page: Page, command: Command) -> Locator:
    command("labbook:show-panel", tab="runs")
    panel = page.locator(".labbook-panel")
    expect(panel).to_be_visible()
    return panel


def test_a_new_experiment_asks_for_its_question_and_one_undo_takes_it_away(
    page: Page, open_notebook: OpenNotebook, command: Command
) -> None:
    Answers(page)
    open_notebook("new.ipynb", "'first'", "'last'")
    active(page, 0)
    command("labbook:new-experiment")
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(3)
    expect(page.locator(".jp-Cell").nth(1).locator(".cm-content")).to_be_focused()
    page.keyboard.type("Does it help?")
    page.wait_for_function(
        """() => window.jupyterapp.shell.currentWidget.content.model.cells.get(1)
          .sharedModel.getSource().includes('#| question: Does it help?\\n')"""
    )
    assert source(page, 1).startswith("%%experiment\n#| question: Does it help?\n")
    page.keyboard.press("Escape")
    for _ in range(2):
        # First what was typed, then the cell.
        command("notebook:undo-cell-action")
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(2)
    assert [source(page, 0), source(page, 1)] == ["'first'", "'last'"]


def test_two_keys_begin_an_experiment_in_command_mode(
    page: Page, open_notebook: OpenNotebook
) -> None:
    Answers(page)
    open_notebook("keys.ipynb", "'first'")
    active(page, 0)
    page.keyboard.press("Escape")
    page.keyboard.type("ee")
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(2)
    expect(page.locator(".jp-Cell").nth(1).locator(".cm-content")).to_be_focused()
    assert source(page, 1).startswith("%%experiment\n")
    assert source(page, 0) == "'first'"


def test_the_form_changes_the_header_and_nothing_else(
    page: Page, open_notebook: OpenNotebook, command: Command
) -> None:
    Answers(page)
    open_notebook("form.ipynb", "'first'", CELL)
    active(page, 1)
    command("labbook:edit-header")
    form = page.locator(".labbook-header")
    question = form.get_by_role("textbox", name="Question")
    expect(question).to_have_value("Does a wider forest still help?")
    expect(form.get_by_role("textbox", name="Tags")).not_to_be_editable()
    form.get_by_role("textbox", name="Hypothesis").fill("No: 100 are enough.")
    form.get_by_role("button", name="Add a prediction").click()
    page.keyboard.type("max(accuracy) < 1 (60%)")
    question.fill("Does it?")
    question.press("Enter")
    expected = (
        CELL.replace("Does a wider forest still help?", "Does it?")
        .replace("#| predict", "#| hypothesis: No: 100 are enough.\n#| predict")
        .replace("> 0.9\n", "> 0.9\n#| predict: max(accuracy) < 1 (60%)\n")
    )
    page.wait_for_function(
        """text => window.jupyterapp.shell.currentWidget.content.model.cells.get(1)
          .sharedModel.getSource() === text""",
        arg=expected,
    )


@pytest.mark.parametrize("application", ["lab"], indirect=True)
def test_the_form_is_there_for_experiments_alone(
    page: Page, open_notebook: OpenNotebook, command: Command
) -> None:
    Answers(page)
    open_notebook("tools.ipynb", "'first'", CELL)
    active(page, 1)
    command("labbook:edit-header")
    form = page.locator(".labbook-header")
    expect(form).to_be_visible()
    active(page, 0)
    expect(form).to_be_hidden()
    button = page.locator("[data-jp-item-name='labbook-edit-header']")
    expect(button.get_by_role("button")).to_be_hidden()
    active(page, 1)
    expect(form).to_be_visible()
    expect(button.get_by_role("button")).to_be_visible()


def test_the_panel_shows_runs_plan_and_conclusions(
    page: Page, open_notebook: OpenNotebook, command: Command
) -> None:
    answers = Answers(page)
    open_notebook("digits.ipynb", "'first'")
    panel = panel_of(page, command)
    running = panel.locator("[data-group=running] .labbook-item")
    expect(running).to_have_count(2)
    expect(running.first).to_contain_text("41 %, about 4 min left")
    expect(panel.get_by_role("button", name="61 more")).to_be_visible()

    running.first.locator(".labbook-item-main").focus()
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(panel.locator(".labbook-spoken").last).to_have_text(
        "Stopping depth-of-trees."
    )
    [(path, body)] = answers.posted
    assert path == "experiments/0012-depth-of-trees/stop"
    assert body["runs"] is None

    panel.get_by_role("tab", name="Labbook").click()
    expect(panel.locator(".labbook-found")).to_have_text("132 experiments")
    expect(panel.locator(".labbook-card").nth(2)).to_contain_text("0.91 by logistic")


def test_an_item_of_the_plan_becomes_an_experiment(
    page: Page, open_notebook: OpenNotebook, command: Command
) -> None:
    Answers(page)
    open_notebook("plan.ipynb", "'first'", "'last'")
    active(page, 0)
    command("labbook:show-panel", tab="plan")
    question = page.get_by_role("checkbox", name=re.compile("Past which width"))
    question.focus()
    page.keyboard.press("e")
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(3)
    expect(page.locator(".jp-Cell").nth(1).locator(".cm-content")).to_be_focused()
    page.keyboard.type("accuracy > 0.9")
    page.wait_for_function(
        """() => window.jupyterapp.shell.currentWidget.content.model.cells.get(1)
          .sharedModel.getSource().includes('#| predict: accuracy > 0.9\\n')"""
    )
    text = source(page, 1)
    assert text.startswith("%%experiment past-which-width-does-accuracy-gain-less\n")
    assert "#| hypothesis: About 100 trees\n" in text
    assert "#| impact: Freeze the width\n" in text


def test_an_end_is_told_and_can_be_concluded(
    page: Page, open_notebook: OpenNotebook, command: Command
) -> None:
    answers = Answers(page)
    ended = {"experiment": "0009-wider-forest", "name": "wider-forest", "run": "015"}
    more = {"state": "finished", "reason": "", "verdicts": ["supported"], "last": True}
    answers.events.append(("ended", {**ended, **more}))
    open_notebook("ended.ipynb", "'first'")
    toast = page.locator(".Toastify__toast").filter(has_text="wider-forest")
    expect(toast).to_contain_text("wider-forest: supported")
    toast.get_by_role("button", name="Conclude").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("Width is enough.")
    dialog.get_by_role("button", name="Save").click()
    page.wait_for_function("() => !document.querySelector('.jp-Dialog')")
    expect(dialog).to_have_count(0)
    assert [
        (path, body["text"])
        for path, body in answers.posted
        if path.endswith("/conclude")
    ] == [("experiments/0009-wider-forest/conclude", "Width is enough.")]


def test_the_panel_says_how_a_labbook_begins(
    page: Page, open_notebook: OpenNotebook, command: Command
) -> None:
    Answers(page, labbook=False)
    open_notebook("begin.ipynb", "'first'")
    panel = panel_of(page, command)
    expect(panel).to_contain_text("No labbook here yet")
    panel.get_by_role("button", name="New experiment cell").click()
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(2)


def test_the_status_bar_counts_and_leads_to_the_panel(
    page: Page, open_notebook: OpenNotebook, server: Server
) -> None:
    Answers(page)
    open_notebook("status.ipynb", "'first'")
    if server.application == "notebook":
        # It has no status bar: nothing of ours may be missing one.
        expect(page.locator(".labbook-status-bar")).to_have_count(0)
        return
    status = page.locator(".labbook-status-bar button")
    expect(status).to_have_text("3 running, 29 waiting")
    status.click()
    expect(page.locator(".labbook-panel")).to_be_visible()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_every_text_of_panel_and_form_can_be_read(  # all fixtures
    page: Page,
    server: Server,
    open_notebook: OpenNotebook,
    command: Command,
    least_contrast: Callable[[Page, str], float],
    theme: str,
) -> None:
    Answers(page)
    open_notebook("contrast.ipynb", "'first'", CELL)
    command("apputils:change-theme", theme=theme)
    light = str(theme.endswith("Light")).lower()
    page.wait_for_function(f"document.body.dataset.jpThemeLight === '{light}'")
    panel = panel_of(page, command)
    for tab in ("Runs", "Plan", "Labbook"):
        panel.get_by_role("tab", name=tab).click()
        panel.locator("[role=tabpanel]:not([hidden]) li").first.wait_for()
        assert least_contrast(page, ".labbook-panel") >= 4.5
    active(page, 1)
    command("labbook:edit-header")
    place = {"lab": ".jp-NotebookTools", "notebook": ".jp-Dialog"}[server.application]
    assert least_contrast(page, f"{place} .labbook-header") >= 4.5
