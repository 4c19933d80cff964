"""The ways in which a labbook's files are written.

A file is written once (`create`), replaced whole (`replace`), or appended to by
its only writer. Both ways here leave either the whole content or nothing, also
after ``kill -9`` or a full disk, and hold on NFS.
"""

from __future__ import annotations

import json
import os
import stat
from contextlib import suppress

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


def create(path: Path, data: bytes) -> bool:
    """Write a file that does not exist yet.

    Returns
    -------
    bool
        False if the file was there already, which leaves it as it was: of
        several writers exactly one is told True.
    """
    aside = _write_aside(path, data)
    try:
        _link(aside, path)
    except FileExistsError:
        return False
    finally:
        with suppress(FileNotFoundError):
            aside.unlink()
    sync_folder(path.parent)
    return True


def replace(path: Path, data: bytes) -> None:
    """Write a file whole, in place of the one that may be there."""
    aside = _write_aside(path, data)
    try:
        aside.replace(path)
    except OSError:
        with suppress(OSError):
            aside.unlink()
        raise
    sync_folder(path.parent)


def replace_unchanged(path: Path, data: bytes, *, seen: bytes | None) -> bool:
    """Write a file whole, unless it no longer holds what the caller has seen.

    For files that people edit too: they do not know of our locks. The comparison
    is the last thing before the rename, after the slow part of writing.

    Parameters
    ----------
    path, data
        The file, and what it is to hold. It keeps its permissions.
    seen
        What it held when the caller read it; None if there was no file.

    Returns
    -------
    bool
        False if the file holds something else by now, which leaves it as it is.
    """
    if seen is None:
        return create(path, data)
    aside = _write_aside(path, data)
    try:
        aside.chmod(stat.S_IMODE(path.stat().st_mode))
        if path.read_bytes() != seen:
            return False
        aside.replace(path)
    except FileNotFoundError:
        return False
    finally:
        with suppress(FileNotFoundError):
            aside.unlink()
    sync_folder(path.parent)
    return True


def encode(record: dict[str, Any]) -> bytes:
    """Write a record as JSON that a person can read."""
    return (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode(
        "utf-8", "surrogatepass"
    )


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # Some network and FUSE filesystems cannot do this for a folder.
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte; a full disk raises instead of cutting the data short."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _write_aside(path: Path, data: bytes) -> Path:
    aside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        write_all(descriptor, data)
        os.fsync(descriptor)
    except OSError:
        with suppress(OSError):
            aside.unlink()
        raise
    finally:
        os.close(descriptor)
    return aside


def _link(aside: Path, path: Path) -> None:
    try:
        os.link(aside, path)
    except FileExistsError:
        raise
    except OSError:
        # No hard links here (exFAT, some FUSE). The name is claimed first, so one
        # writer wins all the same.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        aside.replace(path)
