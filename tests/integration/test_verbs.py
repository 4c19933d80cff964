"""Every verb, as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook import Labbook
from jupyter_labbook.actions.verbs import VERBS
from jupyter_labbook.model.run import RunState

if TYPE_CHECKING:
    from pathlib import Path

from tests.integration.saying import refused, said

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
            *("conclusion", "path", "problems", "tainted"),
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
