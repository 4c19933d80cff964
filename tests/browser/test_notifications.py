"""What is told of runs that end: in the page, and outside of it while it is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator

    from tests.browser.conftest import Command, OpenNotebook, Server
    from tests.browser.panel_answers import Answers

NOTE_THEM = """
window.told = [];
window.Notification = class extends Notification {
  constructor(text, options) {
    super(text, options);
    window.told.push(this);
  }
};
"""

# A browser without a screen shows every page, also behind another one.
HIDE = """hidden => {
  const state = hidden ? 'hidden' : 'visible';
  Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true });
  Object.defineProperty(document, 'visibilityState', {
    get: () => state, configurable: true
  });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture
def setting(page: Page, command: Command) -> Callable[[], Locator]:
    """Open the setting as a person finds it."""

    def found() -> Locator:
        command("settingeditor:open", query="Labbook")
        name = "Notifications through the browser"
        return page.get_by_role("checkbox", name=name)

    return found


def turn(page: Page, *, hidden: bool) -> None:
    """Put another tab before the page, or take it away; the network is back."""
    page.evaluate(HIDE, hidden)
    page.evaluate("() => window.dispatchEvent(new Event('online'))")


def told(page: Page) -> list[str]:
    return page.evaluate("() => window.told.map(each => each.title)")


def toast(page: Page, text: str) -> Locator:
    return page.locator(".Toastify__toast").filter(has_text=text)


def test_an_end_is_told_and_can_be_concluded(
    page: Page, open_notebook: OpenNotebook, answers: Answers
) -> None:
    answers.end("wider-forest")
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


@pytest.mark.parametrize("application", ["lab"], indirect=True)
def test_the_browser_tells_it_where_that_is_wanted_and_nobody_looks(  # all fixtures
    page: Page,
    open_notebook: OpenNotebook,
    answers: Answers,
    server: Server,
    setting: Callable[[], Locator],
) -> None:
    page.context.grant_permissions(["notifications"], origin=server.url)
    page.add_init_script(NOTE_THEM)
    open_notebook("digits.ipynb", "'first'")
    answers.end("unwanted")
    turn(page, hidden=True)
    expect(toast(page, "unwanted: supported")).to_be_visible()
    turn(page, hidden=False)
    box = setting()
    # Off until somebody wants it, even where it is allowed.
    expect(box).not_to_be_checked()
    box.check()
    answers.end("seen")
    expect(toast(page, "seen: supported")).to_be_visible()
    assert told(page) == []
    expect(toast(page, "Tell you through the browser")).to_have_count(0)
    turn(page, hidden=True)
    answers.end("wider-forest")
    turn(page, hidden=True)
    page.wait_for_function("() => window.told.length")
    assert told(page) == ["wider-forest: supported"]
    # It leads to where the experiment began.
    page.evaluate("() => window.told[0].dispatchEvent(new Event('click'))")
    expect(page.locator(".lm-TabBar-tab.lm-mod-current")).to_contain_text(
        ["digits.ipynb"]
    )


@pytest.mark.parametrize("application", ["lab"], indirect=True)
def test_the_browser_is_asked_once_and_its_refusal_is_told(
    page: Page,
    open_notebook: OpenNotebook,
    answers: Answers,
    setting: Callable[[], Locator],
) -> None:
    """Without a screen the browser refuses, as a person may."""
    page.add_init_script(NOTE_THEM)
    open_notebook("denied.ipynb", "'first'")
    assert page.evaluate("Notification.permission") == "default"
    box = setting()
    box.check()
    question = toast(page, "Tell you through the browser")
    expect(question).to_have_count(1)
    assert page.evaluate("Notification.permission") == "default"
    question.get_by_role("button", name="Allow").click()
    expect(toast(page, "The browser blocks notifications")).to_have_count(1)
    assert page.evaluate("Notification.permission") == "denied"
    expect(box).not_to_be_checked()
    box.check()
    expect(toast(page, "The browser blocks notifications")).to_have_count(2)
    expect(box).not_to_be_checked()
    expect(question).to_have_count(0)
    answers.end("wider-forest")
    turn(page, hidden=True)
    expect(toast(page, "wider-forest: supported")).to_be_visible()
    assert told(page) == []
