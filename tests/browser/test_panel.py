"""Panel and status bar in a real JupyterLab and Notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.notebook_cells import activate
from tests.browser.test_experiment_cells import CELL

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Command, OpenNotebook, Server
    from tests.browser.panel_answers import Answers

pytestmark = pytest.mark.usefixtures("answers")


def panel_of(page: Page, command: Command) -> Locator:
    command("labbook:show-panel", tab="runs")
    panel = page.locator(".labbook-panel")
    expect(panel).to_be_visible()
    return panel


def test_the_panel_shows_runs_plan_and_conclusions(
    page: Page, open_notebook: OpenNotebook, command: Command, answers: Answers
) -> None:
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


def test_the_status_bar_counts_and_leads_to_the_panel(
    page: Page, open_notebook: OpenNotebook, server: Server
) -> None:
    open_notebook("status.ipynb", "'first'")
    if server.application == "notebook":
        # It has no status bar: nothing of ours may be missing one.
        expect(page.locator(".labbook-status-bar")).to_have_count(0)
        return
    status = page.locator(".labbook-status-bar button")
    expect(status).to_have_text("Runs: 3 running, 29 waiting")
    status.click()
    counted = page.locator(".labbook-panel .labbook-counts")
    expect(counted).to_contain_text("Runs: 3 running, 29 waiting")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_every_text_of_panel_and_form_can_be_read(  # all fixtures
    page: Page,
    server: Server,
    open_notebook: OpenNotebook,
    command: Command,
    least_contrast: Callable[[Page, str], float],
    theme: str,
) -> None:
    open_notebook("contrast.ipynb", "'first'", CELL)
    command("apputils:change-theme", theme=theme)
    light = str(theme.endswith("Light")).lower()
    page.wait_for_function(f"document.body.dataset.jpThemeLight === '{light}'")
    panel = panel_of(page, command)
    for tab in ("Runs", "Plan", "Labbook"):
        panel.get_by_role("tab", name=tab).click()
        panel.locator("[role=tabpanel]:not([hidden]) li").first.wait_for()
        assert least_contrast(page, ".labbook-panel") >= 4.5
    activate(page, 1)
    command("labbook:edit-header")
    place = {"lab": ".jp-NotebookTools", "notebook": ".jp-Dialog"}[server.application]
    assert least_contrast(page, f"{place} .labbook-header") >= 4.5
