"""The live plot on a page of its own; a stand-in answers for the server."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

PACKAGE = Path(__file__).parents[3] / "labextension"

# On localhost a page may use the clipboard; from elsewhere over HTTP it may not.
ADDRESS = "http://localhost/plot_page.html"
ELSEWHERE = "http://labbook.test/plot_page.html"

BLUE = (47, 116, 208)
ORANGE = (223, 123, 0)
TEXT = (34, 38, 43)


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
