"""What the tools around a live plot do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.plot.conftest import BLUE, ELSEWHERE, TWO_RUNS

if TYPE_CHECKING:
    from tests.browser.plot.conftest import Plot


def test_metrics_are_chosen_in_a_menu_and_remembered(plot: Plot) -> None:
    plot.give(TWO_RUNS)
    menu = plot.button("Metrics")
    menu.press("Enter")
    expect(plot.page.get_by_role("checkbox", name="acc")).to_be_focused()
    plot.page.keyboard.press("Space")
    titles = plot.page.locator(".labbook-plot-title")
    expect(titles).to_have_text(["loss"])
    plot.page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(menu).to_have_text("Metrics 1/2")
    plot.button("Log y").click()
    plot.page.get_by_role("slider", name="Smoothing").fill("0.5")
    plot.give("begin()")
    plot.give(TWO_RUNS)
    expect(titles).to_have_text(["loss"])
    expect(plot.button("Log y")).to_have_attribute("aria-pressed", "true")
    expect(plot.page.get_by_role("slider")).to_have_value("0.5")


def test_values_that_a_log_axis_cannot_show_are_said(plot: Plot) -> None:
    plot.give(
        """() => view.update({
          runs: [run('001')], varied: [], thresholds: [],
          lines: [line('001', 'loss', 100, step => 10 ** (step / 25) - 1)],
        })"""
    )
    plot.button("Log y").click()
    notes = plot.page.locator(".labbook-plot-notes")
    expect(notes).to_contain_text("1 point at or below 0 has no place")
    assert plot.coloured("loss", BLUE) > 100


def test_the_plot_is_copied_as_a_picture_with_its_legend(plot: Plot) -> None:
    plot.give(TWO_RUNS)
    plot.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    plot.button("Copy PNG").click()
    plot.page.wait_for_function("host.said[0]?.includes('on the clipboard')")
    size, blue, corner = plot.page.evaluate(
        """async () => {
          const [item] = await navigator.clipboard.read();
          const picture = await createImageBitmap(await item.getType('image/png'));
          const canvas = new OffscreenCanvas(picture.width, picture.height);
          const context = canvas.getContext('2d');
          context.drawImage(picture, 0, 0);
          const legend = context.getImageData(12, 12, 18, 20).data;
          let blue = 0;
          for (let i = 0; i < legend.length; i += 4) {
            blue += legend[i] === 47 && legend[i + 1] === 116;
          }
          const corner = [...context.getImageData(0, 0, 1, 1).data];
          return [[picture.width, picture.height], blue, corner];
        }"""
    )
    assert size[0] == 1000 - 32 + 24
    assert size[1] > 240
    assert blue > 20
    assert corner == [255, 255, 255, 255]


@pytest.mark.parametrize(
    ("button", "name"), [("Copy PNG", "plot.png"), ("Copy CSV", "plot.csv")]
)
def test_without_a_clipboard_a_file_is_saved(
    plot: Plot, button: str, name: str
) -> None:
    plot.open(ELSEWHERE)
    plot.give(TWO_RUNS)
    with plot.page.expect_download() as saved:
        plot.button(button).click()
    assert saved.value.suggested_filename == name
    assert Path(saved.value.path()).stat().st_size > 1000
    assert plot.page.evaluate("host.said") == [
        f"The clipboard was refused; saved as {name}."
    ]
    expect(plot.button(button)).to_contain_text("✓ Saved")
    notes = plot.page.locator(".labbook-plot-notes")
    expect(notes).to_have_text(f"The clipboard was refused; saved as {name}.")


SEEDS = """() => view.update({
  runs: [0, 1, 2].map(seed => run(String(seed), {seed})),
  lines: [0, 1, 2].flatMap(seed => ['loss', 'acc', 'lr'].map(
    metric => line(String(seed), metric, 100, step => step + seed)
  )),
  varied: [], thresholds: [],
})"""


@pytest.mark.parametrize("width", [700, 800, 1000, 1200])
def test_the_tools_are_in_one_row(plot: Plot, width: int) -> None:
    plot.page.set_viewport_size({"width": width, "height": 700})
    plot.give(SEEDS)
    plot.panel("loss").press("+")
    tools = plot.page.get_by_role("group", name="Plot", exact=True)
    before = tools.bounding_box()
    assert before
    assert before["height"] < 30
    for name in ("Single seeds", "Show all", "Copy PNG", "Copy CSV"):
        expect(plot.button(name)).to_be_visible()
    expect(plot.page.get_by_role("slider", name="Smoothing")).to_be_visible()
    places = [each.bounding_box() for each in tools.get_by_role("button").all()]
    plot.copied()
    expect(plot.button("Copy CSV")).to_have_attribute("data-done", "copied")
    after = [each.bounding_box() for each in tools.get_by_role("button").all()]
    assert after == places


def test_the_values_are_there_as_a_table(plot: Plot) -> None:
    plot.give(TWO_RUNS)
    plot.page.get_by_text("Values as a table").click()
    rows = plot.page.locator(".labbook-plot-table tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(1).locator("th, td")).to_have_text(
        ["001 · lr = 0.1", "loss", "0.01", "0.01", "4"]
    )
    plot.give("view.isolate('002')")
    expect(rows).to_have_count(1)
