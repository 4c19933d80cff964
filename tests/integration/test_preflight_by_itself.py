"""What is queued for later is looked into by itself, and nobody waits for that."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions import ending, observing, publishing
from jupyter_labbook.actions.preflight import later, stored
from jupyter_labbook.errors import NotFoundError
from jupyter_labbook.model.preflight import Check, Checking, Severity
from jupyter_labbook.rendering.html import experiment_html
from jupyter_labbook.rendering.text import experiment_text
from jupyter_labbook.storage.labbook import LabbookFolder
from jupyter_labbook.storage.queue_state import QueueState, write_queue
from tests.integration.cells import ok
from tests.integration.saying import said
from tests.waiting import ask, asked, end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_labbook.model.preflight import Checked
    from jupyter_labbook.storage.labbook import ExperimentFolder

BAD = ("--when", "tonight", "--why", "it", "--", "false")
COMMAND = [sys.executable, "-m", "jupyter_labbook.actions.preflight.later"]


@pytest.fixture
def says(user: Path) -> Callable[[str], None]:
    """Write the user's settings."""

    def write(text: str) -> None:
        folder = user / "config" / "jupyter_labbook"
        folder.mkdir(exist_ok=True)
        (folder / "settings.toml").write_text(text)

    return write


@pytest.fixture
def night(project: Path, says) -> Iterator[LabbookFolder]:
    """Begin a labbook in which nothing starts, and everything is looked into soon."""
    says("[preflight]\nafter = 0.3\n[digest]\nnotify = false\n")
    labbook = LabbookFolder.create(project)
    write_queue(labbook.path, QueueState(paused="It is not night yet."))
    yield labbook
    for experiment in labbook.experiments():
        for run in experiment.runs():
            ending.stop(run, "the test is over", "test", publishing.surroundings())


def over(experiment: ExperimentFolder) -> bool:
    return stored.asked(experiment) is None and later.read(experiment) is not None


def seen(labbook: LabbookFolder, experiment: ExperimentFolder) -> Checked | None:
    return observing.watch(labbook, experiment).view().checked


def crashes(labbook: LabbookFolder, experiment: ExperimentFolder) -> list[str]:
    checked = seen(labbook, experiment)
    assert checked is not None
    return [
        one.sentence for one in checked.findings if one.severity is Severity.PROBLEM
    ]


# --- after a submission -------------------------------------------------------


def test_what_waits_for_tonight_is_looked_into_and_shown(night, command, until) -> None:
    text = said(command("run", "bad", *BAD))
    assert "bad" in text
    experiment = night.experiment("bad")
    assert stored.asked(experiment) is not None or over(experiment)
    until(lambda: over(experiment))
    [crash] = crashes(night, experiment)
    assert crash.startswith("bad/001 would have crashed")
    shown = said(command("show", "bad"))
    assert "Before it starts: 1 problem" in shown
    assert "✗ bad/001 would have crashed" in shown
    assert "-> labbook stop bad" in shown
    view = observing.watch(night, experiment).view()
    page = experiment_html(view, "", final=True)
    assert "<code>%labbook stop bad</code>" in page
    data = json.loads(said(command("show", "bad", "--json")))
    assert data["checked"]["state"] == "done"
    assert data["checked"]["findings"][0]["remedy"] == {"verb": "stop bad"}


def test_what_starts_now_is_not_looked_into(night, command) -> None:
    said(command("run", "bad", "--why", "it", "--", "true"))
    experiment = night.experiment("bad")
    assert stored.asked(experiment) is None
    assert seen(night, experiment) is None


def test_settings_turn_it_off(night, command, says) -> None:
    says("[preflight]\nby_itself = false\n")
    said(command("run", "bad", *BAD))
    assert stored.asked(night.experiment("bad")) is None


