"""In the morning everything is told that has happened, once."""

from __future__ import annotations

import json
import socket
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_labbook.actions import ending, index
from jupyter_labbook.actions.concluding import conclude, record_verdict
from jupyter_labbook.actions.digest import DRAWN, FIRST, mark_read, read_digest
from jupyter_labbook.model.run import Launch, RunState, Ticket
from jupyter_labbook.model.view import Outcome
from jupyter_labbook.rendering.digest_html import digest_html
from jupyter_labbook.rendering.digest_json import digest_json
from jupyter_labbook.rendering.digest_markdown import digest_markdown
from jupyter_labbook.rendering.digest_text import digest_text
from jupyter_labbook.runtime import files
from jupyter_labbook.storage import records
from jupyter_labbook.storage.history import EventKind, History
from jupyter_labbook.storage.reading_mark import FILE
from jupyter_labbook.storage.settings import UserSettings
from tests.mornings import (
    HOUR,
    NIGHT,
    SUNDAY,
    add_to_plan,
    asked,
    away,
    ended,
    final,
    stamp,
)
from tests.running import queue, start, surroundings

if TYPE_CHECKING:
    from jupyter_labbook.model.digest import Digest
    from jupyter_labbook.storage.labbook import LabbookFolder

UTC_USER = UserSettings(zone="UTC")
DAY = timedelta(days=1)
PREDICTED = ["accuracy > 0.9 (80%)"]


def read(
    labbook: LabbookFolder, moment: datetime = SUNDAY, since: datetime | None = None
) -> Digest:
    digest = read_digest(labbook, UTC_USER, moment, since)
    json.dumps(digest_json(digest), allow_nan=False)
    return digest


def result(
    labbook: LabbookFolder, name: str, reached: float = 0.95, **given: Any
) -> Any:
    """Let an experiment with a prediction end."""
    end = given.pop("end", NIGHT)
    given.setdefault("predict", PREDICTED)
    target = asked(labbook, name, **given)
    ended(labbook, target, end=end, metrics=final(accuracy=reached))
    return target


def names(parts: list[Any]) -> list[str]:
    return [part.subject.name for part in parts]


def test_an_empty_labbook_has_an_empty_digest(labbook: LabbookFolder) -> None:
    digest = read(labbook)
    assert digest.quiet
    assert digest.first
    assert (digest.experiments, digest.problems) == (0, [])


def test_a_result_says_what_was_asked_and_what_came_of_it(
    labbook: LabbookFolder,
) -> None:
    result(labbook, "deep", hypothesis="It is.", impact="Then go on.")
    [found] = read(labbook).results
    assert found.subject.title == "Is deep so?"
    assert (found.hypothesis, found.impact) == ("It is.", "Then go on.")
    [verdict] = found.verdicts
    assert verdict.outcome is Outcome.SUPPORTED
    assert (verdict.observed, verdict.probability) == ("0.95", 0.8)
    assert (found.states, found.seconds) == ({"finished": 1}, 1200)
    assert found.ended == "2026-11-22T00:00:00+00:00"
    assert found.view is not None


def test_whoever_reads_first_has_the_verdict_recorded(labbook: LabbookFolder) -> None:
    target = result(labbook, "deep")
    read(labbook)
    assert [event.kind for event in History(target.path).events()] == [
        EventKind.REGISTERED,
        EventKind.VERDICT,
    ]


def test_what_surprised_comes_first_and_exploring_last(labbook: LabbookFolder) -> None:
    result(labbook, "right", 0.95, end=NIGHT + HOUR)
    result(labbook, "wrong", 0.85)
    result(labbook, "late-right", 0.95, end=NIGHT + 2 * HOUR)
    target = asked(labbook, "look", question="", why="to see")
    ended(labbook, target, end=NIGHT + 3 * HOUR)
    assert names(read(labbook).results) == ["wrong", "late-right", "right", "look"]


