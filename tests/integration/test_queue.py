"""The queue, from the words of a header to runs that begin in their hours."""

from __future__ import annotations

import json
import shutil
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook import Labbook
from jupyter_labbook.actions.queue_watch import QueueWatch
from jupyter_labbook.execution.slots import Holder, SlotPool
from jupyter_labbook.model.run import Predecessor, RunState, Ticket
from jupyter_labbook.storage import records, run_state, trust
from jupyter_labbook.storage.labbook import LabbookFolder
from jupyter_labbook.storage.settings import state_folder
from tests.integration.cells import ok

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_labbook.model.queue import QueueView
    from jupyter_labbook.runtime.layout import RunFolder

BODY = ("--", "true")


def hours(begin: int, end: int) -> str:
    """Name the hours so far from now."""
    now = datetime.now().astimezone()
    first, last = (now + timedelta(hours=number) for number in (begin, end))
    return f"{first:%H}:00-{last:%H}:00"


LATER = hours(6, 8)
FAR = hours(12, 14)


@pytest.fixture(autouse=True)
def nobody_waits_on(tmp_path: Path) -> Iterator[None]:
    """Leave nothing that waits behind, so that dispatchers end."""
    yield
    for labbook in tmp_path.glob("*/labbook"):
        shutil.rmtree(labbook, ignore_errors=True)


def ticket(run: RunFolder) -> Ticket:
    found = run_state.read_ticket(run)
    assert found is not None
    assert trust.trusted(run, found)
    return found


def look(labbook) -> QueueView:
    view = QueueWatch(labbook).look()
    assert view is not None
    return view


def names(view: QueueView) -> list[str]:
    return [entry.name for entry in view.entries]


@pytest.fixture
def submit(command):
    """Submit a program that does nothing."""

    def run(name: str, *flags: str):
        return command("run", name, "--why", "it", *flags, *BODY)

    return run


def test_a_cell_for_later_says_when_and_can_be_started_now_after_all(
    kernel, command, project, until
) -> None:
    told = ok(
        kernel.run(f"%%experiment late --when {LATER}\n#| why: to see\nprint('here')\n")
    ).text

    assert f"late/001: It waits for {LATER}, which opens" in told
    assert "and is expected to begin" in told
    listed = command("queue")
    assert "1 waiting" in listed.stdout
    assert "late/001" in listed.stdout
    assert f"It waits for {LATER}" in command("show", "late").stdout
    run = Labbook.find(project)["late"].runs[0].folder
    assert not run.started.exists()

    moved = command("queue", "now", "late")

    assert moved.stdout == "late/001: It starts now.\n" or "executes" in moved.stdout
    until(run.exit.exists)
    assert run_state.derive(run) is RunState.FINISHED
    assert run.output.read_text() == "here\n"


def test_a_page_shows_the_queue_with_its_time_line(kernel) -> None:
    ok(kernel.run(f"%%experiment late --when {LATER}\n#| why: to see\npass\n"))

    [page] = ok(kernel.run("%labbook queue")).mime("text/html")

    assert "<svg" in page
    assert "late/001" in page
    assert kernel.complete("%labbook queue pa") == ["%labbook queue pause"]
    assert kernel.complete("%labbook queue now la") == ["%labbook queue now late"]


def test_the_view_of_a_run_that_waits_says_for_what(submit, project) -> None:
    assert submit("late", "--when", LATER).returncode == 0

    bundle = Labbook.find(project)["late"]._repr_mimebundle_()

    shown = json.dumps(bundle)
    assert f"It waits for {LATER}, which opens" in shown


def test_every_key_reaches_the_ticket(submit, project, user) -> None:
    settings = user / "config/jupyter_labbook/settings.toml"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text('gpus = ["a", "b"]\ncores = 8\n[windows]\nmine = "%s"' % LATER)  # noqa: UP031
    submit("first", "--when", "mine")

    result = submit(
        *("second", "--when", "mine", "--at-end", "stop", "--resumable"),
        *("--after", "first", "--batch", "night-1", "--priority", "-2"),
        *("--gpus", "2", "--cores", "3", "--memory", "512MiB", "--retries", "1"),
    )

    assert result.returncode == 0, result.stderr
    found = ticket(Labbook.find(project)["second"].runs[0].folder)
    assert (found.when, found.at_end, found.batch) == ("mine", "stop", "night-1")
    assert found.after == [Predecessor(run="experiments/0001-first/runs/001")]
    assert (found.priority, found.gpus, found.cores) == (-2, 2, 3)
    assert (found.memory, found.retries, found.resumable) == (2**29, 1, True)


def test_how_runs_wait_is_no_part_of_what_was_registered(submit) -> None:
    submit("late", "--when", LATER)

    again = submit("late", "--when", FAR, "--priority", "3")

    assert again.returncode == 0
    assert "amended" not in again.stdout
    assert "version" not in again.stdout


@pytest.mark.parametrize(
    ("flags", "code", "sentence"),
    [
        (["--when", "tonigt"], 2, "did you mean `tonight`?"),
        (["--when", "03:00-03:00"], 2, "never opens"),
        (["--when", "01:00-05:00, 04:00-06:00"], 2, "overlaps itself"),
        (["--after", "frist"], 3, "`after: frist` cannot be waited for. There is no"),
        (["--after", "second"], 2, "lets second wait for itself"),
        (["--after", "first/9"], 3, "first has no run 9"),
        (["--after", "(any end)"], 2, "names no experiment"),
        (["--after", "bad"], 2, "bad/001 is failed: rerun that one first"),
        (["--gpus", "1"], 2, "It asks for 1 GPU, and runs may have none"),
        (["--cores", "5000"], 2, "It asks for 5000 cores"),
        (["--memory", "900TB"], 2, "GiB of memory, and runs may have"),
        (["--at-end", "maybe"], 2, "`at-end` is finish or stop, not maybe"),
        (["--retries", "-1"], 2, "`retries` cannot be below 0"),
    ],
)
def test_what_could_never_start_is_refused_in_a_sentence(
    submit, command, project, flags, code, sentence
) -> None:
    submit("first", "--when", LATER)
    command("run", "bad", "--why", "it", "--wait", "--", "false")

    result = submit("second", *flags)

    assert result.returncode == code
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert list(Labbook.find(project)) == ["first", "bad"]


