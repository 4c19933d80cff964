"""Searches that fill up open hours, executed by real processes."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions import backfilling, publishing, searching
from jupyter_labbook.actions.backfilling import Wanted
from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.execution.dispatcher import Dispatcher
from jupyter_labbook.execution.sequel import stopped_by
from jupyter_labbook.model.experiment import Variant
from jupyter_labbook.model.run import Expected, RunRecord, RunState, Ticket
from jupyter_labbook.storage import records, run_state, searches
from jupyter_labbook.storage.labbook import LabbookFolder
from tests import running
from tests.waiting import ask, asked, end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder

    Until = Callable[..., None]

QUICK = "log(accuracy=1 - (depth - 5) ** 2 / 100)"
HELD = """\
import time
from pathlib import Path
from jupyter_labbook import should_stop
print("up", flush=True)
while not should_stop() and not Path("GO").exists():
    time.sleep(0.01)
log(accuracy=1 - (depth - 5) ** 2 / 100)
"""
COUNTED = """\
import time
from jupyter_labbook import should_stop
saved = run_dir() / "checkpoint" / "count"
saved.parent.mkdir(exist_ok=True)
count = int(saved.read_text()) if saved.exists() else 0
while count < 30 and not should_stop():
    count += 1
    saved.write_text(str(count))
    time.sleep(0.1)
print("counted", count)
log(accuracy=1 - (depth - 5) ** 2 / 100)
"""


@pytest.fixture
def labbook(project: Path) -> LabbookFolder:
    """Begin a labbook where the command looks for one."""
    return LabbookFolder.create(project)


@pytest.fixture(autouse=True)
def settings(user: Path) -> Callable[[str], None]:
    """Give the user one slot, and hours that are open now."""

    def write(text: str) -> None:
        folder = user / "config" / "jupyter_labbook"
        folder.mkdir(exist_ok=True)
        now = datetime.now(UTC)
        begin, end_ = now - timedelta(hours=2), now + timedelta(hours=4)
        later, latest = now + timedelta(hours=5), now + timedelta(hours=6)
        (folder / "settings.toml").write_text(
            f"zone = 'UTC'\n{text}\n[windows]\n"
            f"spare = '{begin:%H:%M}-{end_:%H:%M}'\n"
            f"later = '{later:%H:%M}-{latest:%H:%M}'\n"
        )

    write("slots = 1")
    return write


@pytest.fixture
def unserved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody start what waits, so that a test says what came of it."""
    monkeypatch.setattr(publishing, "revive", lambda _: None)


@pytest.fixture
def swept(labbook: LabbookFolder) -> Iterator[Callable[..., ExperimentFolder]]:
    """Make an experiment whose sweep has run, as if it had been long ago."""

    def make(body: str = QUICK, name: str = "depths", **more: object):
        experiment, runs = ask(
            labbook,
            name,
            body,
            predict=("best accuracy > 0.9 (60%)",),
            sweep={"depth": [1, 2, 9]},
            **more,
        )
        for run in runs:
            record = records.read(run.record, RunRecord)
            depth = record.parameters["depth"]
            end(run, accuracy=1 - (depth - 5) ** 2 / 100, seconds=0.5)
        return experiment

    yield make
    for one in searches.read_searches(labbook.path):
        backfilling.stop(labbook, one.name)


def own(labbook: LabbookFolder, name: str = "depths") -> list[RunFolder]:
    """Runs of the search around an experiment."""
    for one in labbook.experiments():
        if one.name == f"search-around-{name}":
            return one.runs()
    return []


def accept(
    labbook: LabbookFolder, experiment: ExperimentFolder, **wanted: object
) -> None:
    backfilling.accept(labbook, experiment, Wanted(**{"when": "spare", **wanted}))


def standing(labbook: LabbookFolder):
    [found] = searches.read_searches(labbook.path)
    return found


def ended(run: RunFolder) -> RunState | None:
    record = run_state.read_exit(run)
    return record.state if record else None


def all_finished(runs: list[RunFolder]) -> bool:
    return all(ended(run) is RunState.FINISHED for run in runs)


@pytest.mark.timeout(300)
def test_an_accepted_search_fills_open_hours_with_runs_up_to_its_limit(
    labbook, swept, until
) -> None:
    origin = swept()
    before = ExperimentWatch(labbook, origin)
    before.poll()
    verdicts = before.verdicts()
    accept(labbook, origin, most=3)
    until(lambda: len(own(labbook)) == 3 and all_finished(own(labbook)), 150)
    until(lambda: standing(labbook).rests)
    assert len(own(labbook)) == 3
    depths = [records.read(run.record, RunRecord).parameters for run in own(labbook)]
    assert len({one["depth"] for one in depths} | {1, 2, 9}) == 6
    assert all(1 <= one["depth"] <= 9 for one in depths)
    tickets = [records.read(run.ticket, Ticket) for run in own(labbook)]
    assert all(one.backfill and one.when == "spare" for one in tickets)
    # What was predicted of the sweep is not answered by what came later.
    before.poll()
    assert before.verdicts() == verdicts
    assert len(origin.runs()) == 3
    search = labbook.experiment("search-around-depths")
    assert Declared.of(search).header["why"] == "backfill of depths: max accuracy"


