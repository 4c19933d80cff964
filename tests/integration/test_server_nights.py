"""Queue, pre-flight and digest through the server."""

from __future__ import annotations

import json
import signal
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from jupyter_labbook.actions import ending, publishing
from jupyter_labbook.actions.preflight import whole
from jupyter_labbook.model.preflight import Look
from jupyter_labbook.model.run import RunState
from jupyter_labbook.runtime import files, processes
from jupyter_labbook.storage import records, run_state
from jupyter_labbook.storage.queue_state import QueueState, write_queue
from jupyter_labbook.storage.reading_mark import read_mark
from tests import mornings
from tests.integration.test_queue_changes import FAR, LATER
from tests.waiting import ask, asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_labbook.runtime.layout import RunFolder
    from tests.serving import Reply, Shown

CRASH = "raise ValueError('contains NaN')"


@pytest.fixture(autouse=True)
def nobody_waits_on(shown: Shown) -> Iterator[None]:
    """Leave nothing that waits behind, so that dispatchers end."""
    yield
    for experiment in shown.folder.experiments():
        for run in experiment.runs():
            ending.stop(run, "the test is over", "test", publishing.surroundings())


@pytest.fixture
def night(shown: Shown) -> Shown:
    """Let nothing start, whatever is asked for."""
    write_queue(shown.folder.path, QueueState(paused="It is not night yet."))
    return shown


def name(run: RunFolder) -> str:
    return f"{run.experiment.name}/{run.label}"


def act(shown: Shown, what: str, *runs: RunFolder, **more: Any) -> Reply:
    named = {"runs": [name(run) for run in runs]} if runs else {}
    return shown.post("queue", {"act": what, **named, **more})


def order(answer: dict[str, Any]) -> list[str]:
    return [entry["name"] for entry in answer["entries"]]


def entry(reply: Reply, which: str) -> dict[str, Any]:
    assert reply.status == 200, reply.json
    [found] = [each for each in reply.json["entries"] if each["name"] == which]
    return found


