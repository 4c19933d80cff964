"""How soon a finished run's lines are on the page, however much it logged."""

from __future__ import annotations

import shutil
import statistics
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import page
from tests.benchmarks.table import Line, interleaved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.benchmarks.page import Place

ROWS = {"small": 10_000, "large": 1_000_000}
COLD_ROUNDS = 5
WARM_ROUNDS = 11
_CELL = """\
%%experiment {name}
#| question: Does the loss of {name} fall?
#| predict: loss < 0.5
import math, random
for step in range({rows}):
    loss = 1 / (1 + step / {rows}) + random.random() / 10
    log(step=step, loss=loss, accuracy=1 - loss / 2, norm=math.sqrt(step))
"""
_ENDED = """() => JSON.stringify(window.jupyterapp.shell.currentWidget.context.model)
  .includes('"state":"finished"')"""
_HOOKS = Path(__file__).with_suffix(".js")


def measure() -> list[Line]:
    with page.place() as place, page.browser() as browser:
        _make(place, browser)
        cold = [_cold(place, browser) for _ in range(COLD_ROUNDS)]
        with _loaded(place, browser) as shown:
            warm = interleaved(
                {name: partial(_warm, shown, name) for name in ROWS}, WARM_ROUNDS
            )
    large, small = (f"{ROWS[name]:,} rows" for name in ("large", "small"))
    first, whole = (statistics.median(each) for each in zip(*cold, strict=True))
    return [
        Line(
            what=f"first paint of a run of {large}, in a server that has just started "
            "and remembers nothing, against the same until every row is drawn",
            measured=f"{first:.2f} s",
            against=f"{whole:.2f} s",
            value=first,
            target=1.5,
            unit="s",
        ),
        Line(
            what=f"first paint of a run of {large} that was shown before, against one "
            f"of {small}",
            measured=f"{warm.median('large') * 1e3:.0f} ms",
            against=f"{warm.median('small') * 1e3:.0f} ms",
            value=warm.ratio("large", "small"),
            target=1.5,
        ),
    ]


def _make(place: Place, browser: Browser) -> None:
    """Let runs log so much, and save their notebooks as they are then."""
    for name, rows in ROWS.items():
        cell = _CELL.format(name=name, rows=rows)
        place.write(f"{name}.ipynb", "%load_ext jupyter_labbook", cell)
        with (
            place.server as server,
            page.opened(browser, server.address(f"{name}.ipynb")) as shown,
        ):
            page.run_all(shown)
            shown.wait_for_function(_ENDED)
            page.save(shown)
            page.shut_kernel_down(shown)


@contextmanager
def _loaded(place: Place, browser: Browser) -> Iterator[Page]:
    """Start a server and load JupyterLab, without any notebook."""
    with (
        place.server as server,
        page.opened(browser, server.address(), _HOOKS.read_text("utf-8")) as shown,
    ):
        yield shown


def _cold(place: Place, browser: Browser) -> tuple[float, float]:
    """Seconds until the first lines, and until all rows, where nothing is known."""
    shutil.rmtree(place.home / "cache", ignore_errors=True)
    with _loaded(place, browser) as shown:
        first = _open(shown, "large")
        shown.wait_for_function("() => window.paint.whole")
        whole: float = shown.evaluate("() => paint.whole - paint.appeared")
    return first, whole / 1e3


def _warm(shown: Page, name: str) -> float:
    took = _open(shown, name)
    page.command(shown, "application:close")
    shown.wait_for_function("() => !document.querySelector('.labbook-renderer')")
    return took


def _open(shown: Page, name: str) -> float:
    """Open a notebook; seconds from its output's node to lines on the canvas."""
    shown.evaluate("() => window.watchPaint()")
    page.command(shown, "docmanager:open", path=f"{name}.ipynb")
    shown.wait_for_function("() => window.paint.drawn")
    took: float = shown.evaluate("() => paint.drawn - paint.appeared")
    return took / 1e3
