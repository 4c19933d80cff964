"""What a run draws, saved as numbered files of its ``figures`` folder."""

from __future__ import annotations

import fcntl
import os
import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from jupyter_labbook.runtime import files
from jupyter_labbook.runtime.saying import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MOST_FILES = 200
MOST_BYTES = 50_000_000

_NUMBERED = re.compile(r"(\d{3,})\.")


class FigureFolder:
    """The folder into which all processes of a run save what they display.

    Each displayed object has a number, and a file for each of its forms:
    ``001.png``, ``001.html``. What cannot be saved costs the run one sentence on
    standard error, never its life.

    Parameters
    ----------
    path
        The folder; made when the first object is saved.
    most_files, most_bytes
        What the folder may hold in all.
    """

    def __init__(
        self, path: Path, *, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES
    ) -> None:
        self.path = path
        self._most_files = most_files
        self._most_bytes = most_bytes
        self._said: set[str] = set()

    def save(self, forms: Mapping[str, bytes], number: int | None = None) -> int | None:
        """Save the forms of one object.

        Parameters
        ----------
        forms
            Suffix (``.png``) to content.
        number
            The object that this replaces, forms that it no longer has included.

        Returns
        -------
        int or None
            The object's number; None if it could not be saved.
        """
        try:
            return self._save(forms, number)
        except OSError as error:
            reason = error.strerror or str(error)
            self._warn(
                f"{reason} while saving a figure to {self.path}; the run goes on"
            )
            return None

    def _save(self, forms: Mapping[str, bytes], number: int | None) -> int | None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _held(self.path):
            sizes = self._sizes()
            kept = {
                name: size
                for name, size in sizes.items()
                if number is None or _number(name) != number
            }
            if self._full(kept, forms):
                self._warn(
                    f"{self.path} holds its limit of {self._most_files} files or "
                    f"{self._most_bytes // 1_000_000} MB, so further figures are not "
                    f"saved; the run goes on"
                )
                return None
            if number is None:
                number = max(map(_number, sizes), default=0) + 1
            for suffix, data in forms.items():
                files.replace(self.path / f"{number:03d}{suffix}", data)
            names = {f"{number:03d}{suffix}" for suffix in forms}
            for stale in sizes.keys() - kept.keys() - names:
                (self.path / stale).unlink(missing_ok=True)
        return number

    def _sizes(self) -> dict[str, int]:
        sizes = {}
        with os.scandir(self.path) as entries:
            for entry in entries:
                if _NUMBERED.match(entry.name):
                    with suppress(FileNotFoundError):
                        sizes[entry.name] = entry.stat(follow_symlinks=False).st_size
        return sizes

    def _full(self, sizes: Mapping[str, int], forms: Mapping[str, bytes]) -> bool:
        needed = sum(sizes.values()) + sum(map(len, forms.values()))
        return len(sizes) + len(forms) > self._most_files or needed > self._most_bytes

    def _warn(self, sentence: str) -> None:
        """Say something on standard error, once."""
        if sentence in self._said:
            return
        self._said.add(sentence)
        say(f"{sentence}.")


def _number(name: str) -> int:
    return int(name.partition(".")[0])


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Keep other processes of the run from taking the same number meanwhile."""
    # The folder itself is locked: no file is left behind, and the kernel lets go
    # of it when the process dies.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # Some network filesystems cannot lock; two processes that draw in the
        # same instant may then share a number, which loses one picture at worst.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
