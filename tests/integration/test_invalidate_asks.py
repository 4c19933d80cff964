"""Before anything is marked, it is shown, and its owner agrees."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from jupyter_labbook.storage.history import History
from tests.integration.cells import ok
from tests.integration.saying import said, told

MARK = ("invalidate", "--uses", "split_data", "--reason", "off by one")


def marked(made) -> bool:
    folder = made.labbook.experiment("forest").path
    return any(event.kind == "tainted" for event in History(folder).events())


def typed(made, answer: str, *words: str) -> str:
    """Execute the command at a terminal, where a person answers."""
    master, terminal = pty.openpty()
    try:
        os.write(master, answer.encode())
        done = subprocess.run(
            [sys.executable, "-m", "jupyter_labbook.cli", *words],
            cwd=made.folder,
            stdin=terminal,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    finally:
        os.close(master)
        os.close(terminal)
    return done.stdout


def test_without_a_terminal_nobody_is_asked_and_nothing_is_marked(
    made, command
) -> None:
    made.submit(seeds=(0, 1))
    text = said(command(*MARK))
    assert text.startswith("2 runs with split_data:")
    assert "Nothing is marked until you agree: the same command with --yes" in text
    data = told(command(*MARK, "--json"))
    assert [one["run"] for one in data["concerned"]] == ["forest/001", "forest/002"]
    assert data["marked"] == []
    assert not marked(made)
    assert told(command(*MARK, "--yes", "--json"))["marked"] == [
        "forest/001",
        "forest/002",
    ]
    assert marked(made)


@pytest.mark.parametrize(("answer", "does"), [("n\n", False), ("y\n", True)])
def test_at_a_terminal_a_person_is_asked_first(made, answer, does) -> None:
    made.submit()
    text = typed(made, answer, *MARK)
    assert "labkit/data.py defines split_data" in text.split("Mark it? [y/N]")[0]
    assert ("1 run is tainted" in text) is does
    assert marked(made) is does


def test_the_question_says_that_they_run_again_and_a_yes_does_it(made) -> None:
    made.submit(seeds=(0, 1))
    made.split(end=8)
    text = typed(made, "yes\n", *MARK, "--rerun", "after 23:59")
    assert "Mark them, and run them again (after 23:59)? [y/N]" in text
    assert "2 runs with today's code wait for after 23:59" in text
    assert len(made.labbook.experiment("forest").runs()) == 4
    typed(made, "", "stop", "forest")


def test_in_a_notebook_it_does_not_wait_for_an_answer(made, kernel) -> None:
    made.submit()
    shown = ok(kernel.run(f"%labbook {' '.join(MARK[:3])} --reason 'off by one'"))
    assert "Nothing is marked until you agree" in shown.text
    assert not marked(made)
    ok(kernel.run(f"%labbook {' '.join(MARK[:3])} --reason 'off by one' --yes"))
    assert marked(made)
