from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.execution.deciding import (
    Decision,
    Machine,
    Reason,
    Waiting,
    decide,
    giving_way,
    plain,
)
from jupyter_labbook.model.run import (
    AtEnd,
    Expected,
    Launch,
    Predecessor,
    RunState,
    Ticket,
)
from jupyter_labbook.storage import windows
from jupyter_labbook.storage.settings import UserSettings

HOUR = 3600.0
USER = UserSettings(zone="Europe/Berlin")
SUBMITTED = datetime(2026, 6, 3, 8, tzinfo=UTC)
"""A Wednesday."""
NIGHT = datetime(2026, 6, 3, 21, tzinfo=UTC)
"""23:00 in Berlin: eight hours are left of the night."""
GIBIBYTE = 2**30


def place(number: int) -> str:
    return f"experiments/0007-wider-forest/runs/{number:03d}"


def waiting(number: int = 1, high: float | None = None, **asked: Any) -> Waiting:
    launch = Launch(argv=[], cwd="", timeout=asked.pop("timeout", None))
    asked.setdefault("submitted", SUBMITTED.isoformat())
    if high is not None:
        asked["expected"] = Expected(low=1, middle=high / 2, high=high)
    ticket = Ticket(run=str(number), launch=launch, **asked)
    return Waiting(place(number), ticket, SUBMITTED)


def machine(moment: datetime = NIGHT, **state: Any) -> Machine:
    return Machine(
        moment=moment,
        window=lambda when: windows.window(USER, when),
        zone=ZoneInfo("Europe/Berlin"),
        **state,
    )


def one(run: Waiting, moment: datetime = NIGHT, **state: Any) -> Decision:
    [decision] = decide([run], machine(moment, **state))
    return decision


def started(runs: list[Waiting], **state: Any) -> list[int]:
    decisions = decide(runs, machine(**state))
    return [int(each.place[-3:]) for each in decisions if each.start]


def reasons(runs: list[Waiting], **state: Any) -> dict[int, Reason]:
    decisions = decide(runs, machine(**state))
    return {int(each.place[-3:]): each.reason for each in decisions}


def test_a_run_starts_in_its_window_and_knows_when_that_is_open() -> None:
    decision = one(waiting(when="tonight"))
    assert decision == Decision(
        place(1),
        start=True,
        reason=Reason.READY,
        opens=datetime(2026, 6, 3, 20, tzinfo=UTC),
        closes=datetime(2026, 6, 4, 5, tzinfo=UTC),
    )


def test_a_run_waits_for_its_window_and_says_when_it_opens() -> None:
    noon = datetime(2026, 6, 3, 10, 30, tzinfo=UTC)
    decision = one(waiting(when="tonight"), noon)
    assert (decision.start, decision.reason) == (False, Reason.WINDOW)
    assert decision.opens == datetime(2026, 6, 3, 20, tzinfo=UTC)
    assert decision.sentence == "It waits for tonight, which opens at 22:00."


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ("lunch", "opens tomorrow at 12:00."),
        ("sat 10:00-18:00", "opens on Saturday at 10:00."),
        ("wed 10:00-18:00", "opens on 2026-06-10 at 10:00."),
    ],
)
def test_an_opening_is_told_by_the_clock_on_the_wall(when, says) -> None:
    assert one(waiting(when=when)).sentence.endswith(says)


def test_a_word_that_means_nothing_any_more_is_told() -> None:
    decision = one(waiting(when="siesta"))
    assert decision.reason is Reason.WINDOW
    assert "`siesta`, which is no window any more" in decision.sentence


def test_a_window_that_never_opens_is_told() -> None:
    empty = windows.window(USER, "tonight")
    state = machine()
    from dataclasses import replace

    never = replace(state, window=lambda _: replace(empty, hours=(), label="void"))
    [decision] = decide([waiting(when="void")], never)
    assert decision.reason is Reason.WINDOW
    assert "void, which never opens" in decision.sentence


def test_idle_waits_for_an_idle_machine() -> None:
    busy = one(waiting(when="idle"))
    assert (busy.start, busy.reason, busy.opens) == (False, Reason.WINDOW, None)
    assert one(waiting(when="idle"), idle=True).start


@pytest.mark.parametrize(("high", "fits"), [(7.9, True), (8.0, True), (8.2, False)])
def test_a_run_starts_only_if_it_will_probably_end_before_the_window(
    high, fits
) -> None:
    decision = one(waiting(when="tonight", high=high * HOUR))
    assert decision.start is fits
    if not fits:
        assert decision.reason is Reason.DOES_NOT_FIT
        assert decision.opens == datetime(2026, 6, 4, 20, tzinfo=UTC)
        assert "8 h 12 min, longer than what is left of tonight" in decision.sentence


def test_a_timeout_is_the_longest_that_a_run_may_take() -> None:
    assert one(waiting(when="tonight", high=20 * HOUR, timeout=HOUR)).start


