"""A list of experiments is always of the files as they are now."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_labbook.actions import index
from jupyter_labbook.actions.concluding import conclude
from jupyter_labbook.actions.overview import Overview
from jupyter_labbook.errors import NoLabbookError, StorageError
from jupyter_labbook.model.run import RunState
from jupyter_labbook.storage.index_cache import IndexCache
from jupyter_labbook.storage.labbook import LabbookFolder
from tests.running import add_ended, age, declare, queue
from tests.unit.actions.rows import METRICS, PREDICTED, asked, at_rest, names, row_of

if TYPE_CHECKING:
    from jupyter_labbook.storage.labbook import ExperimentFolder


# -- nothing is outdated -----------------------------------------------------------


def test_a_conclusion_shows_at_the_next_look(
    labbook: LabbookFolder, overview: Overview
) -> None:
    targets = [asked(labbook, f"e{n}") for n in range(3)]
    for target in targets:
        add_ended(labbook, target)
    at_rest(labbook, overview)
    conclude(labbook, targets[1], "It is so.")
    assert names(overview.read(), "unconcluded") == ["e2", "e0"]


def test_an_amended_question_shows_at_the_next_look(
    labbook: LabbookFolder, overview: Overview
) -> None:
    target = asked(labbook)
    add_ended(labbook, target)
    at_rest(labbook, overview)
    declare(target, 2, question="Is it otherwise?")
    assert row_of(overview, "trial")["question"] == "Is it otherwise?"


def test_a_new_run_shows_at_the_next_look(
    labbook: LabbookFolder, overview: Overview
) -> None:
    target = asked(labbook)
    add_ended(labbook, target)
    at_rest(labbook, overview)
    queue(labbook, target)
    assert overview.counts() == {"finished": 1, "waiting": 1}


def test_what_others_change_shows_after_a_few_looks(
    labbook: LabbookFolder, overview: Overview
) -> None:
    targets = [asked(labbook, f"e{number}") for number in range(70)]
    for target in targets:
        add_ended(labbook, target)
    at_rest(labbook, overview)
    # As a checkout does, which leaves none of our marks.
    for number in (0, 35, 69):
        shutil.rmtree(targets[number].path / "runs" / "001")
    counts = [overview.counts()["finished"] for _ in range(6)]
    assert counts[-1] == 67


def test_an_experiment_that_is_deleted_is_gone_at_the_next_look(
    labbook: LabbookFolder, overview: Overview
) -> None:
    for name in ("a", "b"):
        add_ended(labbook, asked(labbook, name))
    at_rest(labbook, overview)
    shutil.rmtree(labbook.path / "experiments" / "0001-a")
    assert names(overview.read(), "unconcluded") == ["b"]
    assert overview.search()["total"] == 1


STEPS = st.sampled_from(
    ["new", "ended", "failed", "amend", "conclude", "version", "delete", "age", "look"]
)


@settings(max_examples=25)
@given(st.lists(st.tuples(STEPS, st.integers(0, 3)), min_size=1, max_size=15))
def test_what_is_remembered_never_differs_from_what_is_there(
    steps: list[tuple[str, int]],
) -> None:
    with tempfile.TemporaryDirectory() as place:
        labbook = LabbookFolder.create(Path(place))
        overview = Overview(labbook)
        asked(labbook, "first", **PREDICTED)
        for number, (step, which) in enumerate(steps):
            targets = labbook.experiments()
            if step in ("look", "age"):
                age(labbook, 60 + number if step == "age" else 0)
                overview.read()
            elif step == "new" or not targets:
                asked(labbook, f"e{number}", **PREDICTED)
            else:
                take(step, labbook, targets[which % len(targets)], number)
        fresh = Overview(labbook)
        IndexCache(labbook.path).path.unlink(missing_ok=True)
        assert overview.read() == fresh.read()
        assert overview.search() == fresh.search()


def take(
    step: str, labbook: LabbookFolder, target: ExperimentFolder, number: int
) -> None:
    if step == "delete":
        shutil.rmtree(target.path)
    elif step == "conclude":
        conclude(labbook, target, f"Conclusion {number}.")
    elif step in ("amend", "version"):
        version = number + 2 if step == "version" else 1
        declare(target, version, question=f"Question {number}?")
    else:
        state = RunState.FAILED if step == "failed" else RunState.FINISHED
        add_ended(labbook, target, state, metrics=METRICS)


# -- what is kept for the next start -------------------------------------------------


@pytest.fixture
def kept(labbook: LabbookFolder, monkeypatch: pytest.MonkeyPatch) -> IndexCache:
    """Keep what was found out about an experiment, then change it under its stamp."""
    monkeypatch.setattr(index, "_MANY", 1)
    target = asked(labbook, **PREDICTED)
    run = add_ended(labbook, target, notebook="/n.ipynb", metrics=METRICS)
    at_rest(labbook, Overview(labbook))
    cache = IndexCache(labbook.path)
    assert cache.path.exists()
    # No program of ours changes it; so it tells whether the file is read.
    run.record.write_text(run.record.read_text().replace("/n.ipynb", "/m.ipynb"))
    return cache


def test_what_has_ended_is_not_read_again_at_the_next_start(
    labbook: LabbookFolder, kept: IndexCache
) -> None:
    row = row_of(Overview(labbook), "trial")
    assert (row["notebook"], row["verdicts"]) == ("/n.ipynb", ["supported"])


def test_what_changed_since_the_last_start_is_read(
    labbook: LabbookFolder, kept: IndexCache
) -> None:
    conclude(labbook, labbook.experiment("trial"), "It is so.")
    row = row_of(Overview(labbook), "trial")
    assert (row["notebook"], row["conclusion"]) == ("/m.ipynb", "It is so.")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"version": 1, "experiments": {"0001-trial": {}}}',
        b'{"version": 0}',
        b"[" * 100_000,
        None,
    ],
)
def test_without_what_was_kept_all_is_read(
    labbook: LabbookFolder, kept: IndexCache, content: bytes | None
) -> None:
    if content is None:
        kept.path.unlink()
    else:
        kept.path.write_bytes(content)
    assert row_of(Overview(labbook), "trial")["notebook"] == "/m.ipynb"


def test_two_labbooks_keep_apart(tmp_path: Path) -> None:
    paths = {IndexCache(tmp_path / name).path for name in ("a", "b", "a/../a")}
    assert len(paths) == 2


def test_a_cache_that_cannot_be_written_changes_nothing(
    labbook: LabbookFolder, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_MANY", 1)
    shutil.rmtree(user / "cache")
    (user / "cache").write_text("a file")
    add_ended(labbook, asked(labbook))
    at_rest(labbook, overview := Overview(labbook))
    assert overview.counts() == {"finished": 1}


# -- damage --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("runs/001/run.json", "{"),
        ("runs/001/exit.json", "[]"),
        ("history/0001-registered.json", "{"),
        (
            "history/0001-registered.json",
            '{"seq":1,"kind":"registered","time":"","previous":null,"data":{}}',
        ),
        ("runs/001/exit.json", '{"time": "never", "state": "exploded"}'),
    ],
)
def test_a_damaged_file_is_named_and_hides_nothing_else(
    labbook: LabbookFolder, overview: Overview, name: str, content: str
) -> None:
    for each in ("good", "bad"):
        add_ended(labbook, asked(labbook, each))
    (labbook.path / "experiments" / "0002-bad" / name).write_text(content)
    answer = overview.read()
    assert "good" in names(answer, "unconcluded")
    assert len(answer["problems"]) == 1
    assert "0002-bad" in answer["problems"][0]
    assert answer["problems"][0].endswith(".")
    assert {row["name"] for row in overview.search()["rows"]} == {"good", "bad"}


def test_an_end_at_no_time_is_an_end_all_the_same(
    labbook: LabbookFolder, overview: Overview
) -> None:
    add_ended(labbook, asked(labbook), end="yesterday")
    answer = overview.read()
    assert names(answer, "unconcluded") == ["trial"]
    assert names(answer, "today") == []


def test_a_labbook_that_is_gone_says_so(
    labbook: LabbookFolder, overview: Overview
) -> None:
    add_ended(labbook, asked(labbook))
    overview.read()
    shutil.rmtree(labbook.path)
    with pytest.raises(NoLabbookError, match="is gone; restore it"):
        overview.read()
    with pytest.raises(NoLabbookError):
        overview.counts()


def test_a_labbook_without_experiments_is_empty(
    labbook: LabbookFolder, overview: Overview
) -> None:
    add_ended(labbook, asked(labbook))
    overview.read()
    shutil.rmtree(labbook.path / "experiments")
    assert overview.counts() == {}
    (labbook.path / "experiments").write_text("a file")
    with pytest.raises(StorageError, match="cannot be read"):
        overview.counts()
