"""A list of experiments is always of the files as they are now."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_labbook.actions import ending, index
from jupyter_labbook.actions.concluding import conclude, record_verdict
from jupyter_labbook.actions.overview import Overview
from jupyter_labbook.errors import InvalidInputError, NoLabbookError, StorageError
from jupyter_labbook.model.run import RunState
from jupyter_labbook.storage.index_cache import IndexCache
from jupyter_labbook.storage.labbook import LabbookFolder
from tests.running import (
    add_ended,
    age,
    declare,
    experiment,
    queue,
    start,
    surroundings,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_labbook.storage.labbook import ExperimentFolder


def asked(labbook: LabbookFolder, name: str = "trial", **header: Any) -> Any:
    """Make an experiment with a question."""
    target = labbook.add_experiment(name, {"experiment.md": b"---\n---\n"})
    declare(target, question=f"Is {name} so?", **header)
    return target


@pytest.fixture
def overview(labbook: LabbookFolder) -> Overview:
    return Overview(labbook)


def names(answer: dict[str, Any], group: str) -> list[str]:
    json.dumps(answer, allow_nan=False)
    rows = answer["groups"][group]
    assert answer["totals"][group] >= len(rows)
    return [row["name"] for row in rows]


def groups_of(answer: dict[str, Any]) -> dict[str, str]:
    """Name to group of every experiment that is shown, each once."""
    shown = [
        (name, group) for group in answer["groups"] for name in names(answer, group)
    ]
    assert len(dict(shown)) == len(shown)
    return dict(shown)


def row_of(overview: Overview, name: str) -> dict[str, Any]:
    (row,) = (row for row in overview.search()["rows"] if row["name"] == name)
    return dict(row)


def at_rest(labbook: LabbookFolder, overview: Overview) -> None:
    """Look until every experiment is remembered and none is looked at."""
    age(labbook)
    overview.read()
    overview.read()
    assert overview._index.live() == []


# -- groups ------------------------------------------------------------------------


def test_an_empty_labbook_has_empty_groups(overview: Overview) -> None:
    answer = overview.read()
    assert set(answer["totals"].values()) == {0}
    assert (answer["counts"], answer["tags"], answer["problems"]) == ({}, [], [])


def test_a_run_is_shown_to_wait_then_to_run_then_to_have_ended(
    labbook: LabbookFolder, overview: Overview, until: Callable[..., None]
) -> None:
    target = asked(labbook)
    assert names(overview.read(), "waiting") == []
    body = "import time\nprint('here', flush=True)\ntime.sleep(60)"
    run = queue(labbook, target, body)
    assert names(overview.read(), "waiting") == ["trial"]
    start(run)
    answer = overview.read()
    assert (names(answer, "waiting"), names(answer, "running")) == ([], ["trial"])
    assert overview.counts() == {"running": 1}
    assert row_of(overview, "trial")["ended"] == ""
    ending.stop(run, "seen enough", "test", surroundings())
    until(run.exit.exists)
    until(lambda: names(overview.read(), "running") == [])
    answer = overview.read()
    assert groups_of(answer) == {"trial": "unconcluded"}
    assert answer["counts"] == {"stopped": 1}
    assert row_of(overview, "trial")["ended"]


def test_progress_is_that_of_the_run(
    labbook: LabbookFolder, overview: Overview, until: Callable[..., None]
) -> None:
    body = (
        "import time\nfrom jupyter_labbook import progress\n"
        "progress(1, 4)\ntime.sleep(60)\n"
    )
    run = queue(labbook, asked(labbook), body)
    start(run)
    until(lambda: row_of(overview, "trial")["progress"])
    assert row_of(overview, "trial")["progress"]["total"] == 4
    ending.stop(run, "seen enough", "test", surroundings())
    until(run.exit.exists)
    assert row_of(overview, "trial")["progress"] is None


def test_what_failed_says_why(labbook: LabbookFolder, overview: Overview) -> None:
    target = asked(labbook)
    add_ended(labbook, target)
    assert row_of(overview, "trial")["reason"] == ""
    add_ended(labbook, target, RunState.FAILED, reason="it raised ValueError: no")
    assert row_of(overview, "trial")["reason"] == "it raised ValueError: no"


def test_each_experiment_is_where_it_asks_most_of_a_person(
    labbook: LabbookFolder, overview: Overview
) -> None:
    """What has failed in part has a result all the same: its states tell the rest."""
    for name, states in {
        "waits": [RunState.FINISHED, RunState.FAILED],
        "partly": [RunState.FAILED, RunState.FINISHED],
        "cut-short": [RunState.STOPPED],
        "broken": [RunState.FAILED, RunState.FAILED],
        "learned": [RunState.FINISHED],
        "given-up": [RunState.FAILED],
        "unwanted": [RunState.CANCELLED],
    }.items():
        target = asked(labbook, name)
        for state in states:
            add_ended(labbook, target, state)
        if name == "waits":
            queue(labbook, target)
        if name in ("learned", "given-up"):
            conclude(labbook, target, "It is so.")
    answer = overview.read()
    assert groups_of(answer) == {
        "waits": "waiting",
        "cut-short": "unconcluded",
        "partly": "unconcluded",
        "broken": "failed",
        "unwanted": "today",
        "given-up": "today",
        "learned": "today",
    }
    assert sum(answer["totals"].values()) == 7


def test_what_is_linked_into_a_labbook_is_neither_listed_nor_counted(
    labbook: LabbookFolder, overview: Overview, tmp_path: Path
) -> None:
    add_ended(labbook, asked(labbook, tags=["inside"]))
    elsewhere = LabbookFolder.create(tmp_path / "elsewhere")
    other = asked(elsewhere, "other", tags=["outside"])
    queue(elsewhere, other)
    folder = labbook.path / "experiments"
    (folder / "0002-other").symlink_to(other.path)
    answer = overview.read()
    assert groups_of(answer) == {"trial": "unconcluded"}
    assert answer["counts"] == overview.counts() == {"finished": 1}
    assert (answer["tags"], answer["problems"]) == (["inside"], [])
    assert overview.search()["total"] == 1
    # One that takes the place of a folder is none of the labbook's either.
    (folder / "0001-trial").rename(tmp_path / "aside")
    (folder / "0001-trial").symlink_to(tmp_path / "aside")
    assert overview.search()["total"] == 0


def test_failures_of_earlier_versions_are_past(
    labbook: LabbookFolder, overview: Overview
) -> None:
    target = asked(labbook)
    add_ended(labbook, target, RunState.FAILED)
    declare(target, 2, question="And now?")
    add_ended(labbook, target, version=2)
    answer = overview.read()
    assert groups_of(answer) == {"trial": "unconcluded"}
    assert answer["counts"] == {"failed": 1, "finished": 1}
    assert row_of(overview, "trial")["states"] == {"finished": 1}


def test_a_run_that_was_killed_with_its_supervisor_is_lost(
    labbook: LabbookFolder, overview: Overview
) -> None:
    target = asked(labbook)
    run = add_ended(labbook, target)
    run.exit.unlink()
    run.started.write_text(
        '{"time": "2026-01-02T03:04:05+00:00", "host": "h", "boot": "", "namespace":'
        ' "", "supervisor": {"pid": 1, "ticks": 1}, "main": {"pid": 1, "ticks": 1}}'
    )
    from jupyter_labbook.runtime import processes

    data = json.loads(run.started.read_text())
    data |= {"boot": processes.boot_id(), "namespace": processes.pid_namespace()}
    run.started.write_text(json.dumps(data))
    assert names(overview.read(), "failed") == ["trial"]
    row = row_of(overview, "trial")
    assert row["states"] == {"lost": 1}
    assert row["ended"].startswith("2026-01-02T03:04:05")
    assert "vanished" in row["reason"]


@pytest.mark.parametrize(
    ("header", "state", "wanted"),
    [
        ({"question": "?"}, RunState.FINISHED, True),
        ({"why": "to see"}, RunState.STOPPED, True),
        ({"question": "?"}, RunState.FAILED, False),
        ({}, RunState.FINISHED, False),
        ({"question": "?"}, RunState.CANCELLED, False),
    ],
)
def test_a_conclusion_is_wanted_where_something_was_asked_and_seen(
    labbook: LabbookFolder,
    overview: Overview,
    header: dict[str, str],
    state: RunState,
    wanted: bool,  # noqa: FBT001  # a parameter
) -> None:
    target = experiment(labbook)
    declare(target, **header)
    add_ended(labbook, target, state)
    assert names(overview.read(), "unconcluded") == ["trial"] * wanted


def test_today_is_a_day_of_the_clock_on_the_wall(
    labbook: LabbookFolder, overview: Overview
) -> None:
    target = asked(labbook)
    add_ended(labbook, target, end="2026-03-01T22:30:00+00:00")
    conclude(labbook, target, "It is so.")

    def shown(now: datetime) -> bool:
        return names(overview.read(now=now), "today") == ["trial"]

    east, utc = timezone(timedelta(hours=2)), UTC
    assert shown(datetime(2026, 3, 1, 0, 0, tzinfo=utc))
    assert not shown(datetime(2026, 3, 2, 0, 0, tzinfo=utc))
    # There it was past midnight.
    assert not shown(datetime(2026, 3, 1, 23, 0, tzinfo=east))
    assert shown(datetime(2026, 3, 2, 23, 0, tzinfo=east))


def test_of_many_the_newest_fifty_are_given_and_all_are_counted(
    labbook: LabbookFolder, overview: Overview
) -> None:
    for number in range(53):
        add_ended(labbook, asked(labbook, f"e{number}"))
    answer = overview.read()
    assert answer["totals"]["unconcluded"] == 53
    assert names(answer, "unconcluded") == [f"e{n}" for n in range(52, 2, -1)]


# -- what is said of an experiment -------------------------------------------------

PREDICTED = {"predict": ["acc > 0.5"]}
METRICS = "_row,_time,acc\n0,1.0,0.9\n"


def test_verdicts_are_pending_until_the_end_and_then_what_was_recorded(
    labbook: LabbookFolder, overview: Overview
) -> None:
    target = asked(labbook, **PREDICTED)
    run = queue(labbook, target)
    add_ended(labbook, target, metrics=METRICS)
    assert row_of(overview, "trial")["verdicts"] == ["pending"]
    shutil.rmtree(run.path)
    assert record_verdict(labbook, target)
    assert row_of(overview, "trial")["verdicts"] == ["supported"]


def test_verdicts_that_nobody_recorded_are_worked_out_and_kept(
    labbook: LabbookFolder, overview: Overview
) -> None:
    target = asked(labbook, **PREDICTED)
    add_ended(labbook, target, metrics=METRICS)
    assert row_of(overview, "trial")["verdicts"] == ["supported"]
    at_rest(labbook, overview)
    assert row_of(overview, "trial")["verdicts"] == ["supported"]
    add_ended(labbook, target, metrics=METRICS.replace("0.9", "0.1"))
    assert row_of(overview, "trial")["verdicts"] == ["refuted"]


def test_metrics_too_large_for_a_list_leave_the_verdict_to_whoever_records_it(
    labbook: LabbookFolder, overview: Overview, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_JUDGE_BYTES", 10)
    target = asked(labbook, **PREDICTED)
    add_ended(labbook, target, metrics=METRICS)
    assert row_of(overview, "trial")["verdicts"] == ["pending"]
    record_verdict(labbook, target)
    assert row_of(overview, "trial")["verdicts"] == ["supported"]


def test_a_row_says_what_was_asked_and_by_which_notebook(
    labbook: LabbookFolder, overview: Overview
) -> None:
    target = asked(labbook, why="w", hypothesis="h", tags=["b", "a"])
    add_ended(labbook, target, notebook="/old.ipynb")
    add_ended(labbook, target, notebook="/n.ipynb")
    conclude(labbook, target, "It is so.")
    row = row_of(overview, "trial")
    assert row["experiment"] == "0001-trial"
    assert (row["number"], row["question"]) == (1, "Is trial so?")
    assert (row["why"], row["hypothesis"], row["tags"]) == ("w", "h", ["b", "a"])
    assert (row["conclusion"], row["notebook"]) == ("It is so.", "/n.ipynb")
    assert row["created"].startswith(str(datetime.now(UTC).date()))
    assert overview.read()["tags"] == ["a", "b"]


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


# -- finding ---------------------------------------------------------------------------


@pytest.fixture
def several(labbook: LabbookFolder, overview: Overview) -> Overview:
    for number, name in enumerate(("wide", "deep", "odd")):
        target = asked(labbook, name, tags=["forest", f"t{number}"])
        add_ended(labbook, target, RunState.FAILED if number else RunState.FINISHED)
    conclude(labbook, target, "Straße, nothing else.")
    return overview


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ({}, ["odd", "deep", "wide"]),
        ({"text": "IS deep"}, ["deep"]),
        ({"text": "STRASSE"}, ["odd"]),
        ({"text": "forest t1"}, ["deep"]),
        ({"text": "nowhere"}, []),
        ({"tag": "t2"}, ["odd"]),
        ({"tag": "T2"}, []),
        ({"tag": "forest", "state": "failed"}, ["odd", "deep"]),
        ({"state": "running"}, []),
    ],
)
def test_experiments_are_found_by_what_is_said_of_them(
    several: Overview, wish: dict[str, str], found: list[str]
) -> None:
    answer = several.search(**wish)
    assert [row["name"] for row in answer["rows"]] == found
    assert (answer["total"], answer["cursor"]) == (len(found), "")
    if "state" not in wish:
        shown = several.read(**wish)
        assert set(groups_of(shown)) == set(found)
        # What there is in all does not depend on what is shown of it.
        assert shown["counts"] == {"finished": 1, "failed": 2}


def test_pages_hold_everything_once_also_when_something_is_added(
    labbook: LabbookFolder, several: Overview
) -> None:
    first = several.search(limit=1)
    asked(labbook, "new")
    second = several.search(limit=1, cursor=first["cursor"])
    shutil.rmtree(labbook.path / "experiments" / second["cursor"])
    third = several.search(limit=1, cursor=second["cursor"])
    pages = (first, second, third)
    assert [page["rows"][0]["name"] for page in pages] == ["odd", "deep", "wide"]
    assert third["cursor"] == ""


def test_a_page_has_at_least_one_row(several: Overview) -> None:
    with pytest.raises(InvalidInputError):
        several.search(limit=0)
    assert several.search(cursor="nonsense")["total"] == 3


def test_many_threads_may_ask_at_once(
    labbook: LabbookFolder, several: Overview
) -> None:
    wanted = several.search()
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda: found.append(several.search()))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 8
