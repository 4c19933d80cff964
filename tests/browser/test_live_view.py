"""A live view through everything that happens to a notebook in a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import IDLE
from tests.browser.live_views import (
    KERNEL,
    STEADY,
    ended,
    grows,
    live,
    record,
    save,
    start,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page, Route

    from tests.browser.conftest import Blocking, Command, OpenNotebook
    from tests.jupyter import Server

pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("labbook")]

NAME = "day.ipynb"
FALLS = "Does loss fall?"

DEAF = """\
%%experiment deaf
#| question: Who listens?
#| why: somebody has to
import signal, time
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
print("deaf now")
for step in range(100_000):
    log(step=step, loss=1.0)
    time.sleep(0.02)
"""

# Seen before all is still.
ANNOUNCED = """\
import time
print("blocked", "now")
time.sleep(1)
"""


@pytest.fixture
def falling(
    page: Page, open_notebook: OpenNotebook, command: Command, go: Path
) -> Callable[..., None]:
    """Execute cells after one whose loss falls until `go` is there."""

    def begin(*cells: str) -> None:
        steady = STEADY.format(name="loss", go=str(go))
        start(page, open_notebook, command, NAME, steady, *cells)

    return begin


def test_it_grows_and_is_live_again_after_a_reload_and_with_a_new_kernel(
    page: Page, command: Command, go: Path, falling: Callable[..., None]
) -> None:
    falling()
    grows(live(page, FALLS))
    save(page, command)

    page.reload()
    grows(live(page, FALLS))

    command("kernelmenu:restart")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.wait_for_function(f"() => {KERNEL}?.status === 'restarting'")
    grows(live(page, FALLS))
    page.wait_for_function(f"() => {KERNEL}?.status === 'idle'")

    go.touch()
    view = live(page, FALLS)
    expect(view.get_by_text("supported").first).to_be_visible()
    expect(page.get_by_text("Error displaying")).to_have_count(0)


def test_stop_works_while_the_kernel_is_blocked_in_c(
    page: Page,
    labbook: Path,
    falling: Callable[..., None],
    blocking: Blocking,
    until: Callable[..., None],
) -> None:
    falling(DEAF, ANNOUNCED + blocking.code)
    page.get_by_text("blocked now", exact=True).wait_for()
    until(blocking.goes_on)
    for name, question in (("loss", FALLS), ("deaf", "Who listens?")):
        view = live(page, question)
        grows(view)
        view.get_by_role("button", name="Stop", exact=True).click()
        asked = view.locator(".labbook-question")
        asked.get_by_role("button", name="Stop", exact=True).click()
        expect(view.locator(".labbook-chip", has_text="stopped").first).to_be_visible()
        assert record(labbook, name, "exit.json")["state"] == "stopped"
        # Both while the kernel can do nothing.
        assert blocking.goes_on()


def test_a_server_that_dies_is_waited_for(
    page: Page,
    command: Command,
    server: Server,
    falling: Callable[..., None],
) -> None:
    falling()
    view = live(page, FALLS)
    grows(view)
    save(page, command)
    server.kill()
    freshness = view.locator(".labbook-freshness")
    expect(freshness).to_have_attribute("data-contact", "stale")
    expect(freshness).to_contain_text("Shown as of")
    server.start()
    expect(freshness).to_have_attribute("data-contact", "live", timeout=60_000)
    grows(view)


def test_a_notebook_opened_again_shows_what_became_of_its_runs(
    page: Page,
    command: Command,
    go: Path,
    server: Server,
    labbook: Path,
    until: Callable[..., None],
    falling: Callable[..., None],
) -> None:
    falling()
    grows(live(page, FALLS))
    save(page, command)
    page.goto("about:blank")
    server.stop()
    go.touch()
    until(lambda: any(labbook.glob("experiments/*/runs/001/exit.json")))
    server.start()
    # Nothing is run: the output knows where to look.
    page.goto(server.address(NAME))
    view = page.locator(".labbook-live").first
    view.wait_for()
    expect(view.get_by_text("supported").first).to_be_visible()
    expect(view.locator("canvas").first).to_be_visible()
    expect(view.get_by_role("button", name="Rerun")).to_be_visible()
    expect(page.get_by_text("Error displaying")).to_have_count(0)


def test_a_folder_that_is_moved_away_leaves_the_last_picture_and_a_sentence(
    page: Page, go: Path, labbook: Path, falling: Callable[..., None]
) -> None:
    falling()
    view = live(page, FALLS)
    grows(view)
    go.touch()
    expect(view.get_by_text("supported").first).to_be_visible()
    expect(view.locator("canvas").first).to_be_visible()
    [experiment] = (labbook / "experiments").iterdir()
    aside = labbook.parent / "aside"
    experiment.rename(aside)
    freshness = view.locator(".labbook-freshness")
    expect(freshness).to_have_attribute("data-contact", "gone")
    expect(view.locator("canvas").first).to_be_visible()
    aside.rename(experiment)
    expect(freshness).to_have_attribute("data-contact", "live")


def test_a_conclusion_written_in_the_view_is_kept(
    page: Page, go: Path, labbook: Path, falling: Callable[..., None]
) -> None:
    falling()
    view = live(page, FALLS)
    grows(view)
    go.touch()
    box = view.get_by_role("textbox", name="What did you learn?")
    box.fill("It falls; <b>no</b> doubt.")
    box.press("Control+Enter")
    expect(view.get_by_text("It falls; <b>no</b> doubt.").first).to_be_visible()
    assert "It falls; <b>no</b> doubt." in (labbook / "journal.md").read_text()


def test_an_output_of_elsewhere_stays_as_it_was_saved(
    page: Page, server: Server, open_notebook: OpenNotebook, command: Command
) -> None:
    view = {
        "name": "elsewhere",
        "number": 3,
        "path": "/far/away/labbook/experiments/0003-elsewhere",
        "question": "Where am I?",
        "runs": [{"label": "001", "state": "finished", "final": {"loss": 0.25}}],
    }
    data = {"version": 1, "view": view, "svg": ""}
    mime = "application/vnd.jupyter-labbook.run+json"
    output = nbformat.v4.new_output("display_data", {mime: data, "text/plain": "x"})
    cell = nbformat.v4.new_code_cell("pass", outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    nbformat.write(notebook, server.root / "elsewhere.ipynb")
    page.goto(server.address("elsewhere.ipynb"))
    expect(page.get_by_text("Where am I?")).to_be_visible()
    expect(page.locator(".labbook-live")).to_have_count(0)
    expect(page.get_by_text("Error displaying")).to_have_count(0)


PLAN_ADDED = "Is the loss what matters?"


def test_the_checklist_needs_no_kernel(
    page: Page,
    command: Command,
    labbook: Path,
    falling: Callable[..., None],
    blocking: Blocking,
    until: Callable[..., None],
) -> None:
    falling(ANNOUNCED + blocking.code)
    page.get_by_text("blocked now", exact=True).wait_for()
    until(blocking.goes_on)
    # The panel has one of its own.
    plan = page.locator(".jp-Notebook .labbook-plan")
    field = plan.get_by_placeholder("Add a question")
    field.fill(PLAN_ADDED)
    field.press("Enter")
    item = plan.get_by_role("checkbox", name=PLAN_ADDED)
    item.check()
    page.wait_for_function(
        "() => document.querySelector('.labbook-plan [aria-busy=true]') === null"
    )
    assert f"- [x] {PLAN_ADDED}" in (labbook / "plan.md").read_text()
    # Stored while the kernel could do nothing.
    assert blocking.goes_on()
    save(page, command)
    page.reload()
    item.wait_for()
    expect(item).to_be_checked()
    expect(page.get_by_text("Error displaying")).to_have_count(0)


BELOW = """() => {
  const [first, last] = [0, -1].map(place => [
    ...document.querySelectorAll('.jp-Notebook .jp-Cell')].at(place));
  return last.getBoundingClientRect().top - first.getBoundingClientRect().top;
}"""


def test_what_is_below_stays_where_it_is_when_the_live_view_takes_over(
    page: Page, command: Command, go: Path, falling: Callable[..., None]
) -> None:
    go.touch()
    falling("'below'")
    ended(live(page, FALLS), "finished")
    page.locator(".jp-OutputArea-output").get_by_text("'below'").wait_for()
    save(page, command)
    held: list[Route] = []
    holding = [True]
    page.route(
        "**/jupyter-labbook/api/**",
        lambda route: held.append(route) if holding[0] else route.continue_(),
    )
    page.reload()
    page.locator(".jp-Notebook .labbook-run").first.wait_for()
    page.wait_for_function(IDLE)
    before = page.evaluate(BELOW)
    holding[0] = False
    for route in held:
        route.continue_()
    view = live(page, FALLS)
    view.locator("canvas").first.wait_for()
    # The room is held no longer: the view fills it by itself.
    page.wait_for_function(
        "() => document.querySelector('.labbook-renderer').style.minHeight === ''"
    )
    assert abs(page.evaluate(BELOW) - before) < 2
