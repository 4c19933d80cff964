"""The plan view as its user meets it; a stand-in answers for the kernel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.files import show

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLAN = [
    {"list": "experiment", "text": "Depth 4, 8 and 16 at 300 trees"},
    {"list": "experiment", "text": "Logistic regression", "done": True},
    {
        "list": "question",
        "text": "Past which width does accuracy gain less than half a point, and does "
        "that width depend on the number of training samples that there are?",
        "expected": "About 100 trees",
        "setup": "Sweep trees by samples, 5 seeds",
        "impact": "Freeze the width",
        "priority": "high",
    },
    {"list": "question", "text": "What is 8 confused with?"},
    {"list": "assumption", "text": "Scaling does not matter", "priority": "low"},
    {"list": "test", "text": "augment() keeps labels aligned"},
    {"list": "test", "text": "load_noisy() is seeded"},
]


class Plan:
    """The view, and the stand-in for the kernel behind it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def rows(self, name: str) -> Locator:
        return self.page.locator(f"[data-list={name}] .labbook-row")

    def row(self, text: str) -> Locator:
        return self.page.locator(".labbook-row").filter(has_text=text)

    def field(self, name: str) -> Locator:
        return self.page.locator(f"[data-list={name}] .labbook-new")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def stored(self, name: str) -> list[str]:
        return [item["text"] for item in self.items(name)]

    def items(self, name: str) -> list[dict[str, Any]]:
        """Read what is stored, once everything asked for has been answered."""
        expect(self.page.locator("[aria-busy]")).to_have_count(0)
        every = self.page.evaluate("kernel.items")
        return [item for item in every if item["list"] == name]

    def kernel(self, statement: str, argument: object = None) -> None:
        self.page.evaluate(f"argument => {{ {statement} }}", argument)

    def boxes(self) -> list[dict[str, float] | None]:
        rows = self.page.locator(".labbook-row, .labbook-add, footer").all()
        return [row.bounding_box() for row in rows]


@pytest.fixture
def plan(page: Page, plan_module: Path) -> Plan:
    show(page, "plan_page.html", {"plan.js": plan_module})
    page.wait_for_function("window.kernel")
    plan = Plan(page)
    plan.kernel("kernel.elsewhere(argument)", PLAN)
    return plan


def test_an_item_is_added_by_typing_and_enter(plan: Plan) -> None:
    plan.field("framing").click()
    plan.page.keyboard.type("Ranking instead of classification")
    plan.press("Enter")
    texts = plan.rows("framing").locator(".labbook-text")
    expect(texts).to_have_text(["Ranking instead of classification"])
    assert plan.stored("framing") == ["Ranking instead of classification"]
    expect(plan.field("framing")).to_be_focused()


def test_an_item_is_edited_in_its_place(plan: Plan) -> None:
    before = plan.boxes()
    plan.row("Past which width").locator(".labbook-text").click()
    editor = plan.page.locator(".labbook-edit")
    expect(editor).to_be_focused()
    assert plan.boxes() == before
    editor.fill("Which width is enough?")
    plan.press("Enter")
    expect(plan.row("Which width is enough?").get_by_role("checkbox")).to_be_focused()
    assert plan.stored("question")[0] == "Which width is enough?"


def test_nothing_moves_while_an_item_is_ticked_or_looked_at(plan: Plan) -> None:
    before = plan.boxes()
    row = plan.row("augment()")
    row.hover()
    assert plan.boxes() == before
    row.get_by_role("checkbox").click()
    expect(row).to_have_class(re.compile("labbook-done"))
    assert plan.boxes() == before
    assert plan.items("test")[0]["done"]


def test_a_priority_is_a_word_and_a_colour(plan: Plan) -> None:
    row = plan.row("augment()")
    row.hover()
    row.get_by_role("button", name="Priority normal").click()
    badge = row.locator(".labbook-badge")
    expect(badge).to_have_text("high")
    high = badge.evaluate("node => getComputedStyle(node).color")
    row.get_by_role("button", name="Priority high").click()
    expect(badge).to_have_text("low")
    assert badge.evaluate("node => getComputedStyle(node).color") != high
    assert plan.items("test")[0]["priority"] == "low"


def test_a_deleted_item_comes_back(plan: Plan) -> None:
    row = plan.row("augment()")
    row.hover()
    row.get_by_role("button", name="Delete").click()
    expect(plan.rows("test")).to_have_text([re.compile("load_noisy")])
    plan.page.get_by_role("button", name="Undo").click()
    expect(plan.rows("test")).to_have_count(2)
    assert plan.stored("test") == [
        "augment() keeps labels aligned",
        "load_noisy() is seeded",
    ]