def test_the_cell_does_not_wait_for_it(night, kernel, until) -> None:
    ok(kernel.run("from jupyter_labbook import log"))
    cell = "%%experiment slow --when tonight\n#| why: it\nimport time\ntime.sleep(600)"
    ok(kernel.run(cell))
    experiment = night.experiment("slow")
    # The smoke run would hold the cell for a minute.
    assert not over(experiment)
    until(lambda: list(experiment.path.glob("smoke/*/started.json")))
    checked = seen(night, experiment)
    assert checked is not None
    assert checked.state is Checking.UNDER_WAY
    text = experiment_text(observing.watch(night, experiment).view())
    assert "It is being looked into before it starts." in text
    [smoke] = experiment.path.glob("smoke/*")
    (smoke / "metrics.csv").write_text("_row,_time,loss\n0,1.0,1\n")
    until(lambda: over(experiment))


def test_several_submissions_are_looked_into_together(
    night, says, until, tmp_path
) -> None:
    told = tmp_path / "told"
    says(
        "[preflight]\nafter = 3\n[digest]\nnotify = false\n"
        f"command = ['sh', '-c', 'echo --- >> {told}; cat >> {told}']\n"
    )
    for name in ("one", "two", "three"):
        experiment, _ = ask(night, name, "1 / 0", like=asked(batch="night-1"))
        later.begin(night, [experiment])
    experiments = night.experiments()
    until(lambda: all(over(one) for one in experiments) and told.exists())
    until(lambda: not stored.looks(night.path))
    # One look tells of all of them, once.
    assert told.read_text().count("---") == 1
    text = told.read_text()
    assert "night-1: 3 runs of 3 experiments; 3 problems" in text.replace("\\", "")
    for experiment in experiments:
        [crash] = crashes(night, experiment)
        assert crash.startswith(f"{experiment.name}/001")
        found = later.read(experiment)
        assert found is not None
        assert found.experiments == (experiment.name,)
        assert [one.kind for one in found.findings].count(Check.CAPACITY) == 1


def test_what_comes_later_leaves_what_was_found_of_scripts(night) -> None:
    first, _ = ask(night, "first", "1 / 0", like=asked())
    later.look(night, [first])
    assert len(list(first.smoke.iterdir())) == 1
    [smoke] = first.smoke.iterdir()
    second, _ = ask(night, "second", "2 / 0", like=asked())
    later.look(night, [second])
    # The first was not tried again, and what is said of the hours counts both.
    assert [smoke] == list(first.smoke.iterdir())
    assert "ZeroDivisionError" in crashes(night, first)[0]
    assert "ZeroDivisionError" in crashes(night, second)[0]
    checked = seen(night, first)
    assert checked is not None
    [room] = [one for one in checked.findings if one.kind is Check.CAPACITY]
    assert "2 runs" in room.sentence


# --- what was found, later ----------------------------------------------------


def test_findings_about_runs_that_do_not_wait_any_more_vanish(night) -> None:
    experiment, [one, two] = ask(
        night, "bad", "1 / part", like=asked(), sweep={"part": ["a", "b"]}
    )
    later.look(night, [experiment])
    assert len(crashes(night, experiment)) == 2
    end(one)
    [left] = crashes(night, experiment)
    assert left.startswith("bad/002")
    end(two)
    assert seen(night, experiment) is None
    assert later.look(night, [experiment]).clear
    assert later.read(experiment) is None


def test_looking_again_by_hand_replaces_what_was_found(night, command) -> None:
    experiment, [run, _] = ask(night, "bad", "1 / seed", like=asked(), seeds=(0, 1))
    assert command("preflight", "bad").returncode == 1
    assert len(crashes(night, experiment)) == 1
    end(run)
    stored.ask(experiment, "it was killed")
    command("preflight", "bad", "--only", "capacity")
    assert stored.asked(experiment) is not None
    command("preflight", "bad")
    assert crashes(night, experiment) == []
    assert stored.asked(experiment) is None


# --- what goes wrong ----------------------------------------------------------