@pytest.mark.timeout(300)
def test_a_real_run_ends_a_filling_one_at_once_which_is_run_again_after_it(
    labbook, swept, until
) -> None:
    """It is not resumable, so that it begins anew."""
    accept(labbook, swept(HELD), most=1)
    until(lambda: own(labbook) and own(labbook)[0].output.exists())
    [filler] = own(labbook)
    until(lambda: filler.output.read_text() == "up\n")
    real = running.queue(labbook, running.experiment(labbook, "real"), "")
    publishing.revive(labbook)
    until(real.exit.exists)
    assert ended(filler) is RunState.STOPPED
    assert stopped_by(filler) == "queue"
    until(lambda: len(own(labbook)) == 2)
    again = own(labbook)[1]
    until(again.started.exists)
    assert run_state.read_started(again).time > run_state.read_started(real).time
    record = records.read(again.record, RunRecord)
    assert record.reruns == records.read(filler.record, RunRecord).id
    (labbook.path.parent / "GO").touch()
    until(lambda: ended(again) is RunState.FINISHED)
    # A run that began anew is not one more of those it may have.
    until(lambda: standing(labbook).rests)
    assert len(own(labbook)) == 2


def test_a_filling_run_that_can_be_gone_on_with_loses_nothing(
    labbook, swept, until
) -> None:
    origin = swept(COUNTED, resumable=True, origin={"resumable": True})
    accept(labbook, origin, most=1)
    until(lambda: own(labbook) and (own(labbook)[0].checkpoint / "count").exists())
    real = running.queue(labbook, running.experiment(labbook, "real"), "")
    publishing.revive(labbook)
    until(real.exit.exists)
    until(lambda: len(own(labbook)) == 2 and own(labbook)[1].exit.exists())
    first, second = own(labbook)
    assert ended(first) is RunState.STOPPED
    counted = int(first.output.read_text().split()[-1])
    assert 0 < counted < 30
    assert second.output.read_text() == "counted 30\n"
    assert records.read(second.record, RunRecord).continues


@pytest.mark.timeout(300)
def test_two_failures_in_a_row_end_a_search_and_the_morning_tells(
    labbook, swept, until, command
) -> None:
    accept(labbook, swept("raise RuntimeError('no such depth')"))
    until(lambda: standing(labbook).ended, 120)
    assert [ended(run) for run in own(labbook)] == [RunState.FAILED] * 2
    assert standing(labbook).ended.startswith("It ended, since its last 2 runs")
    told = command("morning").stdout
    assert "SEARCHED MEANWHILE" in told
    assert "It ended, since its last 2 runs (001 and 002) failed" in " ".join(
        told.split()
    )
    # And no dispatcher is there for it any more.
    assert not Dispatcher(labbook, publishing.surroundings()).needed()


def test_a_small_space_is_searched_to_its_end(labbook, until) -> None:
    experiment, runs = ask(
        labbook, "tiny", QUICK, predict=("accuracy > 0",), sweep={"depth": [4, 6]}
    )
    for run, value in zip(runs, (0.99, 0.98), strict=True):
        end(run, accuracy=value)
    accept(labbook, experiment)
    until(lambda: standing(labbook).ended)
    [run] = own(labbook, "tiny")
    assert records.read(run.record, RunRecord).parameters == {"depth": 5}
    assert standing(labbook).ended.startswith("It is done")
    [found] = backfilling.view(labbook).accepted
    assert (found.best, found.value, found.before) == ({"depth": 5}, 1.0, 0.99)
    assert found.better
    backfilling.stop(labbook, "tiny")


def test_what_somebody_else_accepted_is_not_searched(labbook, swept, tmp_path) -> None:
    origin = swept()
    (labbook.path / searches.FILE).write_bytes(
        records.encode({"searches": [], "place": str(labbook.path), "signature": "0"})
    )
    assert "not signed by you" in backfilling.view(labbook).foreign
    accept(labbook, origin, when="later")
    assert not backfilling.view(labbook).foreign
    name = standing(labbook).name
    copied = LabbookFolder(tmp_path / "copied" / "labbook")
    shutil.copytree(labbook.path, copied.path)
    signed = (labbook.path / searches.FILE).read_text()
    (labbook.path / searches.FILE).write_text(signed.replace("later", "spare"))
    for each in (copied, labbook):
        assert backfilling.view(each).foreign
        assert searching.propose_next(each, name) is None
        assert not own(each)
        assert not Dispatcher(each, publishing.surroundings()).needed()
    assert "not for this copy of it" in backfilling.view(copied).foreign