def test_everything_can_be_done_by_keyboard(plan: Plan) -> None:
    plan.press("Tab")
    expect(plan.row("Depth 4").get_by_role("checkbox")).to_be_focused()
    plan.press("Space", "p", "F2", "End")
    plan.page.keyboard.type(", 5 seeds")
    plan.press("Enter")
    assert plan.items("experiment")[0] == {
        **plan.items("experiment")[1],
        "id": "experiment:Depth 4, 8 and 16 at 300 trees, 5 seeds",
        "text": "Depth 4, 8 and 16 at 300 trees, 5 seeds",
        "done": True,
        "priority": "high",
    }
    plan.press("ArrowDown", "Delete")
    expect(plan.rows("experiment")).to_have_count(1)
    plan.press("Control+z")
    expect(plan.rows("experiment")).to_have_count(2)
    expect(plan.row("Logistic").get_by_role("checkbox")).to_be_focused()
    plan.press("ArrowDown")
    expect(plan.field("experiment")).to_be_focused()
    plan.press("ArrowDown", "ArrowRight", "Tab")
    question = plan.row("Past which width")
    expect(question.get_by_label("Expected")).to_be_visible()
    question.get_by_label("Setup").focus()
    plan.press("Control+a")
    plan.page.keyboard.type("One sweep")
    plan.press("Enter")
    assert plan.items("question")[0]["setup"] == "One sweep"


def test_every_control_has_a_name_and_is_reached_by_tab(plan: Plan) -> None:
    names = []
    while True:
        plan.press("Tab")
        name = plan.page.evaluate(
            """() => {
              const node = document.activeElement;
              const labels = [...(node.labels ?? [])].map(label => label.textContent);
              return node === document.body
                ? null
                : node.ariaLabel || labels[0] || node.textContent || node.placeholder;
            }"""
        )
        if name is None:
            break
        names.append(name)
    assert all(names)
    for name in ("Edit", "Delete", "Add a question", "Keys"):
        assert name in names


def test_a_refused_change_keeps_the_text_and_says_why(plan: Plan) -> None:
    plan.kernel("kernel.refusal = 'plan.md is read-only; make it writable.'")
    plan.field("test").fill("seeded()")
    plan.press("Enter")
    row = plan.rows("test").last
    expect(row.get_by_role("alert")).to_have_text(
        "plan.md is read-only; make it writable."
    )
    expect(row.get_by_role("textbox")).to_have_value("seeded()")
    plan.kernel("kernel.refusal = ''")
    row.get_by_role("textbox").press("Enter")
    expect(row.locator(".labbook-text")).to_have_text("seeded()")
    assert plan.stored("test")[-1] == "seeded()"


def test_a_change_stays_dimmed_while_the_kernel_is_busy(plan: Plan) -> None:
    plan.kernel("kernel.busy = true")
    row = plan.row("augment()")
    row.get_by_role("checkbox").click()
    expect(row).to_have_attribute("aria-busy", "true")
    expect(row.locator(".labbook-text")).to_have_css("opacity", "0.45")
    status = plan.page.locator(".labbook-status")
    expect(status).to_have_text("The kernel is busy; stored when it answers.")
    expect(row).to_have_attribute("aria-busy", "true")
    assert not plan.page.evaluate(
        "kernel.items.some(item => item.list === 'test' && item.done)"
    )
    plan.kernel("kernel.busy = false; kernel.answer()")
    expect(status).to_have_text("")
    assert plan.items("test")[0]["done"]


def test_what_is_typed_survives_a_change_made_elsewhere(plan: Plan) -> None:
    plan.row("load_noisy").locator(".labbook-text").click()
    editor = plan.page.locator(".labbook-edit")
    editor.press_sequentially(", and fa")
    plan.field("test").evaluate("node => { node.value = 'half an idea'; }")
    plan.kernel(
        "kernel.elsewhere(argument)",
        [{"list": "test", "text": "new"}, {**PLAN[-1], "done": True}, *PLAN[:2]],
    )
    expect(plan.rows("test")).to_have_count(2)
    expect(editor).to_be_focused()
    plan.page.keyboard.type("st")
    expect(editor).to_have_value("load_noisy() is seeded, and fast")
    expect(plan.field("test")).to_have_value("half an idea")
    plan.press("Enter")
    assert plan.stored("test") == ["new", "load_noisy() is seeded, and fast"]


def test_trouble_with_the_file_is_shown(plan: Plan) -> None:
    plan.kernel("kernel.set('problem', 'plan.md has no heading Tests: add it.')")
    expect(plan.page.get_by_role("alert").first).to_have_text(
        "plan.md has no heading Tests: add it."
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(
    plan: Plan,
    scheme: str,
    least_contrast: Callable[[Page, str], float],
    tmp_path: Path,
) -> None:
    plan.page.emulate_media(color_scheme=scheme)
    plan.kernel("kernel.set('problem', 'plan.md has no heading Tests: add it.')")
    plan.row("Past which width").locator(".labbook-fold").click()
    plan.row("augment()").hover()
    back = plan.page.locator(".labbook").evaluate(
        "node => getComputedStyle(node).backgroundColor"
    )
    assert back == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 24, 27)"}[scheme]
    assert least_contrast(plan.page, ".labbook-plan") >= 4.5
    plan.page.screenshot(path=tmp_path / f"{scheme}.png", full_page=True)
