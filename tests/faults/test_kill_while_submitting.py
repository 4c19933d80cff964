"""``kill -9`` of who submits, once something is stored."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.model.run import RunState
from jupyter_labbook.runtime import failpoints
from jupyter_labbook.storage import run_state
from jupyter_labbook.storage.history_check import Severity, verify_labbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_labbook.storage.labbook import LabbookFolder


@pytest.mark.parametrize("verb", [["list"], ["show", "killed"]])
def test_what_was_stored_still_starts_at_the_next_look(
    verb: list[str],
    labbook: LabbookFolder,
    tmp_path: Path,
    until: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def command(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "jupyter_labbook.cli", *words],
            cwd=labbook.path.parent,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    token = tmp_path / "token"
    monkeypatch.setenv(failpoints.VARIABLE, f"submit.published={token}")
    body = "open('executed', 'a').write('x')"
    words = ("--name", "killed", "--why", "see what is left")
    killed = command("run", *words, "--", sys.executable, "-c", body)
    assert killed.returncode == -signal.SIGKILL
    assert token.exists()
    [run] = labbook.experiment("killed").runs()
    assert run_state.derive(run) is RunState.WAITING
    found = verify_labbook(labbook.path)
    assert [p for p in found if p.severity is Severity.FINDING] == []

    assert command(*verb).returncode == 0
    until(run.exit.exists)
    assert run_state.derive(run) is RunState.FINISHED
    assert (labbook.path.parent / "executed").read_text() == "x"