@pytest.mark.usefixtures("unserved")
def test_nothing_is_proposed_that_a_waiting_run_would_begin_later_for(
    labbook, swept
) -> None:
    origin = swept(HELD)
    now = datetime.now(UTC)
    soon = f"{now + timedelta(minutes=30):%H:%M}-{now + timedelta(hours=3):%H:%M}"
    ask(labbook, "waits", "log(loss=1)", like=asked(soon))
    hold(labbook, origin, expected=3600.0)
    assert searching.propose_next(labbook, "search-around-depths") is None
    # One that ends before is no trouble.
    hold(labbook, origin, expected=60.0)
    assert searching.propose_next(labbook, "search-around-depths") is not None


@pytest.mark.usefixtures("unserved")
def test_a_search_that_can_be_gone_on_with_fills_up_until_a_run_begins(
    labbook, swept
) -> None:
    origin = swept(COUNTED, resumable=True, origin={"resumable": True})
    now = datetime.now(UTC)
    soon = f"{now + timedelta(minutes=30):%H:%M}-{now + timedelta(hours=3):%H:%M}"
    ask(labbook, "waits", "log(loss=1)", like=asked(soon))
    hold(labbook, origin, expected=3600.0)
    assert searching.propose_next(labbook, "search-around-depths") is not None
    # One at a time: the next had better know what came of this one.
    assert searching.propose_next(labbook, "search-around-depths") is None


def hold(labbook: LabbookFolder, origin: ExperimentFolder, expected: float) -> None:
    """Let a search be accepted that nobody serves."""
    from jupyter_labbook.actions import nominating

    watch = ExperimentWatch(labbook, origin)
    watch.poll()
    asks = replace(
        nominating.asks(watch, "spare"),
        expected=Expected(low=1, middle=expected, high=expected),
    )
    found = backfilling.Search(
        origin=origin.path.name,
        name=f"search-around-{origin.name}",
        metric="accuracy",
        higher=True,
        since="2000-01-01T00:00:00+00:00",
        asks=asks,
    )
    searches.write_searches(labbook.path, [found])


@pytest.mark.usefixtures("unserved")
def test_a_search_that_takes_too_much_of_the_disk_ends(labbook, swept) -> None:
    origin = swept()
    hold(labbook, origin, expected=1.0)
    assert searching.propose_next(labbook, "search-around-depths") is not None
    [one] = searches.read_searches(labbook.path)
    searches.write_searches(labbook.path, [replace(one, most_bytes=100)])
    assert searching.propose_next(labbook, "search-around-depths") is None
    assert "on the disk" in standing(labbook).ended


@pytest.mark.usefixtures("unserved")
def test_a_search_whose_experiment_is_gone_ends(labbook, swept) -> None:
    origin = swept()
    hold(labbook, origin, expected=1.0)
    shutil.rmtree(origin.path)
    assert searching.propose_next(labbook, "search-around-depths") is None
    assert standing(labbook).ended.startswith("It cannot go on: ")
    assert searching.propose_next(labbook, "nothing-of-this-name") is None


@pytest.mark.usefixtures("unserved")
def test_results_of_other_code_are_not_learned_from(labbook, swept) -> None:
    origin = swept()
    hold(labbook, origin, expected=1.0)
    first = searching.propose_next(labbook, "search-around-depths")
    end(first, accuracy=1.0)
    found = backfilling.progress(labbook, standing(labbook))
    assert found.value == 1.0
    ask(labbook, "depths", "log(accuracy=depth)", sweep={"depth": [1, 2, 9]})
    assert backfilling.progress(labbook, standing(labbook)).value is None
    assert searching.propose_next(labbook, "search-around-depths") is None
    for run in origin.runs()[3:]:
        end(run, accuracy=0.5)
    second = searching.propose_next(labbook, "search-around-depths")
    assert records.read(second.record, RunRecord).version == 2


def test_stopping_a_search_ends_its_runs(labbook, swept, until) -> None:
    accept(labbook, swept(HELD))
    until(lambda: own(labbook) and own(labbook)[0].started.exists())
    backfilling.stop(labbook, "depths")
    until(lambda: ended(own(labbook)[0]) is RunState.STOPPED)
    assert searches.read_searches(labbook.path) == []
    assert len(own(labbook)) == 1


