"""A bug was found: what it touched is marked, withdrawn, and run again."""

from __future__ import annotations

import json

import pytest

from jupyter_labbook.actions import observing
from jupyter_labbook.actions.overview import Overview
from jupyter_labbook.actions.withdrawn import old_against_new
from jupyter_labbook.model.run import RunRecord, RunState, Ticket
from jupyter_labbook.model.view import Outcome
from jupyter_labbook.rendering.html import experiment_html
from jupyter_labbook.rendering.picture import plot_png
from jupyter_labbook.rendering.svg import plot_svg
from jupyter_labbook.rendering.text import experiment_text
from jupyter_labbook.storage import records
from jupyter_labbook.storage.history import EventKind, History
from tests.integration.frozen import BODY, Project
from tests.integration.saying import refused, said, told

PLOTS = """\
from labkit.plots import draw
from jupyter_labbook import log
log(accuracy=draw())
"""
MARK = ("invalidate", "--uses", "split_data", "--reason", "off by one", "--yes")


def kinds(made: Project, name: str = "forest") -> list[str]:
    folder = made.labbook.experiment(name).path
    return [str(event.kind) for event in History(folder).events()]


def outcomes(made: Project, name: str) -> list[Outcome]:
    watch = observing.watch(made.labbook, made.labbook.experiment(name))
    return [verdict.outcome for verdict in watch.verdicts()]


def test_a_dry_run_shows_what_would_be_marked_and_marks_nothing(made, command) -> None:
    made.submit(seeds=(0, 1))
    made.submit("plots", PLOTS)
    before = kinds(made)
    text = said(command("invalidate", "--uses", "split_data", "--dry-run"))
    assert text.startswith("2 runs with split_data:")
    assert "forest/001 to 002  finished  labkit/data.py defines split_data" in text
    assert "plots/001: labkit/data.py defines split_data, but nothing" in text
    assert "not corrected yet" in text
    assert "Nothing was marked" in text
    assert kinds(made) == before


def test_marked_runs_are_withdrawn_everywhere_and_kept(made, command, until) -> None:
    made.submit(seeds=(0, 1))
    made.submit("plots", PLOTS)
    made.submit(
        "rival",
        "from jupyter_labbook import log\nlog(accuracy=0.5 + seed)",
        predict=("accuracy > forest",),
        seeds=(0, 1),
        frozen=False,
    )
    experiment = made.labbook.experiment("forest")
    for name in ("forest", "plots", "rival"):
        said(command("show", name))
        assert outcomes(made, name) != [Outcome.WITHDRAWN]
    assert kinds(made) == ["registered", "verdict"]

    data = told(command(*MARK, "--json"))
    assert data["marked"] == ["forest/001", "forest/002"]
    assert [one["run"] for one in data["left_out"]] == ["plots/001"]
    assert kinds(made) == ["registered", "verdict", "tainted", "verdict"]
    tainted = History(experiment.path).events()[2]
    ids = {
        run.label: records.read(run.record, RunRecord).id for run in experiment.runs()
    }
    assert tainted.data["runs"] == ids
    assert tainted.data["reason"] == "off by one"
    assert tainted.data["found"]["001"] == "labkit/data.py defines split_data"
    assert outcomes(made, "forest") == [Outcome.WITHDRAWN]
    assert outcomes(made, "rival") == [Outcome.WITHDRAWN]
    assert outcomes(made, "plots") == [Outcome.SUPPORTED]
    assert kinds(made, "rival") == ["registered", "verdict", "verdict"]
    assert "as it was written" in said(command("verify"))
    listed = said(command("list"))
    assert "2 finished, 2 tainted" in listed
    assert listed.count("withdrawn") == 2

    again = told(command(*MARK, "--json"))
    assert again["marked"] == []
    assert {one["tainted"] for one in again["concerned"]} == {"off by one"}
    assert len(kinds(made)) == 4


def test_every_view_says_in_words_which_runs_do_not_count(made, command) -> None:
    made.submit(seeds=(0, 1, 2))
    said(command("invalidate", "--runs", "forest/2", "--reason", "bad <disk>", "--yes"))
    experiment = made.labbook.experiment("forest")
    view = observing.watch(made.labbook, experiment).view()
    assert [run.taint for run in view.runs] == ["", "bad <disk>", ""]
    assert "1 of 3 runs is tainted and does not count any more: 002" in view.note
    text = experiment_text(view)
    assert "3 runs finished, 1 tainted" in text
    assert "1, tainted" in text
    assert "1 tainted run is left out (bad <disk>)." in text
    assert "(2 seeds)" in text
    svg = plot_svg(view)
    assert "1 tainted run does not count any more." in svg
    page = experiment_html(view, svg, final=True)
    assert "1, tainted" in page
    assert "bad &lt;disk&gt;" in page
    assert "<disk>" not in page
    sound = observing.watch(made.labbook, experiment)
    picture = plot_png(view)
    said(command("invalidate", "--undo", "forest/2"))
    sound.poll()
    assert plot_png(sound.view()) != picture
    [row] = Overview(made.labbook).search()["rows"]
    assert row["tainted"] == 0