def test_results_of_a_batch_are_told_together(labbook: LabbookFolder) -> None:
    for hour, (name, reached, batch) in enumerate(
        (
            ("second", 0.95, "night-1"),
            ("first", 0.5, "night-1"),
            ("alone", 0.95, ""),
            ("other", 0.95, "night-2"),
        )
    ):
        [run] = result(labbook, name, reached, end=NIGHT + hour * HOUR).runs()
        waited = Ticket(
            run=name,
            submitted=stamp(NIGHT),
            launch=Launch(argv=[], cwd=""),
            batch=batch,
        )
        run.ticket.write_bytes(records.encode(waited))
    digest = read(labbook)
    told = [(one.batch, one.subject.name) for one in digest.results]
    assert told == [
        ("night-1", "first"),
        ("night-1", "second"),
        ("night-2", "other"),
        ("", "alone"),
    ]
    for page in (
        digest_text(digest),
        digest_markdown(digest).replace("\\", ""),
        digest_html(digest),
    ):
        lines = [
            page.index("night-1 · 2 experiments: 1 refuted, 1 supported"),
            page.index("night-2 · 1 experiment: 1 supported"),
            page.index("in no batch · 1 experiment: 1 supported"),
        ]
        assert lines == sorted(lines)


def test_without_a_batch_nothing_is_said_of_batches(labbook: LabbookFolder) -> None:
    result(labbook, "alone")
    assert "in no batch" not in digest_text(read(labbook))


def test_what_was_read_is_not_told_again_once_there_is_something_new(
    labbook: LabbookFolder,
) -> None:
    result(labbook, "old")
    mark_read(labbook, read(labbook))
    result(labbook, "new", end=SUNDAY + HOUR)
    again = read(labbook, SUNDAY + DAY)
    assert names(again.results) == ["new"]
    assert names(again.unconcluded) == ["old"]
    assert (again.first, again.read) == (False, "")
    assert again.since == "2026-11-22T08:12:00+00:00"


def test_as_long_as_nothing_is_new_the_same_is_told(labbook: LabbookFolder) -> None:
    result(labbook, "old")
    first = read(labbook)
    mark_read(labbook, first)
    for hours in (1, 2):
        again = read(labbook, SUNDAY + hours * HOUR)
        assert names(again.results) == ["old"]
        assert again.since == first.since
        assert again.read
        mark_read(labbook, again)


def test_a_moment_can_be_named_whatever_was_read(labbook: LabbookFolder) -> None:
    result(labbook, "old")
    mark_read(labbook, read(labbook))
    assert names(read(labbook, since=NIGHT - HOUR).results) == ["old"]
    assert read(labbook, since=NIGHT + HOUR).results == []


def test_the_first_digest_reaches_back_a_week(labbook: LabbookFolder) -> None:
    result(labbook, "ancient", end=SUNDAY - FIRST - HOUR, at=SUNDAY - 9 * DAY)
    result(labbook, "recent", end=SUNDAY - FIRST + HOUR)
    digest = read(labbook)
    assert names(digest.results) == ["recent"]
    assert names(digest.unconcluded) == ["ancient"]


def test_an_experiment_that_goes_on_is_not_ready(labbook: LabbookFolder) -> None:
    target = result(labbook, "half")
    queue(labbook, target, when="weekend")
    digest = read(labbook)
    assert (digest.results, digest.waiting) == ([], 1)


def test_failed_runs_are_told_together_with_their_last_lines(
    labbook: LabbookFolder,
) -> None:
    target = asked(labbook, "crash")
    for seed in range(3):
        ended(
            labbook,
            target,
            RunState.FAILED,
            seed=seed,
            reason="ValueError: no",
            output="".join(f"line {i}\n" for i in range(30)) + "\x1b[31mValueError: no",
        )
    ended(labbook, target, RunState.FAILED, reason="timeout", end=NIGHT + HOUR)
    late, crashed = read(labbook).failures
    assert (late.reason, late.runs) == ("timeout", ["004"])
    assert (crashed.reason, crashed.runs) == ("ValueError: no", ["001", "002", "003"])
    assert crashed.tail[-2:] == ["line 29", "ValueError: no"]
    assert len(crashed.tail) == 8


def test_the_last_lines_of_a_failure_are_those_of_its_own_code(
    labbook: LabbookFolder,
) -> None:
    own = [
        "Traceback (most recent call last):",
        '  File "script.py", line 9, in <module>',
    ]
    library = (
        '  File "/venv/lib/python3.11/site-packages/torch/x.py", line 7, in backward\n'
    )
    ended(
        labbook,
        asked(labbook, "crash"),
        RunState.FAILED,
        output="\n".join([*own, "    loss.backward()", ""]) + library * 9 + "OOM: no",
    )
    [crashed] = read(labbook).failures
    assert crashed.tail == [*own, "    loss.backward()", "  ...", "OOM: no"]


