"""The live run view as its reader meets it; a stand-in answers for the server."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.files import show

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
LABEXTENSION = HERE.parents[1] / "labextension"

SWEEP = """() => {
  const runs = [30, 100, 300].map((trees, at) => aRun(`00${at + 1}`, {
    state: ['finished', 'running', 'waiting'][at],
    parameters: { trees, criterion: 'gini' },
    seconds: [300, 120, null][at],
    final: at < 2 ? { accuracy: 0.9 + at / 100 } : {},
    progress: at === 1 ? { done: 40, total: 100, remaining: 180, text: '' } : null
  }));
  const x = [...Array(100).keys()];
  source.lines = ['001', '002'].map(run => ({
    run, metric: 'accuracy', xName: 'step', x, time: x,
    y: x.map(step => 0.95 - 0.4 * Math.exp(-step / 20)), mean: null
  }));
  source.show(anExperiment({
    runs, varied: ['trees'],
    thresholds: [{ metric: 'accuracy', value: 0.96, label: 'accuracy > 0.96' }],
    verdicts: [{ prediction: 'all accuracy > 0.96', outcome: 'refuted',
      observed: '0.9 in run 001', reason: '', probability: 0.8 }]
  }));
  source.next = [['Follow the output:', 'labbook tail wider-forest -f']];
  const colours = [30, 31, 32, 33, 34, 35, 36, 37, 90, 91];
  const backs = [40, 41, 42, 43, 44, 45, 46, 47, 100];
  source.write('002',
    [...colours, ...backs, 1, 2, 7].map(code => `\\x1b[${code}mcode ${code}\\x1b[0m\\n`)
      .join('') + Array.from({ length: 60 }, (_, at) => `epoch ${at}\\n`).join(''));
  open();
}"""


@pytest.fixture(scope="session")
def run_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page's script and its style, bundled as the extension's are."""
    folder = tmp_path_factory.mktemp("run_page")
    bundler = LABEXTENSION / "node_modules/.bin/esbuild"
    if not bundler.exists():
        raise pytest.UsageError("esbuild is not there: run `npm ci` in labextension.")
    sources = {"run_page.js": "tests/runPage.ts", "style.css": "style/index.css"}
    for name, source in sources.items():
        subprocess.run(
            [
                *(bundler, LABEXTENSION / source, "--bundle"),
                *(f"--outfile={folder / name}", "--log-level=warning"),
            ],
            check=True,
        )
    return {name: folder / name for name in sources}


@pytest.fixture
def run_page(page: Page, run_files: dict[str, Path]) -> Page:
    show(page, "run_page.html", run_files)
    page.evaluate(SWEEP)
    expect(page.locator(".labbook-plots canvas").first).to_be_visible()
    return page


def places(page: Page) -> list[dict[str, float] | None]:
    selector = ".labbook-standing-place, .labbook-plot-place, .labbook-runs, pre"
    return [node.bounding_box() for node in page.locator(selector).all()]


def test_nothing_moves_while_the_run_goes_on(run_page: Page) -> None:
    before = places(run_page)
    run_page.evaluate(
        """() => {
          const { runs } = source.view;
          const progress = { done: 99, total: 100, remaining: 4000, text: '' };
          source.show({ runs: runs.map(run =>
            run.label === '002' ? { ...run, progress, seconds: 4000 } : run) });
          source.write('002', 'a line\\n'.repeat(50));
        }"""
    )
    expect(run_page.locator(".labbook-tail pre")).to_contain_text("a line")
    assert places(run_page) == before
    run_page.get_by_role("button", name="Stop", exact=True).click()
    expect(run_page.get_by_text("Stop 2 runs?")).to_be_visible()
    assert places(run_page) == before
    run_page.evaluate("source.trouble({ contact: 'stale', since: new Date() })")
    expect(run_page.locator(".labbook-freshness")).to_contain_text("Shown as of")
    assert places(run_page) == before


