"""What did not start although it could have is told, with the reason that counts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_labbook.actions.digest import read_digest
from jupyter_labbook.model.run import RunState
from jupyter_labbook.storage.settings import UserSettings
from tests.mornings import NIGHT, SUNDAY, asked, away, blocked, stamp
from tests.running import queue

if TYPE_CHECKING:
    from jupyter_labbook.model.digest import Delay
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder

UTC_USER = UserSettings(zone="UTC")
HOUR = timedelta(hours=1)
EVENING = SUNDAY - timedelta(hours=12)


def delays(labbook: LabbookFolder) -> list[Delay]:
    return read_digest(labbook, UTC_USER, SUNDAY, EVENING - HOUR).delays


@pytest.fixture
def target(labbook: LabbookFolder) -> Any:
    return asked(labbook, "deep")


def waiting(labbook: LabbookFolder, target: Any, **given: Any) -> RunFolder:
    given.setdefault("when", "tonight")
    return queue(labbook, target, submitted=stamp(EVENING), **given)


def test_the_last_reason_that_says_more_than_the_hour_counts(
    labbook: LabbookFolder, target: Any
) -> None:
    run = waiting(labbook, target)
    blocked(labbook, run, "window", "It waits for tonight.", EVENING)
    blocked(labbook, run, "slot", "It waits for a slot.", NIGHT)
    blocked(labbook, run, "does-not-fit", "It may take 4 h.", NIGHT + HOUR)
    blocked(labbook, run, "window", "It waits for tonight.", NIGHT + 7 * HOUR)
    [delay] = delays(labbook)
    assert (delay.sentence, delay.told) == (
        "It may take 4 h.",
        "2026-11-22T01:00:00+00:00",
    )
    assert (delay.runs, delay.when) == (["001"], "tonight")
    assert delay.state is RunState.WAITING


def test_runs_that_wait_for_the_same_are_told_together(
    labbook: LabbookFolder, target: Any
) -> None:
    for place in range(3):
        run = waiting(labbook, target)
        blocked(labbook, run, "gpu", "It waits for 2 GPUs.", NIGHT + place * HOUR)
    other = waiting(labbook, target)
    blocked(labbook, other, "memory", "It waits for memory.", NIGHT)
    first, second = delays(labbook)
    assert (first.sentence, first.runs) == (
        "It waits for 2 GPUs.",
        ["001", "002", "003"],
    )
    assert second.runs == ["004"]


def test_a_run_whose_hours_have_not_come_is_not_late(
    labbook: LabbookFolder, target: Any
) -> None:
    run = waiting(labbook, target, when="mon 10:00-11:00")
    blocked(labbook, run, "window", "It waits for mon 10:00-11:00.", EVENING)
    assert delays(labbook) == []


def test_that_a_run_of_now_waits_for_a_slot_is_no_news(
    labbook: LabbookFolder, target: Any
) -> None:
    run = waiting(labbook, target, when="now")
    assert delays(labbook) == []
    blocked(labbook, run, "slot", "It waits for a slot.", NIGHT)
    assert delays(labbook) == []
    blocked(labbook, run, "after-failed", "It waits for x, which is lost.", NIGHT)
    assert [one.sentence for one in delays(labbook)] == [
        "It waits for x, which is lost."
    ]


@pytest.mark.parametrize(
    ("begin", "end", "part"),
    [(-3, 8, "during tonight"), (0, 6, "most of tonight"), (5, 8, "part of tonight")],
)
def test_a_machine_that_was_off_is_the_reason(
    labbook: LabbookFolder, target: Any, begin: int, end: int, part: str
) -> None:
    waiting(labbook, target)
    away(labbook, NIGHT + begin * HOUR, NIGHT + end * HOUR)
    [delay] = delays(labbook)
    assert part in delay.sentence
    assert "the machine slept, was off" in delay.sentence


def test_a_machine_that_was_off_by_day_delays_no_night(
    labbook: LabbookFolder, target: Any
) -> None:
    waiting(labbook, target)
    away(labbook, EVENING, EVENING + HOUR)
    assert delays(labbook) == []


def test_a_run_that_is_held_by_hand_says_so(
    labbook: LabbookFolder, target: Any
) -> None:
    waiting(labbook, target, held=True)
    assert [one.sentence for one in delays(labbook)] == [
        "It is held until you release it."
    ]


def test_a_run_under_another_persons_ticket_says_so(
    labbook: LabbookFolder, target: Any
) -> None:
    run = waiting(labbook, target)
    ticket = run.ticket.read_text().replace("tonight", "weekend")
    run.ticket.write_text(ticket)
    [delay] = delays(labbook)
    assert delay.state is RunState.HELD
    assert delay.sentence


def test_a_window_that_is_none_any_more_is_told(
    labbook: LabbookFolder, target: Any
) -> None:
    waiting(labbook, target, when="siesta")
    [delay] = delays(labbook)
    assert "`siesta`" in delay.sentence


def test_a_damaged_ticket_hides_no_other(labbook: LabbookFolder, target: Any) -> None:
    waiting(labbook, target).ticket.write_text("{")
    other = asked(labbook, "other")
    blocked(labbook, waiting(labbook, other), "gpu", "It waits for a GPU.", NIGHT)
    assert [one.subject.name for one in delays(labbook)] == ["other"]
