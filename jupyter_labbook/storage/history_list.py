"""``history.sha256``: every event of a labbook, so that none can vanish unseen."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_labbook.errors import StorageError
from jupyter_labbook.runtime import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "history.sha256"

_LINE = re.compile(r"(\\?)([0-9a-f]{64}) [ *](.+\.json)")


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """A line of the list."""

    digest: str
    path: str
    """Relative to the labbook, with forward slashes."""

    def line(self) -> bytes:
        """Write it as ``sha256sum`` does, which can check it too."""
        path = self.path.replace("\\", "\\\\").replace("\n", "\\n")
        mark = "\\" if path != self.path else ""
        return f"{mark}{self.digest}  {path}\n".encode("utf-8", "surrogateescape")


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read_list(labbook: Path) -> tuple[list[ListedEvent], list[str]]:
    """Read the list, while nobody appends.

    Returns
    -------
    tuple
        The events, and the lines that are none.

    Raises
    ------
    StorageError
        The list is there and cannot be read.
    """
    try:
        with (labbook / NAME).open("rb") as file:
            # A filesystem without locks is still one that can be read.
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_SH)
            return _parse(file.read())
    except FileNotFoundError:
        return [], []
    except OSError as error:
        raise StorageError(
            f"{labbook / NAME} cannot be read ({error.strerror}); make it readable."
        ) from error


class OpenList:
    """The list, while its lock is held: what it holds, and how to add to it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.events, _ = _parse(_whole(descriptor))

    def add(self, events: list[ListedEvent]) -> None:
        """Append lines with one write, and make them durable."""
        self._finish_last_line()
        size = os.fstat(self._descriptor).st_size
        try:
            lines = b"".join(event.line() for event in events)
            files.write_all(self._descriptor, lines)
            os.fsync(self._descriptor)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._descriptor, size)
            raise
        self.events.extend(events)

    def _finish_last_line(self) -> None:
        data = _whole(self._descriptor)
        start = data.rfind(b"\n") + 1
        if start == len(data):
            return
        if _parse(data[start:])[0]:
            files.write_all(self._descriptor, b"\n")
        else:
            # Torn by a crash: its event is unlisted and is added again.
            os.ftruncate(self._descriptor, start)


@contextmanager
def locked_list(labbook: Path) -> Iterator[OpenList]:
    """Be the only one who appends an event to this labbook.

    The list is never replaced, so that its own lock serves. Closing lets go of it.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
    descriptor = os.open(labbook / NAME, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield OpenList(descriptor)
    finally:
        os.close(descriptor)


def _whole(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    data = b""
    while chunk := os.pread(descriptor, size - len(data), len(data)):
        data += chunk
    return data


def _parse(data: bytes) -> tuple[list[ListedEvent], list[str]]:
    events: list[ListedEvent] = []
    unknown: list[str] = []
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        found = _LINE.fullmatch(line.rstrip("\r"))
        if found is None:
            if line.strip():
                unknown.append(line)
            continue
        escaped, digest, path = found.groups()
        if escaped:
            path = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], path)
        events.append(ListedEvent(digest, path))
    return events, unknown
