"""The owner is told of the night at their own times: once, by whoever lives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions import ending, publishing
from jupyter_labbook.actions.changes import Changes
from jupyter_labbook.actions.index import LabbookIndex
from jupyter_labbook.actions.reminding import remind
from jupyter_labbook.execution import launch
from jupyter_labbook.execution.reminding import Reminder
from jupyter_labbook.model.half_day import Half, HalfDay
from jupyter_labbook.runtime import processes
from jupyter_labbook.storage import told_mark
from jupyter_labbook.storage.known_labbooks import remember
from jupyter_labbook.storage.labbook import LabbookFolder
from tests.integration.saying import refused, said
from tests.waiting import ask, asked, end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

EVENING = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class SetClock:
    """A clock that the test sets."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self.beat = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.beat

    def later(self, **passed: float) -> None:
        self.moment += timedelta(**passed)
        self.beat += timedelta(**passed).total_seconds()


@pytest.fixture
def told(user: Path, tmp_path: Path) -> Callable[[], list[str]]:
    """Let a command of the user's write down what it is told."""
    folder = tmp_path / "told"
    folder.mkdir()
    script = (
        "import sys, tempfile\n"
        f"out = tempfile.NamedTemporaryFile('w', dir={str(folder)!r}, delete=False)\n"
        "with out: out.write(sys.stdin.read())"
    )
    settings = user / "config" / "jupyter_labbook" / "settings.toml"
    command = json.dumps([sys.executable, "-c", script])
    settings.write_text(
        'zone = "UTC"\nslots = 1\n[preflight]\nby_itself = false\n'
        f"[digest]\nnotify = false\ncommand = {command}\n"
    )
    return lambda: [path.read_text() for path in sorted(folder.iterdir())]


@pytest.fixture
def night(project: Path, told) -> Iterator[LabbookFolder]:
    labbook = LabbookFolder.create(project)
    yield labbook
    for experiment in labbook.experiments():
        for run in experiment.runs():
            ending.stop(run, "the test is over", "test", publishing.surroundings())


def at(moment: datetime) -> SetClock:
    return SetClock(moment)


# --- what is told -------------------------------------------------------------


def test_the_evening_says_that_tonight_is_empty_and_what_could_fill_it(
    night, told, project
) -> None:
    _, [run] = ask(night, "aug", question="Does it help?", predict=("accuracy > 0",))
    run.script.write_text("log(accuracy=seed)")
    end(run, accuracy=0.5)
    assert remind(night, at(EVENING))
    [text] = told()
    assert "Tonight is empty." in text
    assert not remind(night, at(EVENING + timedelta(hours=3)))
    assert len(told()) == 1


def test_the_evening_says_how_many_hours_are_used(night, told) -> None:
    experiment, [first] = ask(night, "long")
    end(first, seconds=3 * 3600)
    ask(night, "long", like=asked())
    assert experiment.runs()
    assert remind(night, at(EVENING))
    [text] = told()
    assert "of 9 hours used by 1 run" in text


def test_what_did_not_arrive_is_tried_again_and_told_by_the_digest(
    night, told, user, tmp_path, command
) -> None:
    settings = user / "config" / "jupyter_labbook" / "settings.toml"
    works = settings.read_text()
    script = (
        "import sys; from pathlib import Path\n"
        f"tries = Path({str(tmp_path / 'tries')!r})\n"
        "tries.open('a').write('.')\n"
        "sys.exit('no network' if tries.read_text() == '.' else 0)"
    )
    again = json.dumps([sys.executable, "-c", script])
    # Nobody listens there.
    nobody = 'webhook = "http://127.0.0.1:9/"\n'
    settings.write_text(
        f'zone = "UTC"\n[digest]\nnotify = false\ncommand = {again}\n{nobody}'
    )
    ask(night, "aug", question="Does it help?")

    assert remind(night, at(EVENING), pauses=(0.0, 0.0))

    # Once more after it failed, and no more when it had worked.
    assert (tmp_path / "tries").read_text() == ".."
    morning = said(command("morning"))
    assert "The webhook of your settings ([digest] webhook) was not reached" in morning
    assert "no network" not in morning
    settings.write_text(works)
    assert remind(night, at(EVENING + timedelta(days=1)))
    assert "The webhook" not in said(command("morning"))


def test_the_morning_tells_what_is_ready_until_it_is_read(night, told, command) -> None:
    _, [run] = ask(night, "aug", question="Does it help?")
    end(run, accuracy=0.5)
    # As long as the labbook lies there, a morning comes each day.
    today = datetime.now(UTC).replace(hour=9) + timedelta(days=1)
    assert remind(night, at(today))
    [text] = told()
    assert "1 result is ready" in text
    assert not remind(night, at(today + timedelta(hours=1)))
    said(command("morning"))
    assert not remind(night, at(today + timedelta(days=1)))
    assert len(told()) == 1


def test_an_empty_labbook_and_hours_in_between_tell_nothing(night, told) -> None:
    assert not remind(night, at(EVENING))
    ask(night, "aug", like=asked())
    assert not remind(night, at(EVENING + timedelta(hours=12)))
    assert told() == []


