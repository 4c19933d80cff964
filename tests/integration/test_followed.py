"""A kernel draws less while a page reads the folder by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

RUN = "application/vnd.jupyter-labbook.run+json"
CELL = """\
%%experiment steps
#| why: see how often it is drawn
import pathlib, time
step = 0
while not pathlib.Path("go").exists():
    step += 1
    log(step=step, loss=1 / step)
    time.sleep(0.01)
"""
PATIENT = """\
from pathlib import Path
from jupyter_labbook.actions import following
from jupyter_labbook.notebook import live
live._FOLLOWED_SECONDS = 3600.0
following.GOOD_FOR_SECONDS = 3600.0
"""
FOLLOWED = "following.mark_followed(Path('labbook'))"


@pytest.fixture
def drawn(kernel, until):
    """All drawings after the first, once the last has come."""
    found: list[dict[str, Any]] = []

    def last_came() -> bool:
        found.extend(update["data"] for update in kernel.updates())
        return any("image/png" in data for data in found if RUN in data)

    def all_of_them() -> list[dict[str, Any]]:
        until(last_came)
        return [data for data in found if RUN in data]

    return all_of_them


def test_a_kernel_that_is_not_needed_draws_the_end_alone(
    kernel, project: Path, until, drawn
) -> None:
    kernel.run(PATIENT + FOLLOWED)
    kernel.run(CELL, cell="cell-1")
    # The watching thread has looked at it, and looks on.
    seen = "view = live._watcher._views[0]; print(view._changed)"
    until(lambda: kernel.run(seen).text == "True\n")
    (project / "go").touch()
    [last] = drawn()
    assert last[RUN]["view"]["runs"][0]["state"] == "finished"


def test_a_kernel_draws_for_a_page_that_does_not_follow(
    kernel, project: Path, until, drawn
) -> None:
    kernel.run(PATIENT)
    kernel.run(CELL, cell="cell-1")
    until(lambda: any(RUN in update["data"] for update in kernel.updates()))
    (project / "go").touch()
    assert drawn()
