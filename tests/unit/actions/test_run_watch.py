"""Looking at a waiting run again and again misses nothing that happens to it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions import ending
from jupyter_labbook.actions.observing import RunWatch
from jupyter_labbook.model.run import RunState
from tests.running import experiment, queue, start, surroundings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder


@pytest.fixture
def run(labbook: LabbookFolder) -> RunFolder:
    """Queue a run; its files look as if they were written a minute ago."""
    queued = queue(labbook, experiment(labbook), "print('hello')")
    minute_ago = time.time() - 60
    for path in (*queued.path.iterdir(), queued.path):
        os.utime(path, (minute_ago, minute_ago))
    return queued


@pytest.fixture
def watch(run: RunFolder) -> RunWatch:
    """Look until there is nothing new to see."""
    watch = RunWatch(run)
    assert watch.poll()
    assert not watch.poll()
    assert watch.state is RunState.WAITING
    return watch


def test_a_run_that_waited_long_is_seen_to_end(
    watch: RunWatch, run: RunFolder, until: Callable[..., None]
) -> None:
    assert start(run)
    until(run.exit.exists)
    assert watch.poll()
    assert watch.state is RunState.FINISHED
    assert watch.view().tail == "hello\n"


def test_what_is_logged_between_the_last_look_and_the_end_is_read(
    labbook: LabbookFolder, until: Callable[..., None], tmp_path: Path
) -> None:
    go = tmp_path / "go"
    body = (
        "import time\nfrom pathlib import Path\nfrom jupyter_labbook import log\n"
        f"log(x=1)\nwhile not Path({str(go)!r}).exists():\n    time.sleep(0.01)\n"
        "log(x=2)\n"
    )
    run = queue(labbook, experiment(labbook), body)
    watch = RunWatch(run)
    assert start(run)
    until(lambda: watch.poll() and watch.view().final == {"x": 1})
    assert not watch.behind
    go.touch()
    until(run.exit.exists)
    assert watch.poll()
    assert watch.view().final == {"x": 2}


def test_a_run_that_waited_long_is_seen_to_be_cancelled(
    watch: RunWatch, run: RunFolder
) -> None:
    ending.stop(run, "no longer wanted", "test", surroundings())
    assert watch.poll()
    assert watch.state is RunState.CANCELLED


def test_a_script_that_is_changed_in_place_while_it_waits_is_seen_to_be_held(
    watch: RunWatch, run: RunFolder
) -> None:
    run.script.write_text("print('something else')")
    assert watch.poll()
    assert watch.state is RunState.HELD
    assert "changed after its ticket was signed" in watch.view().reason


def test_what_changes_twice_within_one_tick_of_the_clock_is_seen(
    watch: RunWatch, run: RunFolder
) -> None:
    now = time.time()
    # Replaced by the same bytes first: looked at, and found unchanged.
    for text in ("print('hello')", "print('other')"):
        run.script.write_text(text)
        os.utime(run.script, (now, now))
        watch.poll()
    assert watch.state is RunState.HELD