def test_a_run_longer_than_any_window_starts_at_the_opening_and_says_so() -> None:
    run = waiting(when="tonight", high=20 * HOUR)
    decision = one(run)
    assert (decision.start, decision.reason) == (True, Reason.NEVER_FITS)
    assert "20 h, longer than tonight ever lasts" in decision.sentence
    late = one(run, datetime(2026, 6, 4, 3, tzinfo=UTC))
    assert (late.start, late.reason) == (False, Reason.NEVER_FITS)
    assert late.opens == datetime(2026, 6, 4, 20, tzinfo=UTC)


def test_a_run_longer_than_any_window_comes_first_in_it() -> None:
    runs = [waiting(1, when="tonight"), waiting(2, when="tonight", high=20 * HOUR)]
    assert started(runs) == [2]


def test_a_run_that_would_be_stopped_before_its_end_never_starts() -> None:
    run = waiting(when="tonight", high=20 * HOUR, at_end=AtEnd.STOP)
    decision = one(run)
    assert (decision.start, decision.reason) == (False, Reason.NEVER_FITS)
    assert "make it resumable" in decision.sentence


def test_a_run_that_is_gone_on_with_fits_into_any_window() -> None:
    run = waiting(when="tonight", high=90 * HOUR, at_end=AtEnd.STOP, resumable=True)
    assert one(run).reason is Reason.READY


@pytest.mark.parametrize(
    ("state", "success", "reason"),
    [
        (RunState.WAITING, True, Reason.AFTER),
        (RunState.RUNNING, False, Reason.AFTER),
        (RunState.UNKNOWN, False, Reason.AFTER),
        (RunState.FINISHED, True, Reason.READY),
        (RunState.FAILED, True, Reason.AFTER_FAILED),
        (RunState.LOST, True, Reason.AFTER_FAILED),
        (RunState.FAILED, False, Reason.READY),
        (RunState.CANCELLED, False, Reason.READY),
        (None, False, Reason.AFTER_FAILED),
    ],
)
def test_a_run_waits_for_the_one_before_it(state, success, reason) -> None:
    run = waiting(2, after=[Predecessor(run=place(1), success=success)])
    ends = {place(1): state} if state else {}
    decision = one(run, ends=ends)
    assert decision.reason is reason
    if reason is not Reason.READY:
        assert "wider-forest/001" in decision.sentence


def test_held_and_paused_come_before_every_other_reason() -> None:
    assert one(waiting(when="lunch", held=True)).reason is Reason.HELD
    decision = one(waiting(), paused="I play a game.")
    assert (decision.reason, decision.start) == (Reason.PAUSED, False)
    assert decision.sentence == "The queue is paused: I play a game."


def test_in_focus_hours_only_now_starts() -> None:
    until = NIGHT + timedelta(hours=1)
    runs = [waiting(1, when="tonight"), waiting(2), waiting(3, when="idle")]
    state: dict[str, Any] = {"focus": True, "focus_ends": until, "idle": True}
    assert started(runs, slots=9, slots_free=9, **state) == [2]
    decision = one(waiting(when="tonight"), **state)
    assert (decision.reason, decision.opens) == (Reason.FOCUS, until)
    assert "focus hours until tomorrow at 00:00" in decision.sentence


def test_a_full_disk_stops_what_could_start() -> None:
    runs = [waiting(1), waiting(2, when="lunch")]
    told = reasons(runs, disk_full=True)
    assert told == {1: Reason.DISK_FULL, 2: Reason.WINDOW}


def test_those_that_are_to_start_first_do() -> None:
    runs = [
        waiting(1, backfill=True, priority=9),
        waiting(2),
        waiting(3, submitted="2026-06-03T07:00:00+00:00"),
        waiting(4, rank=-1.0),
        waiting(5, priority=1),
    ]
    state = machine(slots=9, slots_free=9)
    order = [int(each.place[-3:]) for each in decide(runs, state)]
    assert order == [5, 4, 3, 2, 1]


def test_nothing_fills_up_while_another_labbook_makes_room() -> None:
    runs = [waiting(1, backfill=True), waiting(2)]
    assert started(runs, slots=2, slots_free=2, wanted=True) == [2]
    told = reasons(runs, slots=2, slots_free=2, wanted=True)
    assert told[1] is Reason.SLOT


def test_no_more_start_than_there_are_slots() -> None:
    runs = [waiting(number) for number in range(1, 6)]
    assert started(runs, slots=4, slots_free=2) == [1, 2]
    assert reasons(runs, slots=4, slots_free=2)[3] is Reason.SLOT


def test_what_a_run_lacks_is_kept_for_it_and_the_rest_is_free_for_others() -> None:
    runs = [waiting(1, gpus=2), waiting(2, gpus=1), waiting(3)]
    told = reasons(runs, slots=3, slots_free=3, gpus=2, gpus_free=1)
    assert told == {1: Reason.GPU, 2: Reason.GPU, 3: Reason.READY}