def test_a_circle_is_refused(submit, project) -> None:
    submit("first", "--when", LATER)
    submit("second", "--after", "first")
    submit("third", "--after", "second (any end)")

    result = submit("first", "--after", "third")

    assert result.returncode == 2
    assert "`after: third` closes a circle" in result.stderr
    assert len(Labbook.find(project)["first"].runs) == 1


def test_a_zone_that_does_not_exist_is_named(submit, user, project) -> None:
    settings = user / "config/jupyter_labbook/settings.toml"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text('zone = "Mars/Olympus"\n')

    result = submit("late", "--when", "tonight")

    assert result.returncode == 2
    assert "There is no time zone 'Mars/Olympus'" in result.stderr
    assert not (project / "labbook").exists()


def test_the_verb_names_what_cannot_be_changed(submit, command, hold) -> None:
    hold("busy")

    executes = command("queue", "hold", "busy")
    unknown = command("queue", "hold", "nobody")
    number = command("queue", "priority", "busy", "high")

    assert executes.returncode == 2
    assert "busy executes already" in executes.stderr
    assert unknown.returncode == 3
    assert "No run of 'nobody' waits: nothing waits." in unknown.stderr
    assert number.returncode == 2


def test_a_batch_is_moved_together(submit, command, project) -> None:
    for name in ("one", "two"):
        submit(name, "--when", LATER, "--batch", "night-1")
    submit("three", "--when", LATER)

    moved = command("queue", "move", "night-1", FAR, "--json")

    assert [told["name"] for told in json.loads(moved.stdout)] == ["one/001", "two/001"]
    found = Labbook.find(project)
    whens = [ticket(found[name].runs[0].folder).when for name in found]
    assert whens == [FAR, FAR, LATER]


def test_what_was_changed_is_told_once_for_all_runs_of_an_experiment(
    submit, command, project
) -> None:
    submit("one", "--when", LATER)
    command("rerun", "one", "--when", LATER)
    submit("two", "--when", LATER)
    command("queue", "pause", "a", "demo")

    moved = command("queue", "move", "one", "two", FAR)

    assert moved.stdout == (
        f"one/001 to 002: The queue is paused: a demo. Then it waits for {FAR}.\n"
        f"two/001: The queue is paused: a demo. Then it waits for {FAR}.\n"
    )


def test_what_holds_slots_for_a_moment_delays_no_forecast(
    submit, command, project
) -> None:
    submit("late", "--when", LATER)
    brief = Holder(run="a smoke run", ends=time.time() + 60)
    pool = SlotPool(state_folder(), 1)

    with pool.claim(1, holder=brief):
        known = json.loads(command("queue", "--json").stdout)["entries"][0]["begins"]
    with pool.claim(1):
        nobody = json.loads(command("queue", "--json").stdout)["entries"][0]["begins"]

    assert datetime.fromisoformat(known).minute == 0
    # Who does not say when it lets go holds it for good.
    assert not nobody


def test_two_smoke_runs_of_one_experiment_may_hold_slots(
    submit, command, project
) -> None:
    submit("late", "--when", LATER)
    smoke = Holder(run="late/smoke", ends=time.time() + 60)
    pool = SlotPool(state_folder(), 2)

    with pool.claim(1, holder=smoke), pool.claim(1, holder=smoke):
        [entry] = json.loads(command("queue", "--json").stdout)["entries"]

    assert datetime.fromisoformat(entry["begins"]).minute == 0


def test_a_paused_queue_starts_nothing_until_it_is_resumed(
    submit, command, project, until
) -> None:
    submit("late", "--when", LATER)
    paused = command("queue", "pause", "a", "demo")
    submit("soon")

    assert "The queue is paused: a demo." in paused.stdout
    assert "paused" in command("queue").stdout
    run = Labbook.find(project)["soon"].runs[0].folder
    assert not run.started.exists()

    command("queue", "resume")

    until(run.exit.exists)


def test_the_queue_as_json_is_its_view(submit, command, project) -> None:
    submit("late", "--when", LATER)

    told = json.loads(command("queue", "--json").stdout)

    view = look(LabbookFolder.find(project))
    [entry] = told["entries"]
    assert entry == records.to_builtins(view)["entries"][0]
    assert (entry["name"], entry["state"]) == ("late/001", "waiting")
    assert datetime.fromisoformat(entry["begins"]).minute == 0


def test_a_run_can_be_repeated_in_other_hours(submit, command, project) -> None:
    submit("late", "--when", LATER, "--batch", "night-1", "--priority", "3")

    refused = command("rerun", "late", "--when", "tonigt")
    again = command("rerun", "late", "--when", FAR)

    assert refused.returncode == 2
    assert f"late/002: It waits for {FAR}, which opens" in again.stdout
    runs = Labbook.find(project)["late"].runs
    first, second = [ticket(run.folder) for run in runs]
    assert (first.when, second.when) == (LATER, FAR)
    assert (second.batch, second.priority) == ("night-1", 3)
