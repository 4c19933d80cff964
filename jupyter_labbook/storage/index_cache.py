"""What was found out about a labbook's ended runs, kept for the next start.

Deleting it changes only speed, and a damaged one counts as none.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import msgspec

from jupyter_labbook.runtime import files
from jupyter_labbook.storage.settings import cache_folder

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")


class IndexCache:
    """One file for each labbook, in the user's cache folder.

    Parameters
    ----------
    labbook
        The labbook's folder.
    """

    def __init__(self, labbook: Path) -> None:
        name = hashlib.sha256(os.fsencode(os.path.realpath(labbook))).hexdigest()
        self.path = cache_folder() / "index" / f"{name[:32]}.json"

    def load(self, kind: type[T]) -> T | None:
        """Read what was kept; None if there is nothing that can be used."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=kind)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def save(self, content: object) -> None:
        """Keep something in place of what was kept, if that can be done."""
        with suppress(OSError):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            files.replace(self.path, msgspec.json.encode(content))
