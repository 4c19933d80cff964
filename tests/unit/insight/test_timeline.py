"""What is foreseen is what the rules of the dispatcher bring about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_labbook.execution.asking import Machine, Reason, Waiting
from jupyter_labbook.execution.deciding import decide
from jupyter_labbook.insight.remembered_windows import RememberedWindows
from jupyter_labbook.insight.timeline import Executing, foresee
from jupyter_labbook.model import window_syntax
from jupyter_labbook.model.run import (
    AtEnd,
    Expected,
    Launch,
    Predecessor,
    RunState,
    Ticket,
)

ZONE = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
EVENING = datetime(2026, 3, 27, 17, 30, tzinfo=UTC)
"""A Friday; the clocks are moved in the night after the next."""
WINDOWS = {"tonight": "22:00-07:00", "soon": "18:40-18:55"}


def window(when: str):
    named = {name: [hours] for name, hours in WINDOWS.items()}
    return (
        window_syntax.weekly(when, named[when], ZONE)
        if when in named
        else (window_syntax.parse(when, ZONE))
    )


def waiting(place: str, minutes: float | None = None, **asked) -> Waiting:
    seconds = None if minutes is None else 60.0 * minutes
    ticket = Ticket(
        run=place,
        submitted=EVENING.isoformat(),
        launch=Launch(argv=[], cwd=""),
        expected=seconds
        and Expected(low=seconds, middle=seconds, high=asked.pop("high", seconds)),
        **asked,
    )
    return Waiting(place, ticket, EVENING)


def machine(slots: int = 1, *, taken: int = 0, gpus: int = 0, focus: str = ""):
    """Say how a machine stands at a moment, focus hours included."""
    mine = window_syntax.parse(focus, ZONE) if focus else None
    remembered = RememberedWindows(window)

    def stands(moment: datetime) -> Machine:
        hours = mine.stretch(moment, moment) if mine else None
        inside = hours is not None and hours.holds(moment)
        there = 1 if inside else slots
        return Machine(
            moment=moment,
            window=remembered,
            zone=ZONE,
            slots=there,
            slots_free=max(0, there - taken),
            gpus=gpus,
            gpus_free=gpus,
            focus=inside,
            focus_ends=hours.end if inside else None,
        )

    return stands


def clock(moment: datetime | None) -> str:
    return f"{moment.astimezone(ZONE):%H:%M}" if moment else "?"


def begins(found) -> dict[str, str]:
    return {one.decision.place: clock(one.begins) for one in found}


def lived_through(runs, stands, minutes: int) -> dict[str, datetime]:
    """Ask the dispatcher's rules about everything that waits, minute by minute."""
    left = {one.place: one for one in runs}
    ends: dict[str, datetime] = {}
    begun: dict[str, datetime] = {}
    over: dict[str, RunState] = {}
    for step in range(minutes):
        if not left:
            break
        at = EVENING + step * MINUTE
        for place in [place for place, end in ends.items() if end <= at]:
            del ends[place]
            over[place] = RunState.FINISHED
        held = [one.ticket for one in runs if one.place in ends]
        now = stands(at)
        now = replace(
            now,
            slots_free=max(0, now.slots - len(held)),
            gpus_free=now.gpus - sum(ticket.gpus for ticket in held),
            ends={one.place: RunState.WAITING for one in runs} | over,
        )
        for decision in decide(list(left.values()), now):
            if not decision.start:
                continue
            ticket = left.pop(decision.place).ticket
            begun[decision.place] = at
            ends[decision.place] = at + timedelta(seconds=ticket.expected.middle)
            if ticket.at_end is AtEnd.STOP and decision.closes:
                ends[decision.place] = min(ends[decision.place], decision.closes)
    return begun


@st.composite
def queues(draw) -> list[Waiting]:
    """Draw what may wait on an evening."""
    runs: list[Waiting] = []
    for number in range(draw(st.integers(1, 12))):
        minutes = draw(st.sampled_from([1, 5, 12, 40, 200]))
        after = (
            [Predecessor(run=draw(st.sampled_from(runs)).place)]
            if (runs and draw(st.booleans()) and draw(st.booleans()))
            else []
        )
        runs.append(
            waiting(
                f"experiments/0001-x/runs/{number:03d}",
                minutes,
                high=60.0 * minutes * draw(st.sampled_from([1, 2])),
                when=draw(st.sampled_from(["now", "soon", "tonight", "after 19:05"])),
                priority=draw(st.integers(0, 1)),
                gpus=draw(st.sampled_from([0, 0, 1, 2])),
                held=draw(st.sampled_from([False, False, False, True])),
                at_end=draw(st.sampled_from(list(AtEnd))),
                backfill=draw(st.sampled_from([False, False, True])),
                after=after,
            )
        )
    return runs


