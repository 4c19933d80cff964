"""Queue, pre-flight and digest in the panel of a real JupyterLab."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from jupyter_labbook.model.run import RunState
from jupyter_labbook.storage import run_state
from jupyter_labbook.storage.labbook import LabbookFolder
from jupyter_labbook.storage.reading_mark import read_mark
from tests import mornings
from tests.browser.axe import violations
from tests.browser.test_accessibility import THEMES, wear
from tests.integration.test_queue_changes import LATER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Command, OpenNotebook

pytestmark = pytest.mark.timeout(300)

LOAD = "%load_ext jupyter_labbook"
CRASH = f"""\
%%experiment deep --when {LATER}
#| question: Does depth help?
#| predict: accuracy > 0.9 (80%)
#| batch: night-1
raise ValueError("contains NaN")
log(accuracy=1)
"""
SOUND = f"""\
%%experiment wide --when {LATER}
#| question: Does width help?
#| predict: accuracy > 0.9 (80%)
log(accuracy=1)
"""


@pytest.fixture(scope="session", params=["lab"])
def application(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def queue(
    page: Page, open_notebook: OpenNotebook, command: Command, labbook: Path
) -> Locator:
    """Show the queue with two runs that wait for later hours."""
    assert labbook.exists()
    open_notebook("night.ipynb", LOAD, CRASH, SOUND)
    command("labbook:show-queue")
    command("notebook:run-all-cells")
    panel = page.locator(".labbook-queue")
    expect(panel.locator(".labbook-entry")).to_have_count(2, timeout=60_000)
    return panel


def row(queue: Locator, name: str) -> Locator:
    return queue.locator(".labbook-entry").filter(has_text=name)


def test_a_run_that_waits_says_when_it_begins_and_so_does_the_status_bar(
    page: Page, queue: Locator
) -> None:
    begins = LATER[:5]
    main = row(queue, "deep/001").locator(".labbook-entry-main")
    expect(main).to_contain_text(begins)
    expect(row(queue, "deep/001")).to_contain_text("is expected to begin")
    status = page.locator(".labbook-status-bar button")
    expect(status).to_contain_text("2 waiting, window opens")
    expect(status).to_contain_text(begins)
    # What is drawn begins where its hours do.
    places = row(queue, "deep/001").evaluate(
        """row => ['.labbook-span', '.labbook-open-hours'].map(
          part => Math.round(row.querySelector(part).getBoundingClientRect().left))"""
    )
    assert places[0] == places[1] > 0


def test_a_run_is_held_and_released_by_keyboard(
    page: Page, queue: Locator, labbook: Path
) -> None:
    deep = row(queue, "deep/001")
    run = LabbookFolder(labbook).experiment("deep").run("001")
    page.locator(".labbook-tabs").get_by_role("tab", name="Queue").focus()
    page.keyboard.press("Tab")
    expect(queue.get_by_role("button", name="Pause")).to_be_focused()
    deep.locator(".labbook-entry-main").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Run it now")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(deep.locator(".labbook-chip").first).to_have_text("held")
    expect(deep.locator(".labbook-entry-main")).to_be_focused()
    ticket = run_state.read_ticket(run)
    assert ticket is not None
    assert ticket.held
    page.keyboard.press("h")
    expect(deep.locator(".labbook-chip").first).to_have_text(LATER)
    expect(deep).to_contain_text("is expected to begin")


def test_pre_flight_finds_a_crash_by_a_real_smoke_run_and_its_remedy_mends_it(
    queue: Locator, labbook: Path
) -> None:
    queue.get_by_role("button", name="Check the night").click()
    problem = queue.locator(".labbook-finding[data-severity=problem]")
    expect(problem).to_contain_text("ValueError: contains NaN", timeout=120_000)
    expect(problem).to_contain_text("✗ problem")
    run = LabbookFolder(labbook).experiment("deep").run("001")
    assert not run.exit.exists()
    problem.get_by_role("button", name="Take it out").click()
    expect(problem).to_have_count(0)
    expect(queue.locator(".labbook-entry")).to_have_count(1)
    ended = run_state.read_exit(run)
    assert ended is not None
    assert ended.state is RunState.CANCELLED


def test_the_queue_has_nothing_that_axe_finds_in_either_theme(
    page: Page, queue: Locator, command: Command
) -> None:
    queue.get_by_role("button", name="Check the night").click()
    queue.locator(".labbook-finding").first.wait_for(timeout=120_000)
    queue.locator("summary").filter(has_text="What could").click()
    queue.locator(".labbook-ideas p").first.wait_for()
    found = {}
    for theme in THEMES:
        wear(page, command, theme)
        found[theme] = violations(page, ".labbook-panel")
        row(queue, "wide/001").locator(".labbook-entry-main").click()
        page.locator(".labbook-menu").wait_for()
        found[f"{theme} menu"] = violations(page, ".labbook-menu")
        page.keyboard.press("Escape")
    assert {place: all_ for place, all_ in found.items() if all_} == {}


@pytest.fixture
def morning(page: Page, open_notebook: OpenNotebook, labbook: Path) -> LabbookFolder:
    """Open a notebook after a night with a result and a failure."""
    folder = LabbookFolder(labbook)
    now = datetime.now(UTC)
    asked, ended = now - timedelta(hours=9), now - timedelta(hours=1)
    forest = mornings.asked(folder, "forest", at=asked, predict=["loss < 1 (80%)"])
    losses = mornings.curve("loss", [0.9, 0.5, 0.25])
    mornings.ended(folder, forest, end=ended, metrics=losses)
    bad = mornings.asked(folder, "bad", at=asked)
    mornings.ended(folder, bad, RunState.FAILED, end=ended, reason="ValueError: no")
    open_notebook("morning.ipynb", "'first'")
    assert page.locator(".labbook-side").count() == 1
    return folder


def test_the_digest_is_told_on_opening_and_read_once(
    page: Page, morning: LabbookFolder, until: Callable[..., None]
) -> None:
    toast = page.locator(".Toastify__toast").filter(has_text="1 result is ready")
    expect(toast).to_contain_text("1 run failed")
    toast.get_by_role("button", name="Read").click()
    digest = page.locator(".labbook-digest")
    expect(digest).to_contain_text("Is forest so?")
    expect(digest).to_contain_text("✓ supported")
    expect(digest.locator("img")).to_have_js_property("complete", value=True)
    assert digest.locator("img").evaluate("image => image.naturalWidth") > 0
    digest.get_by_role("button", name="Conclude forest").click()
    page.keyboard.type("It does.")
    page.keyboard.press("Control+Enter")
    expect(digest).to_contain_text("It does.")
    assert read_mark(morning.path) is None
    digest.get_by_role("button", name="Mark as read").click()
    runs = page.locator(".labbook-tabs").get_by_role("tab", name="Runs")
    expect(runs).to_have_attribute("aria-selected", "true")
    until(lambda: read_mark(morning.path) is not None)
    tabs = page.locator(".labbook-tabs")
    expect(tabs.get_by_text("Morning", exact=True)).to_be_hidden()


def test_the_panel_opens_with_the_digest_and_axe_finds_nothing_in_it(
    page: Page, morning: LabbookFolder, command: Command
) -> None:
    assert morning.path.exists()
    command("labbook:show-panel")
    digest = page.locator(".labbook-digest")
    expect(digest).to_be_visible()
    digest.locator(".labbook-told").first.wait_for()
    found = {}
    for theme in THEMES:
        wear(page, command, theme)
        found[theme] = violations(page, ".labbook-panel")
    assert {place: all_ for place, all_ in found.items() if all_} == {}
