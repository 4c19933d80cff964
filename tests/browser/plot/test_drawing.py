"""The live plot as its reader meets it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.plot.conftest import BLUE, ORANGE, TEXT, TWO_RUNS

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.plot.conftest import Plot

AXE = Path(__file__).parents[3] / "labextension/node_modules/axe-core/axe.min.js"


def test_each_metric_has_a_plot_with_the_lines_of_all_runs(plot: Plot) -> None:
    plot.give(TWO_RUNS)
    titles = plot.page.locator(".labbook-plot-title")
    expect(titles).to_have_text(["acc", "loss"])
    assert plot.area("loss")["width"] > 300
    assert plot.coloured("loss", BLUE) > 200
    assert plot.coloured("loss", ORANGE) > 200
    assert plot.coloured("acc", BLUE) > 200
    assert plot.coloured("acc", ORANGE) == 0
    expect(plot.page.locator(".labbook-plot-panels")).to_have_attribute(
        "aria-label",
        "Plot of acc, loss for 2 runs; in 2 groups; last values: acc, lr = 0.1: "
        "0.9975; loss, lr = 0.1: 0.01; loss, lr = 0.2: 0.005",
    )


def test_nothing_moves_from_the_first_value_on(plot: Plot) -> None:
    below = plot.page.locator("#below")
    plot.page.evaluate(
        """() => {
          window.shifts = [];
          new PerformanceObserver(list => {
            const moved = list.getEntries().flatMap(entry => entry.sources);
            shifts.push(...moved.map(({node}) => node?.className ?? ''));
          }).observe({type: 'layout-shift', buffered: false});
          window.grow = (count, metrics) => view.update({
            runs: [run('001', {state: 'running'})], varied: [], thresholds: [],
            lines: metrics.map(name => line('001', name, count, step => 9 ** step)),
          });
          grow(0, []);
        }"""
    )
    plot.drawn()
    expect(plot.page.locator(".labbook-plot-empty")).to_have_text(
        "Nothing logged yet: log(loss=…) in the cell draws it here"
    )
    before = below.bounding_box()
    for count in (1, 2, 3, 60):
        plot.give(f"grow({count}, ['loss'])")
        area = plot.area("loss")
    assert below.bounding_box() == before
    plot.give("grow(100, ['loss', 'acc', 'lr'])")
    assert below.bounding_box() == before
    assert plot.area("loss")["left"] == area["left"]
    assert plot.page.evaluate("shifts") == []


def test_the_cursor_shows_all_values_in_all_plots_and_never_overflows(
    plot: Plot,
) -> None:
    plot.give(TWO_RUNS)
    tooltip = plot.page.locator(".labbook-plot-tooltip")
    expect(tooltip).to_be_hidden()
    for share in (0.01, 0.5, 0.99):
        plot.point("loss", share)
        expect(tooltip).to_be_visible()
        step = int(re.search(r"step (\d+)", tooltip.inner_text())[1])  # type: ignore[index]
        assert abs(step - share * 399) <= 2
        expect(tooltip.locator("li")).to_have_text(
            [f"lr = 0.1{round(4 - step / 100, 4):g}", f"lr = 0.2{2 - step / 200:g}"]
        )
        outer = plot.page.locator(".labbook-plot-panels").bounding_box()
        inner = tooltip.bounding_box()
        assert outer
        assert inner
        assert inner["x"] >= outer["x"]
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"] + 0.5
        expect(plot.panel("acc").locator(".labbook-plot-dot:visible")).to_have_count(1)
        value = plot.panel("acc").locator(".labbook-plot-value")
        expect(value).to_have_text(f"{step / 400:.4g}")
    plot.page.mouse.move(5, 690)
    expect(tooltip).to_be_hidden()
    expect(plot.page.locator(".labbook-plot-dot:visible")).to_have_count(0)


def test_the_legend_shows_a_group_alone_and_then_all_again(plot: Plot) -> None:
    plot.give(TWO_RUNS)
    key = plot.button("lr = 0.2")
    key.click()
    plot.page.mouse.move(5, 690)
    plot.drawn()
    expect(key).to_have_attribute("aria-pressed", "true")
    assert plot.coloured("loss", BLUE) == 0
    assert plot.coloured("loss", ORANGE) > 200
    assert {row["run"] for row in plot.copied()} == {"002"}
    key.press("Enter")
    key.press("ArrowLeft")
    expect(plot.button("lr = 0.1")).to_be_focused()
    plot.page.keyboard.press("Tab")
    plot.page.keyboard.press("Tab")
    plot.drawn()
    assert plot.coloured("loss", BLUE) > 200
    assert plot.page.evaluate("isolated") == [["002"], []]
    plot.give("view.isolate('001')")
    assert plot.coloured("loss", ORANGE) == 0
    expect(plot.button("lr = 0.1")).to_have_attribute("aria-pressed", "true")
    plot.give("view.isolate(null)")
    assert plot.coloured("loss", ORANGE) > 200
    assert plot.page.evaluate("isolated.length") == 2


LEVEL = """label => view.update({
  runs: [run('001', {parameters: {lr: 0.1}}), run('002', {parameters: {lr: 0.2}})],
  lines: [
    line('001', 'acc', 400, step => 0.95 - 0.5 * Math.exp(-step / 60)),
    line('002', 'acc', 400, step => 0.94 - 0.3 * Math.exp(-step / 90)),
  ],
  varied: ['lr'],
  thresholds: [{metric: 'acc', value: 0.96, label}],
})"""


def test_the_words_of_a_prediction_hide_no_line(plot: Plot) -> None:
    plot.page.evaluate(LEVEL, "")
    plot.drawn()
    alone = [plot.coloured("acc", colour) for colour in (BLUE, ORANGE, TEXT)]
    plot.page.evaluate(LEVEL, "accuracy of all of them > 0.96")
    plot.drawn()
    beside = [plot.coloured("acc", colour) for colour in (BLUE, ORANGE, TEXT)]
    assert beside[:2] == alone[:2]
    assert beside[2] > alone[2]


def test_a_metric_without_values_says_so_in_its_plot(plot: Plot) -> None:
    plot.give(TWO_RUNS.replace("metric: 'acc'", "metric: 'late'"))
    nothing = plot.panel("late").locator(".labbook-plot-nothing")
    expect(nothing).to_have_text("Not logged")
    expect(plot.panel("acc").locator(".labbook-plot-nothing")).to_be_hidden()


OVERLAID = """() => view.update({
  runs: [run('001')], varied: [], thresholds: [],
  lines: [
    line('001', 'loss', 100, step => 900 - step),
    line('001', 'acc', 100, step => step / 100),
  ],
})"""


def test_overlaid_metrics_of_other_sizes_fill_the_plot_and_say_how(
    plot: Plot,
) -> None:
    plot.give(OVERLAID)
    plot.button("Overlaid").click()
    plot.drawn()
    legend = plot.page.get_by_role("group", name="Lines")
    expect(legend).to_contain_text("loss801 to 900")
    expect(legend).to_contain_text("acc0 to 0.99")
    expect(plot.page.locator(".labbook-plot-notes")).to_contain_text("its own range")
    plot.point("loss", 0.5)
    tooltip = plot.page.locator(".labbook-plot-tooltip li")
    expect(tooltip).to_have_text([re.compile(r"^loss8\d\d$"), re.compile(r"^acc0\.")])
    dots = plot.page.locator(".labbook-plot-dot:visible")
    tops = [dot.bounding_box()["y"] for dot in dots.all()]  # type: ignore[index]
    area = plot.area("loss")
    middle = (area["top"] + area["bottom"]) / 2
    assert all(abs(top - middle) < 0.1 * area["height"] for top in tops)


def test_a_group_stands_out_while_it_is_pointed_at(plot: Plot) -> None:
    plot.give(TWO_RUNS)
    plot.button("lr = 0.2").hover()
    plot.drawn()
    assert plot.coloured("loss", BLUE) == 0
    assert plot.coloured("loss", ORANGE) > 200
    plot.page.mouse.move(5, 690)
    plot.drawn()
    assert plot.coloured("loss", BLUE) > 200


def test_nothing_is_drawn_while_nobody_sees_it(plot: Plot) -> None:
    plot.give(TWO_RUNS)
    plot.page.evaluate("document.body.style.paddingTop = '3000px'")
    plot.page.wait_for_function(
        """() => new Promise(resolve => new IntersectionObserver(
          ([entry]) => resolve(!entry.isIntersecting)
        ).observe(view.node))"""
    )
    plot.drawn()
    plot.give(
        """() => view.update({
          runs: [run('001')], varied: [], thresholds: [],
          lines: [line('001', 'other', 10, step => step)],
        })"""
    )
    titles = plot.page.locator(".labbook-plot-title")
    expect(titles).to_have_text(["acc", "loss"])
    plot.page.evaluate("document.body.style.paddingTop = '0'")
    expect(titles).to_have_text(["other"])


def test_a_narrow_page_has_one_plot_below_the_other(plot: Plot) -> None:
    plot.give(TWO_RUNS)
    wide = plot.page.evaluate("host.points.at(-1)")
    plot.page.set_viewport_size({"width": 420, "height": 700})
    plot.page.wait_for_function("wide => host.points.at(-1) !== wide", arg=wide)
    plot.drawn()
    acc, loss = plot.area("acc"), plot.area("loss")
    assert loss["left"] == acc["left"]
    assert loss["top"] > acc["bottom"]
    assert plot.page.evaluate("document.documentElement.scrollWidth") <= 420


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes_can_be_read_by_everybody(
    plot: Plot,
    theme: str,
    least_contrast: Callable[[Page, str], float],
    tmp_path: Path,
) -> None:
    plot.give(TWO_RUNS)
    light = theme == "light"
    plot.give(f"document.body.dataset.jpThemeLight = '{str(light).lower()}'")
    plot.point("loss", 0.5)
    plot.page.get_by_text("Values as a table").click()
    expect(plot.page.locator(".labbook-plot-table td").first).to_be_visible()
    plot.drawn()
    text = (34, 38, 43) if light else (255, 255, 255)
    assert plot.coloured("acc", text) > 50
    assert plot.coloured("loss", BLUE) > 200
    assert least_contrast(plot.page, ".labbook-plots") >= 4.5
    plot.page.add_script_tag(path=AXE)
    found = plot.page.evaluate("axe.run('.labbook-plots').then(all => all.violations)")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    plot.page.screenshot(path=tmp_path / f"{theme}.png", full_page=True)


def test_text_from_files_is_never_markup(plot: Plot) -> None:
    plot.give(
        r"""() => view.update({
          runs: [
            run('001', {parameters: {a: '<img src=x onerror=boom()>'}}),
            run('002', {parameters: {a: '\u202egnp'}}),
          ],
          lines: ['001', '002'].map(
            label => line(label, '<b>loss</b>', 9, step => step)
          ),
          varied: ['a'], thresholds: [{metric: '<b>loss</b>', value: 1, label: '<i>'}],
        })"""
    )
    plot.point("loss", 0.5)
    expect(plot.page.locator(".labbook-plot-title")).to_have_text("<b>loss</b>")
    expect(plot.button(r"a = \u202egnp")).to_be_visible()
    assert plot.page.locator(".labbook-plots :is(img, b b, i)").count() == 0


def test_a_view_that_is_gone_does_nothing_more(plot: Plot) -> None:
    plot.give(TWO_RUNS)
    plot.give("view.dispose()")
    plot.give(TWO_RUNS)
    assert plot.page.locator(".labbook-plots").count() == 0