def test_a_look_that_was_killed_is_said_and_done_by_the_next(
    night, says, command, until
) -> None:
    # Its smoke run goes on for a minute, and holds a slot.
    says("slots = 3\n[preflight]\nafter = 0.3\n[digest]\nnotify = false\n")
    experiment, _ = ask(night, "slow", "import time\ntime.sleep(600)", like=asked())
    stored.ask(experiment)
    process = subprocess.Popen([*COMMAND, str(night.path)])
    until(lambda: list(experiment.path.glob("smoke/*/started.json")))
    process.send_signal(signal.SIGKILL)
    process.wait()
    # Not so new that a process could just be on its way to it.
    os.utime(experiment.preflight_asked, (time.time() - 60,) * 2)
    checked = seen(night, experiment)
    assert checked is not None
    assert checked.state is Checking.BROKEN_OFF
    shown = said(command("show", "slow"))
    assert "Checking did not end. Look again: labbook preflight slow." in shown
    for smoke in experiment.path.glob("smoke/*"):
        (smoke / "metrics.csv").write_text("_row,_time,loss\n0,1.0,1\n")
    said(command("run", "other", "--when", "tonight", "--why", "x", "--", "true"))
    until(lambda: len(list(experiment.path.glob("smoke/*"))) > 1)
    for smoke in experiment.path.glob("smoke/*"):
        (smoke / "metrics.csv").write_text("_row,_time,loss\n0,1.0,1\n")
    until(lambda: over(experiment) and over(night.experiment("other")))


def test_a_look_that_fails_says_why_and_is_not_tried_over_and_over(
    night, until
) -> None:
    experiment, _ = ask(night, "bad", "1 / 0", like=asked())
    experiment.preflight.mkdir()
    stored.ask(experiment)
    later.serve(night)
    checked = seen(night, experiment)
    assert checked is not None
    assert checked.state is Checking.BROKEN_OFF
    assert "preflight.json" in checked.reason
    assert not stored.looks(night.path)
    later.serve(night)
    experiment.preflight.rmdir()
    stored.ask(experiment)
    later.serve(night)
    assert len(crashes(night, experiment)) == 1


def test_one_check_that_comes_to_no_end_loses_nothing_of_the_others(night) -> None:
    experiment, _ = ask(night, "bad", "1 / 0", like=asked())
    # Smoke runs find no room to be written into.
    experiment.smoke.write_text("")
    found = later.look(night, [experiment])
    [told] = [one for one in found.findings if one.kind is Check.SMOKE]
    assert told.severity is Severity.WARNING
    assert "came to no end" in told.sentence
    assert Check.CAPACITY in {one.kind for one in found.findings}


def test_damaged_files_of_it_are_said_and_stop_no_view(night) -> None:
    experiment, _ = ask(night, "bad", "1 / 0", like=asked())
    experiment.preflight.write_text("{")
    checked = seen(night, experiment)
    assert checked is not None
    assert checked.state is Checking.BROKEN_OFF
    assert "is damaged" in checked.reason
    experiment.preflight_asked.write_text("{")
    assert seen(night, experiment) is not None
    later.serve(night)
    assert len(crashes(night, experiment)) == 1


def test_two_that_look_at_once_look_once(night, until) -> None:
    experiment, _ = ask(night, "bad", "1 / 0", like=asked())
    stored.ask(experiment)
    both = [subprocess.Popen([*COMMAND, str(night.path)]) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert over(experiment)
    assert len(list(experiment.smoke.iterdir())) == 1


def test_a_labbook_that_is_gone_harms_nobody(tmp_path) -> None:
    later.serve(LabbookFolder(tmp_path / "gone"))
    with pytest.raises(NotFoundError):
        LabbookFolder(tmp_path / "gone").experiment("x")


def test_what_cannot_be_noted_refuses_no_submission(night, command) -> None:
    experiment, _ = ask(night, "bad", "1 / 0", like=asked())
    experiment.preflight_asked.mkdir()
    later.begin(night, [experiment])
    said(command("show", "bad"))