def test_undoing_lets_them_count_again_and_stays_in_the_history(made, command) -> None:
    made.submit()
    said(command("show", "forest"))
    said(command("invalidate", "--runs", "forest", "--reason", "bad disk", "--yes"))
    assert outcomes(made, "forest") == [Outcome.WITHDRAWN]
    overview = Overview(made.labbook)
    [row] = overview.search()["rows"]
    assert (row["tainted"], row["verdicts"]) == (1, ["withdrawn"])
    text = said(command("invalidate", "--undo", "forest/001"))
    assert text.startswith("forest/001 counts again")
    assert kinds(made)[1:] == ["verdict", "tainted", "verdict", "cleared", "verdict"]
    assert outcomes(made, "forest") == [Outcome.SUPPORTED]
    [row] = overview.search()["rows"]
    assert (row["tainted"], row["verdicts"]) == (0, ["supported"])
    assert "is not tainted" in refused(command("invalidate", "--undo", "forest/1"), 3)
    assert "as it was written" in said(command("verify"))


def test_a_mark_without_its_verdict_is_judged_by_whoever_looks(made, command) -> None:
    made.submit()
    said(command("show", "forest"))
    experiment = made.labbook.experiment("forest")
    mark = {"runs": {"001": ""}, "reason": "its writer was killed then"}
    History(experiment.path).append(EventKind.TAINTED, mark, "2026-01-01T00:00:00Z")
    [row] = Overview(made.labbook).search()["rows"]
    assert row["verdicts"] == ["withdrawn"]


def test_verify_finds_marks_that_were_made_or_changed_by_hand(made, command) -> None:
    made.submit()
    history = History(made.labbook.experiment("forest").path)
    history.append(EventKind.TAINTED, {"runs": {"009": "x"}, "reason": "r"}, "2026")
    history.append(EventKind.TAINTED, {"runs": {"001": "x"}, "reason": "r"}, "2026")
    history.append(EventKind.CLEARED, {"runs": ["001"]}, "2026")
    result = command("verify")
    assert result.returncode == 1
    assert "The run 009, which was tainted here, is gone." in result.stdout
    assert "The run 001 is not the one that was tainted here." in result.stdout
    assert "This mark names no runs" in result.stdout
    [event] = history.events_folder.glob("0004-*")
    event.write_text(event.read_text().replace('"r"', '"other"'))
    assert "The event was changed" in command("verify").stdout


@pytest.mark.parametrize(
    ("words", "sentence", "code"),
    [
        ([], "Say what is wrong", 2),
        (["--uses", "split data"], "names no function, class or module", 2),
        (["--runs", "forrest"], "Did you mean forest?", 3),
        (["--runs", "forest/9"], "has no run 9", 3),
        (["--uses", "split_data"], "Say why", 2),
        (["--uses", "split_data", "--reason", " "], "Say why", 2),
        (["--undo", "forest/1", "--uses", "x"], "--undo stands alone", 2),
        (["--undo", "forest"], "is not tainted", 3),
        (["--runs", "forest", "--reason", "r", "--rerun", "25:00-07:00"], "25:00", 2),
    ],
)
def test_words_that_cannot_be_used_change_nothing(
    made, command, words, sentence, code
) -> None:
    made.submit()
    before = kinds(made)
    assert sentence in refused(command("invalidate", *words), code)
    assert kinds(made) == before
    assert "No run has nothing_like_it" in said(
        command("invalidate", "--uses", "nothing_like_it")
    )


# --- running again ------------------------------------------------------------


def test_corrected_code_runs_again_and_is_read_beside_the_old(made, command) -> None:
    handle = made.submit(seeds=(0, 1), params={"depth": 3}, timeout=77.0)
    said(command("show", "forest"))
    refusal = refused(command(*MARK, "--rerun", "now"), 2)
    assert "split_data is today as it was in forest/001: correct it first" in refusal
    assert "tainted" not in kinds(made)

    made.split(end=8)
    data = told(command(*MARK, "--rerun", "now", "--json"))
    assert data["queued"] == [
        {"original": "forest/001", "rerun": "forest/003"},
        {"original": "forest/002", "rerun": "forest/004"},
    ]
    again = [handle["003"], handle["004"]]
    assert [run.result()["accuracy"] for run in again] == [0.2, 0.201]
    olds = [records.read(run.folder.record, RunRecord) for run in handle.runs]
    news = [records.read(run.folder.record, RunRecord) for run in again]
    assert [new.reruns for new in news] == [old.id for old in olds]
    assert {new.version for new in news} == {2}
    assert {new.parameters["depth"] for new in news} == {3}
    ticket = records.read(again[0].folder.ticket, Ticket)
    assert ticket.launch.timeout == 77.0

    said(command("show", "forest"))
    found = old_against_new(made.labbook, made.labbook.experiment("forest"))
    assert found is not None
    assert found.ready
    assert found.reason == "off by one"
    assert [(run.old, run.new, run.state) for run in found.runs] == [
        ("001", "003", RunState.FINISHED),
        ("002", "004", RunState.FINISHED),
    ]
    [metric] = found.runs[0].metrics
    assert (metric.metric, metric.old, metric.new) == ("accuracy", 0.1, 0.2)
    [change] = found.verdicts
    assert (change.old, change.new) == (Outcome.SUPPORTED, Outcome.SUPPORTED)
    assert change.old_observed != change.new_observed
    text = said(command("compare", "forest"))
    assert "Its old runs are tainted: off by one." in text
    assert "was supported (0.1" in text
    assert json.loads(said(command("compare", "forest", "--json")))["name"] == "forest"

    # The new ones have the fix, so that saying it again touches only the old.
    dry = told(command("invalidate", "--uses", "split_data", "--dry-run", "--json"))
    assert [one["run"] for one in dry["concerned"]] == ["forest/001", "forest/002"]
    assert [one["run"] for one in dry["left_out"]] == ["forest/003", "forest/004"]
    once_more = told(command(*MARK, "--rerun", "--json"))
    assert once_more["queued"] == []
    assert "earlier version" in once_more["not_queued"][0]["why"]
    assert len(made.labbook.experiment("forest").runs()) == 4


