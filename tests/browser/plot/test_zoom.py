"""Looking closer at a live plot, and reading it by keyboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.plot.conftest import BLUE, TWO_RUNS

if TYPE_CHECKING:
    from tests.browser.plot.conftest import Plot


def test_a_drag_zooms_and_asks_for_more_detail_of_that_part(plot: Plot) -> None:
    plot.give(TWO_RUNS)
    width = plot.panel("loss").bounding_box()["width"]  # type: ignore[index]
    plot.drag("loss", 0.25, 0.5)
    [asked] = plot.asked(1)
    assert asked["from"] == pytest.approx(0.25 * 399, abs=2)
    assert asked["to"] == pytest.approx(0.5 * 399, abs=2)
    assert asked["metrics"] == ["loss", "acc"]
    assert asked["runs"] == ["001", "002"]
    assert asked["by"] == "step"
    assert asked["points"] == pytest.approx(2 * width, abs=2)
    rows = [row for row in plot.copied() if row["metric"] == "loss"]
    assert {row["value"] for row in rows} == {"7"}
    assert len(rows) == pytest.approx(2 * 10 * 0.25 * 399, abs=60)
    plot.panel("acc").locator(".u-over").dblclick()
    expect(plot.button("Show all")).to_be_hidden()
    assert len(plot.copied()) == 1200


def test_what_was_asked_for_before_is_not_waited_for(plot: Plot) -> None:
    plot.give(TWO_RUNS)
    plot.page.evaluate("host.slow = true")
    plot.drag("loss", 0.2, 0.8)
    plot.asked(1)
    assert plot.coloured("loss", BLUE) > 100
    plot.drag("loss", 0.2, 0.8)
    plot.asked(2)
    assert plot.page.evaluate("host.aborted.length") == 1
    rows = [row for row in plot.copied() if row["metric"] == "loss"]
    assert "7" not in {row["value"] for row in rows}
    plot.give("host.answer()")
    assert {row["value"] for row in plot.copied() if row["run"] == "002"} == {"7"}


def test_detail_that_cannot_be_read_is_said_and_the_line_stays(plot: Plot) -> None:
    plot.give(TWO_RUNS)
    plot.page.evaluate("host.broken = true")
    plot.drag("loss", 0.2, 0.8)
    plot.page.wait_for_function("host.said.length")
    assert "More detail cannot be read now" in plot.page.evaluate("host.said[0]")
    assert plot.coloured("loss", BLUE) > 100


def test_by_time_each_run_is_asked_for_from_its_own_beginning(plot: Plot) -> None:
    plot.give(
        """() => view.update({
          runs: [run('001'), run('002', {parameters: {lr: 1}})],
          lines: [
            line('001', 'loss', 400, step => step, {thinned: true}),
            line('002', 'loss', 400, step => step, {thinned: true, late: 5000}),
          ],
          varied: ['lr'], thresholds: [],
        })"""
    )
    plot.button("Time").click()
    plot.drawn()
    plot.drag("loss", 0.5, 0.75)
    first, second = plot.asked(2)
    assert [first["runs"], second["runs"]] == [["001"], ["002"]]
    assert first["by"] == second["by"] == "time"
    assert first["from"] == pytest.approx(1_700_000_000 + 200, abs=2)
    assert second["from"] == pytest.approx(first["from"] + 5000, abs=0.01)
    assert second["to"] == pytest.approx(first["to"] + 5000, abs=0.01)
    plot.point("loss", 0.5)
    place = plot.page.locator(".labbook-plot-where")
    expect(place).to_have_text(re.compile(r"^after 4 min \d+ s$"))


def test_everything_can_be_done_by_keyboard(plot: Plot) -> None:
    plot.give(TWO_RUNS)
    panel = plot.panel("loss")
    panel.focus()
    live = plot.page.locator(".labbook-plot-live")
    panel.press("ArrowRight")
    expect(live).to_have_text("step 0; lr = 0.1 4; lr = 0.2 2")
    panel.press("ArrowRight")
    expect(live).to_have_text("step 4; lr = 0.1 3.96; lr = 0.2 1.98")
    panel.press("End")
    expect(live).to_have_text("step 399; lr = 0.1 0.01; lr = 0.2 0.005")
    panel.press("+")
    [asked] = plot.asked(1)
    assert [asked["from"], asked["to"]] == [199.5, 399]
    panel.press("Shift+ArrowLeft")
    shifted = plot.asked(2)[-1]
    assert shifted["from"] == pytest.approx(199.5 - 39.9)
    assert shifted["to"] == pytest.approx(399 - 39.9)
    expect(plot.button("Show all")).to_be_visible()
    panel.press("Escape")
    expect(plot.button("Show all")).to_be_hidden()
    panel.press("Home")
    expect(live).to_have_text("step 0; lr = 0.1 4; lr = 0.2 2")
    panel.press("+")
    panel.press("-")
    expect(plot.button("Show all")).to_be_hidden()


def test_a_zoom_to_the_end_goes_with_a_run_that_still_logs(plot: Plot) -> None:
    grow = """count => view.update({
      runs: [run('001', {state: 'running'})], varied: [], thresholds: [],
      lines: [line('001', 'loss', count, step => step)],
    })"""
    plot.page.evaluate(grow, 101)
    plot.drawn()
    plot.panel("loss").press("End")
    plot.panel("loss").press("+")
    plot.drawn()
    plot.page.evaluate(grow, 201)
    plot.drawn()
    steps = [float(row["step"]) for row in plot.copied()]
    assert [min(steps), max(steps)] == [150, 200]
    assert plot.page.evaluate("host.asked") == []
