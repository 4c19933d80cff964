"""A list says of each experiment what its files say."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions import ending, index
from jupyter_labbook.actions.concluding import conclude, record_verdict
from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.model.run import RunState
from jupyter_labbook.rendering.summary import time_left
from jupyter_labbook.storage.labbook import LabbookFolder
from tests.running import add_ended, declare, experiment, queue, start, surroundings
from tests.unit.actions.rows import (
    METRICS,
    PREDICTED,
    asked,
    at_rest,
    groups_of,
    names,
    row_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_labbook.actions.overview import Overview


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


def test_progress_of_several_runs_is_that_of_their_view(
    labbook: LabbookFolder, overview: Overview, until: Callable[..., None]
) -> None:
    target = asked(labbook)
    body = (
        "import time\nfrom jupyter_labbook import progress\n"
        "progress(1, 4)\ntime.sleep(0.2)\nprogress(2, 4)\ntime.sleep(60)\n"
    )
    add_ended(labbook, target, RunState.FAILED)
    run = queue(labbook, target, body)
    start(run)
    until(lambda: (row_of(overview, "trial")["progress"] or {}).get("done") == 1.5)
    row = row_of(overview, "trial")["progress"]
    assert row["total"] == 2
    # Read later, the same pace leaves less: by no more than passed since.
    watch = ExperimentWatch(labbook, target)
    watch.poll()
    left = time_left(watch.view().runs)
    assert left is not None
    assert 0 <= row["remaining"] - left <= 30
    queue(labbook, target)
    row = row_of(overview, "trial")["progress"]
    assert [row["done"], row["total"], row["remaining"]] == [1.5, 3, None]
    ending.stop(run, "seen enough", "test", surroundings())
    until(run.exit.exists)


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
