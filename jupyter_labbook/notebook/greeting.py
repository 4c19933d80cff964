"""One line when the extension is loaded: whether results are ready.

It is said before anything else is, so it may cost next to nothing: the standard
library, the end of one file, and a look at what was added since a digest was read.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TAIL = 1 << 18
"""Bytes at the end of ``history.sha256`` in which new verdicts are looked for."""
_MOST = 100
"""Experiments that are counted, and runs of each that are looked at."""
_WEEK = 7 * 86_400


def greeting(folder: Path) -> str:
    """Say what is ready in the labbook of a folder; nothing if there is nothing."""
    try:
        labbook = _find(folder)
        ready, failed = _count(labbook) if labbook else (0, 0)
    except (OSError, ValueError):
        return ""
    parts = []
    if ready:
        parts.append(
            "1 result is ready" if ready == 1 else f"{ready} results are ready"
        )
    if failed:
        parts.append(
            f"{failed} {'experiment' if failed == 1 else 'experiments'} failed"
        )
    return f"{', '.join(parts)}: %labbook morning" if parts else ""


def _find(folder: Path) -> Path | None:
    """Find the labbook of a folder, as `LabbookFolder.find` does."""
    for place in (folder, *folder.parents):
        if (place / "labbook/labbook.toml").is_file():
            return place / "labbook"
        if place.name == "labbook" and (place / "labbook.toml").is_file():
            return place
    return None


def _count(labbook: Path) -> tuple[int, int]:
    """Count experiments that have ended since a digest was read: well, and badly."""
    try:
        since = (labbook / "read.json").stat().st_mtime
    except OSError:
        since = time.time() - _WEEK
    ready = failed = 0
    for verdict in _verdicts(labbook)[:_MOST]:
        try:
            if verdict.stat().st_mtime <= since:
                continue
            told = _has_told(verdict)
        except (OSError, ValueError, KeyError, TypeError):
            continue
        ready, failed = ready + told, failed + (not told)
    return ready, failed


def _verdicts(labbook: Path) -> list[Path]:
    """List the last verdict of each experiment that nobody has concluded since."""
    with (labbook / "history.sha256").open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
        lines = file.read().decode("utf-8", "replace").splitlines()
    found: dict[str, str] = {}
    for line in reversed(lines):
        path = line.partition("  ")[2]
        experiment, _, event = path.rpartition("/")
        if event.endswith(("-verdict.json", "-concluded.json")):
            found.setdefault(experiment, path)
    return [labbook / path for path in found.values() if path.endswith("-verdict.json")]


def _has_told(verdict: Path) -> bool:
    """Whether a run that the verdict rests on has come to an end of its own."""
    runs = verdict.parent.parent / "runs"
    for label in list(json.loads(verdict.read_bytes())["data"]["runs"])[:_MOST]:
        try:
            ended = json.loads((runs / label / "exit.json").read_bytes())
        except OSError:
            continue  # it was lost
        if ended["state"] in ("finished", "stopped"):
            return True
    return False
