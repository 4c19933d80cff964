"""A damaged file: everything else is shown, and the file is named."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook import Labbook

if TYPE_CHECKING:
    from pathlib import Path

RUN = "experiments/0001-hurt/runs/001"
DAMAGED = {
    f"{RUN}/run.json": "restore it from a backup or git",
    f"{RUN}/started.json": "restore it from a backup or git",
    f"{RUN}/exit.json": "restore it from a backup or git",
    "experiments/0001-hurt/history/0001-registered.json": "restore it from a backup",
    "experiments/0001-hurt/experiment.md": "put them back or restore the file",
}
"""File to what to do about it."""
NOISE = {
    "cut short": lambda data: data[: len(data) // 2],
    "empty": lambda _: b"",
    "binary": lambda _: bytes(range(256)),
    "another thing": lambda _: b"[]\n",
}


@pytest.fixture
def labbook(project: Path, command) -> Path:
    """Fill a labbook with two experiments that are done."""
    (project / "one.py").write_text("from jupyter_labbook import log\nlog(x=1)\n")
    for name in ("hurt", "whole"):
        words = ["run", name, "--question", "Is it?", "--predict", "x == 1", "--wait"]
        assert command(*words, "--", sys.executable, "one.py").returncode == 0
        assert command("show", name).returncode == 0
    return project / "labbook"


def one_sentence(result) -> str:
    assert result.returncode == 4, result
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    return line


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("file", DAMAGED)
def test_list_and_show_work_for_the_rest_and_name_the_file(
    file, noise, labbook: Path, command
) -> None:
    path = labbook / file
    path.write_bytes(NOISE[noise](path.read_bytes()))
    if file.endswith("started.json"):
        (labbook / RUN / "exit.json").unlink()
    listed = command("list")
    assert listed.returncode == 0, listed.stderr
    assert listed.stderr == ""
    lines = listed.stdout.splitlines()
    assert [line for line in lines if line.split()[:5:4] == ["2", "supported"]]
    shown = command("show", "hurt")
    assert shown.returncode == 0, shown.stderr
    told = " ".join(shown.stdout.split())
    assert str(path) in told
    in_editor = file.endswith(".md") and noise == "binary"
    assert ("save it as UTF-8" if in_editor else DAMAGED[file]) in told
    if not file.endswith(".md"):
        assert str(path) in listed.stdout
        assert DAMAGED[file] in listed.stdout
    whole = command("show", "whole")
    assert "SUPPORTED" in whole.stdout
    assert str(path) not in whole.stdout
    assert command("verify").returncode in (0, 1)
    assert command("verify").stderr == ""


@pytest.mark.parametrize("file", DAMAGED)
def test_nothing_is_built_on_a_damaged_file(file, labbook: Path, command) -> None:
    path = labbook / file
    path.write_bytes(b"{")
    before = {p: p.read_bytes() for p in labbook.rglob("*") if p.is_file()}
    refused = 0
    for words in (["conclude", "hurt", "So it is."], ["rerun", "hurt"]):
        result = command(*words)
        assert result.returncode in (0, 4)
        if result.returncode:
            refused += 1
            assert str(path) in one_sentence(result)
    after = {p: p.read_bytes() for p in labbook.rglob("*") if p.is_file()}
    if refused == 2:
        locks = {p for p in after if p.name.endswith("lock")}
        assert {k: v for k, v in after.items() if k not in locks} == {
            k: v for k, v in before.items() if k not in locks
        }
    # The other experiment goes on as if nothing had happened.
    assert command("conclude", "whole", "So it is.").returncode == 0
    rerun = command("rerun", "whole", "--wait")
    assert rerun.returncode == 0, rerun.stderr


def test_a_damaged_ticket_waits_for_nobody_and_is_named(
    labbook: Path, command, project: Path
) -> None:
    run = labbook / RUN
    for name in ("exit.json", "started.json"):
        (run / name).unlink()
    (run / "ticket.json").write_text("{")
    for words in (["list"], ["show", "hurt"]):
        told = command(*words)
        assert told.returncode == 0
        assert f"{run}/ticket.json is damaged" in " ".join(told.stdout.split())
    # A new submission's dispatcher serves the others.
    more = ["run", "more", "--why", "it", "--sweep", "{a: [1, 2]}", "--wait"]
    assert command(*more, "--", "echo", "{a}").returncode == 0
    assert not (run / "started.json").exists()


def test_metrics_that_are_no_table_do_not_hide_the_rest(labbook: Path, command) -> None:
    (labbook / RUN / "metrics.csv").write_bytes(bytes(range(256)) * 10)
    assert command("list").returncode == 0
    shown = command("show", "hurt")
    assert (shown.returncode, shown.stderr) == (0, "")
    # Not taken for new results that deserve a verdict of their own.
    told = " ".join(shown.stdout.split())
    assert "metrics.csv: These metrics were changed after" in told
    assert "These metrics were changed" in command("verify").stdout


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[runs\n", "at line 1, column 6"),
        ("[runs]\nniceness = 'low'\n", "Expected `int`, got `str`"),
        ("[runs]\ngrace = \xff", "not text in UTF-8"),
    ],
)
def test_settings_that_cannot_be_read_stop_submissions_alone(
    text, says, labbook: Path, command, kernel
) -> None:
    toml = labbook / "labbook.toml"
    toml.write_bytes(text.encode("latin-1"))
    for words in (["list"], ["show", "whole"], ["verify"], ["plan"]):
        assert command(*words).returncode == 0
    sentence = one_sentence(command("run", "more", "--why", "it", "--", "true"))
    assert str(toml) in sentence
    assert says in sentence
    in_cell = kernel.run("%%experiment\n#| why: it\nlog(x=1)")
    assert in_cell.reply["ename"] == "UsageError"
    assert not in_cell.error
    assert str(toml) in in_cell.text
    toml.write_text("[runs]\nniceness = 5\n")
    assert command("run", "more", "--why", "it", "--wait", "--", "true").returncode == 0


def test_a_plan_that_is_no_text_is_left_as_it_is(
    labbook: Path, command, kernel
) -> None:
    plan = labbook / "plan.md"
    plan.write_bytes(b"# Plan\n\n## Questions\n\n- [ ] caf\xe9\n")
    for words in (["plan"], ["plan", "add", "test", "x"], ["plan", "tick", "caf"]):
        sentence = one_sentence(command(*words))
        assert f"{plan} is not UTF-8 text (line 5)" in sentence
    assert "save it as UTF-8" in kernel.run("%labbook plan --print").text
    assert plan.read_bytes().endswith(b"caf\xe9\n")
    # The checklist below an experiment must not stand in its way.
    result = kernel.run("%%experiment on --wait\n#| why: it\nlog(x=1)")
    assert result.reply["status"] == "ok"


def test_a_key_that_is_damaged_is_named(labbook: Path, command, user: Path) -> None:
    key = user / "config" / "jupyter_labbook" / "key"
    key.write_bytes(b"short")
    sentence = one_sentence(command("run", "more", "--why", "it", "--", "true"))
    assert f"{key} is damaged; delete it" in sentence
    assert command("show", "whole").returncode == 0


# --- A labbook from elsewhere ------------------------------------------------


def test_tickets_from_elsewhere_are_held_and_nothing_executes(
    labbook: Path, command, kernel, project: Path, user: Path
) -> None:
    (user / "config" / "jupyter_labbook" / "settings.toml").write_text("slots = 1\n")
    # Somebody else's labbook, where a sweep is still waiting for its slot.
    gate = ["sh", "-c", "touch begun; until [ -e go ]; do sleep 0.01; done"]
    assert command("run", "gate", "--why", "it", "--", *gate).returncode == 0
    sweep = ["run", "theirs", "--why", "it", "--sweep", "{a: [1, 2]}"]
    assert command(*sweep, "--", "touch", str(project / "executed{a}")).returncode == 0
    shutil.copytree(labbook, project / "copy" / "labbook")
    assert command("stop", "theirs").returncode == 0
    (project / "go").touch()
    assert Labbook.find(project)["gate"].wait(60)

    copy = project / "copy"
    listed = command("list", cwd=copy)
    [row] = [line for line in listed.stdout.splitlines() if "theirs" in line]
    assert "2 held" in row
    shown = " ".join(command("show", "theirs", cwd=copy).stdout.split())
    assert "001: its ticket was signed for" in shown
    kernel.run(f"%cd -q {copy}")
    assert "held" in kernel.run("%labbook show theirs").mime("text/plain")[0]
    assert "2 held" in kernel.run("%labbook list").text
    mine = kernel.run(
        "%%experiment mine --wait\n#| why: it\n#| sweep: {b: [1, 2]}\nlog(x=b)"
    )
    assert mine.reply["status"] == "ok", mine.text
    assert Labbook.find(copy)["mine"].result() == {"x": [1.0, 2.0]}
    assert not list(project.glob("executed*"))

    # Another person, with another key.
    (user / "config" / "jupyter_labbook" / "key").unlink()
    os.rename(labbook, project / "moved")  # noqa: PTH104
    os.rename(copy / "labbook", labbook)  # noqa: PTH104
    shown = " ".join(command("show", "theirs").stdout.split())
    assert "its ticket was not signed by you on this machine" in shown
    more = ["run", "more", "--why", "it", "--wait", "--", "true"]
    assert command(*more).returncode == 0
    assert not list(project.glob("executed*"))
    # Whoever trusts them says so, run by run.
    assert command("rerun", "theirs/1", "--wait").returncode == 0
    assert [path.name for path in project.glob("executed*")] == ["executed1"]


def test_a_home_that_cannot_be_written_stores_nothing_of_a_submission(
    command, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    refused = command("run", "--why", "it", "--", "true")
    assert refused.returncode == 4
    assert refused.stderr.startswith("labbook: ")
    assert "set XDG_STATE_HOME to a folder that you may write" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert list(project.glob("labbook/experiments/*")) == []
