"""One line is said when the extension is loaded, and only if it is worth it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions.concluding import conclude, record_verdict
from jupyter_labbook.actions.digest import mark_read, read_digest
from jupyter_labbook.execution.clock import SystemClock
from jupyter_labbook.model.run import RunState
from jupyter_labbook.notebook.greeting import greeting
from jupyter_labbook.storage.settings import UserSettings
from tests.mornings import asked, ended, final

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from jupyter_labbook.storage.labbook import LabbookFolder


def ready(labbook: LabbookFolder, name: str, *states: RunState) -> Any:
    """Let an experiment end just now, as its supervisor does it."""
    target = asked(labbook, name)
    for state in states or (RunState.FINISHED,):
        ended(labbook, target, state, end=SystemClock().now(), metrics=final(a=1))
    record_verdict(labbook, target)
    return target


def said(labbook: LabbookFolder) -> str:
    return greeting(labbook.path.parent)


def read(labbook: LabbookFolder) -> None:
    moment = SystemClock().now()
    mark_read(labbook, read_digest(labbook, UserSettings(zone="UTC"), moment))
    # A file system's clock is coarser than a test is quick.
    past = time.time() - 1
    for path in labbook.path.rglob("*-verdict.json"):
        os.utime(path, (past, past))


def test_where_there_is_no_labbook_nothing_is_said(tmp_path: Path) -> None:
    assert greeting(tmp_path) == ""


def test_an_empty_labbook_is_passed_over(labbook: LabbookFolder) -> None:
    assert said(labbook) == ""


def test_results_are_counted_wherever_in_the_project_one_is(
    labbook: LabbookFolder,
) -> None:
    ready(labbook, "one")
    assert said(labbook) == "1 result is ready: %labbook morning"
    ready(labbook, "two", RunState.FAILED, RunState.STOPPED)
    ready(labbook, "three", RunState.FAILED, RunState.FAILED)
    words = "2 results are ready, 1 experiment failed: %labbook morning"
    below = labbook.path.parent / "notebooks/deeper"
    below.mkdir(parents=True)
    for folder in (labbook.path.parent, labbook.path, below):
        assert greeting(folder) == words


def test_what_was_read_is_not_counted_again(labbook: LabbookFolder) -> None:
    ready(labbook, "one")
    read(labbook)
    assert said(labbook) == ""
    ready(labbook, "two")
    assert said(labbook) == "1 result is ready: %labbook morning"


def test_reading_records_nothing_that_would_be_counted(labbook: LabbookFolder) -> None:
    target = asked(labbook, "unrecorded")
    ended(labbook, target, end=SystemClock().now(), metrics=final(a=1))
    moment = SystemClock().now()
    mark_read(labbook, read_digest(labbook, UserSettings(zone="UTC"), moment))
    assert list(target.path.glob("history/*verdict.json"))
    assert said(labbook) == ""


def test_what_was_concluded_is_not_counted(labbook: LabbookFolder) -> None:
    conclude(labbook, ready(labbook, "one"), "It is.")
    assert said(labbook) == ""


def test_what_is_older_than_a_week_is_no_news(labbook: LabbookFolder) -> None:
    target = ready(labbook, "one")
    past = time.time() - 8 * 86_400
    for path in (target.path / "history").iterdir():
        os.utime(path, (past, past))
    assert said(labbook) == ""


def test_damaged_files_are_passed_over(labbook: LabbookFolder) -> None:
    ready(labbook, "fine")
    for name, content in (("a", b"{"), ("b", b"[]"), ("c", b'{"data": {}}')):
        [verdict] = ready(labbook, name).path.glob("history/*verdict.json")
        verdict.write_bytes(content)
    [run] = ready(labbook, "d").runs()
    run.exit.write_text("{")
    with (labbook.path / "history.sha256").open("ab") as file:
        file.write(b"torn \xff\xfe line")
    assert said(labbook) == "1 result is ready: %labbook morning"


def test_a_run_that_was_lost_has_told_nothing(labbook: LabbookFolder) -> None:
    [run] = ready(labbook, "gone").runs()
    run.exit.unlink()
    assert said(labbook) == "1 experiment failed: %labbook morning"


_LOAD = """\
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "jupyter_labbook")
"""


def load(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _LOAD],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_loading_the_extension_says_it(labbook: LabbookFolder) -> None:
    assert load(labbook.path.parent) == ""
    ready(labbook, "one")
    assert load(labbook.path.parent) == "1 result is ready: %labbook morning\n"


def test_loading_in_a_folder_that_is_gone_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_labbook.notebook import extension

    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    extension._greet()


def test_the_end_of_a_long_history_is_enough(labbook: LabbookFolder) -> None:
    ready(labbook, "one")
    line = f"{'0' * 64}  experiments/{{:04d}}-x/history/0002-verdict.json\n"
    lines = "".join(line.format(number) for number in range(5000, 15_000))
    path = labbook.path / "history.sha256"
    path.write_text(lines + path.read_text())
    assert said(labbook) == "1 result is ready: %labbook morning"