def test_compare_needs_a_tainted_run_or_another_name(made, command) -> None:
    made.submit()
    assert "No run of forest is tainted" in refused(command("compare", "forest"), 2)


def test_they_wait_for_their_window_and_what_waited_is_cancelled(
    made, command, hold
) -> None:
    hold("busy")
    made.submit(seeds=(0, 1))
    made.split(end=8)
    text = said(command(*MARK, "--rerun", "after 23:59"))
    assert "2 runs with today's code wait for after 23:59" in text
    runs = made.labbook.experiment("forest").runs()
    tickets = [records.read(run.ticket, Ticket) for run in runs]
    assert [ticket.when for ticket in tickets[2:]] == ["after 23:59"] * 2
    text = said(
        command(
            "invalidate",
            "--runs",
            "forest/3",
            "--reason",
            "again",
            "--yes",
            "--rerun",
            "after 23:58",
        )
    )
    assert "forest/003 again as 005" in text
    states = json.loads(said(command("show", "forest", "--json")))["runs"]
    assert {run["label"]: run["state"] for run in states} == {
        "003": "cancelled",
        "004": "waiting",
        "005": "waiting",
    }
    said(command("stop", "forest"))


def test_one_of_several_alike_runs_again_and_none_that_has_a_sound_twin(
    made, command
) -> None:
    made.submit()
    made.submit()
    made.submit()
    data = told(
        command(
            "invalidate",
            "--runs",
            "forest/1",
            "--reason",
            "disk",
            "--yes",
            "--rerun",
            "now",
            "--json",
        )
    )
    assert data["queued"] == []
    assert (
        "has the same parameters and seed, and counts" in data["not_queued"][0]["why"]
    )
    data = told(
        command(
            "invalidate",
            "--runs",
            "forest",
            "--reason",
            "disk",
            "--yes",
            "--rerun",
            "now",
            "--json",
        )
    )
    assert data["queued"] == [{"original": "forest/003", "rerun": "forest/004"}]


def test_code_of_the_notebook_has_to_be_run_there(made, command) -> None:
    body = "def split_data():\n    return 1\n" + BODY.replace(
        "from labkit.data import split_data\n", ""
    ).replace("split_data(list(range(10)))", "[], [1]")
    cells = [{"cell_type": "code", "source": ["%%time\n", "def split_data():\n"]}]
    cells[0]["source"].append("    return 1\n")
    path = made.folder / "work.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    made.submit(body=body, frozen=False, notebook=str(path))
    refusal = refused(command(*MARK, "--rerun"), 2)
    assert "is today as it was" in refusal
    path.write_text(json.dumps({"cells": cells}).replace("return 1", "return 2"))
    data = told(command(*MARK, "--rerun", "--json"))
    assert data["marked"] == ["forest/001"]
    assert "run its cell again" in data["not_queued"][0]["why"]


def test_what_cannot_be_run_again_is_marked_and_said(made, command) -> None:
    made.submit()
    made.submit("other", BODY)
    run = made.labbook.experiment("other").run("1")
    run.script.write_text(run.script.read_text() + "\n# edited\n")
    made.split(end=8)
    data = told(command(*MARK, "--rerun", "now", "--json"))
    assert data["marked"] == ["forest/001", "other/001"]
    assert [one["original"] for one in data["queued"]] == ["forest/001"]
    [not_queued] = data["not_queued"]
    assert "was changed since it was submitted" in not_queued["why"]


def test_values_from_the_notebook_are_told_apart_from_code(made, command) -> None:
    made.submit(inputs={"X_train": "x.npy"})
    made.submit(
        "plain",
        "from jupyter_labbook import log\nlog(accuracy=1)",
        frozen=False,
        inputs={"X_train": "x.npy"},
    )
    made.split(end=8)
    result = said(command(*MARK, "--rerun", "now"))
    assert "1 more run took values over from the notebook" in result
    assert "forest takes X_train over from the notebook as they were" in result
