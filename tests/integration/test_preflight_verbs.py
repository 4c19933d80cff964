"""The verbs of the evening, from a terminal and from a notebook."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook import Labbook
from jupyter_labbook.actions import ablating, ending, publishing
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.model.preflight import Check
from jupyter_labbook.model.run import RunRecord
from jupyter_labbook.storage import records, run_state
from jupyter_labbook.storage.labbook import LabbookFolder
from jupyter_labbook.storage.queue_state import QueueState, write_queue
from tests.integration.cells import ok
from tests.integration.saying import refused, said
from tests.waiting import ask, asked, change, end

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CELL = """\
%%experiment aug
#| question: Does augmentation help?
#| predict: accuracy > 0.5 (80%)
#| params: {augment: true, depth: 3}
#| ablate: {augment: false}
#| seeds: 2
part = sample(data)
log(accuracy=len(part) + depth * augment + seed)
"""
QUIET = ("--skip", "power", "--skip", "capacity")


@pytest.fixture
def night(project: Path) -> Iterator[LabbookFolder]:
    """Begin a labbook in which nothing starts."""
    labbook = LabbookFolder.create(project)
    write_queue(labbook.path, QueueState(paused="It is not night yet."))
    yield labbook
    for experiment in labbook.experiments():
        for run in experiment.runs():
            ending.stop(run, "the test is over", "test", publishing.surroundings())


def found(result) -> dict:
    assert result.stderr == ""
    return json.loads(result.stdout)


def test_what_lacks_is_queued_by_the_command_that_is_shown(night, command) -> None:
    ask(
        night,
        "aug",
        params={"augment": True, "depth": 3},
        ablate={"augment": False},
        seeds=(0, 1),
        like=asked(batch="night-1", priority=3),
    )
    before = command("preflight", "night-1", *QUIET)
    assert before.returncode == 1
    assert "-> labbook ablate aug augment" in before.stdout
    assert said(command("ablate", "aug", "augment")).startswith(
        "2 runs queued: aug/003, aug/004."
    )
    after = command("preflight", "night-1", *QUIET)
    assert said(after).startswith("night-1: 4 runs of 1 experiment; nothing was found")
    assert "Nothing is missing" in said(command("ablate", "aug"))


def test_a_run_that_completes_others_waits_as_they_do(night, command) -> None:
    _, [run] = ask(
        night,
        "aug",
        params={"augment": True},
        ablate={"augment": False},
        like=asked(batch="night-1", priority=3, gpus=0, at_end="stop"),
    )
    said(command("ablate", "aug"))
    new = Labbook(night.path)["aug"][-1].folder
    old, made = run_state.read_ticket(run), run_state.read_ticket(new)
    assert old is not None
    assert made is not None
    for name in ("when", "batch", "priority", "at_end"):
        assert getattr(made, name) == getattr(old, name)
    assert "augment = False" in new.script.read_text()
    said(command("stop", "aug"))


def test_another_window_may_be_named(night, command) -> None:
    ask(night, "aug", params={"a": 1}, ablate={"a": 0})
    said(command("ablate", "aug", "--when", "weekend"))
    ticket = run_state.read_ticket(Labbook(night.path)["aug"][-1].folder)
    assert ticket is not None
    assert ticket.when == "weekend"


def test_what_cannot_be_taken_away_is_refused_with_a_sentence(night, command) -> None:
    ask(night, "plain")
    ask(night, "aug", params={"a": 1}, ablate={"a": 0})
    assert "names no factor" in refused(command("ablate", "plain"), 2)
    assert "its factors are a" in refused(command("ablate", "aug", "b"), 2)
    assert "no window" in refused(command("ablate", "aug", "--when", "nevermore"), 2)
    assert "leave out /001" in refused(command("ablate", "aug/001"), 2)
    assert len(Labbook(night.path)["aug"]) == 1


def test_after_the_end_the_best_setting_is_completed(night) -> None:
    experiment, runs = ask(
        night,
        "aug",
        predict=("no prediction", "accuracy > 0.5"),
        sweep={"depth": [1, 2]},
        params={"a": 1, "b": 1},
        ablate={"a": 0, "b": 0},
    )
    end(runs[0], accuracy=0.6)
    end(runs[1], accuracy=0.9)
    runs[1].ticket.write_text("{")
    [new] = ablating.queue(night, experiment, ("b",), when="weekend")
    made = records.read(new.record, RunRecord)
    ticket = run_state.read_ticket(new)
    assert made is not None
    assert ticket is not None
    assert made.parameters == {"a": 1, "b": 0, "depth": 2}
    assert ticket.when == "weekend"
    assert ticket.expected is not None
    [other] = ablating.missing(night, experiment)
    assert (other.factor, other.best, other.metric) == ("a", True, "accuracy")


def test_if_one_factor_cannot_be_taken_away_none_is_stored(night) -> None:
    experiment, [run] = ask(
        night, "aug", "log(a=a, b=b)", params={"a": 1, "b": 1}, ablate={"a": 0, "b": 0}
    )
    end(run)
    change(run, command=["train"])
    with pytest.raises(InvalidInputError, match="stand for parameters"):
        ablating.queue(night, experiment)
    assert experiment.runs() == [run]


@pytest.mark.parametrize("how", ["edited", "gone"])
def test_a_script_that_is_not_as_submitted_makes_no_other(night, command, how) -> None:
    _, [run] = ask(night, "aug", params={"a": 1}, ablate={"a": 0})
    end(run)
    if how == "gone":
        run.script.unlink()
    else:
        run.script.write_text(run.script.read_text() + "# edited\n")
    assert "submit its cell again" in refused(command("ablate", "aug"), 2)


def test_a_program_has_no_ablation_that_could_be_filled_in(night, command) -> None:
    program = "import sys; from jupyter_labbook import log; log(a=float(sys.argv[1]))"
    words = ["--why", "it", "--params", "{a: 1}", "--ablate", "{a: 0}", "--"]
    said(command("run", "prog", *words, sys.executable, "-c", program, "{a}"))
    answer = found(command("preflight", "prog", "--json", *QUIET))
    [missing] = answer["findings"]
    assert missing["kind"] == "ablations"
    assert missing["remedy"] is None
    assert "under `--params`" in refused(command("ablate", "prog"), 2)


def test_a_program_that_crashes_is_found(night, command) -> None:
    program = "import sys; print('so far'); sys.exit(3)"
    said(command("run", "prog", "--why", "it", "--", sys.executable, "-c", program))
    answer = found(command("preflight", "--json", *QUIET))
    [crash] = answer["findings"]
    assert (crash["kind"], crash["severity"]) == ("smoke", "problem")
    assert crash["detail"] == "so far"
    assert answer["clear"] is False


def test_an_empty_queue_is_clear(night, command) -> None:
    assert said(command("preflight")) == (
        "Nothing waits, so there is nothing to look into.\n"
    )
    answer = found(command("preflight", "--json"))
    assert answer["clear"] is True
    assert answer["checks"] == list(Check)


def test_words_that_mean_nothing_are_refused(night, command) -> None:
    assert "no batch waits" in refused(command("preflight", "night-9"), 3)
    sentence = refused(command("preflight", "--only", "smok"), 2)
    assert "the checks are smoke, tests" in sentence


def test_only_what_is_asked_for_is_looked_into(night, command) -> None:
    ask(night, "bad", "1 / 0")
    answer = found(command("preflight", "--json", "--only", "ablations,answered"))
    assert answer["checks"] == ["ablations", "answered"]
    assert answer["findings"] == []
    assert not (night.path / "experiments/0001-bad/smoke").exists()


def test_in_a_notebook_it_is_drawn_and_cells_are_tried(night, kernel) -> None:
    ok(kernel.run("from jupyter_labbook import log, sample\ndata = [1] * 1000"))
    ok(kernel.run(CELL))
    result = ok(kernel.run("%labbook preflight aug --skip power,capacity"))
    [text], [html] = result.mime("text/plain"), result.mime("text/html")
    assert "aug: 2 runs of 1 experiment; 1 warning" in text
    assert "<code>%labbook ablate aug augment</code>" in html
    ok(kernel.run("%labbook ablate aug"))
    again = ok(kernel.run("%labbook preflight aug --only smoke,ablations --json"))
    assert json.loads(again.text)["findings"] == []
    script = Labbook(night.path)["aug"][-1].folder.script.read_text()
    assert "augment = False\ndepth = 3\nseed = 1\n" in script
