"""Whoever looks again and again is told of everything that happens, and once."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions import changes as module
from jupyter_labbook.actions import ending, publishing
from jupyter_labbook.actions import queue as acts
from jupyter_labbook.actions.concluding import conclude
from jupyter_labbook.model.plan import PlanItem, PlanList
from jupyter_labbook.model.run import RunState
from jupyter_labbook.storage.history import EventKind, History
from jupyter_labbook.storage.plan import PlanFile
from tests.running import (
    add_ended,
    age,
    declare,
    experiment,
    queue,
    start,
    surroundings,
)
from tests.unit.actions.listening import NAME, Listener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder
BODY = """
import pathlib, time
from jupyter_labbook import log
log(acc=0.9)
print("here", flush=True)
while not pathlib.Path("go").exists():
    time.sleep(0.01)
"""


@pytest.fixture
def target(labbook: LabbookFolder) -> ExperimentFolder:
    target = labbook.add_experiment("trial", {"experiment.md": b"---\n---\n"})
    declare(target, question="?", predict=["acc > 0.5"])
    return target


@pytest.fixture
def running(
    labbook: LabbookFolder, target: ExperimentFolder, until: Callable[..., None]
) -> Iterator[RunFolder]:
    run = queue(labbook, target, BODY)
    start(run)
    until(lambda: run.output.exists() and run.output.read_text())
    yield run
    (labbook.path.parent / "go").touch()
    until(lambda: run.exit.exists() or not run.path.exists())


@pytest.fixture
def listener(labbook: LabbookFolder) -> Listener:
    return Listener(labbook)


def end(labbook: LabbookFolder, run: RunFolder, until: Callable[..., None]) -> None:
    (labbook.path.parent / "go").touch()
    until(run.exit.exists)


# -- while a run lives -------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "aspect"),
    [
        ("metrics.csv", "lines"),
        ("metrics.p7.csv", "lines"),
        ("output.log", "output"),
        ("progress.json", "view"),
        ("figures", "view"),
    ],
)
def test_each_file_of_a_run_is_told_as_what_it_shows(
    running: RunFolder, labbook: LabbookFolder, name: str, aspect: str
) -> None:
    listener = Listener(labbook)
    assert listener.aspects() == []
    path = running.path / name
    if name == "figures":
        path.mkdir()
    else:
        with path.open("a") as stream:
            stream.write("more\n")
    assert listener.aspects() == [aspect]
    assert listener.quiet()


def test_a_view_is_told_with_its_metrics_every_two_seconds(
    running: RunFolder, labbook: LabbookFolder
) -> None:
    listener = Listener(labbook)

    def after(seconds: float) -> list[str]:
        listener.clock.now += seconds
        with running.metrics.open("a") as stream:
            stream.write("more\n")
        return listener.aspects()

    assert after(0.2) == ["lines"]
    assert after(1.9) == ["lines", "view"]
    assert after(0.2) == ["lines"]
    assert after(1.9) == ["lines", "view"]


def test_notes_on_a_live_experiment_change_its_view(
    running: RunFolder, target: ExperimentFolder, labbook: LabbookFolder
) -> None:
    listener = Listener(labbook)
    target.file.write_text("---\n---\nNotes.")
    assert listener.aspects() == ["view"]


def test_the_end_of_the_last_run_brings_everything_and_the_verdict(
    running: RunFolder,
    target: ExperimentFolder,
    labbook: LabbookFolder,
    until: Callable[..., None],
) -> None:
    listener = Listener(labbook)
    end(labbook, running, until)
    until(lambda: listener.look() and listener.all("ended"))
    (ended,) = listener.all("ended")
    assert ended == {
        "experiment": NAME,
        "name": "trial",
        "run": "001",
        "state": "finished",
        "reason": "",
        "verdicts": ["supported"],
        "last": True,
    }
    first = listener.all("change")[0]
    assert first["experiments"] == {NAME: ["lines", "output", "view"]}
    assert first["counts"] == {"finished": 1}
    assert first["overview"] is True
    kinds = [event.kind for event in History(target.path).events()]
    assert kinds[-1] is EventKind.VERDICT


def test_the_end_of_another_run_is_told_without_a_verdict(
    running: RunFolder,
    target: ExperimentFolder,
    labbook: LabbookFolder,
) -> None:
    waiting = queue(labbook, target)
    listener = Listener(labbook)
    ending.stop(waiting, "not needed", "test", surroundings())
    listener.look()
    (ended,) = listener.all("ended")
    assert (ended["run"], ended["state"]) == ("002", "cancelled")
    assert (ended["verdicts"], ended["last"]) == ([], False)
    assert ended["reason"] == "cancelled: not needed"


def test_of_runs_that_end_together_the_last_one_is_the_last(
    target: ExperimentFolder, labbook: LabbookFolder, until: Callable[..., None]
) -> None:
    runs = [queue(labbook, target) for _ in range(3)]
    listener = Listener(labbook)
    for run in (runs[2], runs[0], runs[1]):
        ending.stop(run, "not needed", "test", surroundings())
    until(lambda: listener.look() and len(listener.all("ended")) == 3)
    told = [(ended["run"], ended["last"]) for ended in listener.all("ended")]
    assert told == [("003", False), ("001", False), ("002", True)]


def test_a_run_that_came_and_went_between_two_looks_is_told(
    listener: Listener, labbook: LabbookFolder, until: Callable[..., None]
) -> None:
    target = experiment(labbook)
    add_ended(labbook, target, RunState.FAILED, reason="it raised")
    until(lambda: listener.look() and listener.all("ended"))
    assert listener.all("ended")[0]["reason"] == "it raised"


def test_runs_that_ended_long_ago_elsewhere_are_no_news(
    listener: Listener, labbook: LabbookFolder
) -> None:
    target = experiment(labbook)
    for moment in ("2020-01-01T00:00:00+00:00", "once"):
        add_ended(labbook, target, end=moment)
    assert listener.aspects() == ["view"]
    listener.look()
    assert listener.all("ended") == []


# -- experiments, plan, settings -----------------------------------------------------


def test_nothing_is_told_while_nothing_happens(
    labbook: LabbookFolder, target: ExperimentFolder
) -> None:
    add_ended(labbook, target)
    queue(labbook, target)
    listener = Listener(labbook)
    assert all(listener.quiet() for _ in range(5))
    age(labbook)
    listener.look()
    assert all(listener.quiet() for _ in range(5))


def test_experiments_come_and_go(listener: Listener, labbook: LabbookFolder) -> None:
    target = experiment(labbook)
    queue(labbook, target)
    (event,) = listener.look()
    assert event["data"]["experiments"] == {NAME: ["view"]}
    assert event["data"]["counts"] == {"waiting": 1}
    shutil.rmtree(target.path)
    (event,) = listener.look()
    assert event["data"]["experiments"] == {NAME: ["view"]}
    assert event["data"]["counts"] == {}


def test_a_conclusion_is_told_long_after_the_end(
    labbook: LabbookFolder, target: ExperimentFolder
) -> None:
    add_ended(labbook, target)
    age(labbook)
    listener = Listener(labbook)
    assert listener.quiet()
    conclude(labbook, target, "It is so.")
    assert listener.aspects() == ["view"]
    assert listener.heard[0]["data"]["overview"] is True


def test_the_plan_is_told_with_its_version(
    listener: Listener, labbook: LabbookFolder
) -> None:
    plan = PlanFile(labbook.path)
    versions = set()
    for text in ("one", "two"):
        plan.add(PlanItem(id="", list=PlanList.QUESTION, text=text))
        (event,) = listener.look()
        assert event["data"]["experiments"] == {}
        assert event["data"]["overview"] is False
        versions.add(event["data"]["plan"])
    assert len(versions) == 2
    assert listener.quiet()


def test_other_settings_change_the_overview(
    listener: Listener, labbook: LabbookFolder
) -> None:
    (labbook.path / "labbook.toml").write_text("[runs]\ngrace = 3\n")
    (event,) = listener.look()
    assert event["data"]["overview"] is True
    assert "plan" not in event["data"]


def test_a_change_of_what_waits_changes_the_overview(
    labbook: LabbookFolder, target: ExperimentFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "revive", lambda _: None)
    run = queue(labbook, target, held=True)
    listener = Listener(labbook)
    acts.prioritize(labbook, [run], 5)
    (event,) = listener.look()
    assert event["data"]["overview"] is True
    acts.pause(labbook)
    (event,) = listener.look()
    assert event["data"]["overview"] is True
    assert listener.quiet()


# -- trouble ---------------------------------------------------------------------------


def test_a_labbook_that_vanishes_is_told_once_and_so_is_its_return(
    labbook: LabbookFolder, target: ExperimentFolder
) -> None:
    add_ended(labbook, target)
    listener = Listener(labbook)
    aside = labbook.path.with_name("elsewhere")
    labbook.path.rename(aside)
    (event,) = listener.look()
    assert (event["event"], event["data"]["reason"]) == ("trouble", "gone")
    assert str(labbook.path) in event["data"]["message"]
    assert listener.quiet()
    aside.rename(labbook.path)
    events = listener.look()
    assert events[0] == {"event": "recovered", "data": {"counts": {"finished": 1}}}
    assert not any(event["event"] == "trouble" for event in events)


def test_a_labbook_that_cannot_be_read_is_told(
    listener: Listener, labbook: LabbookFolder
) -> None:
    shutil.rmtree(labbook.path / "experiments")
    (labbook.path / "experiments").write_text("a file")
    (event,) = listener.look()
    assert (event["event"], event["data"]["reason"]) == ("trouble", "unreadable")


def test_a_verdict_that_cannot_be_worked_out_does_not_hide_the_end(
    target: ExperimentFolder, labbook: LabbookFolder, until: Callable[..., None]
) -> None:
    run = queue(labbook, target)
    listener = Listener(labbook)
    # An event that can be read and is none: nobody knows what was predicted.
    event = History(target.path).paths()[0]
    event.write_text(event.read_text().replace('"predict"', '"predicted"'))
    History(target.path).append(EventKind.VERDICT, {"version": 1}, "")
    ending.stop(run, "not needed", "test", surroundings())
    until(lambda: listener.look() and listener.all("ended"))
    (ended,) = listener.all("ended")
    assert (ended["run"], ended["verdicts"], ended["last"]) == ("001", [], True)


# -- runs that wait ------------------------------------------------------------------


@pytest.fixture
def revived(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When somebody was asked to serve what waits."""
    asked: list[float] = []
    monkeypatch.setattr(publishing, "revive", lambda _: asked.append(time.time()))
    return asked


