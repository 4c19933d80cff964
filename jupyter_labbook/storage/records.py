"""Reading and writing the JSON records of a labbook as what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from jupyter_labbook.errors import CorruptFileError, StorageError
from jupyter_labbook.runtime import files

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")


def read(path: Path, kind: type[T]) -> T | None:
    """Read a record; None if the file is not there.

    Raises
    ------
    CorruptFileError
        The file is not JSON, or lacks what such a record must have.
    """
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CorruptFileError(
            f"{path} is damaged ({error}); restore it from a backup or git, or move "
            "its folder out of the labbook."
        ) from error


def encode(record: object) -> bytes:
    """Write a record as JSON that a person can read."""
    return files.encode(to_builtins(record))


def to_builtins(record: object) -> dict[str, Any]:
    """Turn a record into dicts, lists and plain values."""
    plain: dict[str, Any] = msgspec.to_builtins(record)
    return plain
