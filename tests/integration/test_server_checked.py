"""A page is told what pre-flight finds, and what it then asks for says the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_labbook.storage.queue_state import QueueState, write_queue

if TYPE_CHECKING:
    from tests.serving import Shown


def command(shown: Shown, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "jupyter_labbook.cli", *words],
        cwd=shown.folder.path.parent,
        check=True,
        capture_output=True,
    )


def test_what_is_found_after_a_submission_is_told_and_shown(
    shown: Shown, server_user: dict[str, str]
) -> None:
    folder = Path(server_user["XDG_CONFIG_HOME"]) / "jupyter_labbook"
    folder.mkdir(exist_ok=True)
    settings = folder / "settings.toml"
    settings.write_text("[preflight]\nafter = 0.3\n[digest]\nnotify = false\n")
    write_queue(shown.folder.path, QueueState(paused="It is not night yet."))
    try:
        with shown.stream() as events:
            events.next()
            when = ("--when", "tonight", "--why", "it")
            command(shown, "run", "bad", *when, "--", "false")
            told = events.until("checked")
        assert told["names"] == ["bad"]
        assert told["experiments"] == ["0001-bad"]
        assert told["problems"] == 1
        checked = shown.get("experiments/0001-bad").json["view"]["checked"]
        assert checked["state"] == "done"
        assert checked["findings"][0]["severity"] == "problem"
        assert checked["findings"][0]["remedy"] == {"verb": "stop bad"}
        shown.post("experiments/0001-bad/stop", {})
        assert shown.get("experiments/0001-bad").json["view"]["checked"] is None
    finally:
        settings.unlink()