def test_a_run_for_all_slots_is_not_overtaken() -> None:
    runs = [waiting(1, slots=9), waiting(2)]
    assert started(runs, slots=2, slots_free=1) == []
    assert started(runs, slots=2, slots_free=2) == [1]


def test_cores_and_memory_are_counted() -> None:
    runs = [waiting(1, cores=3), waiting(2, cores=2), waiting(3, memory=3 * GIBIBYTE)]
    told = reasons(
        runs,
        slots=9,
        slots_free=9,
        cores=4,
        cores_free=4,
        memory=4 * GIBIBYTE,
        memory_free=2 * GIBIBYTE,
    )
    assert told == {1: Reason.READY, 2: Reason.CORES, 3: Reason.MEMORY}


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"gpus": 2}, "It asks for 2 GPUs, and runs may have 1 GPU on this machine."),
        ({"cores": 9}, "9 cores, and runs may have 4 cores"),
        ({"memory": 8 * GIBIBYTE}, "8 GiB of memory, and runs may have 4 GiB"),
    ],
)
def test_more_than_there_is_is_told_and_keeps_nothing(asked, says) -> None:
    there: dict[str, Any] = {
        "slots": 2,
        "slots_free": 2,
        "gpus": 1,
        "gpus_free": 1,
        "cores": 4,
        "cores_free": 4,
        "memory": 4 * GIBIBYTE,
        "memory_free": 4 * GIBIBYTE,
    }
    runs = [waiting(1, **asked), waiting(2, gpus=1, cores=4, memory=GIBIBYTE)]
    decisions = decide(runs, machine(**there))
    assert says in decisions[0].sentence
    assert decisions[0].reason is Reason.NEVER_FITS
    assert decisions[1].start


def test_runs_that_wait_for_an_hour_wait_for_the_first_after_their_own() -> None:
    before, after = NIGHT - timedelta(hours=2), NIGHT - timedelta(minutes=5)
    early = replace(waiting(1, when="after 22:00"), since=before)
    late = replace(waiting(2, when="after 22:00"), since=after)
    first, second = decide([early, late], machine())
    assert first.start
    assert second.opens == NIGHT + timedelta(hours=23)


def test_runs_that_only_fill_up_end_for_those_that_wait_for_room() -> None:
    runs = [waiting(3), waiting(4), waiting(5, backfill=True)]
    fillers = [
        (place(1), waiting(1, backfill=True).ticket),
        (place(2), waiting(2, backfill=True).ticket),
        (place(6), waiting(6).ticket),
    ]
    full = machine(slots=3, slots_free=0)
    assert giving_way(runs, full, fillers) == [place(2), place(1)]
    assert giving_way(runs[2:], full, fillers) == []
    assert giving_way(runs[:1], full, fillers) == [place(2)]
    assert giving_way(runs, full, fillers[2:]) == []
    # Of the two that wait, one starts anyway.
    assert giving_way(runs, replace(full, slots_free=1), fillers) == [place(2)]


def test_a_run_that_fills_up_gives_way_only_for_what_it_holds() -> None:
    runs = [waiting(1, gpus=1)]
    there = machine(slots=3, slots_free=1, gpus=1, gpus_free=0)
    without = [(place(2), waiting(2, backfill=True).ticket)]
    holding = [(place(2), waiting(2, backfill=True, gpus=1).ticket)]
    assert giving_way(runs, there, without) == []
    assert giving_way(runs, there, holding) == [place(2)]
    assert giving_way(runs, there, without + holding) == [place(2)]


def test_nothing_gives_way_in_vain() -> None:
    runs = [waiting(1, gpus=1)]
    filler = [(place(2), waiting(2, backfill=True).ticket)]
    # The slot alone helps nobody whose GPU a real run has.
    busy = machine(slots=2, slots_free=0, gpus=1, gpus_free=0)
    assert giving_way(runs, busy, filler) == []
    free = machine(slots=2, slots_free=0, gpus=1, gpus_free=1)
    assert giving_way(runs, free, filler) == [place(2)]


def test_room_that_a_real_run_is_about_to_take_is_not_made_twice() -> None:
    runs = [waiting(1), waiting(2, slots=2)]
    filler = [(place(3), waiting(3, backfill=True).ticket)]
    state = machine(slots=2, slots_free=1)
    assert [one.start for one in decide(runs, state)] == [True, False]
    assert giving_way(runs, state, filler) == []


def test_plain_is_what_nobody_has_to_decide_about() -> None:
    assert plain(waiting().ticket)
    for asked in ({"when": "tonight"}, {"held": True}, {"gpus": 1}, {"backfill": True}):
        assert not plain(waiting(**asked).ticket)


@given(st.lists(st.sampled_from([1, 2, 3]), max_size=8), st.integers(0, 4))
def test_what_starts_together_never_asks_for_more_than_is_free(slots, free) -> None:
    runs = [waiting(number, slots=each) for number, each in enumerate(slots, 1)]
    begun = started(runs, slots=4, slots_free=free)
    assert sum(slots[number - 1] for number in begun) <= free
    assert len(decide(runs, machine())) == len(runs)
