"""The plan's verbs, as the command line calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions import plan as verbs
from jupyter_labbook.errors import InvalidInputError, NoLabbookError, NotFoundError
from jupyter_labbook.model.plan import PlanList, Priority

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def labbook(tmp_path: Path) -> Path:
    return tmp_path


def test_an_item_lives_from_add_to_undo(labbook: Path) -> None:
    added = verbs.add_item(
        labbook,
        "questions",
        "Does depth\nmatter?",
        priority="High",
        expected="yes",
        setup="sweep",
        impact="next sweep",
    )
    assert (added.list, added.text) == (PlanList.QUESTION, "Does depth matter?")
    assert added.priority is Priority.HIGH
    assert verbs.tick_item(labbook, added.id[:4]).done
    assert not verbs.tick_item(labbook, "DEPTH", done=False).done
    assert verbs.set_priority(labbook, added.id, "low").priority is Priority.LOW
    edited = verbs.edit_item(labbook, "depth", text="Width?", expected="", impact="x")
    assert (edited.text, edited.expected, edited.impact) == ("Width?", "", "x")
    assert edited.setup == "sweep"
    moved = verbs.move_item(labbook, "width", "framing")
    assert moved.list is PlanList.FRAMING
    assert verbs.delete_item(labbook, "width") == moved
    assert verbs.read_plan(labbook).items == ()
    assert verbs.undo_delete(labbook) == moved
    assert verbs.read_plan(labbook).items == (moved,)


def test_an_item_moves_before_another(labbook: Path) -> None:
    for text in ("one", "two"):
        verbs.add_item(labbook, "test", text)
    verbs.add_item(labbook, "framing", "three")
    assert verbs.move_item(labbook, "three", before="one").list is PlanList.TEST
    plan = verbs.read_plan(labbook)
    assert [item.text for item in plan.items] == ["three", "one", "two"]


@pytest.mark.parametrize("which", list(PlanList))
def test_a_list_answers_to_its_word_its_plural_and_its_title(which: PlanList) -> None:
    for word in (which.value, f" {which.value}S ", which.title):
        assert verbs.parse_list(word) is which


def test_an_unknown_list_or_priority_names_those_there_are(labbook: Path) -> None:
    with pytest.raises(
        InvalidInputError,
        match=r"'idea' is none of .*: experiment, question, assumption, test, framing",
    ):
        verbs.add_item(labbook, "idea", "x")
    with pytest.raises(InvalidInputError, match=r"'urgent' .* high, normal, low"):
        verbs.add_item(labbook, "test", "x", priority="urgent")
    assert list(labbook.iterdir()) == []


def test_an_item_is_found_by_id_whole_text_or_part_in_this_order(
    labbook: Path,
) -> None:
    short = verbs.add_item(labbook, "test", "loader")
    long = verbs.add_item(labbook, "test", "loader of images")
    plan = verbs.read_plan(labbook)
    assert verbs.find_item(plan, "Loader") == short
    assert verbs.find_item(plan, "images") == long
    assert verbs.find_item(plan, long.id) == long
    assert verbs.find_item(plan, long.id[:5]) == long
    with pytest.raises(NotFoundError, match="fits 2 items") as caught:
        verbs.find_item(plan, "load")
    assert short.id in str(caught.value)
    assert long.id in str(caught.value)
    with pytest.raises(NotFoundError, match="No item of the plan has 'depth'"):
        verbs.find_item(plan, "depth")
    with pytest.raises(InvalidInputError, match="which item"):
        verbs.find_item(plan, " ")


def test_an_id_that_is_also_a_word_is_not_guessed(labbook: Path) -> None:
    one = verbs.add_item(labbook, "test", "loader")
    verbs.add_item(labbook, "test", f"see {one.id[:4]} again")
    with pytest.raises(NotFoundError, match="fits 2 items"):
        verbs.delete_item(labbook, one.id[:4])


def test_three_letters_of_an_id_are_not_enough(labbook: Path) -> None:
    one = verbs.add_item(labbook, "test", "loader")
    with pytest.raises(NotFoundError, match="No item"):
        verbs.delete_item(labbook, one.id[:3])


def test_without_a_labbook_every_verb_says_so(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    for verb in (
        lambda: verbs.read_plan(nowhere),
        lambda: verbs.add_item(nowhere, "test", "x"),
        lambda: verbs.delete_item(nowhere, "x"),
        lambda: verbs.undo_delete(nowhere),
    ):
        with pytest.raises(NoLabbookError, match="labbook init"):
            verb()
