"""Saying something on standard error, which must never end a training."""

from __future__ import annotations

import os
import sys

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


def say(sentence: str) -> None:
    """Say a sentence on standard error, if there is anybody to hear it."""
    try:
        # What cannot be written would stay in the stream, and make Python end with
        # an error of its own.
        if not _closed(sys.stderr):
            sys.stderr.write(f"jupyter_labbook: {sentence}\n")
    except (AttributeError, OSError, ValueError):
        return  # there is none, or it is on a full disk


def _closed(stream: TextIO) -> bool:
    try:
        number = stream.fileno()
    except (OSError, ValueError):
        return False  # one of a notebook, perhaps, which has no file
    try:
        os.fstat(number)
    except OSError:
        return True
    return False
