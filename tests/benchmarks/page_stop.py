"""How soon a run ends once Stop was pressed, while its kernel is blocked in C."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_labbook import Labbook
from tests.benchmarks import notebook, page
from tests.benchmarks.table import Line

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

EACH = 4
GRACE = 2.0
_NAME = "stop.ipynb"

# A second of it is not a multiple of anything that looks for the wish to stop.
_COOPERATIVE = """\
%%experiment steady-{number}
#| question: Does steady-{number} listen?
#| why: it asks
import time
for step in range(1_000_000):
    log(step=step, loss=1 / (1 + step))
    if should_stop():
        break
    time.sleep(0.037)
"""
_DEAF = """\
%%experiment deaf-{number}
#| question: Does deaf-{number} listen?
#| why: it cannot hear
import signal, time
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
for step in range(1_000_000):
    log(step=step, loss=1 / (1 + step))
    time.sleep(0.037)
"""
# Sleeps in C without letting go of the lock: nothing else of the kernel runs.
_BLOCK = """\
import ctypes, time
print("blocked", "now")
time.sleep(1)
ctypes.PyDLL(None).sleep(600)
"""


def measure() -> list[Line]:
    names = [f"{kind}-{n}" for n in range(EACH) for kind in ("steady", "deaf")]
    cells = [
        (_DEAF if name.startswith("deaf") else _COOPERATIVE).format(
            number=name.partition("-")[2]
        )
        for name in names
    ]
    with page.place(slots=len(names)) as place, page.browser() as browser:
        place.write(_NAME, "%load_ext jupyter_labbook", *cells, _BLOCK)
        folder = place.root / "labbook"
        (folder / "experiments").mkdir(parents=True)
        (folder / "labbook.toml").write_text(f"[runs]\ngrace = {GRACE}\n")
        with (
            place.server as server,
            page.opened(browser, server.address(_NAME)) as shown,
        ):
            page.run_all(shown)
            shown.get_by_text("blocked now", exact=True).wait_for()
            labbook = Labbook.find(place.root)
            notebook.until(
                lambda: all(
                    run.folder.metrics.exists()
                    for name in names
                    for run in labbook[name]
                )
            )
            took = {name: _stop(shown, labbook, name) for name in names}
            if shown.evaluate(f"() => {page.KERNEL}.status") != "busy":
                raise RuntimeError("the kernel was not blocked all the time")
            # It would sleep on, whatever it is asked.
            shown.evaluate(f"async () => {{ await {page.KERNEL}.shutdown(); }}")
    return [_line(took, "steady", 0.0), _line(took, "deaf", GRACE)]


def _stop(shown: Page, labbook: Labbook, name: str) -> dict[str, float]:
    """Press Stop on an experiment; seconds from the click to the wish and the end."""
    view = shown.locator(".labbook-live").filter(has_text=f"Does {name} listen?")
    view.get_by_role("button", name="Stop", exact=True).click()
    question = view.locator(".labbook-question")
    clicked = question.get_by_role("button", name="Stop", exact=True).evaluate(
        "button => { const now = Date.now(); button.click(); return now / 1000; }"
    )
    [run] = labbook[name]
    notebook.until(run.folder.exit.exists)
    if run.state != "stopped":
        raise RuntimeError(f"{name} was not stopped but is {run.state}")
    return {
        "end": _moment(run.folder.exit) - clicked,
        "wish": _moment(run.folder.stop) - clicked,
    }


def _moment(record: Path) -> float:
    written = json.loads(record.read_bytes())["time"]
    return datetime.fromisoformat(written).timestamp()


def _line(took: dict[str, dict[str, float]], kind: str, grace: float) -> Line:
    ours = [one for name, one in took.items() if name.startswith(kind)]
    end, wish = (max(one[key] for one in ours) for key in ("end", "wish"))
    whose = "that ignores all signals" if grace else "that asks `should_stop()`"
    return Line(
        what=f"end of a run {whose} after Stop was pressed, its kernel blocked in C"
        + (f", beyond its grace of {grace:g} s" if grace else "")
        + f": the slowest of {len(ours)}, against its `stop.json`",
        measured=f"{end:.2f} s",
        against=f"{wish:.2f} s",
        value=end - grace,
        target=2,
        unit="s",
    )