def findings(shown: Shown, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shown.get("preflight", **query).json["findings"]
    return [one for one in found if one["kind"] not in ("power", "capacity")]


def checked(shown: Shown, until: Callable[..., None], subject: str = "") -> None:
    """Look at what waits, and wait for the end of that."""
    begun = shown.post("preflight", {"subject": subject})
    assert (begun.status, begun.json["underway"]) == (200, True), begun.json
    until(lambda: not shown.get("preflight").json["underway"])


def test_the_queue_says_what_waits_for_when_and_why(shown: Shown) -> None:
    _, [run] = ask(shown.folder, "deep", like=asked(LATER, batch="night-1"))
    found = entry(shown.get("queue"), "deep/001")
    assert (found["state"], found["when"]) == ("waiting", LATER)
    assert found["begins"][11:16] == LATER[:5]
    assert "expected to begin" in found["sentence"]
    told = shown.get("queue").json
    assert (told["total"], told["batches"]) == (1, ["night-1"])
    assert told["opens"][11:16] == LATER[:5]
    assert name(run) == f"{found['experiment']}/{found['run']}"


def test_an_unchanged_queue_is_not_sent_again(shown: Shown) -> None:
    _, [run] = ask(shown.folder, "deep", like=asked(LATER))
    first = shown.get("queue")
    known = {"If-None-Match": first.headers["etag"]}
    assert shown.served.get("queue", known, labbook=shown.name).status == 304
    act(shown, "hold", run)
    assert shown.served.get("queue", known, labbook=shown.name).status == 200


def test_a_long_queue_is_shown_in_part_and_counted_as_a_whole(shown: Shown) -> None:
    ask(shown.folder, "deep", like=asked(LATER), seeds=(0, 1, 2))
    told = shown.get("queue", limit=2).json
    assert (order(told), told["total"]) == (["deep/001", "deep/002"], 3)
    assert shown.get("queue", limit=2001).status == 400


def test_runs_are_held_released_moved_and_given_priority(shown: Shown) -> None:
    _, [run] = ask(shown.folder, "deep", like=asked(LATER))
    held = entry(act(shown, "hold", run), "deep/001")
    assert (held["held"], held["reason"], held["begins"]) == (True, "held", "")
    assert not entry(act(shown, "release", run), "deep/001")["held"]
    moved = entry(act(shown, "move", run, when=FAR), "deep/001")
    assert (moved["when"], moved["begins"][11:16]) == (FAR, FAR[:5])
    assert entry(act(shown, "priority", run, priority=3), "deep/001")["priority"] == 3
    ticket = run_state.read_ticket(run)
    assert ticket is not None
    assert (ticket.when, ticket.priority, ticket.held) == (FAR, 3, False)


def test_runs_are_put_before_another_one_or_first(shown: Shown) -> None:
    _, [a, b, c] = ask(shown.folder, "deep", like=asked(LATER), seeds=(0, 1, 2))
    before = act(shown, "order", c, before=name(b)).json
    assert order(before) == ["deep/001", "deep/003", "deep/002"]
    assert order(act(shown, "order", b).json) == ["deep/002", "deep/001", "deep/003"]
    assert a.ticket.exists()


def test_what_waits_is_run_now_after_all(
    shown: Shown, until: Callable[..., None]
) -> None:
    _, [run] = ask(shown.folder, "deep", "print('here')", like=asked(LATER))
    assert act(shown, "now", run).status == 200
    until(run.exit.exists)
    assert "here" in run.output.read_text()


def test_a_paused_queue_says_so_until_it_is_resumed(shown: Shown) -> None:
    ask(shown.folder, "deep", like=asked(LATER))
    assert act(shown, "pause", why="for a demo").json["paused"] == "for a demo."
    assert shown.get("queue").json["paused"] == "for a demo."
    assert act(shown, "resume").json["paused"] == ""


def test_a_run_that_waits_no_longer_is_a_conflict(
    shown: Shown, holding: RunFolder
) -> None:
    refused = act(shown, "hold", holding)
    assert (refused.status, refused.json["reason"]) == (409, "conflict")
    assert "executes already" in refused.json["message"]
    assert order(refused.json["queue"]) == ["holding/001"]


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"act": "hold"}, 400),
        ({"act": "pause", "runs": ["0001-deep/001"]}, 400),
        ({"act": "burn"}, 400),
        ({"act": "move", "runs": ["0001-deep/001"], "when": "never"}, 400),
        ({"act": "hold", "runs": ["../0001-deep/001"]}, 404),
        ({"act": "hold", "runs": ["0001-deep/009"]}, 404),
        ({"act": "order", "runs": ["0001-deep/001"], "before": "0009-x/001"}, 404),
        ({"act": "pause", "why": "x" * 2000}, 400),
    ],
)
def test_a_wish_that_makes_no_sense_changes_nothing(
    shown: Shown, wish: dict[str, Any], status: int
) -> None:
    _, [run] = ask(shown.folder, "deep", like=asked(LATER))
    before = run.ticket.read_bytes()
    refused = shown.post("queue", wish)
    assert refused.status == status
    assert refused.json["message"].endswith(".")
    assert run.ticket.read_bytes() == before
    assert shown.get("queue").json["paused"] == ""


def test_a_look_finds_what_would_crash_by_trying_it(
    night: Shown, until: Callable[..., None]
) -> None:
    ask(night.folder, "deep", CRASH, like=asked(batch="night-1"))
    ask(night.folder, "wide")
    before = night.get("preflight").json
    assert (before["time"], before["unchecked"], before["findings"]) == ("", 2, [])
    checked(night, until)
    [found] = findings(night)
    assert (found["kind"], found["severity"]) == ("smoke", "problem")
    assert "contains NaN" in found["sentence"]
    assert "contains NaN" in found["detail"]
    assert found["runs"] == ["deep/001"]
    after = night.get("preflight").json
    assert (after["unchecked"], after["problem"], after["step"]) == (0, "", "")
    assert findings(night, subject="night-1") == [found]
    assert findings(night, subject="wide") == []