def test_a_failure_names_the_run_that_tried_again(labbook: LabbookFolder) -> None:
    target = asked(labbook, "retried")
    broken = ended(labbook, target, RunState.FAILED, reason="killed")
    identifier = json.loads(broken.record.read_bytes())["id"]
    ended(labbook, target, end=NIGHT + HOUR, reruns=identifier)
    digest = read(labbook)
    assert digest.failures[0].followed == ["002"]
    assert names(digest.results) == ["retried"]


def test_a_run_that_failed_while_others_go_on_is_told(labbook: LabbookFolder) -> None:
    target = asked(labbook, "half")
    ended(labbook, target, RunState.FAILED, reason="broken")
    queue(labbook, target, when="weekend")
    mark_read(labbook, read(labbook))
    assert [one.reason for one in read(labbook).failures] == ["broken"]
    ended(labbook, target, RunState.FAILED, reason="anew", end=SUNDAY + HOUR)
    assert [one.reason for one in read(labbook, SUNDAY + DAY).failures] == ["anew"]


def test_a_run_that_vanished_is_told_as_lost(labbook: LabbookFolder) -> None:
    target = asked(labbook, "gone")
    run = ended(labbook, target)
    run.exit.unlink()
    process = {"pid": 1, "ticks": 1}
    started = {
        "time": stamp(NIGHT),
        "host": socket.gethostname(),
        "boot": "another",
        "namespace": "",
        "supervisor": process,
        "main": process,
    }
    run.started.write_text(json.dumps(started))
    [lost] = read(labbook).failures
    assert lost.state is RunState.LOST
    assert "vanished without an exit record" in lost.reason


def test_an_open_question_of_the_plan_is_answered_by_its_experiment(
    labbook: LabbookFolder,
) -> None:
    target = result(labbook, "deep", question="Is deeper better?")
    result(labbook, "is-wider-better", question="Something else?")
    add_to_plan(labbook, "is  Deeper better", "Is wider better?", "Is blue better?")
    found = read(labbook).answers
    assert [(one.item.text, one.subject.name) for one in found] == [
        ("is Deeper better", "deep"),
        ("Is wider better?", "is-wider-better"),
    ]
    conclude(labbook, target, "It is.")
    assert read(labbook).answers[0].conclusion == "It is."
    plan = labbook.path / "plan.md"
    plan.write_text(plan.read_text().replace("[ ]", "[x]"))
    assert read(labbook).answers == []


def test_a_concluded_experiment_wants_no_conclusion(labbook: LabbookFolder) -> None:
    target = result(labbook, "old", end=SUNDAY - 9 * DAY, at=SUNDAY - 10 * DAY)
    assert names(read(labbook).unconcluded) == ["old"]
    conclude(labbook, target, "It is.")
    assert read(labbook).unconcluded == []


def test_probabilities_are_compared_with_verdicts(labbook: LabbookFolder) -> None:
    result(labbook, "right", 0.95)
    result(labbook, "wrong", 0.85)
    result(labbook, "untold", predict=["accuracy > 0.9"])
    result(labbook, "unlogged", predict=["loss > 0.9 (80%)"])
    every = read(labbook).calibration.every
    assert (every.count, every.hits) == (2, 1)
    assert every.brier == pytest.approx((0.04 + 0.64) / 2)


