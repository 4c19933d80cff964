"""Views for everybody: by keyboard, by ear, in both themes, and at rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.live_views import STEADY, ended, grows, live, start

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Command, OpenNotebook

pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("labbook")]

FAILED = """\
%%experiment wrong
#| question: Does it fail?
#| predict: loss < 1
log(step=0, loss=0.5)
print("\\x1b[31mred\\x1b[0m and \\x1b[42mon green\\x1b[0m")
raise ValueError("this cannot be")
"""

SWEEP = """\
%%experiment width
#| question: Which width is best?
#| hypothesis: A middling one.
#| predict: all loss < 0.9 (80%)
#| predict: best loss > 5
#| sweep: {width: [1, 2, 3]}
#| seeds: 2
#| tags: [digits]
for step in range(30):
    log(step=step, loss=width / (step + 1) + seed / 100)
"""

PLAN = """\
# Plan

## Experiments

- [ ] (high) Try a deeper one

## Questions

- [ ] Does it last?
  - expected: yes
- [x] Was it slow?
"""

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


@pytest.fixture(scope="session", params=["lab"])
def application(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def shown(
    page: Page, open_notebook: OpenNotebook, command: Command, go: Path, labbook: Path
) -> Page:
    """A run that goes on, one that failed, and a sweep, one below the other."""
    (labbook / "plan.md").write_text(PLAN)
    steady = STEADY.format(name="loss", go=str(go))
    start(page, open_notebook, command, "all.ipynb", FAILED, SWEEP, steady)
    page.set_viewport_size({"width": 1400, "height": 6000})
    ended(live(page, "Does it fail?"), "failed")
    sweep = live(page, "Which width is best?")
    expect(sweep.get_by_text("6 finished").first).to_be_visible(timeout=60_000)
    grows(live(page, "Does loss fall?"))
    return page


def wear(page: Page, command: Command, theme: str) -> None:
    command("apputils:change-theme", theme=THEMES[theme])
    light = str(theme == "light").lower()
    page.wait_for_function(f"document.body.dataset.jpThemeLight === '{light}'")


def test_axe_finds_nothing_in_either_theme(
    shown: Page, command: Command, go: Path
) -> None:
    page = shown
    shown.locator(".jp-Notebook .jp-Cell").nth(2).click(position={"x": 200, "y": 10})
    found: dict[str, object] = {}
    for theme in THEMES:
        wear(page, command, theme)
        for at, view in enumerate(page.locator(".labbook-live").all()):
            view.evaluate("(node, at) => (node.dataset.at = at)", at)
            found[f"{theme} view {at}"] = violations(page, f"[data-at='{at}']")
        command("labbook:show-panel", tab="runs")
        panel = page.locator(".labbook-panel")
        for tab in ("Runs", "Plan", "Labbook"):
            panel.get_by_role("tab", name=tab).click()
            panel.locator("[role=tabpanel]:not([hidden]) li").first.wait_for()
            found[f"{theme} {tab}"] = violations(page, ".labbook-panel")
        command("labbook:edit-header")
        found[f"{theme} header"] = violations(page, ".labbook-header")
    go.touch()
    ended(live(page, "Does loss fall?"), "finished")
    for theme in THEMES:
        wear(page, command, theme)
        found[f"{theme} finished"] = violations(page, "[data-at='2']")
    assert {place: all_ for place, all_ in found.items() if all_} == {}


# Where the focus is, whether it is seen, and whether it is still in the view.
FOCUSED = """view => {
  const node = document.activeElement;
  if (!view.contains(node)) return null;
  // A field may be drawn as one with the row that it stands in.
  const row = [node.parentElement, node.parentElement.parentElement];
  const ring = [node, ...node.querySelectorAll('*'), ...row]
    .map(each => getComputedStyle(each))
    .some(({ outlineStyle, outlineWidth, boxShadow }) =>
      (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none');
  node.dataset.walked = 'true';
  return { html: node.outerHTML.slice(0, 120), ring };
}"""

REACHABLE = 'a[href], button, input, select, textarea, summary, [tabindex="0"]'

MISSED = """([view, reachable]) => [...view.querySelectorAll(reachable)]
  .filter(node => node.checkVisibility({ visibilityProperty: true })
    && !node.disabled && node.tabIndex >= 0 && !node.dataset.walked)
  .map(node => node.outerHTML.slice(0, 120))"""


def walk(page: Page, place: Locator) -> None:
    """Go through a part of the page by Tab: all is reached, seen, and left again."""
    place.locator(REACHABLE).filter(visible=True).first.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    hidden = []
    for _ in range(150):
        focus = place.evaluate(FOCUSED)
        if focus is None:
            break
        if not focus["ring"]:
            hidden.append(focus["html"])
        page.keyboard.press("Tab")
    else:
        pytest.fail(f"the focus is caught at {focus['html']}")
    assert hidden == []
    assert page.evaluate(MISSED, [place.element_handle(), REACHABLE]) == []


def test_everything_is_reached_by_keyboard_and_left_again(
    page: Page, open_notebook: OpenNotebook, command: Command, labbook: Path
) -> None:
    (labbook / "plan.md").write_text(PLAN)
    start(page, open_notebook, command, "keys.ipynb", SWEEP)
    view = live(page, "Which width is best?")
    expect(view.get_by_text("6 finished").first).to_be_visible(timeout=60_000)
    walk(page, view)
    page.locator(".jp-Notebook .jp-Cell").nth(1).click(position={"x": 200, "y": 10})
    command("labbook:edit-header")
    walk(page, page.locator(".labbook-header"))
    command("labbook:show-panel", tab="runs")
    panel = page.locator(".labbook-panel")
    for tab in ("Runs", "Plan", "Labbook"):
        panel.get_by_role("tab", name=tab).click()
        panel.locator("[role=tabpanel]:not([hidden]) li").first.wait_for()
        walk(page, panel)


BELOW = """() => {
  const cells = [...document.querySelectorAll('.jp-Notebook .jp-Cell')];
  const scrolled = document.querySelector('.jp-WindowedPanel-outer').scrollTop;
  return cells.at(-1).getBoundingClientRect().top + scrolled;
}"""


def test_nothing_below_moves_while_a_plot_grows_and_its_end_is_told(
    page: Page, open_notebook: OpenNotebook, command: Command, go: Path
) -> None:
    steady = STEADY.format(name="loss", go=str(go))
    start(page, open_notebook, command, "grows.ipynb", steady, "'below'")
    view = live(page, "Does loss fall?")
    expect(view.locator(".labbook-tail pre")).to_contain_text("step")
    # The plan comes below a run that goes on.
    page.locator(".jp-OutputArea .labbook-plan").first.wait_for()
    grows(view)
    before = page.evaluate(BELOW)
    for _ in range(3):
        grows(view)
        assert abs(page.evaluate(BELOW) - before) < 2
    said = view.locator(".labbook-spoken")
    assert said.get_attribute("role") == "status"
    go.touch()
    ended(view, "finished")
    expect(said).to_contain_text("finished")