def test_a_batch_is_looked_into_alone(night: Shown, until: Callable[..., None]) -> None:
    ask(night.folder, "deep", CRASH)
    ask(night.folder, "wide", like=asked(batch="night-1"))
    checked(night, until, "night-1")
    assert findings(night) == []
    assert night.get("preflight").json["unchecked"] == 1
    refused = night.post("preflight", {"subject": "night-9"})
    assert (refused.status, refused.json["reason"]) == (404, "not-found")
    assert "night-9" in refused.json["message"]


def test_the_remedy_of_a_finding_mends_it(
    night: Shown, until: Callable[..., None]
) -> None:
    _, [run] = ask(night.folder, "deep", CRASH)
    ask(night.folder, "aug", params={"augment": True}, ablate={"augment": False})
    checked(night, until)
    remedies = {one["kind"]: one["remedy"]["verb"] for one in findings(night)}
    assert remedies == {"smoke": "stop deep", "ablations": "ablate aug augment"}
    told = night.post("preflight/mend", {"verb": "ablate aug augment"}).json
    assert told["told"] == "1 run queued: aug/002."
    kinds = {one["kind"] for one in told["preflight"]["findings"]}
    assert "ablations" not in kinds
    assert (
        "cancelled" in night.post("preflight/mend", {"verb": "stop deep"}).json["told"]
    )
    ended = run_state.read_exit(run)
    assert ended is not None
    assert ended.state is RunState.CANCELLED
    assert findings(night) == []


@pytest.mark.parametrize(
    "verb", ["stop deep", "conclude deep no", "", "stop 'deep", "init /tmp"]
)
def test_only_what_was_found_is_mended(night: Shown, verb: str) -> None:
    _, [run] = ask(night.folder, "deep")
    refused = night.post("preflight/mend", {"verb": verb})
    assert (refused.status, refused.json["reason"]) == (404, "not-found")
    assert not run.exit.exists()


@pytest.mark.parametrize(
    "verb",
    ["conclude deep done", "rerun deep --wait", "plan add question x", "run -- true"],
)
def test_a_forged_finding_does_nothing_but_what_findings_do(
    night: Shown, verb: str, until: Callable[..., None]
) -> None:
    experiment, _ = ask(night.folder, "deep", CRASH)
    checked(night, until)
    found = json.loads(experiment.preflight.read_text())
    found["findings"][0]["remedy"]["verb"] = verb
    experiment.preflight.write_text(json.dumps(found))
    refused = night.post("preflight/mend", {"verb": verb})
    assert (refused.status, refused.json["reason"]) == (400, "invalid")
    assert "by hand" in refused.json["message"]
    assert len(experiment.runs()) == 1
    assert "done" not in experiment.file.read_text()


def test_a_look_that_goes_on_is_told_and_not_begun_twice(
    night: Shown, until: Callable[..., None]
) -> None:
    ask(night.folder, "slow", "import time\ntime.sleep(600)")
    assert night.post("preflight", {}).json["underway"]
    until(lambda: "Trying slow/001" in night.get("preflight").json["step"])
    begun = json.loads((night.folder.path / "preflight.json").read_text())["begun"]
    again = night.post("preflight", {"subject": "slow"}).json
    assert (again["underway"], again["subject"]) == (True, "")
    assert whole.read(night.folder).begun == begun
    _end_the_look(night, until)
    broken = night.get("preflight").json
    assert (broken["underway"], broken["step"]) == (False, "")
    assert "broken off" in broken["problem"]


def _end_the_look(night: Shown, until: Callable[..., None]) -> None:
    """End the process that looks, as a reboot would, and what it tries."""
    looks = [
        one
        for one in psutil.process_iter(["cmdline"])
        if {whole.__name__, str(night.folder.path)} <= set(one.info["cmdline"] or ())
    ]
    assert looks
    # What it has just forked is another for a moment.
    for one in looks:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    until(lambda: not processes.locked(night.folder.path / ".night.lock"))
    for run in night.folder.path.glob("experiments/*/smoke/*/started.json"):
        supervisor = json.loads(run.read_text())["supervisor"]
        processes.send(supervisor["pid"], supervisor["ticks"], signal.SIGTERM)


