"""The live plot as its reader meets it; a stand-in answers for the server."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = Path(__file__).parents[2] / "labextension"
AXE = PACKAGE / "node_modules/axe-core/axe.min.js"

# On localhost a page may use the clipboard; from elsewhere over HTTP it may not.
ADDRESS = "http://localhost/plot_page.html"
ELSEWHERE = "http://labbook.test/plot_page.html"

BLUE = (47, 116, 208)
ORANGE = (224, 123, 0)

TWO_RUNS = """() => view.update({
  runs: [run('001', {parameters: {lr: 0.1}}), run('002', {parameters: {lr: 0.2}})],
  lines: [
    line('001', 'loss', 400, step => 4 - step / 100, {thinned: true}),
    line('001', 'acc', 400, step => step / 400, {thinned: true}),
    line('002', 'loss', 400, step => 2 - step / 200, {thinned: true}),
  ],
  varied: ['lr'],
  thresholds: [{metric: 'acc', value: 0.9, label: 'acc > 0.9'}],
})"""

COLOURED = """(canvas, [r, g, b]) => {
  const {width, height} = canvas;
  const {data} = canvas.getContext('2d').getImageData(0, 0, width, height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    const off = Math.abs(data[i] - r) + Math.abs(data[i + 1] - g)
      + Math.abs(data[i + 2] - b);
    count += data[i + 3] > 200 && off < 12;
  }
  return count;
}"""


@pytest.fixture(scope="session")
def plot_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    bundle = tmp_path_factory.mktemp("plot") / "plot.js"
    subprocess.run(
        [
            *(str(PACKAGE / "node_modules/.bin/esbuild"), "tests/pages/plot.ts"),
            *("--bundle", "--format=esm", f"--outfile={bundle}"),
        ],
        cwd=PACKAGE,
        check=True,
        capture_output=True,
    )
    here = Path(__file__).parent
    return {
        "plot_page.html": (here / "plot_page.html", "text/html"),
        "plot.js": (bundle, "text/javascript"),
        "base.css": (PACKAGE / "style/base.css", "text/css"),
        "plot.css": (PACKAGE / "style/plot.css", "text/css"),
    }


class Plot:
    """The view, and the stand-in for its host."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, address: str = ADDRESS) -> None:
        self.page.goto(address)
        self.page.wait_for_function("window.view")

    def give(self, statement: str) -> None:
        """Update the view, and wait until that is drawn."""
        self.page.evaluate(statement)
        self.drawn()

    def drawn(self) -> None:
        self.page.evaluate("frame()")

    def panel(self, metric: str) -> Locator:
        title = self.page.locator(".labbook-plot-title", has_text=metric)
        return self.page.locator(".labbook-plot-panel").filter(has=title)

    def area(self, metric: str) -> dict[str, float]:
        over = self.panel(metric).locator(".u-over")
        expect(over).to_be_visible()
        box: dict[str, float] = over.evaluate(
            "node => node.getBoundingClientRect().toJSON()"
        )
        return box

    def coloured(self, metric: str, colour: tuple[int, int, int]) -> int:
        """Count the pixels of a colour."""
        canvas = self.panel(metric).locator("canvas")
        count: int = canvas.evaluate(COLOURED, [*colour])
        return count

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def point(self, metric: str, share: float) -> None:
        area = self.area(metric)
        x = area["left"] + share * area["width"]
        self.page.mouse.move(x - 3, area["top"] + 40)
        self.page.mouse.move(x, area["top"] + 40)

    def drag(self, metric: str, start: float, end: float) -> None:
        area = self.area(metric)
        self.point(metric, start)
        self.page.mouse.down()
        self.page.mouse.move(area["left"] + (start + end) / 2 * area["width"], 150)
        self.page.mouse.move(area["left"] + end * area["width"], area["top"] + 40)
        self.page.mouse.up()

    def asked(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many ranges were asked for, and return them."""
        self.page.wait_for_function("count => host.asked.length >= count", arg=count)
        ranges: list[dict[str, Any]] = self.page.evaluate("host.asked")
        return ranges

    def copied(self) -> list[dict[str, str]]:
        """Press Copy CSV and read the clipboard."""
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        said = self.page.evaluate("host.said.length")
        self.button("Copy CSV").click()
        self.page.wait_for_function("said => host.said.length > said", arg=said)
        text = self.page.evaluate("navigator.clipboard.readText()")
        return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def plot(page: Page, plot_files: dict[str, tuple[Path, str]]) -> Plot:
    def serve(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[-1]
        if name in plot_files:
            path, kind = plot_files[name]
            route.fulfill(path=path, content_type=kind)
        else:
            route.fulfill(status=404, body="")

    page.route(re.compile("http://(localhost|labbook.test)/.*"), serve)
    page.set_viewport_size({"width": 1000, "height": 700})
    plot = Plot(page)
    plot.open()
    return plot


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


def test_a_group_stands_out_while_it_is_pointed_at(plot: Plot) -> None:
    plot.give(TWO_RUNS)
    plot.button("lr = 0.2").hover()
    plot.drawn()
    assert plot.coloured("loss", BLUE) == 0
    assert plot.coloured("loss", ORANGE) > 200
    plot.page.mouse.move(5, 690)
    plot.drawn()
    assert plot.coloured("loss", BLUE) > 200


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
    place = plot.page.locator(".labbook-plot-place")
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
    plot.page.wait_for_function("host.said[0] === 'Copied.'")
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
