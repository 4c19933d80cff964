"""Cells of experiments in JupyterLab and Notebook, and the form of their header."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from jupyter_labbook.storage.labbook import LabbookFolder
from tests.browser.notebook_cells import (
    activate,
    count,
    has_source,
    is_written,
    says,
    source,
)

if TYPE_CHECKING:
    from tests.browser.conftest import Command, OpenNotebook, Server
    from tests.browser.panel_answers import Answers

pytestmark = pytest.mark.usefixtures("answers")

LOAD = "%load_ext jupyter_labbook"

CELL = """\
%%experiment wider-forest --tags digits,forest
#| question: Does a wider forest still help?
#| predict: accuracy > 0.9
#| sweep: {trees: [30, 100]}
log(accuracy=trees)"""


def test_a_new_experiment_asks_for_its_question_and_one_undo_takes_it_away(
    page: Page, open_notebook: OpenNotebook, command: Command
) -> None:
    open_notebook("new.ipynb", LOAD, "'last'")
    activate(page, 0)
    command("labbook:new-experiment")
    count(page, 3)
    is_written(page, 1)
    page.keyboard.type("Does it help?")
    says(page, 1, "#| question: Does it help?\n")
    assert source(page, 1).startswith("%%experiment\n#| question: Does it help?\n")
    page.keyboard.press("Escape")
    for _ in range(2):
        # First what was typed, then the cell.
        command("notebook:undo-cell-action")
    count(page, 2)
    assert [source(page, 0), source(page, 1)] == [LOAD, "'last'"]


def test_the_first_experiment_of_a_notebook_brings_its_magic_along(
    page: Page, server: Server, open_notebook: OpenNotebook, command: Command
) -> None:
    """Whoever has read nothing fills in the question, and runs the cell."""
    # Of its own, so that there are no results yet of which the magic would tell.
    LabbookFolder.create(server.root / "newcomer")
    open_notebook("newcomer/newcomer.ipynb", "'first'")
    activate(page, 0)
    command("labbook:new-experiment")
    count(page, 3)
    is_written(page, 2)
    assert source(page, 1) == LOAD
    assert source(page, 2).startswith("%%experiment\n")
    # Run already, and without a word.
    cells = page.locator(".jp-Notebook .jp-Cell")
    expect(cells.nth(1).locator(".jp-InputPrompt")).to_have_text("[1]:")
    expect(cells.nth(1).locator(".jp-OutputArea-output")).to_have_count(0)
    is_written(page, 2)
    page.keyboard.press("Escape")
    command("labbook:new-experiment")
    count(page, 4)
    assert source(page, 3).startswith("%%experiment\n")
    for _ in range(2):
        command("notebook:undo-cell-action")
    count(page, 1)
    assert source(page, 0) == "'first'"


def test_two_keys_begin_an_experiment_in_command_mode(
    page: Page, open_notebook: OpenNotebook
) -> None:
    open_notebook("keys.ipynb", LOAD)
    activate(page, 0)
    page.keyboard.press("Escape")
    page.keyboard.type("ee")
    count(page, 2)
    is_written(page, 1)
    assert source(page, 1).startswith("%%experiment\n")
    assert source(page, 0) == LOAD


def test_an_item_of_the_plan_becomes_an_experiment(
    page: Page, open_notebook: OpenNotebook, command: Command
) -> None:
    open_notebook("plan.ipynb", LOAD, "'last'")
    activate(page, 0)
    command("labbook:show-panel", tab="plan")
    question = page.get_by_role("checkbox", name=re.compile("Past which width"))
    question.focus()
    page.keyboard.press("e")
    count(page, 3)
    is_written(page, 1)
    page.keyboard.type("accuracy > 0.9")
    says(page, 1, "#| predict: accuracy > 0.9\n")
    text = source(page, 1)
    assert text.startswith("%%experiment past-which-width-does-accuracy-gain-less\n")
    assert "#| hypothesis: About 100 trees\n" in text
    assert "#| impact: Freeze the width\n" in text


def test_a_labbook_begins_by_a_button_of_the_panel(
    page: Page, open_notebook: OpenNotebook, command: Command, answers: Answers
) -> None:
    answers.labbook = False
    open_notebook("begin.ipynb", "'first'")
    command("labbook:show-panel", tab="runs")
    panel = page.locator(".labbook-panel")
    expect(panel).to_contain_text("No labbook here yet")
    expect(panel).to_contain_text(LOAD)
    panel.get_by_role("button", name="New experiment cell").click()
    count(page, 3)
    is_written(page, 2)


def test_the_form_changes_the_header_and_nothing_else(
    page: Page, open_notebook: OpenNotebook, command: Command
) -> None:
    open_notebook("form.ipynb", "'first'", CELL)
    activate(page, 1)
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
    has_source(page, 1, expected)


@pytest.mark.parametrize("application", ["lab"], indirect=True)
def test_the_form_is_there_for_experiments_alone(
    page: Page, open_notebook: OpenNotebook, command: Command
) -> None:
    open_notebook("tools.ipynb", "'first'", CELL)
    activate(page, 1)
    command("labbook:edit-header")
    form = page.locator(".labbook-header")
    expect(form).to_be_visible()
    activate(page, 0)
    expect(form).to_be_hidden()
    button = page.locator("[data-jp-item-name='labbook-edit-header']")
    expect(button.get_by_role("button")).to_be_hidden()
    activate(page, 1)
    expect(form).to_be_visible()
    expect(button.get_by_role("button")).to_be_visible()
