"""Telling the kernels of a user that a page follows a labbook by itself.

A page that reads the folder through the server does not need what a kernel draws
twice a second. The server leaves a mark that is good for a while, in the user's own
state folder: the labbook is not written to for being looked at.
"""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING, Final

from jupyter_labbook.errors import StorageError
from jupyter_labbook.storage.settings import state_folder

if TYPE_CHECKING:
    from pathlib import Path

GOOD_FOR_SECONDS: Final = 30.0
"""How long a mark counts: leave one at least twice as often."""


def mark_followed(labbook: Path) -> None:
    """Leave the mark that a page follows a labbook now; in vain on a full disk."""
    try:
        mark = _mark(labbook)
        mark.parent.mkdir(mode=0o700, exist_ok=True)
        mark.touch(mode=0o600)
    except (OSError, StorageError):
        return


def is_followed(labbook: Path) -> bool:
    """Whether a page follows a labbook, as far as its marks tell."""
    try:
        age = time.time() - _mark(labbook).stat().st_mtime
    except (OSError, StorageError):
        return False
    return abs(age) < GOOD_FOR_SECONDS


def _mark(labbook: Path) -> Path:
    digest = hashlib.sha256(os.path.realpath(labbook).encode()).hexdigest()[:16]
    return state_folder() / "followed" / digest
