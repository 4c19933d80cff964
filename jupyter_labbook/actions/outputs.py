"""What a run has left for people to look at: its output, and its pictures."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder

_TAIL_BYTES = 16_384


def read_tail(path: Path, size: int = _TAIL_BYTES) -> str:
    """Last part of a run's output, whatever bytes it holds."""
    return read_end(path, size)[0]


def read_end(path: Path, size: int) -> tuple[str, int]:
    """Last part of a run's output, and how many bytes there are in all."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - size))
            data = file.read(min(size, end))
    except FileNotFoundError:
        return "", 0
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}.", 0
    if end > size:
        data = data.partition(b"\n")[2] or data
    return data.decode("utf-8", "backslashreplace"), end


def figures(run: RunFolder) -> list[str]:
    """What the run drew or displayed, relative to its folder, in order."""
    try:
        names = sorted(os.listdir(run.figures))
    except OSError:
        return []
    return [f"figures/{name}" for name in names if not name.startswith(".")]
