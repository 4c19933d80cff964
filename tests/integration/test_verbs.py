"""Every verb, as a process and as a line of a real kernel."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook import Labbook
from jupyter_labbook.actions.verbs import VERBS
from jupyter_labbook.model.run import RunState

if TYPE_CHECKING:
    from pathlib import Path

TRAIN = """\
import pathlib, sys
from jupyter_labbook import log, run_dir
rate = float(sys.argv[1])
for step in range(3):
    log(step=step, loss=rate * step)
(run_dir() / "note.txt").write_text("here")
print("trained with", rate)
sys.exit(3 if rate > 1 else 0)
"""
HOLDING = """\
import pathlib, sys, time
print("holding on", flush=True)
while not pathlib.Path(sys.argv[1]).exists():
    time.sleep(0.01)
print("let go")
"""


@pytest.fixture
def train(project: Path, command):
    """Run a small program as an experiment, and wait for it."""
    (project / "train.py").write_text(TRAIN)

    def run(*words: str, rate: str = "{rate}"):
        return command("run", *words, "--wait", "--", sys.executable, "train.py", rate)

    return run


@pytest.fixture
def hold(project: Path, command, until):
    """Start a program that runs until the file ``go`` is there."""
    (project / "holding.py").write_text(HOLDING)

    def start(name: str):
        program = [sys.executable, "holding.py", "go"]
        assert command("run", name, "--why", "it", "--", *program).returncode == 0
        handle = Labbook.find(project)[name]
        until(lambda: "holding on" in handle.output)
        return handle

    yield start
    (project / "go").touch()


def said(result: subprocess.CompletedProcess[str]) -> str:
    """What a command that went well printed."""
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return result.stdout


def refused(result: subprocess.CompletedProcess[str], code: int) -> str:
    """The one sentence of a command that did not do what was asked."""
    assert result.returncode == code, result
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    return line


# --- Any verb ----------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself(verb, command) -> None:
    text = said(command(verb, "-h"))
    assert text.startswith(f"usage: labbook {verb}")
    assert VERBS[verb] in text
    assert "--json" in text


def test_help_lists_every_verb_and_the_exit_codes(command) -> None:
    text = said(command("-h"))
    for verb, does in VERBS.items():
        assert verb in text
        assert does in text
    assert "exit codes: 0 done" in text
    assert said(command()) == text
    assert said(command("--version")).count(".") >= 2


def test_an_unknown_verb_is_told_the_nearest(command) -> None:
    sentence = refused(command("lst"), 2)
    assert sentence.startswith(
        "labbook: There is no verb 'lst': did you mean `labbook list`?"
    )


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["show"], "labbook show -h"),
        (["list", "--frobnicate"], "--frobnicate"),
        (["tail", "x", "-n", "-3"], "'-3' is no number of lines"),
        (["list", "--state", "asleep"], "'running', 'finished'"),
        (["run", "--why", "it"], "behind two dashes"),
        (["run", "--why", "it", "--"], "behind two dashes"),
        (["run", "--why", "it", "--here", "--", "true"], "--here"),
        (["run", "--why", "it", "--params", "{a: 1}", "--", "true"], "--a {a}"),
        (["run", "--why", "it", "--seeds", "3", "--", "true"], "--seed {seed}"),
        (["run", "--", "true"], "An experiment needs a reason"),
    ],
)
def test_words_that_cannot_be_used_change_nothing(
    words, hint, command, project: Path
) -> None:
    assert hint in refused(command(*words), 2)
    assert list(project.iterdir()) == [project / "pyproject.toml"]


@pytest.mark.parametrize(
    "words",
    [
        *(["list"], ["show", "x"], ["tail", "x"], ["stop", "x"], ["rerun", "x"]),
        *(["compare", "x", "y"], ["plan"], ["conclude", "x", "so"], ["verify"]),
        ["plan", "add", "question", "why?"],
    ],
)
def test_outside_any_labbook_each_verb_says_how_to_begin_one(
    words, command, project: Path
) -> None:
    sentence = refused(command(*words), 4)
    assert sentence == (
        f"labbook: There is no labbook in {project} or above; begin one with: "
        "labbook init"
    )
    assert list(project.iterdir()) == [project / "pyproject.toml"]


def test_a_reader_that_has_had_enough_breaks_nothing(command, train, project) -> None:
    train("--why", "it", rate="0.1")
    for words in (["list"], ["show", "it"], ["list", "--json"], ["-h"]):
        writer = subprocess.Popen(
            [sys.executable, "-m", "jupyter_labbook.cli", *words],
            cwd=project,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert writer.stdout is not None
        assert writer.stderr is not None
        writer.stdout.close()
        assert writer.stderr.read() == b""
        writer.stderr.close()
        assert writer.wait(60) == 0


def test_a_labbook_elsewhere_is_named_by_a_flag(command, train, tmp_path) -> None:
    train("--why", "it", rate="0.1")
    found = command("list", "--json", "--labbook", "project", cwd=tmp_path)
    assert json.loads(said(found))[0]["name"] == "it"


# --- init, list, show --------------------------------------------------------


def test_init_begins_a_labbook_once(command, project: Path) -> None:
    assert said(command("init")) == f"{project}/labbook is your labbook.\n"
    (project / "labbook" / "labbook.toml").write_text("[runs]\nniceness = 3\n")
    again = json.loads(said(command("init", "--json")))
    assert again == {"path": f"{project}/labbook", "new": False}
    assert (project / "labbook" / "labbook.toml").read_text().endswith("= 3\n")


def test_an_empty_labbook_says_what_to_do(command) -> None:
    command("init")
    assert "%%experiment" in said(command("list"))
    assert json.loads(said(command("list", "--json"))) == []
    nobody = refused(command("show", "x"), 3)
    assert nobody.endswith("/labbook has none yet.")


def test_list_and_show_tell_where_things_stand(command, train, project) -> None:
    train("good", "--question", "Does it fall?", "--predict", "loss < 1", rate="0.1")
    train("bad", "--why", "see it fail", rate="2")
    lines = said(command("list")).splitlines()
    assert lines[0].split() == ["No", "Name", "Runs", "Verdict", "Question"]
    assert [line.split()[:5] for line in lines[2:]] == [
        ["1", "good", "1", "finished", "supported"],
        ["2", "bad", "1", "failed", "exploring"],
    ]
    rows = json.loads(said(command("list", "--json")))
    assert [set(row) for row in rows] == [
        {
            *("number", "name", "question", "why", "states", "verdicts"),
            *("conclusion", "path", "problems"),
        }
    ] * 2
    assert rows[1]["states"] == {"failed": 1}
    assert "good" not in said(command("list", "--state", "failed"))
    assert said(command("list", "--state", "held")) == (
        "No experiment has a run that is held.\n"
    )

    text = said(command("show", "good"))
    assert "Does it fall?" in text
    assert "SUPPORTED  loss < 1" in text
    assert said(command("show", "1")) == text
    told = json.loads(said(command("show", "good", "--json")))
    assert told["verdicts"][0]["outcome"] == "supported"
    assert told["runs"][0]["final"] == {"loss": 0.2}
    failed = said(command("show", "bad"))
    assert "001: ended with exit code 3" in failed
    assert "| trained with 2.0" in failed

    assert "Did you mean good?" in refused(command("show", "goood"), 3)
    assert "leave out /1" in refused(command("show", "good/1"), 2)


# --- tail --------------------------------------------------------------------


def test_tail_shows_the_last_lines(command, project: Path) -> None:
    command("init")
    count = "for i in range(30): print('line', i)"
    command("run", "lines", "--why", "it", "--wait", "--", sys.executable, "-c", count)
    expected = [f"line {i}" for i in range(30)]
    assert said(command("tail", "lines")).splitlines() == expected[-10:]
    assert said(command("tail", "lines/1", "-n", "2")).splitlines() == expected[-2:]
    assert said(command("tail", "lines", "-n", "99")).splitlines() == expected
    assert said(command("tail", "lines", "-n", "0")).strip() == ""
    told = json.loads(said(command("tail", "lines", "-n", "1", "--json")))
    assert told == {"run": "001", "state": "finished", "lines": ["line 29"]}
    assert "its runs: 001 to 001" in refused(command("tail", "lines/7"), 3)


def test_tail_follows_to_the_end(hold, project: Path, command) -> None:
    hold("held-on")
    with subprocess.Popen(
        [sys.executable, "-m", "jupyter_labbook.cli", "tail", "-f", "held-on"],
        cwd=project,
        stdout=subprocess.PIPE,
        text=True,
    ) as follower:
        assert follower.stdout is not None
        assert follower.stdout.readline() == "holding on\n"
        (project / "go").touch()
        assert follower.stdout.read() == "let go\n"
    assert follower.returncode == 0
    assert said(command("tail", "-f", "held-on")) == "holding on\nlet go\n"


# --- stop --------------------------------------------------------------------


def test_stop_ends_what_runs_cancels_what_waits_and_leaves_what_ended(
    hold, train, command, user: Path, project: Path
) -> None:
    (user / "config" / "jupyter_labbook").mkdir(exist_ok=True)
    (user / "config" / "jupyter_labbook" / "settings.toml").write_text("slots = 1\n")
    train("ended", "--why", "it", rate="0.1")
    running = hold("running")
    command("run", "waiting", "--why", "it", "--", sys.executable, "train.py", "1")
    waiting = Labbook.find(project)["waiting"]
    assert waiting[0].state is RunState.WAITING
    told = said(command("stop", "ended", "waiting/1", "running", "--reason", "tea"))
    assert told.splitlines() == [
        "ended/001 had ended already: finished.",
        "waiting/001 is cancelled.",
        "running/001 is being stopped.",
    ]
    assert running.wait(30)
    assert running[0].state is RunState.STOPPED
    assert waiting[0].state is RunState.CANCELLED
    assert waiting.output == ""
    assert "001: stopped: tea" in said(command("show", "running"))
    again = json.loads(said(command("stop", "running", "--json")))
    assert again == [{"run": "running/001", "was": "stopped"}]


# --- run ---------------------------------------------------------------------


def test_run_fills_in_parameters_and_spreads_a_sweep(train, project: Path) -> None:
    result = train("rates", "--why", "it", "--sweep", "{rate: [0.1, 0.2]}", "--json")
    told = json.loads(said(result))
    assert set(told) == {"name", "path", "runs", "states", "notes"}
    assert told["runs"] == ["rates/001", "rates/002"]
    assert told["states"] == ["finished", "finished"]
    rates = Labbook.find(project)["rates"]
    assert [run.parameters["rate"] for run in rates] == [0.1, 0.2]
    assert rates.result() == {"loss": [0.2, 0.4]}
    assert rates[0].metrics["step"] == [0, 1, 2]
    assert (rates[1].path / "note.txt").read_text() == "here"
    assert rates.output == "trained with 0.1\ntrained with 0.2\n"


def test_run_says_by_its_exit_code_how_the_program_ended(train) -> None:
    assert train("good", "--why", "it", rate="1").returncode == 0
    failed = train("bad", "--why", "it", rate="2")
    assert failed.returncode == 5
    assert failed.stdout.splitlines() == [
        "bad: 1 failed. See: labbook show bad",
    ]


def test_a_dry_run_shows_the_commands_and_stores_nothing(
    command, project: Path
) -> None:
    words = ["--why", "it", "--sweep", "{a: [1, 2]}", "--dry-run", "--", "prog", "{a}x"]
    text = said(command("run", *words))
    assert text.splitlines()[1:] == ["  prog 1x", "  prog 2x"]
    assert list(project.iterdir()) == [project / "pyproject.toml"]


def test_the_programs_own_flags_stay_its_own(command, project: Path) -> None:
    code = "import sys; print(sys.argv[1:])"
    program = [sys.executable, "-c", code, "--json", "-h", "--", "{nothing}"]
    assert command("run", "own", "--why", "it", "--wait", "--", *program)
    output = Labbook.find(project)["own"].output
    assert output == "['--json', '-h', '--', '{nothing}']\n"


# --- compare, conclude, verify -----------------------------------------------


def test_compare_names_what_changed_before_the_metrics(train, command) -> None:
    train("slow", "--why", "it", "--params", "{rate: 0.1}")
    train("fast", "--why", "it", "--params", "{rate: 0.5}")
    text = said(command("compare", "slow", "fast"))
    assert text.index("rate: 0.1 -> 0.5") < text.index("loss")
    assert "+0.8" in text
    told = json.loads(said(command("compare", "slow/1", "fast/1", "--json")))
    assert told["changes"] == [
        {"aspect": "parameter", "name": "rate", "before": "0.1", "after": "0.5"}
    ]
    assert [row["metric"] for row in told["metrics"]] == ["loss"]
    assert "Did you mean fast?" in refused(command("compare", "slow", "fasst"), 3)


def test_a_conclusion_is_kept_in_three_places(train, command, project: Path) -> None:
    train("rates", "--question", "Faster?", "--predict", "loss < 1", rate="0.1")
    words = ["conclude", "rates", "Slow is", "fine."]
    assert "journal.md" in said(command(*words))
    assert json.loads(said(command(*words, "--json"))) == {
        "name": "rates",
        "conclusion": "Slow is fine.",
    }
    labbook = project / "labbook"
    experiment = labbook / "experiments" / "0001-rates"
    journal = (labbook / "journal.md").read_text()
    for part in (
        "- **Asked:** Faster?",
        "- **Expected:** loss < 1",
        "- **Observed:** supported: loss < 1",
        "- **Learned:** Slow is fine.",
    ):
        assert journal.count(part) == 1
    assert "conclusion: Slow is fine." in (experiment / "experiment.md").read_text()
    [event] = experiment.glob("history/*-concluded.json")
    assert json.loads(event.read_text())["data"]["conclusion"] == "Slow is fine."
    assert "Slow is fine." in said(command("show", "rates"))
    assert "needs words" in refused(command("conclude", "rates", " "), 2)
    assert said(command("verify")).startswith("The history of 1 experiment is as")


def _change(experiment: Path) -> str:
    event = experiment / "history" / "0001-registered.json"
    event.write_text(event.read_text().replace("loss < 1", "loss < 9"))
    return "The event was changed"


def _delete(experiment: Path) -> str:
    (experiment / "history" / "0002-verdict.json").unlink()
    return "The event was deleted"


def _slip_in(experiment: Path) -> str:
    source = experiment / "history" / "0002-verdict.json"
    event = json.loads(source.read_text()) | {"seq": 3}
    (experiment / "history" / "0003-verdict.json").write_text(json.dumps(event))
    return "history/0003-verdict.json"


def _damage(experiment: Path) -> str:
    (experiment / "history" / "0002-verdict.json").write_text("{")
    return "is damaged"


def _change_metrics(experiment: Path) -> str:
    path = experiment / "runs" / "001" / "metrics.csv"
    path.write_text(path.read_text().replace("0.2", "0.1"))
    return "These metrics were changed after the verdict"


def _delete_metrics(experiment: Path) -> str:
    (experiment / "runs" / "001" / "metrics.csv").unlink()
    return "These metrics are gone"


@pytest.mark.parametrize(
    "fake", [_change, _delete, _slip_in, _damage, _change_metrics, _delete_metrics]
)
def test_verify_finds_what_was_changed(fake, train, command, project: Path) -> None:
    train("rates", "--question", "Faster?", "--predict", "loss < 1", rate="0.1")
    command("show", "rates")
    assert command("verify").returncode == 0
    finding = fake(project / "labbook" / "experiments" / "0001-rates")
    result = command("verify")
    assert result.returncode == 1
    assert finding in result.stdout
    assert result.stderr == ""
    told = command("verify", "--json")
    assert told.returncode == 1
    assert any(
        finding in f"{p['path']} {p['message']}" for p in json.loads(told.stdout)
    )


# --- plan --------------------------------------------------------------------


def test_each_act_on_the_plan(command) -> None:
    command("init")
    detail = ["--expected", "yes", "--setup", "look", "--impact", "all"]
    added = command("plan", "add", "question", "Is it", "so?", *detail, "--json")
    item = json.loads(said(added))
    assert (item["text"], item["expected"], item["done"]) == ("Is it so?", "yes", False)
    acts = {
        ("edit", item["id"], "Is it not so?"): "Changed: Is it not so?",
        ("tick", "not so"): "Done: Is it not so?",
        ("untick", "not so"): "Open again: Is it not so?",
        ("priority", "not so", "high"): "Now of high priority: Is it not so?",
        ("delete", "not so"): "Deleted (labbook plan undo): Is it not so?",
        ("undo",): "Back again: Is it not so?",
    }
    for words, answer in acts.items():
        assert said(command("plan", *words)) == f"{answer}\n"
    assert "Is it not so?" in said(command("plan"))
    paper = said(command("plan", "--print"))
    assert re.search("☐.* Is it not so[?]", paper)
    assert "answer: ____" in paper
    told = json.loads(said(command("plan", "--json")))
    assert told["items"][0]["priority"] == "high"
    assert "five lists" in refused(command("plan", "add", "wish", "a pony"), 2)
    assert "No item of the plan" in refused(command("plan", "tick", "pony"), 3)


# --- rerun -------------------------------------------------------------------

RANDOM = "import os; log(noise=int.from_bytes(os.urandom(6), 'big'), same=1)"


def test_rerun_repeats_frozen_code_and_finds_no_difference(kernel, command) -> None:
    module = kernel.folder / "mine.py"
    module.write_text(
        "import random\ndef draw(seed):\n    return random.Random(seed).random()\n"
    )
    cell = (
        "import mine\n",
        "%%experiment seeded --wait\n#| why: it\n#| seeds: [7]\nlog(v=mine.draw(seed))",
    )
    for code in cell:
        assert kernel.run(code).reply["status"] == "ok"
    module.write_text("def draw(seed):\n    return 99.0\n")

    same = command("rerun", "seeded", "--wait")
    assert said(same).startswith("001 again as 002 (finished):\nReproduced exactly")
    now = command("rerun", "seeded/1", "--current", "--wait", "--json")
    assert now.returncode == 1
    [told] = json.loads(now.stdout)
    assert (told["original"], told["rerun"], told["state"]) == (
        "001",
        "003",
        "finished",
    )
    assert told["differing"][0]["metric"] == "v"
    labbook = Labbook.find(kernel.folder)
    assert labbook["seeded"]["003"].result() == {"v": 99.0}
    assert labbook["seeded"]["002"].parameters == {"seed": 7}
    later = said(command("rerun", "seeded/2"))
    assert "002 runs again as 004." in later
    assert "labbook compare seeded/002 seeded/004" in later


def test_rerun_shows_by_how_much_a_random_run_differs(kernel, command) -> None:
    kernel.run(f"%%experiment noisy --wait\n#| why: it\n{RANDOM}")
    result = command("rerun", "noisy", "--wait")
    assert result.returncode == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "001 again as 002 (finished):"
    assert any("noise" in line for line in lines)
    first, second = (
        Labbook.find(kernel.folder)["noisy"][run].result()["noise"]
        for run in ("001", "002")
    )
    told = json.loads(command("rerun", "noisy/1", "--wait", "--json").stdout)
    assert [found["metric"] for found in told[0]["differing"]] == ["noise"]
    assert told[0]["same"] == ["same"]
    assert told[0]["differing"][0]["original"] == first
    assert told[0]["differing"][0]["absolute"] > 0
    assert first != second
    assert "same" in "".join(lines)


# --- The same in a notebook --------------------------------------------------


def test_the_magic_speaks_the_same_words(kernel, command) -> None:
    kernel.run("import os; os.environ['COLUMNS'] = '100'")
    begun = kernel.run("%labbook init")
    assert begun.text == f"{kernel.folder}/labbook is your labbook.\n"
    kernel.run(
        "%%experiment first --wait\n#| question: Is 1?\n#| predict: x == 1\n"
        "log(x=1)\nprint('hi')"
    )
    for words in (
        *("list", "list --json", "tail first -n 1", "compare first first"),
        *("verify", "show first --json", "plan --print", "plan --json", "stop first"),
        *("tail -f first", "conclude first 'It is.'", "plan add test 'an edge'"),
    ):
        in_cell = kernel.run(f"%labbook {words}")
        assert in_cell.reply["status"] == "ok"
        if "add" in words:
            continue
        outside = said(command(*shlex.split(words)))
        assert in_cell.text.strip() == outside.strip(), words
    shown = kernel.run("%labbook show first")
    [html] = shown.mime("text/html")
    assert "Is 1?" in html
    assert "It is." in html
    again = kernel.run("%labbook rerun first --wait")
    assert "Reproduced exactly" in again.text
    told = kernel.run("%labbook run --why it --wait -- true")
    assert "1 finished" in told.text


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("lst", "did you mean `%labbook list`?"),
        ("list", "There is no labbook in"),
        ("show 'x", "No closing quotation"),
        ("show", "the following arguments are required: NAME"),
    ],
)
def test_the_magic_refuses_with_one_sentence(kernel, line, sentence) -> None:
    result = kernel.run(f"%labbook {line}")
    assert result.reply["ename"] == "UsageError"
    assert not result.error
    [text] = result.text.strip().splitlines()
    assert sentence in text


def test_help_of_both_magics(kernel) -> None:
    assert "exit codes" in kernel.run("%labbook -h").text
    assert "usage: %labbook show" in kernel.run("%labbook show -h").text
    for code in ("%%experiment -h", "%%experiment --help\n\n", "%experiment -h"):
        result = kernel.run(code)
        assert result.reply["status"] == "ok", result.text
        assert "question" in result.text
        assert "--dry-run" in result.text
    asked = kernel.run("%%experiment?").reply["payload"][0]["data"]["text/plain"]
    assert "what you want to find out" in asked
    bare = kernel.run("%%experiment")
    assert "An experiment needs a reason" in bare.text


def test_completion_of_verbs_names_keys_and_flags(kernel) -> None:
    kernel.run("%%experiment wider-forest --wait\n#| why: it\nlog(x=1)")
    for code, wanted in {
        "%labbook sh": ["%labbook show"],
        "%labbook ": [f"%labbook {verb}" for verb in sorted(VERBS)],
        "%labbook show wi": ["%labbook show wider-forest"],
        "%labbook compare wider-forest w": [
            "%labbook compare wider-forest wider-forest"
        ],
        "%labbook plan un": ["%labbook plan undo", "%labbook plan untick"],
        "%%experiment --que": ["%%experiment --question"],
        "%%experiment x --dr": ["%%experiment x --dry-run"],
        "%%experiment x\n#| que": ["%%experiment x\n#| question: "],
        "%%experiment x\n#|que": ["%%experiment x\n#|question: "],
        "%%experiment x\n#| question: a\n#| swe": [
            "%%experiment x\n#| question: a\n#| sweep: "
        ],
    }.items():
        assert sorted(kernel.complete(code)) == sorted(wanted)
    everything = kernel.complete("%%experiment x\n#| ")
    assert "%%experiment x\n#| predict: " in everything
    assert not [match for match in everything if "dry-run" in match or "abs" in match]


def test_completion_leaves_python_alone(kernel) -> None:
    for code in ("prin", "%%experiment x\n#| why: it\nprin"):
        assert f"{code}t" in kernel.complete(code)


def test_verbs_work_from_a_folder_that_is_gone(command, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    code = (
        "import os, sys; os.rmdir(os.getcwd()); "
        "from jupyter_labbook.cli import main; sys.exit(main(['list']))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=gone,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "The working folder is gone" in refused(result, 4)


def test_a_question_in_a_cell_may_end_in_its_mark(kernel, project: Path) -> None:
    kernel.run("%labbook init")
    result = kernel.run("%labbook plan add question What about depth?")
    assert not result.error
    assert result.text == "Added to Questions: What about depth?\n"
    assert "What about depth?" in (project / "labbook/plan.md").read_text()