def test_a_search_is_shown_accepted_and_stopped_by_the_command(
    labbook, swept, command
) -> None:
    swept()
    shown = command("backfill").stdout
    assert "depths: Does it help? 3 settings of depth: 1 to 9." in shown
    assert "Best accuracy 0.91 with depth=2." in shown
    assert "The next night has room for 20 runs of" in " ".join(shown.split())
    assert "labbook backfill accept depths\n" in shown
    said = command("backfill", "accept", "depths", "--most", "4", "--when", "later")
    assert "search-around-depths searches for max accuracy" in said.stdout
    assert standing(labbook).most == 4
    listed = json.loads(command("backfill", "--json").stdout)
    assert listed["nominees"] == []
    [one] = listed["accepted"]
    assert (one["origin"], one["when"], one["most"]) == ("depths", "later", 4)
    told = " ".join(command("backfill").stdout.split())
    assert "It goes on later, with 4 runs at most each time." in told
    assert command("backfill", "stop", "depths").returncode == 0
    assert searches.read_searches(labbook.path) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["accept", "nothing"], "There is no experiment 'nothing'"),
        (["accept", "depths/001"], "as a whole"),
        (["accept", "depths", "--when", "now"], "never closes"),
        (["accept", "depths", "--when", "after 23:30"], "never closes"),
        (["accept", "depths", "--when", "someday"], "someday"),
        (["accept", "depths", "--most", "0"], "no number of runs"),
        (["accept", "depths", "--metric", "loss", "--max"], "No run of depths logged"),
        (["accept", "depths", "--max", "--min"], "not allowed with"),
        (["accept", "silent", "--max"], "has no result"),
        (["accept", "plain"], "sweeps over nothing"),
        (["stop", "depths"], "No search around 'depths' is accepted"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_a_sentence(
    labbook, swept, command, words, said
) -> None:
    swept()
    ask(labbook, "silent", QUICK, sweep={"depth": [1, 2]})
    _, [run] = ask(labbook, "plain", "log(accuracy=1)")
    end(run, accuracy=1.0)
    result = command("backfill", *words)
    assert result.returncode in (2, 3)
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert searches.read_searches(labbook.path) == []


def test_the_owner_says_what_is_wanted_where_no_prediction_does(
    labbook, command
) -> None:
    _, runs = ask(labbook, "open", QUICK, sweep={"depth": [1, 2, 9]})
    for number, run in enumerate(runs):
        end(run, accuracy=0.1 * number, loss=1.0 - 0.1 * number)
    refused = command("backfill", "accept", "open")
    assert refused.returncode == 2
    assert "its metrics: accuracy, loss" in refused.stderr
    assert "--metric NAME and --max or --min" in refused.stderr
    words = ["accept", "open", "--metric", "loss", "--min", "--when", "later"]
    assert "min loss" in command("backfill", *words).stdout
    backfilling.stop(labbook, "open")


@pytest.mark.usefixtures("unserved")
def test_the_evening_names_the_searches_that_could_be_continued(
    labbook, swept, command
) -> None:
    origin = swept()
    told = command("evening").stdout
    assert "A search to continue: depths: Does it help?" in told
    assert "labbook backfill accept depths" in told
    hold(labbook, origin, expected=1.0)
    assert "A search to continue" not in command("evening").stdout


@pytest.mark.usefixtures("unserved")
def test_the_morning_tells_what_a_search_has_found(labbook, swept, command) -> None:
    origin = swept()
    hold(labbook, origin, expected=1.0)
    run = searching.propose_next(labbook, "search-around-depths")
    end(run, accuracy=0.5)
    told = " ".join(command("morning", "--since", "1h").stdout.split())
    assert "depths (max accuracy): 1 run." in told
    assert "no better than 0.91 before" in told
    # It is told of as a search, and asks for no conclusion.
    data = json.loads(command("morning", "--since", "1h", "--json").stdout)
    names = [one["subject"]["name"] for one in data["results"] + data["unconcluded"]]
    assert names == ["depths"]
    assert [one["runs"] for one in data["searches"]] == [1]
    assert data["streak"]["recent"][-1] == 1
    for form in ("--markdown", "--html"):
        said = command("morning", "--since", "1h", form, "-").stdout
        assert "Searched meanwhile" in said
        assert "no better than 0.91 before" in said.replace("\\", "")


def test_settings_that_matter_are_nominated_before_those_that_do_not(
    labbook,
) -> None:
    for name, noise in (("signal", 0.01), ("luck", 2.0)):
        _, runs = ask(
            labbook,
            name,
            QUICK,
            predict=("accuracy > 0",),
            sweep={"depth": [1, 2, 9]},
            seeds=(0, 1),
        )
        for run in runs:
            record = records.read(run.record, RunRecord)
            depth = record.parameters["depth"]
            end(run, accuracy=depth / 10 + noise * record.seed)
    ask(labbook, "fresh", QUICK, sweep={"depth": [1, 2]}, only=[Variant({}, 0)])
    found = backfilling.view(labbook).nominees
    assert [one.name for one in found] == ["signal", "luck"]
    assert found[0].signal > 1 > found[1].signal
    assert found[0].settings == 3
