"""What else differs between runs."""

from __future__ import annotations

from jupyter_labbook.insight.confounds import Traits, differences, uneven_seeds


def run(label: str, seed: int = 0, numpy: str = "2.0", **parameters) -> Traits:
    return Traits(
        label=label,
        parameters=parameters,
        seed=seed,
        traits={("package", "numpy"): numpy} if numpy else {},
    )


def test_runs_that_differ_in_their_parameters_alone_are_no_confound() -> None:
    assert differences([run("1", a=1), run("2", a=2)]) == []


def test_a_trait_that_is_not_the_same_is_named_with_both_groups() -> None:
    [found] = differences([run("1", a=1), run("2", a=2, numpy="2.1"), run("3", a=3)])
    assert (found.kind, found.name) == ("package", "numpy")
    assert found.groups == {"2.0": ("1", "3"), "2.1": ("2",)}


def test_a_trait_that_a_run_lacks_is_a_difference() -> None:
    [found] = differences([run("1", a=1), run("2", a=2, numpy="")])
    assert found.groups == {"2.0": ("1",), "": ("2",)}


def test_a_repeated_run_takes_the_place_of_the_one_before() -> None:
    runs = [run("1", a=1, numpy="1.26"), run("2", a=2), run("3", a=1)]
    assert differences(runs) == []


def test_settings_with_other_seeds_are_told_with_them() -> None:
    runs = [run("1", 0, a=1), run("2", 1, a=1), run("3", 0, a=2)]
    assert uneven_seeds(runs) == {"a=1": (0, 1), "a=2": (0,)}
    assert uneven_seeds([*runs, run("4", 1, a=2)]) == {}
    assert uneven_seeds([]) == {}
