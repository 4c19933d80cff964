"""Smoke runs: real scripts, tried for a minute before the night."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions import observing
from jupyter_labbook.actions.preflight import scope, smoke, trying
from jupyter_labbook.actions.preflight.trying import Outcome, Tried
from jupyter_labbook.execution.slots import SlotPool
from jupyter_labbook.model.preflight import Severity
from jupyter_labbook.model.run import RunState
from jupyter_labbook.runtime import processes
from jupyter_labbook.storage import run_state, trust
from jupyter_labbook.storage.settings import config_folder, state_folder
from tests.waiting import ask, asked

if TYPE_CHECKING:
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder

FOREVER = """\
import time
for step in range(1000):
    progress(step + 1, 1000)
    time.sleep(0.02)
    if step == 9:
        log(step=step, accuracy=1.0)
"""


def try_out(labbook: LabbookFolder, run: RunFolder, **more) -> Tried:
    ticket = run_state.read_ticket(run)
    assert ticket is not None
    return trying.try_out(labbook, run, ticket, **{"seconds": 30.0, **more})


def output(tried: Tried) -> str:
    assert tried.run is not None
    return tried.run.output.read_text()


def alive(run: RunFolder) -> bool:
    started = run_state.read_started(run)
    assert started is not None
    return processes.alive(started.main.pid, started.main.ticks)


def test_it_ends_at_the_first_logged_number(labbook, until) -> None:
    _, [run] = ask(labbook, "long", FOREVER)
    tried = try_out(labbook, run)
    assert tried.outcome is Outcome.LOGGED
    assert tried.run is not None
    run = tried.run
    until(lambda: not alive(run))
    assert tried.share is not None
    assert 0.005 <= tried.share < 0.5
    assert tried.trial is not None


def test_the_script_sees_smoke_and_a_small_part_of_its_data(labbook) -> None:
    body = "print(smoke, len(sample(list(range(5000)))))\nlog(a=1)"
    _, [run] = ask(labbook, "x", body)
    tried = try_out(labbook, run)
    assert output(tried) == "True 200\n"
    assert tried.whole == 25.0


def test_it_is_of_the_lowest_priority(labbook) -> None:
    _, [run] = ask(labbook, "x", "import os\nprint(os.nice(0))\nlog(a=1)")
    assert output(try_out(labbook, run)) == "19\n"


def test_a_crash_comes_with_its_error_and_the_end_of_its_output(labbook) -> None:
    ask(labbook, "bad", "print('here')\n{}['gone']", params={"depth": 3})
    found = scope.find(labbook)
    [told] = smoke.findings(found)
    assert told.severity is Severity.PROBLEM
    assert "bad/001 (depth=3) would have crashed" in told.sentence
    assert "KeyError: 'gone'" in told.sentence
    assert told.detail.startswith("here\nTraceback")
    assert told.remedy is not None
    assert told.remedy.verb == "stop bad"


def test_a_crash_in_a_library_is_told_by_ones_own_lines(labbook) -> None:
    ask(labbook, "bad", "import json\njson.loads('{')")
    [told] = smoke.findings(scope.find(labbook))
    assert "json.loads('{')\n  ...\njson.decoder.JSONDecodeError" in told.detail
    assert "decoder.py" not in told.detail


def test_a_crash_by_a_signal_is_told_too(labbook) -> None:
    ask(labbook, "bad", "import os\nos.kill(os.getpid(), 11)")
    [told] = smoke.findings(scope.find(labbook))
    assert "SIGSEGV" in told.sentence


def test_one_that_works_is_no_finding(labbook) -> None:
    ask(labbook, "good", FOREVER)
    assert list(smoke.findings(scope.find(labbook))) == []


def test_one_that_logs_nothing_in_its_time_is_stopped_and_noted(labbook) -> None:
    _, [run] = ask(labbook, "mute", "import time\ntime.sleep(600)")
    [told] = smoke.findings(scope.find(labbook), seconds=0.5)
    assert told.severity is Severity.NOTE
    assert "logged nothing in its first 0.5 s" in told.sentence
    [left] = (run.experiment / "smoke").iterdir()
    assert (left / "exit.json").exists()


def test_a_run_that_was_tried_goes_on_waiting_and_is_no_result(labbook) -> None:
    experiment, [run] = ask(labbook, "x", FOREVER, predict=("accuracy > 0.5",))
    try_out(labbook, run)
    assert run_state.derive(run, trust.trusted) is RunState.WAITING
    assert not run.started.exists()
    watch = observing.watch(labbook, experiment)
    assert [one.run for one in watch.all_runs()] == [run]
    assert watch.evidence().metrics() == ()
    assert [str(one.outcome) for one in watch.verdicts()] == ["pending"]


def test_only_the_last_try_of_a_run_is_kept(labbook) -> None:
    _, [run] = ask(labbook, "x", "log(a=1)")
    first, second = try_out(labbook, run), try_out(labbook, run)
    assert list((run.experiment / "smoke").iterdir()) == [second.run.path]
    assert first.run != second.run


def test_nothing_is_tried_while_others_hold_every_slot(labbook) -> None:
    config_folder().mkdir(parents=True, exist_ok=True)
    (config_folder() / "settings.toml").write_text("slots = 1\n")
    ask(labbook, "x", "log(a=1)")
    with SlotPool(state_folder(), 1).claim(1):
        [told] = smoke.findings(scope.find(labbook), patience=0.0)
    assert told.severity is Severity.NOTE
    assert told.remedy is not None
    assert told.remedy.verb == "preflight x --only smoke"
    assert list(smoke.findings(scope.find(labbook))) == []


def test_a_slot_is_held_no_longer_than_it_takes(labbook, until) -> None:
    _, [run] = ask(labbook, "x", "log(a=1)")
    try_out(labbook, run)
    until(lambda: SlotPool(state_folder(), 4).held().slots == 0)


def test_a_gpu_that_a_run_asks_for_is_claimed_for_its_try(labbook) -> None:
    config_folder().mkdir(parents=True, exist_ok=True)
    (config_folder() / "settings.toml").write_text('slots = 1\ngpus = ["7"]\n')
    body = "import os\nprint(os.environ.get('CUDA_VISIBLE_DEVICES'))\nlog(a=1)"
    _, [run] = ask(labbook, "x", body, like=asked(gpus=1))
    assert output(try_out(labbook, run)) == "7\n"


def test_a_run_under_a_strange_ticket_is_not_executed(labbook) -> None:
    _, [run] = ask(labbook, "x", "open('proof', 'w')\nlog(a=1)")
    run.script.write_text(run.script.read_text() + "\n# edited\n")
    assert list(smoke.findings(scope.find(labbook, "x"))) == []
    assert not (labbook.path.parent / "proof").exists()


def test_every_path_through_the_code_is_tried_and_not_every_number(labbook) -> None:
    ask(
        labbook,
        "x",
        sweep={"depth": [1, 2, 3], "model": ["a", "b"], "on": [True, False]},
        seeds=(0, 1, 2),
    )
    [one] = scope.find(labbook).examined
    tried = [known.record.parameters for known in smoke.chosen(one.waiting)]
    assert tried == [
        {"depth": 1, "model": "a", "on": True},
        {"depth": 1, "model": "a", "on": False},
        {"depth": 1, "model": "b", "on": True},
    ]


def test_of_a_sweep_only_what_crashes_is_to_be_taken_out(labbook) -> None:
    body = "log(a=1) if model == 'good' else None.fit()"
    ask(labbook, "x", body, sweep={"model": ["good", "bad"]}, seeds=(0, 1))
    [told] = smoke.findings(scope.find(labbook))
    assert told.runs == ("x/003", "x/004")
    assert told.remedy is not None
    assert told.remedy.verb == "stop x/003 x/004"


def test_tickets_learn_how_long_their_runs_may_take(labbook) -> None:
    _, runs = ask(labbook, "x", FOREVER, seeds=(0, 1))
    found = scope.find(labbook)
    list(smoke.findings(found))
    for run in runs:
        ticket = run_state.read_ticket(run)
        assert ticket is not None
        assert trust.trusted(run, ticket)
        assert ticket.expected == found.learned[run]
        assert ticket.expected.basis.startswith("its smoke run: ")
        assert ticket.expected.middle > 10


def test_the_note_of_a_smoke_run_is_json(labbook) -> None:
    _, [run] = ask(labbook, "x", "sample(list(range(1000)))\nlog(a=1)")
    tried = try_out(labbook, run)
    assert tried.run is not None
    assert json.loads(tried.run.sampled.read_bytes()) == {"whole": 5.0}
    tried.run.sampled.write_text("{")
    assert Tried(outcome=Outcome.NO_ROOM).trial is None


def test_a_try_that_vanishes_is_told_at_once(labbook) -> None:
    body = "import os, signal\nfor pid in (os.getppid(), os.getpid()):\n"
    body += "    os.kill(pid, signal.SIGKILL)"
    ask(labbook, "x", body)
    [told] = smoke.findings(scope.find(labbook), seconds=600)
    assert told.severity is Severity.PROBLEM
    assert "it vanished without an exit record" in told.sentence


@pytest.mark.parametrize("gone", ["record", "script"])
def test_a_run_that_lost_its_files_is_not_tried(labbook, gone) -> None:
    _, [run] = ask(labbook, "x", "log(a=1)")
    getattr(run, gone).unlink()
    assert list(smoke.findings(scope.find(labbook, "x"))) == []
