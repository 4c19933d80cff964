"""Text files that people edit too: a hand edit is never overwritten."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from jupyter_labbook.errors import CorruptFileError, StorageError
from jupyter_labbook.runtime import files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_ATTEMPTS = 20


def read_text(path: Path) -> str | None:
    """Read a file as it is, line ends and all; None if there is none.

    Raises
    ------
    CorruptFileError
        It is not UTF-8.
    StorageError
        It cannot be read.
    """
    data = _bytes(path)
    return None if data is None else _decoded(path, data)


def rewrite(path: Path, change: Callable[[str | None], str]) -> None:
    """Replace a file by what `change` makes of it, alone among our own writers.

    An editor knows nothing of our lock. So the file is read once more before it is
    replaced, and if it changed meanwhile, `change` is applied to what it holds now.

    Raises
    ------
    CorruptFileError
        The file is not UTF-8; it is left as it is.
    StorageError
        It cannot be read or written, or another program keeps writing it.
    """
    lock = path.with_name(f".{path.name}.lock")
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        for _ in range(_ATTEMPTS):
            if _changed(path, change):
                return
    except StorageError:
        raise
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        os.close(descriptor)
    raise StorageError(
        f"{path} is being written by another program all the time, so it was left as it"
        " is; close that program and try again."
    )


def _changed(path: Path, change: Callable[[str | None], str]) -> bool:
    seen = _bytes(path)
    text = change(None if seen is None else _decoded(path, seen))
    data = text.encode("utf-8", "backslashreplace")
    if data == seen:
        return True
    if seen is None:
        return files.create(path, data)
    if _bytes(path) != seen:
        return False
    # A link stays a link.
    files.replace(path.resolve(), data)
    return True


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(
            f"{path} cannot be read ({error.strerror}); make it a readable file."
        ) from error


def _decoded(path: Path, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CorruptFileError(
            f"{path} is not UTF-8 text (line {line}); save it as UTF-8 and try again."
        ) from error


def _unwritable(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{path} cannot be written ({error.strerror}), so it was left as it is; make"
        " room or get permission, and try again."
    )
