"""The evening says how full tonight is, and what it could find out."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_labbook.actions.concluding import conclude, record_verdict
from jupyter_labbook.actions.evening import look_ahead
from jupyter_labbook.actions.unrun_cells import experiment_cells
from jupyter_labbook.model.digest import Idea, Suggestion
from jupyter_labbook.model.run import Expected
from jupyter_labbook.rendering.evening import evening_json
from jupyter_labbook.storage.settings import UserSettings
from tests.mornings import (
    NIGHT,
    SUNDAY,
    add_to_plan,
    asked,
    ended,
    final,
    notebook,
    stamp,
)
from tests.running import queue
from tests.waiting import ask

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from jupyter_labbook.model.digest import Evening
    from jupyter_labbook.storage.labbook import LabbookFolder

HOUR = timedelta(hours=1)
EVENING = SUNDAY + 9 * HOUR
SEEDED = "import random\nrandom.seed(seed)\nseed = 0\n"


def look(labbook: LabbookFolder, moment: datetime = EVENING, slots: int = 1) -> Evening:
    settings = UserSettings(zone="UTC", slots=slots)
    evening = look_ahead(labbook, settings, moment)
    json.dumps(evening_json(evening), allow_nan=False)
    return evening


def waiting(labbook: LabbookFolder, target: Any, hours: float = 0, **given: Any) -> Any:
    seconds = hours * 3600
    expected = Expected(low=seconds, middle=seconds, high=seconds) if hours else None
    given.setdefault("when", "tonight")
    submitted = stamp(EVENING - HOUR)
    return queue(labbook, target, submitted=submitted, expected=expected, **given)


def test_an_empty_night_has_all_its_hours_left(labbook: LabbookFolder) -> None:
    evening = look(labbook)
    assert (evening.runs, evening.hours.used, evening.hours.there) == (0, 0, 9 * 3600)
    assert evening.opens == "2026-11-22T22:00:00+00:00"
    assert evening.closes == "2026-11-23T07:00:00+00:00"


def test_in_the_middle_of_a_night_what_is_left_of_it_counts(
    labbook: LabbookFolder,
) -> None:
    assert look(labbook, NIGHT + 4 * HOUR).hours.there == 3 * 3600


@pytest.mark.parametrize(
    ("hours", "slots", "used"),
    [
        ([1, 2], 1, 3),
        ([1, 2], 2, 2),
        ([1, 2, 3], 2, 4),
        ([8, 8], 1, 9),
        ([], 4, 0),
    ],
)
def test_runs_fill_the_night_side_by_side(
    labbook: LabbookFolder, hours: list[int], slots: int, used: int
) -> None:
    target = asked(labbook, "deep")
    for long in hours:
        waiting(labbook, target, long)
    evening = look(labbook, slots=slots)
    assert (evening.runs, evening.unknown) == (len(hours), 0)
    assert evening.hours.used == used * 3600


def test_runs_of_which_nobody_knows_how_long_they_take_are_counted(
    labbook: LabbookFolder,
) -> None:
    target = asked(labbook, "deep")
    waiting(labbook, target)
    waiting(labbook, target, 1)
    evening = look(labbook)
    assert (evening.runs, evening.unknown, evening.hours.used) == (2, 1, 3600)


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        ({"when": "23:00-01:00"}, 1),
        ({"when": "after 23:30"}, 1),
        ({"when": "now"}, 0),
        ({"when": "sat 10:00-18:00"}, 0),
        ({"when": "idle"}, 0),
        ({"when": "siesta"}, 0),
        ({"held": True}, 0),
    ],
)
def test_only_runs_that_may_start_tonight_count(
    labbook: LabbookFolder, given: dict[str, Any], counts: int
) -> None:
    waiting(labbook, asked(labbook, "deep"), 1, **given)
    assert look(labbook).runs == counts


def suggested(labbook: LabbookFolder, idea: Idea) -> list[Suggestion]:
    return [one for one in look(labbook).suggestions if one.idea is idea]


def seeds_of(labbook: LabbookFolder, count: int, *reached: float, **given: Any) -> Any:
    given.setdefault("predict", ["accuracy > 0.9"])
    if count:
        given["seeds"] = list(range(count))
    target = asked(labbook, "deep", **given)
    for seed, value in enumerate(reached):
        ended(
            labbook,
            target,
            seed=seed,
            seconds=1800,
            end=NIGHT + seed * HOUR,
            metrics=final(accuracy=value),
            script=SEEDED,
        )
    record_verdict(labbook, target)
    return target


def test_an_answer_of_one_seed_wants_more(labbook: LabbookFolder) -> None:
    target = seeds_of(labbook, 0, 0.95)
    [found] = suggested(labbook, Idea.SEEDS)
    assert "rests on 1 seed" in found.sentence
    assert found.verb == "%%experiment deep --seeds 5 --when tonight"
    assert found.where == "digits.ipynb"
    assert found.seconds == 5 * 1800
    conclude(labbook, target, "It is.")
    assert suggested(labbook, Idea.SEEDS) == []


def test_an_inconclusive_answer_wants_twice_as_many(labbook: LabbookFolder) -> None:
    seeds_of(labbook, 4, 0.7, 0.95, 1.0, 0.96)
    [found] = suggested(labbook, Idea.SEEDS)
    assert found.verb == "%%experiment deep --seeds 8 --when tonight"
    assert "inconclusive" in found.sentence


def test_an_answer_of_enough_seeds_is_left_alone(labbook: LabbookFolder) -> None:
    seeds_of(labbook, 4, 0.95, 0.95, 0.96, 0.95)
    assert suggested(labbook, Idea.SEEDS) == []


def test_a_script_that_knows_no_seed_is_left_alone(labbook: LabbookFolder) -> None:
    target = seeds_of(labbook, 0, 0.95)
    [run] = target.runs()
    run.script.write_text("seed = 0\nlog(accuracy=0.95)\n")
    assert suggested(labbook, Idea.SEEDS) == []
    run.script.unlink()
    assert suggested(labbook, Idea.SEEDS) == []


def test_an_experiment_that_predicts_nothing_is_left_alone(
    labbook: LabbookFolder,
) -> None:
    seeds_of(labbook, 0, 0.95, predict=[])
    assert suggested(labbook, Idea.SEEDS) == []


CELL = "%%experiment {}\n#| question: {}\nlog(a=1)"


def test_a_question_of_the_plan_whose_cell_was_never_run_is_found(
    labbook: LabbookFolder,
) -> None:
    project = labbook.path.parent
    (project / "deeper").mkdir()
    add_to_plan(labbook, "Is it blue?", "Is it red?", "Is it green?", "Is it old?")
    notebook(
        project / "deeper/colours.ipynb",
        "x = 1",
        CELL.format("blue", "is it  blue"),
        CELL.format("blue-again", "Is it blue?"),
        CELL.format("is-it-red", "Something else?"),
        CELL.format("old", "Is it old?"),
        "%%experiment\n#| predict: what",
    )
    asked(labbook, "old", question="Is it old?")
    found = suggested(labbook, Idea.QUESTION)
    assert [one.verb for one in found] == [
        "%%experiment blue --when tonight",
        "%%experiment is-it-red --when tonight",
    ]
    assert {one.where for one in found} == {"deeper/colours.ipynb"}
    assert found[0].sentence.startswith("Is it blue?")


def test_notebooks_that_cannot_be_read_hide_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text("%%experiment, but no notebook")
    (tmp_path / "b.ipynb").write_text('{"cells": "%%experiment"}')
    (tmp_path / "c.ipynb").mkdir()
    (tmp_path / "d.ipynb").write_text('{"cells": [{"source": "%%experiment"}]}')
    for hidden in (".ipynb_checkpoints", "node_modules", "a/b/c/d/e"):
        (tmp_path / hidden).mkdir(parents=True)
        notebook(tmp_path / hidden / "x.ipynb", CELL.format("no", "No?"))
    notebook(tmp_path / "z.ipynb", CELL.format("yes", "Yes?"), "1")
    assert [found.name for found in experiment_cells(tmp_path)] == ["yes"]


def test_without_a_plan_no_notebook_is_opened(labbook: LabbookFolder) -> None:
    notebook(labbook.path.parent / "x.ipynb", CELL.format("yes", "Yes?"))
    assert look(labbook).suggestions == []
    (labbook.path / "plan.md").write_bytes(b"\xff\xfe")
    assert look(labbook).suggestions == []


def test_ablations_that_are_missing_could_fill_it(labbook: LabbookFolder) -> None:
    ask(labbook, "deep", params={"augment": True}, ablate={"augment": False})
    [found] = [one for one in look(labbook).suggestions if one.idea is Idea.ABLATION]
    assert "No run of deep has augment=false" in found.sentence
    assert found.verb == "labbook ablate deep augment --when tonight"