def test_a_look_that_failed_says_why(night: Shown) -> None:
    ask(night.folder, "deep")
    look = Look(subject="", begun="2026-11-22T20:00:00Z", problem="The disk is full.")
    files.replace(night.folder.path / "preflight.json", records.encode(look))
    assert night.get("preflight").json["problem"] == "The disk is full."
    (night.folder.path / "preflight.json").write_text("{")
    assert night.get("preflight").json["problem"] == ""


def test_the_digest_tells_of_the_night_and_marks_nothing_as_read(
    shown: Shown,
) -> None:
    told = a_night(shown)
    assert told["headline"] == "1 result is ready, 1 run failed."
    assert (told["unread"], told["read"]) == (True, "")
    [result] = told["results"]
    assert result["subject"]["question"] == "Is forest so?"
    assert result["verdicts"][0]["outcome"] == "supported"
    assert result["svg"].startswith("<svg")
    [failure] = told["failures"]
    assert (failure["reason"], failure["tail"]) == ("ValueError: no", ["no"])
    assert (told["repeated"], told["searches"]) == ([], [])
    assert read_mark(shown.folder.path) is None
    tag = {"If-None-Match": shown.get("digest").headers["etag"]}
    assert shown.served.get("digest", tag, labbook=shown.name).status in (200, 304)


def test_what_was_read_is_told_again_as_read(shown: Shown) -> None:
    told = a_night(shown)
    seen = {"since": told["since"], "moment": told["moment"]}
    assert shown.post("digest/read", seen).json == {
        "since": told["since"],
        "read": told["moment"],
    }
    again = shown.get("digest").json
    assert (again["unread"], again["read"]) == (False, told["moment"])
    assert len(again["results"]) == 1


def test_a_page_that_read_less_does_not_undo_what_another_read(shown: Shown) -> None:
    told = a_night(shown)
    seen = {"since": told["since"], "moment": told["moment"]}
    shown.post("digest/read", seen)
    early = datetime.now(UTC) - timedelta(hours=2)
    old = {"since": told["since"], "moment": early.isoformat()}
    assert shown.post("digest/read", old).json["read"] == told["moment"]


@pytest.mark.parametrize(
    ("since", "moment"),
    [
        ("yesterday", "2026-01-02T00:00:00Z"),
        ("2026-01-01T00:00:00", "2026-01-02T00:00:00Z"),
        ("2026-01-03T00:00:00Z", "2026-01-02T00:00:00Z"),
        ("2026-01-01T00:00:00Z", "2999-01-02T00:00:00Z"),
        ("0001-01-01T00:00:00+10:00", "2026-01-02T00:00:00Z"),
    ],
)
def test_a_reading_of_no_digest_is_refused(
    shown: Shown, since: str, moment: str
) -> None:
    refused = shown.post("digest/read", {"since": since, "moment": moment})
    assert (refused.status, refused.json["reason"]) == (400, "invalid")
    assert read_mark(shown.folder.path) is None


def test_the_evening_says_what_could_fill_the_night(shown: Shown) -> None:
    mornings.add_to_plan(shown.folder, "Which colour has the noise?")
    mornings.notebook(
        shown.folder.path.parent / "digits.ipynb",
        "%%experiment noise\n#| question: Which colour has the noise?\nlog(a=1)",
    )
    told = shown.get("evening").json
    assert told["headline"] == "Tonight is empty."
    [idea] = told["suggestions"]
    assert idea["idea"] == "question"
    assert "Which colour has the noise?" in idea["sentence"]


def a_night(shown: Shown) -> dict[str, Any]:
    """Let a result and a failure have come in, and read the digest."""
    now = datetime.now(UTC)
    forest = mornings.asked(
        shown.folder, "forest", at=now - timedelta(hours=9), predict=["loss < 1 (80%)"]
    )
    ended = now - timedelta(hours=1)
    losses = mornings.curve("loss", [0.9, 0.5, 0.25])
    mornings.ended(shown.folder, forest, end=ended, metrics=losses)
    bad = mornings.asked(shown.folder, "bad", at=now - timedelta(hours=9))
    mornings.ended(
        shown.folder,
        bad,
        RunState.FAILED,
        end=ended,
        reason="ValueError: no",
        output="no\n",
    )
    told: dict[str, Any] = shown.get("digest").json
    return told
