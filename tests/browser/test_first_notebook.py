"""The example notebook as a person uses it: run, watch, plan, reload."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Command, OpenCopy
    from tests.jupyter import Server

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "01_first_experiment.ipynb"

# How much of the plot there is: characters of all its lines.
DRAWN = """() => {
  const picture = document.querySelector('.labbook-run img');
  if (!picture) return 0;
  const svg = decodeURIComponent(picture.src.split(',').slice(1).join(','));
  return [...svg.matchAll(/(?:points| d)="([^"]*)"/g)]
    .reduce((sum, found) => sum + found[1].length, 0);
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
    page.wait_for_selector(".labbook-run img")
    first = page.evaluate(DRAWN)
    page.wait_for_function(f"() => ({DRAWN})() > {first} + 50")

    question = "Does the gain last with a wider network?"
    item = page.get_by_role("checkbox", name=re.compile(re.escape(question)))
    item.first.wait_for()
    item.first.check()
    plan = server.root / "labbook" / "plan.md"
    page.wait_for_function(
        "() => document.querySelector('.labbook-plan [aria-busy=true]') === null"
    )
    assert f"- [x] {question}" in plan.read_text()

    page.get_by_text("refuted").first.wait_for()
    command("docmanager:save")
    page.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    page.reload()
    page.wait_for_selector(".labbook-run img")
    assert page.evaluate(DRAWN) > first
    # Both views of it, the live one and the one of `%labbook show`.
    page.wait_for_function(
        """() => {
          const views = [...document.querySelectorAll('.labbook-run')];
          return views.length === 2 &&
            views.every(view => view.textContent.includes('refuted'));
        }"""
    )
    again = page.get_by_role("checkbox", name=re.compile(re.escape(question)))
    again.first.wait_for()
    assert again.first.is_checked()
    shutil.rmtree(server.root / "labbook")
