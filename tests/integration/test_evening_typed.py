"""What the evening suggests does what it says when it is typed."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions import ending, publishing
from jupyter_labbook.storage import run_state
from jupyter_labbook.storage.labbook import LabbookFolder
from jupyter_labbook.storage.queue_state import QueueState, write_queue
from tests import mornings
from tests.integration.cells import ok
from tests.integration.saying import said, told
from tests.waiting import ask, end

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder

FEW = """\
%%experiment few --params '{depth: 3}'
#| question: Is one seed enough?
#| predict: accuracy > 0.2
log(accuracy=depth + seed)
"""
BLUE = """\
%%experiment --when lunch --tags colour
#| question: Is it blue?
log(blue=1)
"""


@pytest.fixture
def night(project: Path) -> Iterator[LabbookFolder]:
    """Begin a labbook in which nothing starts."""
    labbook = LabbookFolder.create(project)
    write_queue(labbook.path, QueueState(paused="It is not night yet."))
    yield labbook
    for experiment in labbook.experiments():
        for run in experiment.runs():
            ending.stop(run, "the test is over", "test", publishing.surroundings())


def suggested(command, idea: str) -> list[dict[str, str]]:
    found = told(command("evening", "--json"))["suggestions"]
    return [one for one in found if one["idea"] == idea]


def windows(runs: list[RunFolder]) -> set[str]:
    tickets = [run_state.read_ticket(run) for run in runs]
    return {ticket.when for ticket in tickets if ticket is not None}


def test_a_missing_ablation_is_queued_by_its_command(night, command) -> None:
    experiment, runs = ask(
        night,
        "aug",
        "log(accuracy=depth * augment + seed)",
        question="Does it help?",
        predict=("accuracy > 0.5",),
        params={"augment": True, "depth": 3},
        ablate={"augment": False},
        seeds=(0, 1),
    )
    for run in runs:
        end(run, accuracy=0.6)
    [one] = suggested(command, "ablation")
    program, *words = shlex.split(one["verb"])
    assert program == "labbook"
    assert "2 runs queued: aug/003, aug/004." in said(command(*words))
    assert windows(experiment.runs()[2:]) == {"tonight"}
    assert suggested(command, "ablation") == []


def test_first_lines_that_are_suggested_submit_their_cells(
    night, project, command, kernel
) -> None:
    write_queue(night.path, QueueState())
    mornings.notebook(project / "work.ipynb", FEW, BLUE)
    mornings.add_to_plan(night, "Is it blue?")
    ok(kernel.run("from jupyter_labbook import log"))
    ok(kernel.run(FEW.replace("few", "few --wait", 1)))
    few = night.experiment("few")
    write_queue(night.path, QueueState(paused="It is not night yet."))

    [seeds] = suggested(command, "seeds")
    assert seeds["verb"] == (
        "%%experiment few --params '{depth: 3}' --seeds 5 --when tonight"
    )
    ok(kernel.run(f"{seeds['verb']}\n{FEW.partition(chr(10))[2]}"))
    assert windows(few.runs()[1:]) == {"tonight"}
    assert len(few.runs()) == 6

    [question] = suggested(command, "question")
    assert question["where"] == "work.ipynb"
    assert question["verb"] == "%%experiment --tags colour --when tonight"
    ok(kernel.run(f"{question['verb']}\n{BLUE.partition(chr(10))[2]}"))
    blue = night.experiments()[-1]
    assert windows(blue.runs()) == {"tonight"}
    assert suggested(command, "question") == []


def test_programs_are_not_told_to_be_run_by_what_cannot_run_them(
    night, project, command
) -> None:
    write_queue(night.path, QueueState())
    program = [sys.executable, "-c", "pass", "{augment}", "{seed}"]
    flags = ["--params", "{augment: true}", "--ablate", "{augment: false}"]
    said(
        command(
            *("run", "aug", "--question", "Does it help?", "--predict", "loss < 1"),
            *(*flags, "--seeds", "2", "--wait", "--", *program),
        )
    )
    assert suggested(command, "ablation") == []
    assert suggested(command, "seeds") == []
