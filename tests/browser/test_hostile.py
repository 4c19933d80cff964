"""Text, numbers and pictures that wish the reader ill."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from jupyter_labbook.storage.labbook import LabbookFolder
from tests import running
from tests.browser.live_views import collect, live, saved_output, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Dialog, Locator, Page

    from tests.browser.conftest import Command, OpenNotebook
    from tests.jupyter import Server

pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("labbook")]


def trap(place: str) -> str:
    """Text that tells on a page which takes it for HTML."""
    hit = f"window.labbookHit='{place}'"
    image = f'<img src="https://foreign.test/{place}" onerror="{hit}">'
    return f"<b>{place}</b>{image}<script>{hit}</script>"


BIDI = "\u202egnp.exe"
"""Reads as `exe.png` where it is not spelled out."""

NAMED = "<img src=x onerror=\"window.labbookHit='figure'\">.svg"
"""A file's name."""

SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">
<script>window.labbookHit = 'svg'; fetch('https://foreign.test/svg')</script>
<rect width="40" height="30" fill="red" onclick="alert(1)"/>
<image href="https://foreign.test/image"/>
<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml"
  src="https://foreign.test/frame"/></foreignObject></svg>"""

CELL = f"""\
%%experiment hostile
#| question: {trap("question")} {BIDI}
#| hypothesis: {trap("hypothesis")}
#| impact: {trap("impact")}
#| predict: all loss < 0.5 (80%)
#| tags: [{json.dumps(trap("tag"))}]
#| sweep: {{word: {json.dumps([trap("parameter"), BIDI], ensure_ascii=False)}}}
from jupyter_labbook import progress, run_dir
log(step=0, loss=0.25, **{{{trap("metric")!r}: 1.0}})
log(step=1, loss=0.25, **{{{trap("metric")!r}: 2.0}})
(run_dir() / "figures").mkdir()
(run_dir() / "figures" / {NAMED!r}).write_text({SVG!r})
progress(3, 3, {trap("progress")!r})
print("x" * 1_000_000)
print("\\x1b[31mred\\x1b[0m \\x00 \\x1b[2J")
print("\\x1b]8;;javascript:alert(1)\\x07link\\x1b]8;;\\x07")
print({trap("line")!r})
print({BIDI!r})
print("and last", word and "")
"""

HIT = "() => window.labbookHit"


@pytest.fixture(autouse=True)
def nothing_executes(page: Page, foreign: list[str]) -> Iterator[None]:
    """No script has run, no question was asked, nobody else was told."""
    asked: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    yield
    assert page.evaluate(HIT) is None
    assert asked == []
    assert foreign == []


def says(place: Locator, name: str) -> None:
    """The text is there as it was written."""
    text = place.get_by_text(f"<b>{name}</b><img")
    expect(text.filter(visible=True).first).to_be_visible()


def of_ours(page: Page) -> list[str]:
    """What our nodes hold that only a page that was fooled would."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.labbook *')]
          .filter(node => /^(SCRIPT|IFRAME|B|OBJECT|EMBED)$/.test(node.tagName)
            || [...node.attributes].some(({ name, value }) =>
              /^on/.test(name) || /^(href|src)$/.test(name)
                && !/^(https?:\\/\\/127|\\/|data:image|#)/.test(value)))
          .map(node => node.outerHTML.slice(0, 200))"""
    )


def shows_output_as_text(view: Locator) -> None:
    output = view.locator(".labbook-tail pre")
    expect(output).to_contain_text("and last")
    says(output, "line")
    expect(output).to_contain_text("\\u0000")
    expect(output).to_contain_text("\\u202egnp.exe")
    colour = output.get_by_text("red", exact=True).first
    plain = output.get_by_text("and last").first
    paint = "node => getComputedStyle(node).color"
    assert colour.evaluate(paint) != plain.evaluate(paint)
    expect(output.locator("a")).to_have_count(0)
    # A line of a megabyte is shown in part, and says how much is missing.
    assert output.evaluate("node => node.textContent.length") < 200_000


def shows_all_in_the_panel(page: Page) -> None:
    panel = page.locator(".labbook-panel")
    says(panel, "question")
    panel.get_by_role("tab", name="Plan").click()
    says(panel, "item")
    panel.get_by_role("tab", name="Labbook").click()
    says(panel, "question")
    says(panel, "conclusion")
    says(panel, "tag")


def test_hostile_text_is_text_wherever_it_is_shown(
    page: Page, open_notebook: OpenNotebook, command: Command, labbook: Path
) -> None:
    plan = f"# Plan\n\n## Questions\n\n- [ ] {trap('item')} {BIDI}\n"
    (labbook / "plan.md").write_text(plan)
    start(page, open_notebook, command, "hostile.ipynb", CELL)
    view = live(page, "<b>question</b>")
    expect(view.get_by_text("2 finished").first).to_be_visible(timeout=60_000)
    for place in ("question", "hypothesis", "impact", "tag", "parameter", "metric"):
        says(view, place)
    expect(view.locator("h2")).to_contain_text("\\u202egnp.exe")

    shows_output_as_text(view)

    expect(view.locator("figcaption bdi").first).to_have_text(NAMED)
    picture = view.locator(".labbook-figures img").first
    page.wait_for_function(
        "image => image.naturalWidth > 0", arg=picture.element_handle()
    )

    box = view.get_by_role("textbox", name="What did you learn?")
    box.fill(f"{trap('conclusion')} {BIDI}")
    box.press("Control+Enter")
    says(view, "conclusion")

    toast = page.locator(".Toastify__toast").filter(has_text="hostile").first
    expect(toast).to_contain_text("hostile: supported")

    command("labbook:show-panel", tab="runs")
    shows_all_in_the_panel(page)

    page.locator(".jp-Notebook .jp-Cell").nth(1).click(position={"x": 200, "y": 10})
    command("labbook:edit-header")
    form = page.locator(".labbook-header")
    question = form.get_by_role("textbox", name="Question")
    expect(question).to_have_value(re.compile("^<b>question</b><img"))
    assert of_ours(page) == []


def test_a_figure_with_a_script_is_a_picture_by_its_address_too(
    page: Page,
    open_notebook: OpenNotebook,
    labbook: Path,
    server: Server,
    foreign: list[str],
) -> None:
    experiment = running.experiment(LabbookFolder(labbook), "drawn")
    running.declare(experiment, question="What was drawn?")
    run = running.add_ended(LabbookFolder(labbook), experiment)
    run.figures.mkdir()
    (run.figures / NAMED).write_text(SVG)
    question = "What was drawn?"
    open_notebook("drawn.ipynb", saved_output(experiment.path, question))
    link = live(page, question).get_by_role("link", name="Open", exact=True)
    address = link.get_attribute("href")
    assert address is not None
    tab = page.context.new_page()
    collect(tab, foreign)
    tab.goto(f"{server.url}{address.removeprefix(server.url)}")
    assert tab.evaluate("() => document.documentElement.tagName") == "svg"
    # It is no page of the server's, and has none of its rights.
    assert tab.evaluate("() => window.origin") == "null"
    assert tab.evaluate(HIT) is None
    tab.close()


HEADER = "_row,_time,step,loss\n"
ROWS = "".join(f"{at},{at}.5,{at},{1 / (at + 1)}\n" for at in range(100))
METRICS = {
    "huge": (HEADER + ROWS).encode(),
    "binary": (HEADER + ROWS).encode() + b"\xff\x00\xfe\n100,100.5,100,0.125\n",
    "renamed": ("_row,_time,step,loss,mine\n" + ROWS).encode(),
    "headless": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
}
SAID = {
    "huge": "metrics.csv: 1 line passed over",
    "binary": "metrics.csv: 1 line passed over",
    "renamed": "metrics.csv: 100 lines passed over",
    "headless": "metrics.csv is left out from there on",
}


def test_metrics_of_any_size_and_content_are_shown_as_far_as_they_go(
    page: Page, open_notebook: OpenNotebook, labbook: Path
) -> None:
    folder = LabbookFolder(labbook)
    cells = []
    for name, content in METRICS.items():
        experiment = running.experiment(folder, name)
        running.declare(experiment, question=f"How is {name}?")
        run = running.add_ended(folder, experiment)
        run.metrics.write_bytes(content)
        if name == "huge":
            os.truncate(run.metrics, 5 * 10**9)
        cells.append(saved_output(experiment.path, f"How is {name}?"))
    page.set_viewport_size({"width": 1200, "height": 5000})
    open_notebook("metrics.ipynb", *cells)
    # The smaller ones do not wait for the one that takes long.
    for name in reversed(METRICS):
        place = page.locator(".labbook-live").filter(has_text=f"How is {name}?")
        place.wait_for(timeout=120_000)
        view = live(page, f"How is {name}?")
        expect(view).to_contain_text(SAID[name], timeout=60_000)
        if name in ("huge", "binary"):
            expect(view.locator(".labbook-plots canvas").first).to_be_visible()
