"""What eight live views cost their page, and how soon they show what was logged."""

from __future__ import annotations

import csv
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from jupyter_labbook import Labbook
from tests.benchmarks import notebook, page
from tests.benchmarks.table import Line

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

    from jupyter_labbook import Experiment
    from tests.benchmarks.page import Place

RUNS = 8
RATE = 100
"""Rows a second that each run logs."""
SECONDS = 30
_SETTLE = 10
"""Seconds until what happens once, at the beginning, is over."""
_CLOCKS = ("timeTicks", "threadTicks")
"""Chromium's names of the time that passes and of a thread's processor time."""
_NAME = "live.ipynb"
_LIVE = f"""() => document.querySelectorAll(
  ".labbook-live .labbook-freshness[data-contact='live']").length === {RUNS} &&
  [...document.querySelectorAll(".labbook-live")].every(
    view => view.querySelectorAll("canvas").length === 2)"""
_STOPPED = f"""() => [...document.querySelectorAll(".labbook-live .labbook-chip")]
  .filter(chip => chip.textContent.includes("stopped")).length >= {RUNS}"""
_SEEN = """() => [...document.querySelectorAll(".labbook-live")].filter(view => {
  const { top, bottom } = view.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}).length"""

_CELL = f"""\
%%experiment busy-{{number}}
#| question: Does the loss of busy-{{number}} fall?
#| predict: loss < 0.001
import time
begin = time.perf_counter()
for i in range(10_000_000):
    log(step=i, loss=1 / (i + 1), accuracy=i % 97 / 97)
    if i % {RATE} == 0:
        print("second", i // {RATE})
    time.sleep(max(0, begin + (i + 1) / {RATE} - time.perf_counter()))
"""


def measure() -> list[Line]:
    hooks = Path(__file__).with_name("page_live.js").read_text(encoding="utf-8")
    with page.place(slots=RUNS) as place, page.browser() as browser:
        cells = [_CELL.format(number=number) for number in range(RUNS)]
        place.write(_NAME, "%load_ext jupyter_labbook", *cells)
        with place.server as server:
            address = server.address(_NAME)
            with page.opened(browser, address) as shown:
                page.run_all(shown)
                _settle(shown)
                costs = _cost(shown, server.pid, _files(place))
                page.save(shown)
            with page.opened(browser, address, hooks) as shown:
                _settle(shown)
                delays = _delays(shown, place)
                notebook.stop_all(place.root)
                shown.wait_for_function(_STOPPED)
                time.sleep(_SETTLE)
                still = _cost(shown, server.pid, [])
                page.shut_kernel_down(shown)
    return _lines(costs, still, delays)


@dataclass(frozen=True, slots=True)
class Cost:
    """Shares of the wall time, and rows a second of each run meanwhile."""

    script: float
    """In scripts, in processor time."""
    waiting: float
    """The same with waiting for the processor."""
    task: float
    """In everything that the page's thread did, in processor time."""
    server: float
    rate: float


def _settle(shown: Page) -> None:
    """Wait until all views are live and seen, and their beginning is over."""
    shown.wait_for_function(_LIVE)
    shown.wait_for_timeout(_SETTLE * 1000)
    if (seen := shown.evaluate(_SEEN)) != RUNS:
        raise RuntimeError(f"only {seen} of {RUNS} views can be seen")


def _cost(shown: Page, server: int, files: list[Path]) -> Cost:
    """Measure for a while what is done without anybody doing anything."""
    process = psutil.Process(server)
    clocks = {name: shown.context.new_cdp_session(shown) for name in _CLOCKS}
    for name, session in clocks.items():
        session.send("Performance.enable", {"timeDomain": name})
    rows, served = _rows(files), sum(process.cpu_times()[:2])
    before = {name: _metrics(session) for name, session in clocks.items()}
    shown.wait_for_timeout(SECONDS * 1000)
    after = {name: _metrics(session) for name, session in clocks.items()}
    served = sum(process.cpu_times()[:2]) - served
    rows = _rows(files) - rows
    for session in clocks.values():
        session.detach()
    wall = after["timeTicks"]["Timestamp"] - before["timeTicks"]["Timestamp"]

    def share(clock: str, metric: str) -> float:
        return (after[clock][metric] - before[clock][metric]) / wall

    return Cost(
        script=share("threadTicks", "ScriptDuration"),
        waiting=share("timeTicks", "ScriptDuration"),
        task=share("threadTicks", "TaskDuration"),
        server=served / wall,
        rate=rows / wall / max(1, len(files)),
    )


def _metrics(session: CDPSession) -> dict[str, float]:
    found = session.send("Performance.getMetrics")["metrics"]
    return {one["name"]: one["value"] for one in found}


def _delays(shown: Page, place: Place) -> list[float]:
    """Seconds from each row being logged until a plot's pixels had changed by it."""
    begin = time.time()
    shown.evaluate("() => { window.drawn.length = 0; }")
    shown.wait_for_timeout(SECONDS * 1000)
    drawn = shown.evaluate("() => window.drawn")
    delays: list[float] = []
    for experiment in _experiments(place):
        draws = [(w, n) for name, w, n in drawn if name == experiment.path.name]
        times = [time for run in experiment for time in _times(run.folder.metrics)]
        # What was logged in the last seconds may be drawn after the end.
        ours = [one for one in times if begin <= one <= begin + SECONDS - 5]
        if len(ours) < RATE / 2 * (SECONDS - 5):
            raise RuntimeError(f"{experiment!r} logged only {len(ours)} rows")
        for logged in ours:
            seen = [when for when, newest in draws if newest >= logged]
            if not seen:
                raise RuntimeError(f"a row of {experiment!r} was never drawn")
            delays.append(min(seen) - logged)
    return delays


def _experiments(place: Place) -> list[Experiment]:
    labbook = Labbook.find(place.root)
    return [labbook[name] for name in labbook]


def _files(place: Place) -> list[Path]:
    return [run.folder.metrics for one in _experiments(place) for run in one]


def _rows(files: list[Path]) -> int:
    """Rows that all runs together have logged."""
    return sum(file.read_bytes().count(b"\n") for file in files)


def _times(metrics: Path) -> list[float]:
    with metrics.open(newline="") as stream:
        return [float(row["_time"]) for row in csv.DictReader(stream)]


def _lines(costs: Cost, still: Cost, delays: list[float]) -> list[Line]:
    late = statistics.quantiles(delays, n=100)[94]
    views = f"{RUNS} live views of runs that log {costs.rate:.0f} rows a second each"
    return [
        Line(
            what=f"a row logged until its plot's pixels changed, with {views}: 95th "
            "percentile, against the median",
            measured=f"{late * 1e3:.0f} ms",
            against=f"{statistics.median(delays) * 1e3:.0f} ms",
            value=late * 1e3,
            target=500,
            unit="ms",
        ),
        Line(
            what=f"script time of the page with {views} (in processor time: "
            f"{costs.script:.1%}; all tasks: {costs.task:.1%}), against the same page "
            "after they were stopped",
            measured=f"{costs.waiting:.2%}",
            against=f"{still.waiting:.2%}",
            value=costs.waiting * 100,
            target=5,
            unit="% of the wall time",
        ),
        Line(
            what="processor time of the server meanwhile, against the same "
            "after they were stopped",
            measured=f"{costs.server:.1%}",
            against=f"{still.server:.1%}",
            value=costs.server * 100,
            target=10,
            unit="% of a core",
        ),
    ]
