"""The labbooks that this user has submitted runs in, on this machine."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_labbook.runtime import files
from jupyter_labbook.storage.settings import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = "labbooks"


def remember(labbook: Path) -> None:
    """Note where a labbook is, so that it is found without being named.

    Nothing else depends on it: where it cannot be noted, no run is refused.
    """
    place = os.fsencode(os.path.realpath(labbook))
    with suppress(OSError):
        path = state_folder() / _FOLDER / hashlib.sha256(place).hexdigest()[:32]
        if not path.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            files.create(path, place)


def known_labbooks() -> list[Path]:
    """Name every labbook that was noted, also those that are gone by now."""
    return sorted(_read(state_folder() / _FOLDER))


def _read(folder: Path) -> Iterator[Path]:
    for path in folder.glob("[0-9a-f]*"):
        with suppress(OSError):
            place = path.read_bytes()
            # What a hand or a crash left there names nothing.
            if hashlib.sha256(place).hexdigest()[:32] == path.name:
                yield Path(os.fsdecode(place))
