"""What the routes do to experiments."""

from __future__ import annotations

import hashlib
import json
import socket
import venv
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions.concluding import conclude
from jupyter_labbook.storage import run_state, trust
from tests import running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder
    from tests.serving import Shown


def test_a_run_is_stopped(
    shown: Shown, holding: RunFolder, until: Callable[..., None]
) -> None:
    wish = {"runs": ["001"], "reason": "seen enough"}
    told = shown.post("experiments/0001-holding/stop", wish)
    assert told.json == {"runs": [{"run": "001", "was": "running"}]}
    until(holding.exit.exists)
    ended = run_state.read_exit(holding)
    assert ended is not None
    assert (ended.state, "seen enough" in ended.reason) == ("stopped", True)
    again = shown.post("experiments/0001-holding/stop", {})
    assert again.json == {"runs": [{"run": "001", "was": "stopped"}]}


def test_runs_are_repeated(
    shown: Shown, rates: Callable[..., ExperimentFolder], until: Callable[..., None]
) -> None:
    experiment = rates()
    told = shown.post("experiments/0001-rates/rerun", {"runs": ["002"]})
    assert told.json == {"runs": [{"original": "002", "rerun": "003"}]}
    until((experiment.path / "runs/003/exit.json").exists)
    assert run_state.derive(experiment.run("003"), trust.trusted) == "finished"


def test_a_run_is_repeated_by_the_python_that_executed_it(
    shown: Shown, tmp_path: Path, until: Callable[..., None]
) -> None:
    # The server's own is another one: a kernel has an environment of its own.
    venv.create(tmp_path / "env", with_pip=False)
    python = str(tmp_path / "env/bin/python")
    experiment = running.experiment(shown.folder)
    run = running.queue(shown.folder, experiment, "import sys; print(sys.prefix)")
    script = hashlib.sha256(run.script.read_bytes()).hexdigest()
    record = json.loads(run.record.read_text()) | {"script": script}
    record |= {"host": socket.gethostname(), "cwd": str(tmp_path)}
    run.record.write_text(json.dumps(record | {"python": python}))

    told = shown.post("experiments/0001-trial/rerun", {"runs": ["001"]})
    assert told.json == {"runs": [{"original": "001", "rerun": "002"}]}
    again = experiment.run("002")
    until(again.exit.exists)
    assert again.output.read_text() == f"{tmp_path}/env\n"
    assert json.loads(again.record.read_text())["python"] == python

    run.record.write_text(json.dumps(record | {"python": f"{tmp_path}/gone"}))
    refused = shown.post("experiments/0001-trial/rerun", {"runs": ["001"]})
    assert (refused.status, refused.json["reason"]) == (400, "invalid")
    assert f"{tmp_path}/gone, which is gone" in refused.json["message"]
    assert [run.label for run in experiment.runs()] == ["001", "002"]


def test_a_conclusion_is_recorded_unless_another_one_came_first(
    shown: Shown, rates: Callable[..., ExperimentFolder]
) -> None:
    experiment = rates()
    route = "experiments/0001-rates/conclude"
    done = shown.post(route, {"text": " It falls. ", "was": ""})
    assert done.json == {"conclusion": "It falls."}
    assert shown.get("experiments/0001-rates").json["view"]["conclusion"] == "It falls."
    conclude(shown.folder, experiment, "It rises.")
    refused = shown.post(route, {"text": "It stays.", "was": "It falls."})
    assert (refused.status, refused.json["reason"]) == (409, "conflict")
    assert refused.json["conclusion"] == "It rises."
    assert shown.post(route, {"text": "It stays."}).status == 200


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("stop", {"runs": "001"}),
        ("stop", {"runs": [1]}),
        ("stop", []),
        ("stop", {"ruuns": []}),
        ("rerun", {"current": "yes"}),
        ("conclude", {}),
        ("conclude", {"text": "  "}),
        ("conclude", {"text": "a" * 100_001}),
    ],
)
def test_a_wish_that_is_not_understood_changes_nothing(
    shown: Shown, verb: str, body: object
) -> None:
    running.queue(shown.folder, running.experiment(shown.folder))
    refused = shown.post(f"experiments/0001-trial/{verb}", body)
    assert (refused.status, refused.json["reason"]) == (400, "invalid")
