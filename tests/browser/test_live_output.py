"""The output of an experiment follows its folder, whoever else is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.conftest import Command, OpenNotebook, Server

LOAD = "%load_ext jupyter_labbook"

EXPERIMENT = """%%experiment steps
#| why: See whether the page follows.
import time
from pathlib import Path
from jupyter_labbook import log
step = 0
while not Path(GATE).exists():
    step += 1
    log(step=step, loss=1 / step)
    print("step", step, flush=True)
    time.sleep(0.05)
"""


@pytest.fixture
def gate(server: Server, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A file with which the run of a test ends; it ends with the test anyway."""
    path = server.root / f"gate-{request.node.name}"
    yield path
    path.touch()


@pytest.fixture
def running(open_notebook: OpenNotebook, command: Command, gate: Path) -> Page:
    page = open_notebook(
        f"{gate.name}.ipynb", LOAD, EXPERIMENT.replace("GATE", repr(str(gate)))
    )
    command("notebook:run-all-cells")
    has_contact(page, "live")
    return page


def has_contact(page: Page, contact: str) -> None:
    view = page.locator(".labbook-live")
    expect(view.locator("h2")).to_have_text(
        "See whether the page follows.", timeout=15_000
    )
    expect(view.locator(".labbook-freshness")).to_have_attribute(
        "data-contact", contact, timeout=15_000
    )


def shut_kernel_down(page: Page) -> None:
    page.evaluate(
        "async () => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"
    )


def grows(page: Page) -> None:
    """See the output become longer."""
    page.wait_for_function(
        """() => {
          const text = document.querySelector('.labbook-live pre')?.textContent;
          const step = Number(text?.match(/step (\\d+)\\s*$/)?.[1] ?? NaN);
          window.firstStep ??= step || undefined;
          return step > window.firstStep;
        }"""
    )


def finishes(page: Page, gate: Path) -> None:
    gate.touch()
    chips = page.locator(".labbook-live .labbook-chip")
    expect(chips.filter(has_text="finished").first).to_be_visible(timeout=15_000)


def test_an_output_follows_its_folder_without_a_kernel(
    running: Page, command: Command, gate: Path
) -> None:
    command("docmanager:save")
    running.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    shut_kernel_down(running)
    grows(running)
    running.reload()
    has_contact(running, "live")
    finishes(running, gate)


def test_an_output_says_since_when_it_is_old_and_goes_on(
    running: Page, gate: Path
) -> None:
    shut_kernel_down(running)
    running.context.set_offline(True)
    has_contact(running, "stale")
    expect(running.locator(".labbook-freshness")).to_contain_text("Shown as of")
    running.context.set_offline(False)
    has_contact(running, "live")
    grows(running)
    finishes(running, gate)


def test_an_output_stays_as_it_is_where_the_routes_are_absent(
    open_notebook: OpenNotebook, command: Command, gate: Path, page: Page
) -> None:
    page.route("**/jupyter-labbook/api/**", lambda route: route.fulfill(status=404))
    code = EXPERIMENT.replace("GATE", repr(str(gate)))
    page = open_notebook(f"{gate.name}.ipynb", LOAD, code)
    command("notebook:run-all-cells")
    view = page.locator(".labbook-run")
    expect(view.locator("td .labbook-chip").first).to_have_text("running")
    expect(page.locator(".labbook-live")).to_have_count(0)
    gate.touch()
    expect(view.locator("td .labbook-chip").first).to_have_text(
        "finished", timeout=15_000
    )
    expect(page.locator(".labbook-old")).to_have_count(0)
