from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from jupyter_labbook.model.expression import key_of
from jupyter_labbook.tuning.proposing import Trial, propose
from jupyter_labbook.tuning.space import space_of

SPACE = space_of(
    {
        "rate": [1e-4, 1e-3, 1e-2],
        "depth": [1, 5, 9],
        "kind": ["a", 1, True, None, [1, 2]],
    }
)


_ELSEWHERE = """
import json
from tests.unit.tuning.test_proposing import search
print(json.dumps([one.settings for one in search(14)]))
"""


def worth(settings) -> float:
    bonus = 1.0 if settings["kind"] is True else 0.0
    return bonus - abs(settings["depth"] - 5) / 10 - abs(settings["rate"] - 2e-3)


def search(count: int, trials: list[Trial] | None = None, **more) -> list[Trial]:
    """Go on with a search, each proposal knowing all results."""
    found = list(trials or [])
    for _ in range(count):
        asked = {"higher": True, "seed": "x", **more}
        settings = propose(SPACE, found, **asked)
        assert settings is not None
        found.append(Trial(settings, worth(settings)))
    return found


def test_a_search_that_was_broken_off_goes_on_as_if_it_never_had_been() -> None:
    whole = search(14)
    assert search(4, search(10)) == whole
    # In another process, whose hashes are others.
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            _ELSEWHERE,
        ],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(said.stdout) == [one.settings for one in whole]


def test_another_search_proposes_otherwise() -> None:
    assert search(3) != search(3, seed="y")


def test_nothing_is_proposed_twice_and_all_lies_in_the_space() -> None:
    found = search(25)
    assert len({key_of({**one.settings}) for one in found}) == 25
    assert all(SPACE.holds(one.settings) for one in found)


def test_a_search_comes_close_to_what_is_wanted() -> None:
    found = search(40)
    first, last = found[:10], found[-10:]
    mean = [sum(one.value for one in part) / 10 for part in (first, last)]
    assert mean[1] > mean[0] + 0.2
    assert sum(one.settings["kind"] is True for one in last) >= 6


def test_small_values_are_found_where_small_ones_are_wanted() -> None:
    space = space_of({"x": [0.0, 10.0]})
    found: list[Trial] = []
    for _ in range(30):
        settings = propose(space, found, higher=False, seed="x")
        found.append(Trial(settings, (settings["x"] - 7) ** 2))
    assert min(one.value for one in found) < 0.05


def test_every_setting_of_a_small_space_is_tried_once_and_then_none() -> None:
    space = space_of({"depth": [1, 3], "kind": ["a", "b"]})
    found: list[Trial] = []
    for _ in range(6):
        settings = propose(space, found, higher=True, seed="x")
        assert settings is not None
        found.append(Trial(settings, 1.0))
    assert propose(space, found, higher=True, seed="x") is None
    assert len({key_of({**one.settings}) for one in found}) == 6


def test_nothing_is_proposed_where_nothing_varies() -> None:
    assert propose(space_of({"x": [1]}), [], higher=True, seed="x") is None


def test_what_failed_or_is_on_its_way_is_not_proposed_again() -> None:
    space = space_of({"depth": [1, 3]})
    known = [Trial({"depth": 1}), Trial({"depth": 3}, pending=True)]
    assert propose(space, known, higher=True, seed="x") == {"depth": 2}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_result_that_is_no_number_counts_as_failed(value) -> None:
    space = space_of({"depth": [1, 3]})
    found = propose(space, [Trial({"depth": 1}, value)], higher=True, seed="x")
    assert found in ({"depth": 2}, {"depth": 3})


def test_trials_outside_of_the_space_teach_nothing() -> None:
    space = space_of({"depth": [1, 3]})
    outside = [Trial({"depth": 7}, 1.0), Trial({"other": 1}, 2.0)]
    known = [Trial({"depth": 1}, 1.0), Trial({"depth": 2}, 1.0)]
    found = propose(space, [*outside, *known], higher=True, seed="x")
    assert found == {"depth": 3}


def test_numbers_are_short_enough_to_be_read() -> None:
    for one in search(20):
        assert len(f"{one.settings['rate']:.10g}") <= 9
        assert 1e-4 <= one.settings["rate"] <= 1e-2
    space = space_of({"x": [1000.0, 1001.0]})
    found = propose(space, [], higher=True, seed="x")
    assert 1000.0 <= found["x"] <= 1001.0
    assert found["x"] == round(found["x"], 3)


def test_the_last_of_many_settings_is_found_although_nothing_speaks_for_it() -> None:
    space = space_of({"kind": [f"k{n}" for n in range(300)], "depth": [1, 2]})
    known = [
        Trial({"kind": f"k{n}", "depth": depth}, float(n < 9))
        for n in range(300)
        for depth in (1, 2)
        if (n, depth) != (200, 1)
    ]
    found = propose(space, known, higher=True, seed="x")
    assert found == {"kind": "k200", "depth": 1}
