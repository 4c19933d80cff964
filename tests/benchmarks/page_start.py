"""How long JupyterLab takes to start, with our extension and without."""

from __future__ import annotations

import math
import statistics
import time
from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks import page
from tests.benchmarks.table import Line, interleaved

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.jupyter import Server

PAIRS = 20


def measure() -> list[Line]:
    with (
        page.place() as ours,
        page.place(extension=False) as theirs,
        page.browser() as browser,
    ):
        servers = {"with": ours.server, "without": theirs.server}
        found = interleaved(
            {
                name: partial(_start, server, browser)
                for name, server in servers.items()
            },
            PAIRS,
        )
    logs = [math.log(costs["with"] / costs["without"]) for costs in found.rounds]
    low, high = (math.exp(edge) for edge in interval(logs))
    return [
        Line(
            what="start of JupyterLab with the extension, from its command until a "
            "page can be used, against one without: ratio's 95 % interval over "
            f"{PAIRS} pairs is {low:.3f} to",
            measured=f"{found.median('with'):.2f} s",
            against=f"{found.median('without'):.2f} s",
            value=high,
            target=1.10,
        )
    ]


def interval(values: list[float]) -> tuple[float, float]:
    """Where the mean lies in 95 of 100 cases, by Student's t."""
    from scipy.stats import t

    mean = statistics.fmean(values)
    error = statistics.stdev(values) / math.sqrt(len(values))
    reach = float(t.ppf(0.975, len(values) - 1)) * error
    return mean - reach, mean + reach


def _start(server: Server, browser: Browser) -> float:
    begin = time.perf_counter()
    with server, page.opened(browser, server.address()) as opened:
        took = time.perf_counter() - begin
        ours = opened.evaluate(
            "() => window.jupyterapp.hasPlugin('jupyter-labbook:panel')"
        )
        if ours != server.extension:
            raise RuntimeError("the extension is not where it should be, or is")
    return took