def test_what_a_command_told_is_not_told_again(night, told, user, command) -> None:
    now_is_evening(user)
    ask(night, "aug", like=asked())
    said(command("evening", "--notify"))
    assert len(told()) == 1
    assert not remind(night)
    assert len(told()) == 1


# --- by whom ------------------------------------------------------------------


@pytest.fixture
def started(tmp_path: Path) -> tuple[launch.Surroundings, Callable[[], int]]:
    """Count how often that is started which tells."""
    calls = tmp_path / "calls"
    calls.mkdir()
    script = f"import tempfile; tempfile.mkstemp(dir={str(calls)!r})"
    around = launch.Surroundings(str(tmp_path), daily=(sys.executable, "-c", script))
    return around, lambda: len(list(calls.iterdir()))


def test_after_a_suspend_it_is_told_at_the_next_look(night, started, until) -> None:
    around, count = started
    clock = at(EVENING - timedelta(hours=12))
    reminder = Reminder(night.path, around, clock)
    reminder.look()
    # The machine sleeps through half past five, of which nothing counts the seconds.
    clock.moment = EVENING + timedelta(hours=2)
    clock.beat += 31
    assert count() == 0
    reminder.look()
    until(lambda: count() == 1)


def test_what_somebody_else_has_told_is_not_started(night, told, started) -> None:
    around, count = started
    ask(night, "aug", like=asked())
    assert remind(night, at(EVENING))
    clock = at(EVENING)
    late = Reminder(night.path, around, clock)
    late.look()
    clock.later(hours=15)
    late.look()
    assert not told_mark.is_due(night.path, HalfDay(Half.EVENING, "2026-11-22"))
    assert count() <= 1


def test_a_reminder_starts_nothing_twice_in_a_half_day(night, started, until) -> None:
    around, count = started
    clock = at(EVENING)
    reminder = Reminder(night.path, around, clock)
    for _ in range(5):
        reminder.look()
        clock.later(minutes=5)
    until(lambda: count() == 1)
    clock.later(hours=15)
    reminder.look()
    until(lambda: count() == 2)
    # Nothing is started where nothing is to be.
    Reminder(night.path, launch.Surroundings(around.state), clock).look()
    clock.later(hours=10)
    reminder.look()
    until(lambda: count() == 3)


def test_settings_that_are_damaged_keep_no_run_from_starting(night, user) -> None:
    reminder = Reminder(night.path, publishing.surroundings(), at(EVENING))
    settings = user / "config" / "jupyter_labbook" / "settings.toml"
    settings.write_text('[digest]\nmorning = "late"\n')
    reminder.look()
    assert not (night.path / "told.json").exists()


def test_a_time_that_is_none_is_said_in_a_sentence(night, user, command) -> None:
    settings = user / "config" / "jupyter_labbook" / "settings.toml"
    settings.write_text('[digest]\nmorning = "8 am"\n')
    assert "'8 am' is no time of the day: write it as 08:00" in refused(
        command("evening"), 4
    )


def now_is_evening(user: Path) -> None:
    """Let the evening have begun a minute ago, whatever the clock says."""
    now = datetime.now(UTC)
    begun = now - timedelta(minutes=1)
    settings = user / "config" / "jupyter_labbook" / "settings.toml"
    text = settings.read_text().replace(
        "notify = false\n",
        f'notify = false\nmorning = ""\nevening = "{begun:%H:%M}"\n',
    )
    settings.write_text(text)


def test_two_dispatchers_and_a_service_tell_once(
    night, told, user, until, command
) -> None:
    now_is_evening(user)
    ask(night, "aug", like=asked("after 23:59"))
    around = publishing.surroundings()
    states = [
        launch.Surroundings(f"{around.state}/{n}", around.on_end, around.daily)
        for n in range(2)
    ]
    for one in states:
        launch.ensure_dispatcher(night.path, one)
    remember(night.path)
    said(command("service", "run"))
    until(told)
    for one in states:
        lock = launch.dispatcher_file(night.path, one, ".lock")
        until(lock.exists)
    said(command("service", "run"))
    [text] = told()
    assert "# " in text
    assert "Tonight" in text or "used" in text
    said(command("stop", "aug"))
    for one in states:
        launch.ensure_dispatcher(night.path, one)
        lock = launch.dispatcher_file(night.path, one, ".lock")
        until(lambda lock=lock: released(lock))
    assert len(told()) == 1


def released(lock: Path) -> bool:
    held = processes.lock(lock)
    if held is not None:
        os.close(held)
    return held is not None


def test_a_dispatcher_does_not_grow_by_it() -> None:
    code = (
        "import sys, jupyter_labbook.execution.dispatcher\n"
        "print(*(name for name in sys.modules if name.startswith("
        "('jupyter_labbook.actions', 'jupyter_labbook.rendering', 'numpy'))))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == ""


def test_where_nothing_waits_an_open_page_tells_that_tonight_is_empty(
    night, told, user, until
) -> None:
    now_is_evening(user)
    _, [run] = ask(night, "aug")
    end(run, accuracy=0.5)
    Changes(LabbookIndex(night)).look()
    until(told)
    [text] = told()
    assert "Tonight is empty." in text
