"""Changing what waits, and seeing what others have changed."""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions import queue
from jupyter_labbook.actions.queue_watch import QueueWatch
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.model.run import RunState, Ticket
from jupyter_labbook.runtime import processes
from jupyter_labbook.storage import run_state, trust
from tests import running

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
def waits(labbook):
    """Queue runs that wait for hours far away; nobody serves them."""
    target = running.experiment(labbook)

    def several(count: int = 1, **asked) -> list[RunFolder]:
        asked = {"when": LATER, **asked}
        return [running.queue(labbook, target, "pass", **asked) for _ in range(count)]

    return several


def test_a_run_is_held_and_released(labbook, waits) -> None:
    [run] = waits()

    queue.hold(labbook, [run])
    assert ticket(run).held
    assert look(labbook).entries[0].reason == "held"

    queue.release(labbook, [run])
    assert not ticket(run).held
    assert look(labbook).entries[0].reason == "window"


def test_a_run_that_is_moved_waits_since_then(labbook, waits) -> None:
    [run] = waits(submitted="2020-01-01T00:00:00+00:00")

    queue.move(labbook, [run], FAR)

    assert ticket(run).when == FAR
    assert ticket(run).since > "2026"
    assert ticket(run).submitted.startswith("2020")


def test_a_run_is_not_moved_to_where_it_could_never_start(labbook, waits) -> None:
    [run] = waits()
    before = run.ticket.read_bytes()

    with pytest.raises(InvalidInputError, match="no window 'tonigt'"):
        queue.move(labbook, [run], "tonigt")

    assert run.ticket.read_bytes() == before


def test_order_by_hand_is_kept(labbook, waits) -> None:
    runs = waits(5)
    expected = [f"trial/00{number}" for number in (1, 2, 3, 4, 5)]
    assert names(look(labbook)) == expected

    queue.reorder(labbook, [runs[4]], runs, runs[1])
    order = [runs[0], runs[4], runs[1], runs[2], runs[3]]
    assert names(look(labbook)) == [f"trial/{run.label}" for run in order]

    queue.reorder(labbook, [runs[3], runs[2]], order)
    order = [runs[3], runs[2], runs[0], runs[4], runs[1]]
    assert names(look(labbook)) == [f"trial/{run.label}" for run in order]

    queue.reorder(labbook, [runs[1]], order, runs[2])
    order = [runs[3], runs[1], runs[2], runs[0], runs[4]]
    assert names(look(labbook)) == [f"trial/{run.label}" for run in order]


def test_what_is_put_before_another_run_takes_its_priority(labbook, waits) -> None:
    [urgent] = waits(priority=5)
    [plain] = waits()

    queue.reorder(labbook, [plain], [urgent, plain], urgent)

    assert ticket(plain).priority == 5
    assert names(look(labbook)) == ["trial/002", "trial/001"]


def test_priority_comes_first(labbook, waits) -> None:
    runs = waits(2)

    queue.prioritize(labbook, [runs[1]], 1)

    assert names(look(labbook)) == ["trial/002", "trial/001"]


def test_a_ticket_of_somebody_else_is_not_changed(labbook, waits) -> None:
    [run] = waits()
    asked = json.loads(run.ticket.read_text())
    run.ticket.write_text(json.dumps({**asked, "priority": 9}))
    before = run.ticket.read_bytes()

    with pytest.raises(InvalidInputError, match="not yours to change"):
        queue.start_now(labbook, [run])

    assert run.ticket.read_bytes() == before
    [entry] = look(labbook).entries
    assert entry.state is RunState.HELD
    assert "It never starts: its ticket was not signed by you" in entry.sentence


def test_a_run_that_is_just_starting_is_not_changed(labbook, waits) -> None:
    [run] = waits()
    held = processes.lock(run.lock)

    with pytest.raises(InvalidInputError, match="executes already"):
        queue.hold(labbook, [run])

    os.close(held)
    assert not ticket(run).held


def test_a_damaged_ticket_is_told_of_and_hides_no_other(labbook, waits) -> None:
    runs = waits(2)
    runs[0].ticket.write_text("{")

    view = look(labbook)

    assert names(view) == ["trial/002"]
    assert "ticket.json is damaged" in view.problems[0]


def test_a_watch_sees_what_others_change(labbook, waits) -> None:
    watch = QueueWatch(labbook)
    [first] = waits()
    assert names(watch.look()) == ["trial/001"]
    waits()
    queue.prioritize(labbook, [first], -1)
    assert names(watch.look()) == ["trial/002", "trial/001"]

    shutil.rmtree(first.path)

    assert names(watch.look()) == ["trial/002"]


def test_an_experiment_that_is_deleted_while_it_waits_is_gone(labbook, waits) -> None:
    watch = QueueWatch(labbook)
    [run] = waits()
    assert watch.look().entries

    shutil.rmtree(run.experiment)

    assert watch.look().entries == []


def test_a_labbook_that_was_copied_starts_nothing(labbook, waits, tmp_path) -> None:
    waits()
    shutil.copytree(labbook.path, tmp_path / "other" / "labbook")

    [entry] = look(type(labbook)(tmp_path / "other" / "labbook")).entries

    assert entry.state is RunState.HELD
    assert "not for this copy of it" in entry.sentence


def test_a_look_that_takes_too_long_is_given_up_and_gone_on_with(
    labbook, waits
) -> None:
    waits(3)
    watch = QueueWatch(labbook)

    assert watch.look(seconds=-1) is None
    assert watch.look(most=2) is None
    assert len(watch.look().entries) == 3
