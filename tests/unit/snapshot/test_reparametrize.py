"""The script of one run, for another one."""

from __future__ import annotations

import pytest

from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.model.experiment import Variant
from jupyter_labbook.snapshot.reparametrize import reparametrize, without_parameters
from tests.waiting import spell

BODY = "print(trees, augment)\ntrees = 3\naugment = True"
BEFORE = {"trees": 30, "augment": True, "seed": 1}


def test_it_is_the_script_that_a_submission_would_have_written() -> None:
    old = spell(Variant({"trees": 30, "augment": True}, 1), BODY)
    new = spell(Variant({"trees": 30, "augment": False}, 4), BODY)
    after = {"trees": 30, "augment": False, "seed": 4}
    assert reparametrize(old, BEFORE, after) == new


def test_a_script_that_sets_no_seed_goes_on_setting_none() -> None:
    old = spell(Variant({"a": 1}, 0), "pass").replace("seed = 0\n", "")
    assert "seed" not in old
    new = reparametrize(old, {"a": 1, "seed": 0}, {"a": 2, "seed": 5})
    assert new == old.replace("a = 1", "a = 2")


def test_values_of_every_kind_are_found_again() -> None:
    values = {"a": float("inf"), "b": [1, 2.5, None], "c": {"k": "v"}, "d": "é\n"}
    old = spell(Variant(values, 0), "pass")
    assert "a = 1\n" in reparametrize(old, {**values, "seed": 0}, {"a": 1, "seed": 0})


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text.replace("trees = 30", "trees = 31"),
        lambda text: text + text,
        lambda text: text.splitlines()[0],
    ],
)
def test_a_script_that_was_changed_is_refused(changed) -> None:
    text = changed(spell(Variant({"trees": 30, "augment": True}, 1), BODY))
    with pytest.raises(InvalidInputError, match="submit its cell again"):
        reparametrize(text, BEFORE, BEFORE)


def test_without_parameters_two_runs_of_one_cell_are_the_same() -> None:
    texts = {
        without_parameters(
            spell(Variant({"trees": trees}, seed), BODY), {"trees": trees, "seed": seed}
        )
        for trees in (30, 100)
        for seed in (0, 1)
    }
    assert len(texts) == 1


def test_a_script_without_parameters_is_left_as_it_is() -> None:
    assert without_parameters("print(1)\n", {}) == "print(1)\n"