@settings(max_examples=25)
@given(runs=queues(), slots=st.integers(1, 3), gpus=st.integers(0, 2))
@pytest.mark.parametrize("focus", ["", "18:00-19:30"])
def test_what_is_foreseen_is_what_the_rules_bring_about(
    runs, slots, gpus, focus
) -> None:
    stands = machine(slots, gpus=gpus, focus=focus)
    known = {one.place: RunState.WAITING for one in runs}

    found = foresee(runs, [], lambda at: replace(stands(at), ends=known), EVENING)

    minutes = 16 * 60
    within = {
        one.decision.place: one.begins
        for one in found
        if one.begins and one.begins < EVENING + minutes * MINUTE
    }
    assert within == lived_through(runs, stands, minutes)


def test_runs_of_a_window_follow_each_other_from_its_opening_on() -> None:
    runs = [waiting(name, 40, when="tonight") for name in "abc"]

    found = foresee(runs, [], machine(), EVENING)

    assert begins(found) == {"a": "22:00", "b": "22:40", "c": "23:20"}
    assert [clock(one.ends) for one in found] == ["22:40", "23:20", "00:00"]


def test_two_slots_hold_two_runs() -> None:
    runs = [waiting(name, 40, when="tonight") for name in "abc"]

    found = foresee(runs, [], machine(2), EVENING)

    assert begins(found) == {"a": "22:00", "b": "22:00", "c": "22:40"}


def test_what_does_not_fit_into_a_night_is_expected_in_the_next() -> None:
    runs = [waiting(name, 300, when="tonight") for name in "ab"]

    first, second = foresee(runs, [], machine(), EVENING)

    assert clock(first.begins) == clock(second.begins) == "22:00"
    # A day later on the wall, though the clocks are moved meanwhile.
    assert second.begins - first.begins == timedelta(hours=24)


def test_behind_a_run_of_unknown_length_nothing_is_told() -> None:
    runs = [waiting("a", when="tonight"), waiting("b", 5, when="tonight")]

    assert begins(foresee(runs, [], machine(), EVENING)) == {"a": "22:00", "b": "?"}


def test_a_run_that_its_window_stops_leaves_its_slot_at_the_end_at_the_latest() -> None:
    runs = [
        waiting("a", when="soon", at_end=AtEnd.STOP),
        waiting("b", 5, when="after 18:45"),
    ]

    found = foresee(runs, [], machine(), EVENING)

    assert begins(found) == {"a": "18:40", "b": "18:55"}
    assert clock(found[0].ends) == "18:55"


def test_a_run_waits_for_the_end_of_the_one_that_executes() -> None:
    executing = [Executing("a", waiting("a").ticket, EVENING + 25 * MINUTE)]
    stands = machine(taken=1)

    found = foresee([waiting("b", 5)], executing, stands, EVENING)

    assert found[0].decision.reason is Reason.SLOT
    assert begins(found) == {"b": "18:55"}


def test_nobody_can_tell_when_other_labbooks_leave_a_slot() -> None:
    found = foresee([waiting("a", 5)], [], machine(taken=1), EVENING)

    assert begins(found) == {"a": "?"}


def test_a_run_behind_another_one_begins_when_that_has_ended() -> None:
    runs = [
        waiting("a", 40, when="tonight"),
        waiting("b", 5, after=[Predecessor(run="a")]),
    ]
    stands = machine(3)
    known = {"a": RunState.WAITING, "b": RunState.WAITING}

    found = foresee(runs, [], lambda at: replace(stands(at), ends=known), EVENING)

    assert begins(found) == {"a": "22:00", "b": "22:40"}


def test_what_is_held_or_paused_is_not_expected() -> None:
    held = foresee([waiting("a", 5, held=True)], [], machine(), EVENING)
    stands = machine()
    paused = foresee(
        [waiting("a", 5)], [], lambda at: replace(stands(at), paused="So."), EVENING
    )

    assert begins(held) == begins(paused) == {"a": "?"}
    assert paused[0].decision.reason is Reason.PAUSED


def test_more_slots_are_there_when_the_owner_has_left() -> None:
    runs = [waiting(name, 600) for name in "ab"]

    found = foresee(runs, [], machine(2, focus="09:00-20:00"), EVENING)

    assert begins(found) == {"a": "18:30", "b": "20:00"}


def test_hours_that_lie_within_focus_hours_are_not_gone_through_for_ever() -> None:
    runs = [waiting("a", 5, when="soon")]

    found = foresee(runs, [], machine(focus="09:00-20:00"), EVENING)

    assert begins(found) == {"a": "?"}


def test_only_so_many_are_looked_for() -> None:
    runs = [waiting(f"{number:03d}", 1) for number in range(30)]

    found = foresee(runs, [], machine(), EVENING, most=10)

    assert [one.begins is not None for one in found] == [True] * 10 + [False] * 20


@pytest.mark.parametrize("when", ["tonight", "soon", "fri 20:00-mon 07:00"])
def test_a_window_that_remembers_says_the_same(when: str) -> None:
    remembered, plain = RememberedWindows(window)(when), window(when)

    for step in range(0, 10 * 24 * 60, 47):
        at = EVENING + step * MINUTE
        assert remembered.stretch(at, EVENING) == plain.stretch(at, EVENING)
    assert remembered.label == plain.label
