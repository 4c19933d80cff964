"""A labbook on a disk that is read-only, full, or no longer there."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import IO, TYPE_CHECKING

import pytest

from jupyter_labbook import Labbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CELL = "%%experiment {name} --wait\n#| question: Is it?\n#| predict: x == 1\nlog(x=1)"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """Give the test a project on a small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a disk takes root's rights")
    try:
        (folder / "pyproject.toml").touch()
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave no byte on the disk."""
    filler = folder / "filler"
    with (
        filler.open("wb", buffering=0) as file,
        pytest.raises(OSError, match="No space left"),
    ):
        _write_for_ever(file)
    return filler


def _write_for_ever(file: IO[bytes]) -> None:
    while True:
        file.write(bytes(4096))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of the labbook but the locks, which are empty."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted((folder / "labbook").rglob("*"))
        if path.is_file() and not path.name.endswith("lock")
    }


def refusal(result) -> str:
    assert result.reply["ename"] == "UsageError", result
    assert not result.error
    [line] = result.text.strip().splitlines()
    return line


def test_a_read_only_labbook_can_be_read_and_says_why_nothing_is_stored(
    kernel, project: Path, command
) -> None:
    kernel.run(CELL.format(name="done"))
    before = contents(project)
    remount(project, "ro")
    assert "read-only" in refusal(kernel.run(CELL.format(name="more")))
    assert "read-only" in refusal(kernel.run(CELL.format(name="done")))
    for words in (
        ["conclude", "done", "So it is."],
        ["plan", "add", "question", "why?"],
        ["rerun", "done"],
        ["run", "--why", "it", "--", "true"],
    ):
        result = command(*words)
        assert result.returncode == 4, words
        assert len(result.stderr.splitlines()) == 1, result.stderr
        assert "read-only" in result.stderr.lower()
    for words in (["list"], ["show", "done"], ["tail", "done"], ["verify"], ["plan"]):
        result = command(*words)
        assert (result.returncode, result.stderr) == (0, ""), words
    assert "SUPPORTED" in command("show", "done").stdout
    assert "Is it?" in kernel.run("%labbook show done").mime("text/html")[0]
    assert contents(project) == before
    remount(project, "rw")
    assert kernel.run(CELL.format(name="more")).reply["status"] == "ok"
    assert Labbook.find(project)["more"].result() == {"x": 1.0}


def test_a_verdict_that_cannot_be_recorded_is_shown_all_the_same(
    kernel, project: Path, command, until
) -> None:
    kernel.run(CELL.format(name="done"))
    history = project / "labbook" / "experiments" / "0001-done" / "history"
    until((history / "0002-verdict.json").exists)
    # As if nobody had been there when it ended.
    (history / "0002-verdict.json").unlink()
    listed = project / "labbook" / "history.sha256"
    listed.write_text("".join(listed.read_text().splitlines(keepends=True)[:1]))
    remount(project, "ro")
    shown = command("show", "done")
    assert shown.returncode == 0
    assert "SUPPORTED" in shown.stdout
    assert "read-only" in shown.stdout.lower()
    remount(project, "rw")
    assert "read-only" not in command("show", "done").stdout.lower()
    assert (history / "0002-verdict.json").exists()
    assert command("verify").returncode == 0


def test_a_full_disk_leaves_nothing_half_written(
    kernel, project: Path, command, until
) -> None:
    kernel.run("values = list(range(2000))")
    kernel.run(CELL.format(name="done"))
    until(lambda: list(project.rglob("0002-verdict.json")))
    command("plan", "add", "question", "Is there room?")
    before = contents(project)
    filler = fill(project)

    assert "the disk is full" in refusal(kernel.run(CELL.format(name="more")))
    carried = kernel.run("%%experiment carried\n#| why: it\nlog(x=len(values))")
    assert "make room" in refusal(carried)
    for words in (
        ["conclude", "done", "So it is."],
        ["plan", "add", "question", "why?"],
        ["plan", "delete", "room"],
        ["rerun", "done"],
        ["run", "--why", "it", "--", "true"],
    ):
        result = command(*words)
        assert result.returncode == 4, words
        assert len(result.stderr.splitlines()) == 1, result.stderr
        assert "room" in result.stderr
        assert contents(project) == before, words
    for words in (["list"], ["show", "done"], ["verify"], ["plan"]):
        assert command(*words).returncode == 0, words

    filler.unlink()
    assert kernel.run(CELL.format(name="more")).reply["status"] == "ok"
    assert Labbook.find(project)["more"].result() == {"x": 1.0}
    for words in (
        ["conclude", "done", "So it is."],
        ["plan", "add", "question", "why?"],
        ["rerun", "done", "--wait"],
    ):
        result = command(*words)
        assert result.returncode == 0, result.stderr
    verified = command("verify")
    assert verified.returncode == 0
    assert verified.stdout == "The history of 2 experiments is as it was written.\n"
    journal = (project / "labbook" / "journal.md").read_text()
    assert journal.count("So it is.") == 1


@pytest.mark.parametrize("pages", range(1, 12, 2))
def test_a_disk_that_fills_up_at_any_point_can_be_gone_on_with(
    pages, project: Path, command
) -> None:
    """The disk has room for some steps of a submission and not for the others."""
    command("init")
    filler = fill(project)
    os.truncate(filler, filler.stat().st_size - 4096 * pages)
    words = ["run", "tight", "--question", "Is it?", "--predict", "x == 1"]
    program = ["--", "sh", "-c", "true"]
    first = command(*words, *program)
    assert (first.returncode, len(first.stderr.splitlines())) in {(0, 0), (4, 1)}
    verified = command("verify")
    assert verified.returncode == 0, verified.stdout
    assert command("list").returncode == 0
    filler.unlink()
    # A run that is over waits for room for its exit record, however long it takes.
    assert all(Labbook.find(project)[name].wait(60) for name in Labbook.find(project))
    again = command(*words, "--wait", *program)
    assert again.returncode == 0, again.stderr
    assert "version" not in again.stdout
    [tight] = [Labbook.find(project)[name] for name in Labbook.find(project)]
    assert all(run.state == "finished" for run in tight)
    verified = command("verify")
    assert verified.stdout == "The history of 1 experiment is as it was written.\n"
    assert not list((project / "labbook").glob(".aside/*"))


def test_a_run_on_a_full_disk_ends_and_says_what_it_could_not_log(
    kernel, project: Path, until: Callable[..., None]
) -> None:
    kernel.run(
        "%%experiment fills\n#| why: it\nimport pathlib, time\nlog(x=1)\n"
        "pathlib.Path('begun').touch()\n"
        "while not pathlib.Path('full').exists():\n    time.sleep(0.01)\n"
        "for i in range(1000):\n    log(x=i)\n"
        "pathlib.Path('logged').touch()\n"
        "while pathlib.Path('filler').exists():\n    time.sleep(0.01)\n"
        "log(x=-1)\n"
    )
    until((project / "begun").exists)
    filler = fill(project)
    (project / "full").touch()
    until((project / "logged").exists)
    filler.unlink()
    fills = Labbook.find(project)["fills"]
    assert fills.wait(60)
    assert fills[0].state == "finished"
    logged = fills[0].metrics["x"]
    assert logged[:2] == [1, 0]
    assert logged[-1] == -1
    lost = 1002 - len(logged)
    assert lost > 0
    assert f"{lost} rows of metrics could not be written" in fills.output


def test_a_labbook_that_is_deleted_is_missed_in_one_sentence(
    kernel, project: Path, command
) -> None:
    kernel.run(CELL.format(name="done"))
    kernel.run("handle = _ if False else None\nfrom jupyter_labbook import Labbook")
    kernel.run("handle = Labbook.find()['done']")
    shutil.rmtree(project / "labbook")
    for line in ("show done", "list", "conclude done 'x'", "plan add test x"):
        assert "There is no labbook in" in refusal(kernel.run(f"%labbook {line}"))
    assert not (project / "labbook").exists()
    assert kernel.run("print(handle)").text == "<experiment 0001-done: gone>\n"
    assert "is gone; restore it" in kernel.run("handle.result()").error
    begun = kernel.run(CELL.format(name="done"))
    assert "A labbook begins" in begun.text
    assert Labbook.find(project)["done"].result() == {"x": 1.0}


def test_an_experiment_that_is_deleted_while_it_is_shown(
    kernel, project: Path, until: Callable[..., None]
) -> None:
    kernel.run(
        "%%experiment held\n#| why: it\nimport pathlib, time\nprint('on', flush=True)\n"
        "while not pathlib.Path('go').exists():\n    time.sleep(0.01)\n"
    )
    held = Labbook.find(project)["held"]
    until(lambda: "on" in held.output)
    shutil.rmtree(held.path)
    updates: list[dict[str, object]] = []

    def is_said() -> bool:
        updates.extend(kernel.updates())
        return any("is gone" in str(update["data"]) for update in updates)

    until(is_said)
    (project / "go").touch()
    assert "Did you mean" not in refusal(kernel.run("%labbook show held"))
    assert kernel.run("print(1)").text == "1\n"
