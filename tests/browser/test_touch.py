"""Panel and plan under a finger: no key, and nothing to hover with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Command, OpenNotebook
    from tests.browser.panel_answers import Answers

pytestmark = [
    pytest.mark.browser_context_args(has_touch=True),
    pytest.mark.parametrize("application", ["lab"], indirect=True),
]


@pytest.fixture
def panel(
    page: Page, open_notebook: OpenNotebook, command: Command, answers: Answers
) -> Locator:
    assert answers.labbook
    open_notebook("touch.ipynb", "%load_ext jupyter_labbook")
    command("labbook:show-panel", tab="runs")
    panel = page.locator(".labbook-panel")
    expect(panel).to_be_visible()
    return panel


def tap(button: Locator) -> None:
    """Tap what is there to be seen, and as wide as a finger needs."""
    expect(button).to_be_visible()
    assert button.evaluate("node => getComputedStyle(node.parentElement).opacity") > "0"
    box = button.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24
    button.tap()


def asked(page: Page, answers: Answers, route: str) -> dict[str, object]:
    """Wait for what is asked of a route, and take it."""
    while True:
        for path, body in answers.posted:
            if path == route:
                answers.posted.remove((path, body))
                return body
        page.wait_for_event("requestfinished")


def test_the_plan_is_ticked_and_put_in_order_by_taps(
    page: Page, panel: Locator, answers: Answers
) -> None:
    tap(panel.get_by_role("tab", name="Plan"))
    row = panel.locator(".labbook-row").filter(has_text="Past which width")
    # The box is small, but what surrounds it belongs to it.
    row.get_by_role("checkbox").tap()
    told = asked(page, answers, "plan")
    assert (told["op"], told["done"]) == ("tick", True)
    tap(row.get_by_role("button", name="Move down"))
    told = asked(page, answers, "plan")
    assert (told["op"], told["before"]) == ("move", "")
    other = panel.locator(".labbook-row").filter(has_text="What is 8")
    tap(other.get_by_role("button", name="Move up"))
    told = asked(page, answers, "plan")
    assert (told["op"], told["item"]) == ("move", "What is 8 confused with?")
    assert str(told["before"]).startswith("Past which width")
    tap(row.get_by_role("button", name="Priority high"))
    assert asked(page, answers, "plan")["priority"] == "low"
    row.locator(".labbook-text").tap()
    expect(panel.locator("[data-list=question] .labbook-edit")).to_be_focused()


def test_an_item_becomes_an_experiment_by_a_tap(page: Page, panel: Locator) -> None:
    tap(panel.get_by_role("tab", name="Plan"))
    row = panel.locator(".labbook-row").filter(has_text="What is 8")
    tap(row.get_by_role("button", name="Make it an experiment"))
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(2)


def test_runs_are_stopped_and_concluded_by_taps(
    page: Page, panel: Locator, answers: Answers
) -> None:
    running = panel.locator(".labbook-item").filter(has_text="depth-of-trees")
    tap(running.get_by_role("button", name=re.compile("^Stop")))
    tap(running.get_by_role("button", name="Stop", exact=True))
    expect(panel.locator(".labbook-spoken").last).to_have_text(
        "Stopping depth-of-trees."
    )
    assert asked(page, answers, "experiments/0012-depth-of-trees/stop")["runs"] is None
    ended = panel.locator(".labbook-item").filter(has_text="wider-forest")
    tap(ended.get_by_role("button", name=re.compile("^Conclude")))
    ended.get_by_role("textbox").fill("Width is enough.")
    tap(ended.get_by_role("button", name="Save"))
    told = asked(page, answers, "experiments/0009-wider-forest/conclude")
    assert told["text"] == "Width is enough."
    head = panel.get_by_role("button", name=re.compile("^Waiting"))
    tap(head)
    expect(head).to_have_attribute("aria-expanded", "false")
    tap(panel.get_by_role("tab", name="Labbook"))
    tap(panel.locator(".labbook-tag-button").first)
    expect(panel.get_by_role("searchbox", name="Search questions")).to_have_value(
        "digits"
    )
