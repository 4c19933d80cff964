"""Waking the dispatchers of this user: a named pipe for each, in one folder."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

SUFFIX = ".wake"


def wake(pipe: str | Path) -> bool:
    """Wake the reader of a pipe; False if nobody reads it."""
    try:
        descriptor = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno in (errno.ENXIO, errno.ENOENT):
            return False
        raise
    try:
        # A full pipe wakes its reader as well as one more byte would.
        with suppress(BlockingIOError):
            os.write(descriptor, b".")
    except BrokenPipeError:
        return False
    finally:
        os.close(descriptor)
    return True


def wake_all(folder: str | Path) -> None:
    """Wake every dispatcher: a slot that one run leaves may be any labbook's."""
    for pipe in Path(folder).glob("*" + SUFFIX):
        with suppress(OSError):
            wake(pipe)
