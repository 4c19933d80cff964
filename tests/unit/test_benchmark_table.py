from __future__ import annotations

import pytest

from tests.benchmarks.table import Line, Samples, Table, interleaved


def line(value: float | None, *, at_least: bool = False) -> Line:
    return Line("a", "1 s", "2 s", value, target=3, at_least=at_least)


@pytest.mark.parametrize(
    "good", [line(3), line(3, at_least=True), line(4, at_least=True)]
)
def test_a_target_that_is_met_is_shown_as_met(good: Line) -> None:
    table = Table([line(1), good])
    assert table.met
    assert "**no**" not in table.markdown()


@pytest.mark.parametrize("bad", [line(3.1), line(2.9, at_least=True)])
def test_one_missed_target_is_enough(bad: Line) -> None:
    table = Table([line(1), bad])
    assert not table.met
    assert table.markdown().count("**no**") == 1


def test_what_could_not_be_measured_says_so() -> None:
    table = Table([line(None)])
    assert table.met
    assert "not measured" in table.markdown()


def test_rounds_alternate_and_the_first_does_not_count() -> None:
    calls: list[str] = []

    def cost(name: str, each: float) -> float:
        calls.append(name)
        return each * len(calls)

    found = interleaved({"a": lambda: cost("a", 1), "b": lambda: cost("b", 2)}, 3)
    assert calls == ["a", "b"] * 4
    assert found.rounds[0] == {"a": 3, "b": 8}


def test_a_ratio_is_the_median_of_the_ratios_in_each_round() -> None:
    samples = Samples([{"a": 2, "b": 1}, {"a": 30, "b": 10}, {"a": 800, "b": 200}])
    assert samples.ratio("a", "b") == 3
    assert samples.difference("a", "b") == 20
    assert samples.median("b") == 10
