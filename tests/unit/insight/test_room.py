"""Whether runs fit into hours."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.insight.room import Task, fill
from jupyter_labbook.model.run import Expected


def task(name: str, middle: float, high: float | None = None, slots: int = 1) -> Task:
    high = middle if high is None else high
    expected = Expected(low=middle / 2, middle=middle, high=high)
    return Task(place=name, expected=expected, slots=slots)


def test_what_fits_is_added_up_and_the_rest_left_over() -> None:
    found = fill([task("a", 100), task("b", 50)], slots=1, seconds=200)
    assert found.late == found.unsure == found.unknown == ()
    assert found.used == (75, 150, 150)
    assert (found.capacity, found.left) == (200, 50)


def test_the_last_of_too_many_is_late() -> None:
    found = fill([task(name, 100) for name in "abc"], slots=1, seconds=250)
    assert found.late == ("c",)
    assert found.used[1] == 200


def test_slots_work_side_by_side() -> None:
    found = fill([task(name, 100) for name in "abcd"], slots=2, seconds=200)
    assert found.late == ()
    assert found.left == 0


def test_a_short_run_takes_the_place_that_a_long_one_does_not_fit() -> None:
    tasks = [task("a", 100), task("long", 150), task("short", 50)]
    assert fill(tasks, slots=1, seconds=200).late == ("long",)


def test_what_fits_only_if_others_are_quick_is_unsure() -> None:
    tasks = [task("a", 100, 180), task("b", 50)]
    found = fill(tasks, slots=1, seconds=200)
    assert (found.late, found.unsure) == ((), ("b",))


def test_a_run_that_wants_several_slots_waits_for_all_of_them() -> None:
    tasks = [task("a", 100), task("both", 100, slots=2), task("b", 10)]
    found = fill(tasks, slots=2, seconds=190)
    assert found.late == ("both",)
    assert fill(tasks, slots=2, seconds=210).late == ()


def test_a_run_that_wants_more_slots_than_there_are_takes_all() -> None:
    assert fill([task("a", 100, slots=9)], slots=2, seconds=100).used[1] == 200


def test_runs_of_unknown_length_are_named() -> None:
    found = fill([Task(place="a", expected=None)], slots=1, seconds=10)
    assert found.unknown == ("a",)
    assert found.left == 10


@given(
    st.lists(st.tuples(st.floats(0.1, 100), st.floats(1, 3), st.integers(1, 3))),
    st.integers(1, 3),
    st.floats(1, 300),
)
def test_no_more_is_used_than_there_is(asked, slots, seconds) -> None:
    tasks = [
        task(str(index), middle, middle * factor, wanted)
        for index, (middle, factor, wanted) in enumerate(asked)
    ]
    found = fill(tasks, slots=slots, seconds=seconds)
    assert found.used[1] <= found.capacity * (1 + 1e-9)
    assert not set(found.late) & set(found.unsure)