def test_runs_that_wait_alone_are_served_after_a_while(
    labbook: LabbookFolder, target: ExperimentFolder, revived: list[float]
) -> None:
    queue(labbook, target)
    listener = Listener(labbook)
    counts = []
    for _ in range(5):
        listener.clock.now += 1.5
        listener.look()
        counts.append(len(revived))
    assert counts == [0, 1, 1, 2, 2]


def test_runs_that_wait_for_one_that_executes_are_left_to_wait(
    labbook: LabbookFolder,
    target: ExperimentFolder,
    running: RunFolder,
    revived: list[float],
) -> None:
    queue(labbook, target)
    listener = Listener(labbook)
    listener.clock.now += 100
    listener.look()
    assert revived == []


def test_a_run_that_nobody_serves_is_executed(
    labbook: LabbookFolder, target: ExperimentFolder, until: Callable[..., None]
) -> None:
    run = queue(labbook, target, "print('served')")
    listener = Listener(labbook)
    listener.clock.now += 3
    listener.look()
    until(run.exit.exists)
    until(lambda: listener.look() and listener.all("ended"))
    assert listener.all("ended")[0]["state"] == "finished"


def test_a_place_that_cannot_be_written_does_not_stop_the_looking(
    labbook: LabbookFolder, target: ExperimentFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise OSError("read-only")

    monkeypatch.setattr(module.publishing, "revive", refuse)
    queue(labbook, target)
    listener = Listener(labbook)
    listener.clock.now += 3
    assert listener.quiet()