def test_forecasts_count_what_the_same_digest_judged(
    labbook: LabbookFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    result(labbook, "wrong", 0.85)
    # As on a machine that is too busy to judge them all at once.
    monkeypatch.setattr(index, "_JUDGE_SECONDS", 0.0)
    digest = read(labbook)
    assert digest.results[0].verdicts[0].outcome is Outcome.REFUTED
    assert (digest.calibration.every.count, digest.calibration.every.hits) == (1, 0)


def test_a_prediction_that_was_changed_after_the_result_scores_nothing(
    labbook: LabbookFolder,
) -> None:
    target = result(labbook, "wise", 0.85)
    data = {
        "version": 1,
        "declared": {"question": "Is it?", "predict": ["accuracy > 0.8 (99%)"]},
        "changed": ["predict"],
    }
    History(target.path).append(EventKind.AMENDED, data, stamp(NIGHT + HOUR))
    digest = read(labbook)
    assert digest.results[0].verdicts[0].outcome is Outcome.SUPPORTED
    assert digest.calibration.every.count == 0


def test_a_streak_counts_the_days_on_which_experiments_were_begun(
    labbook: LabbookFolder,
) -> None:
    for back in (0, 1, 2, 4):
        asked(labbook, f"day-{back}", at=SUNDAY - back * DAY)
    found = read(labbook).streak
    assert (found.days, found.longest, found.today) == (3, 3, True)


def test_a_day_is_that_of_the_users_zone(labbook: LabbookFolder) -> None:
    asked(labbook, "late", at=SUNDAY.replace(hour=1))
    west = UserSettings(zone="America/New_York")
    found = read_digest(labbook, west, SUNDAY).streak
    assert (found.days, found.today) == (1, False)


def test_the_hours_of_a_night_are_counted_once(labbook: LabbookFolder) -> None:
    target = asked(labbook, "long")
    for _ in range(2):
        ended(labbook, target, end=NIGHT, seconds=3600)
    ended(labbook, target, end=NIGHT - 2 * HOUR, seconds=7200)
    found = read(labbook, since=SUNDAY - 14 * HOUR).hours
    assert (found.window, found.there) == ("tonight", 9 * 3600)
    assert found.used == 3600
    assert read(labbook, since=SUNDAY - HOUR).hours.there == 0


def test_a_run_that_still_executes_uses_the_night_too(labbook: LabbookFolder) -> None:
    target = asked(labbook, "still")
    run = queue(labbook, target, "import time\ntime.sleep(60)")
    start(run)
    try:
        begun = datetime.fromisoformat(json.loads(run.started.read_bytes())["time"])
        always = UserSettings(zone="UTC", windows={"tonight": "00:00-24:00"})
        digest = read_digest(labbook, always, begun + 2 * HOUR, begun - HOUR)
    finally:
        ending.stop(run, "enough", "test", surroundings())
    assert digest.running == 1
    assert digest.hours.used == pytest.approx(7200, abs=1)


def test_when_nobody_served_the_queue_is_told(labbook: LabbookFolder) -> None:
    away(labbook, NIGHT, NIGHT + HOUR)
    away(labbook, NIGHT + HOUR, NIGHT + 2 * HOUR)
    away(labbook, NIGHT + 3 * HOUR, NIGHT + 3 * HOUR + timedelta(minutes=2))
    away(labbook, NIGHT + 5 * HOUR, NIGHT + 4 * HOUR)
    [absence] = read(labbook).absences
    assert absence.begin == "2026-11-22T00:00:00+00:00"
    assert absence.end == "2026-11-22T02:00:00+00:00"


def test_more_results_than_are_drawn_are_still_told(labbook: LabbookFolder) -> None:
    for number in range(DRAWN + 2):
        target = result(labbook, f"one-{number}", end=NIGHT + number * HOUR / 60)
        if number < 2:
            # The oldest: recorded, as they are when a run ends.
            record_verdict(labbook, target)
    digest = read(labbook)
    assert len(digest.results) == DRAWN + 2
    assert [one.view is None for one in digest.results].count(True) == 2
    assert [v.observed for v in digest.results[-1].verdicts] == ["0.95"]


def test_what_is_damaged_is_told_and_hides_nothing_else(labbook: LabbookFolder) -> None:
    result(labbook, "fine")
    broken = result(labbook, "broken")
    [run] = broken.runs()
    run.record.write_text("not json")
    (labbook.path / "plan.md").write_bytes(b"\xff\xfe")
    (labbook.path / FILE).write_text("{")
    (labbook.path / "nights.csv").write_bytes(b"\xff,\x00\n")
    digest = read(labbook)
    assert "fine" in names(digest.results)
    told = " ".join(digest.problems)
    assert "run.json" in told
    assert "plan.md" in told


def test_a_labbook_that_may_only_be_read_is_told_of(
    labbook: LabbookFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    result(labbook, "fine")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Whoever runs the tests may be root, whom no permission keeps from writing.
    monkeypatch.setattr(files, "replace", refuse)
    monkeypatch.setattr(files, "create", refuse)
    digest = read(labbook)
    mark_read(labbook, digest)
    assert names(digest.results) == ["fine"]
    assert not (labbook.path / FILE).exists()
