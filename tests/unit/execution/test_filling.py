"""When the dispatcher asks for the next run of an accepted search."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.execution.dispatcher import Dispatcher
from jupyter_labbook.execution.launch import Surroundings
from jupyter_labbook.execution.slots import SlotPool
from jupyter_labbook.model.backfill import Search
from jupyter_labbook.model.run import AtEnd, Expected, Launch, Ticket
from jupyter_labbook.storage.queue_state import QueueState, write_queue
from jupyter_labbook.storage.searches import read_searches, write_searches
from jupyter_labbook.storage.settings import state_folder
from tests import running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_labbook.storage.labbook import LabbookFolder

EVENING = datetime(2026, 5, 5, 21, 0, tzinfo=UTC)
NIGHT = datetime(2026, 5, 5, 23, 0, tzinfo=UTC)
SEARCH = Search(
    origin="0001-depths",
    name="search-around-depths",
    metric="accuracy",
    higher=True,
    since="2026-05-01T00:00:00+00:00",
    asks=Ticket(
        run="",
        submitted="",
        launch=Launch(argv=[], cwd=""),
        when="tonight",
        at_end=AtEnd.STOP,
        backfill=True,
        expected=Expected(low=1, middle=1800, high=3600),
    ),
)


class Night:
    """A dispatcher under a clock that is set, and what it asked for."""

    def __init__(self, labbook: LabbookFolder, folder: Path) -> None:
        self.moment = NIGHT
        self.beat = 0.0
        self.asked = folder / "asked"
        # It appends a line and ends.
        code = f"import sys; open({str(self.asked)!r}, 'a').write(sys.argv[2] + '\\n')"
        around = Surroundings(
            str(state_folder()), propose=(sys.executable, "-S", "-c", code)
        )
        around.dispatchers.mkdir(parents=True, exist_ok=True)
        self.dispatcher = Dispatcher(labbook, around, self)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.beat

    def look(self, seconds: float = 0.0):
        self.moment += timedelta(seconds=seconds)
        self.beat += seconds
        return self.dispatcher.rounds.look()

    @property
    def lines(self) -> list[str]:
        return self.asked.read_text().splitlines() if self.asked.exists() else []


@pytest.fixture
def say(user: Path) -> Callable[[str], None]:
    def write(text: str) -> None:
        folder = user / "config" / "jupyter_labbook"
        folder.mkdir(exist_ok=True)
        (folder / "settings.toml").write_text(f"zone = 'UTC'\nslots = 1\n{text}")

    write("")
    return write


@pytest.fixture
def night(labbook: LabbookFolder, tmp_path: Path, say) -> Night:
    write_searches(labbook.path, [SEARCH])
    return Night(labbook, tmp_path)


def change(labbook: LabbookFolder, **fields: object) -> None:
    write_searches(labbook.path, [replace(SEARCH, **fields)])


def test_a_search_is_asked_for_its_next_run_in_its_window(night, until) -> None:
    night.moment = EVENING
    outlook = night.look()
    assert outlook.needed
    assert outlook.opens == datetime(2026, 5, 5, 22, 0, tzinfo=UTC)
    assert night.lines == []
    night.moment = NIGHT
    assert night.look().needed
    until(lambda: night.lines == ["search-around-depths"])


def test_it_is_asked_less_and_less_often_while_nothing_comes_of_it(
    night, until
) -> None:
    for _ in range(120):
        night.look(30.0)
    until(lambda: len(night.lines) >= 10)
    assert len(night.lines) <= 13


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 5, 6, 6, 30, tzinfo=UTC),
        datetime(2026, 5, 6, 7, 0, tzinfo=UTC),
        datetime(2026, 5, 5, 12, 0, tzinfo=UTC),
    ],
)
def test_nothing_is_asked_for_that_would_not_end_in_the_window(night, moment) -> None:
    night.moment = moment
    assert night.look().needed
    assert night.dispatcher._world._filling._asked == {}


def test_it_is_not_asked_in_focus_hours_nor_while_the_queue_is_paused(
    night, labbook, say
) -> None:
    filling = night.dispatcher._world._filling
    say("[focus]\nhours = '22:30-23:30'")
    night.look()
    assert filling._asked == {}
    say("")
    write_queue(labbook.path, QueueState(paused="The cat sleeps on it."))
    night.look()
    assert filling._asked == {}


def test_it_is_not_asked_while_no_slot_is_free(night) -> None:
    claim = SlotPool(state_folder(), 1).claim(1)
    assert claim is not None
    with claim:
        assert night.look().needed
    assert night.dispatcher._world._filling._asked == {}


def test_what_rests_is_not_asked_until_its_time_and_what_has_ended_never(
    night, labbook, until
) -> None:
    change(labbook, rests="2026-05-06T07:00:00+00:00")
    assert night.look().needed
    assert night.dispatcher._world._filling._asked == {}
    night.look(24 * 3600.0)
    until(lambda: len(night.lines) == 1)
    change(labbook, ended="It is done.")
    assert not night.look(3600.0).needed
    assert not night.dispatcher.needed()


def test_a_search_that_is_accepted_or_stopped_is_noticed(night, labbook, until) -> None:
    write_searches(labbook.path, [])
    assert not night.look().needed
    write_searches(labbook.path, [SEARCH])
    assert night.look(1.0).needed
    until(lambda: len(night.lines) == 1)
    assert read_searches(labbook.path) == [SEARCH]


def test_nobody_stays_for_a_search_that_nobody_can_propose_for(
    labbook, say, tmp_path
) -> None:
    write_searches(labbook.path, [SEARCH])
    assert not Dispatcher(labbook, running.surroundings()).needed()


def test_moments_that_are_none_are_long_ago(night, labbook, until) -> None:
    change(labbook, rests="some day", since="")
    night.look()
    until(lambda: len(night.lines) == 1)
