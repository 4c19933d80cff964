"""The example notebook as a person uses it: run, watch, plan, reload."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.live_views import grows

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Command, OpenCopy
    from tests.jupyter import Server

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "01_first_experiment.ipynb"

BOTH_REFUTED = """() => {
  const views = [...document.querySelectorAll('.labbook-live')];
  return views.length === 2 &&
    views.every(view => view.textContent.includes('refuted'));
}"""

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="session", params=["lab"])
def application(request: pytest.FixtureRequest) -> str:
    return request.param


def test_the_plot_grows_and_an_item_is_ticked_and_both_are_there_after_a_reload(
    page: Page, open_copy: OpenCopy, command: Command, server: Server
) -> None:
    # So tall that JupyterLab draws every cell.
    page.set_viewport_size({"width": 1200, "height": 4000})
    open_copy(NOTEBOOK)
    # The notebook trains for half a minute, longer where little of the machine is free.
    page.set_default_timeout(300_000)
    command("notebook:run-all-cells")
    view = page.locator(".labbook-live").first
    view.locator("canvas").first.wait_for()
    grows(view)

    question = "Does the gain last with a wider network?"
    # The one below the cell; the panel has another.
    plan_view = page.locator(".jp-Notebook .labbook-plan")
    item = plan_view.get_by_role("checkbox", name=re.compile(re.escape(question)))
    item.first.wait_for()
    item.first.check()
    plan = server.root / "labbook" / "plan.md"
    page.wait_for_function(
        "() => document.querySelector('.labbook-plan [aria-busy=true]') === null"
    )
    assert f"- [x] {question}" in plan.read_text()

    # Both views of it: below its cell, and by `%labbook show`.
    page.wait_for_function(BOTH_REFUTED)
    command("docmanager:save")
    page.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    page.reload()
    page.wait_for_function(BOTH_REFUTED)
    view.locator("canvas").first.wait_for()
    item.first.wait_for()
    assert item.first.is_checked()
    shutil.rmtree(server.root / "labbook")
