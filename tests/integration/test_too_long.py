"""A run that takes longer than its window ever lasts: refused, or told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook import Labbook
from jupyter_labbook.storage import run_state
from jupyter_labbook.storage.labbook import LabbookFolder
from tests import running
from tests.integration.saying import refused, said
from tests.waiting import end

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

HOUR = 3600.0


def hours(begin: int, end: int) -> str:
    """Name the hours so far from now."""
    now = datetime.now().astimezone()
    first, last = (now + timedelta(hours=number) for number in (begin, end))
    return f"{first:%H}:00-{last:%H}:00"


@pytest.fixture
def submit(command):
    def run(*flags: str) -> subprocess.CompletedProcess[str]:
        return command("run", "slow", "--why", "it", *flags, "--", "true")

    return run


@pytest.fixture
def labbook(project: Path, submit, until) -> LabbookFolder:
    """Begin a labbook in which a run of `slow` has taken six hours."""
    said(submit("--wait"))
    labbook = Labbook.find(project)
    found = LabbookFolder(labbook.path)
    slow = found.experiment("slow")
    until(lambda: running.judged(slow.path))
    run = slow.run("1")
    run.exit.unlink()
    end(run, seconds=6 * HOUR)
    return found


def stored(labbook: LabbookFolder) -> dict[str, int]:
    return {
        path.relative_to(labbook.path).as_posix(): path.stat().st_mtime_ns
        for path in (labbook.path / "experiments").rglob("*")
        if path.is_file()
    }


def test_what_would_be_stopped_before_its_end_is_refused_and_nothing_stored(
    labbook, submit
) -> None:
    before = stored(labbook)
    sentence = refused(submit("--when", hours(3, 5), "--at-end", "stop"), 2)
    assert "longer than" in sentence
    assert "would be stopped: give it a longer window, let it finish" in sentence
    assert stored(labbook) == before


@pytest.mark.parametrize("when", [hours(3, 5), hours(-1, 1)])
def test_what_finishes_after_its_window_waits_for_it_and_that_is_told(
    labbook, submit, command, when
) -> None:
    text = said(submit("--when", when))
    [line] = [line for line in text.splitlines() if "still run" in line]
    assert ": It may take " in line
    assert "longer than" in line
    command("stop", "slow")


def test_one_that_goes_on_in_the_next_window_is_taken(labbook, submit, command) -> None:
    flags = ("--when", hours(3, 5), "--at-end", "stop", "--resumable")
    text = said(submit(*flags))
    assert "longer than" not in text
    ticket = run_state.read_ticket(labbook.experiment("slow").run("2"))
    assert ticket is not None
    assert ticket.expected is not None
    assert ticket.expected.middle > 5 * HOUR
    command("stop", "slow")


def test_a_limit_of_its_own_makes_it_fit(labbook, submit, command) -> None:
    flags = ("--when", hours(3, 5), "--at-end", "stop", "--timeout", "30m")
    assert "longer than" not in said(submit(*flags))
    command("stop", "slow")


def test_a_window_that_is_long_enough_says_nothing(labbook, submit, command) -> None:
    # One run tells little: its upper end is far above six hours.
    text = said(submit("--when", "fri 20:00-thu 20:00", "--at-end", "stop"))
    assert "longer than" not in text
    command("stop", "slow")


def test_the_longest_of_several_counts(project: Path, command, until) -> None:
    def run(*flags: str) -> subprocess.CompletedProcess[str]:
        sweep = ("--sweep", "{trees: [1, 100]}")
        program = ("--", "echo", "{trees}")
        return command("run", "wide", "--why", "it", *sweep, *flags, *program)

    said(run("--wait"))
    labbook = LabbookFolder(Labbook.find(project).path)
    wide = labbook.experiment("wide")
    until(lambda: running.judged(wide.path))
    for label, seconds in (("1", 60.0), ("2", 6 * HOUR)):
        done = wide.run(label)
        done.exit.unlink()
        end(done, seconds=seconds)
    sentence = refused(run("--when", hours(3, 5), "--at-end", "stop"), 2)
    assert "would be stopped" in sentence