WAITING = """() => {
  source.lines = [];
  source.show({ runs: source.view.runs.map(run => (
    { ...run, state: 'waiting', progress: null, seconds: null, final: {} })) });
}"""


def test_an_experiment_that_waits_says_so_where_its_lines_will_be(
    run_page: Page,
) -> None:
    lines = run_page.evaluate("source.lines")
    run_page.evaluate(WAITING)
    empty = run_page.locator(".labbook-plot-empty")
    expect(empty).to_contain_text("3 runs wait for a free slot")
    expect(run_page.locator(".labbook-tail")).to_contain_text("Run 002 waits")
    place = run_page.locator(".labbook-plot-place").bounding_box()
    run_page.evaluate("lines => { source.lines = lines; source.tell('lines'); }", lines)
    expect(empty).to_be_hidden()
    expect(run_page.locator(".labbook-plots canvas").first).to_be_visible()
    assert run_page.locator(".labbook-plot-place").bounding_box() == place


def test_the_log_follows_until_one_scrolls_up(run_page: Page) -> None:
    log = run_page.locator(".labbook-tail pre")
    at_end = "node => node.scrollHeight - node.scrollTop - node.clientHeight < 2"
    assert log.evaluate(at_end)
    run_page.evaluate("source.write('002', 'more\\n')")
    expect(log).to_contain_text("more")
    assert log.evaluate(at_end)
    log.hover()
    run_page.mouse.wheel(0, -300)
    follow = run_page.get_by_role("button", name="Follow")
    expect(follow).to_be_visible()
    top = log.evaluate("node => node.scrollTop")
    run_page.evaluate("source.write('002', 'and more\\n'.repeat(3))")
    expect(run_page.get_by_text("3 new lines")).to_be_visible()
    assert log.evaluate("node => node.scrollTop") == top
    follow.click()
    expect(follow).to_be_hidden()
    assert log.evaluate(at_end)


def test_a_run_is_stopped_by_keyboard(run_page: Page) -> None:
    run_page.get_by_role("button", name="Stop", exact=True).focus()
    run_page.keyboard.press("Enter")
    expect(run_page.get_by_text("Stop 2 runs?")).to_be_visible()
    run_page.keyboard.press("Tab")
    expect(run_page.get_by_role("button", name="Keep going")).to_be_focused()
    run_page.keyboard.press("Shift+Tab")
    run_page.keyboard.press("Enter")
    expect(run_page.get_by_role("button", name="Stopping…")).to_be_focused()
    assert run_page.evaluate("source.wishes.map(wish => wish.runs)") == [["002", "003"]]


def test_a_row_isolates_its_line(run_page: Page) -> None:
    row = run_page.get_by_role("row").filter(has_text="002")
    row.get_by_role("button").click()
    expect(row.get_by_role("button")).to_have_attribute("aria-pressed", "true")
    key = run_page.locator(".labbook-plots").get_by_role("button", name="trees = 30")
    key.first.click()
    first = run_page.get_by_role("row").filter(has_text="001")
    expect(first.get_by_role("button")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [420, 1000])
def test_every_text_can_be_read_at_any_width(
    run_page: Page,
    scheme: str,
    width: int,
    least_contrast: Callable[[Page, str], float],
    tmp_path: Path,
) -> None:
    run_page.emulate_media(color_scheme=scheme)
    run_page.set_viewport_size({"width": width, "height": 900})
    run_page.evaluate(
        """() => source.show({
          conclusion: 'Width stops paying.',
          note: 'Amended after 2 runs had ended.'
        })"""
    )
    for part in (
        *(".labbook-top", ".labbook-note", ".labbook-verdicts", ".labbook-runs"),
        *(".labbook-standing-place", ".labbook-meanings", ".labbook-conclusion"),
        ".labbook-log",
    ):
        assert least_contrast(run_page, part) >= 4.5, part
    assert run_page.evaluate(
        "document.documentElement.scrollWidth <= window.innerWidth"
    )
    run_page.screenshot(path=tmp_path / f"{scheme}-{width}.png", full_page=True)
