"""Files that people edit too: changed under a lock, and never over a hand edit."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from jupyter_labbook.errors import CorruptFileError, NoLabbookError, StorageError
from jupyter_labbook.runtime import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LOCK_SECONDS: Final = 10.0
"""A change takes milliseconds: whoever holds the lock for longer is stuck."""

_ATTEMPTS: Final = 50

# Over NFS a lock belongs to the whole process, so threads exclude each other here.
_threads = threading.Lock()


class HandEditedFile:
    """A text file of the labbook that any editor may write at any time.

    Our own writers exclude each other by ``flock`` on ``.NAME.lock`` beside the
    file. An editor knows nothing of it, so the file is compared with what was read
    once more, as the last thing before it is replaced; if it changed, the change is
    applied to what it holds now.

    Parameters
    ----------
    path
        The file; its folder is the labbook's.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> str | None:
        """Text of the file, every byte of it; None if there is no such file.

        Raises
        ------
        NoLabbookError
            There is not even a folder.
        CorruptFileError
            The file is not UTF-8 text.
        StorageError
            It cannot be read.
        """
        content = self._bytes()
        return None if content is None else self._decoded(content)

    def stamp(self) -> tuple[int, int, int] | None:
        """Look at the file without reading it: another stamp, another content."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep all other writers of this package out, in any process or thread."""
        self._require_folder()
        deadline = time.monotonic() + _LOCK_SECONDS
        if not _threads.acquire(timeout=_LOCK_SECONDS):
            raise self._busy()
        try:
            descriptor = self._open_lock()
            try:
                self._take(descriptor, deadline)
                yield
            finally:
                os.close(descriptor)
        finally:
            _threads.release()

    def change(self, change: Callable[[str | None], str]) -> None:
        """Take the lock and `rewrite`."""
        with self.locked():
            self.rewrite(change)

    def rewrite(self, change: Callable[[str | None], str]) -> None:
        """Apply a change to what the file holds now, and store it; when locked.

        Parameters
        ----------
        change
            Makes the new text of the present one (None: no file). Called again
            whenever somebody else has written meanwhile.
        """
        for _ in range(_ATTEMPTS):
            seen = self._bytes()
            self._require_writable()
            text = change(None if seen is None else self._decoded(seen))
            # A lone surrogate, which no file can hold, becomes its escape.
            data = text.encode("utf-8", "backslashreplace")
            if data == seen or self._replaced(data, seen):
                return
        raise StorageError(
            f"{self.path} is being written by another program without a pause, so"
            " nothing was changed; close that program and try again."
        )

    def _replaced(self, data: bytes, seen: bytes | None) -> bool:
        try:
            return files.replace_unchanged(self.path, data, seen=seen)
        except OSError as error:
            raise self._unwritable(error) from error

    def _bytes(self) -> bytes | None:
        try:
            mode = self.path.lstat().st_mode
            # A pipe would be read for ever, and a link may lead anywhere.
            content = self.path.read_bytes() if stat.S_ISREG(mode) else None
        except FileNotFoundError:
            self._require_folder()
            return None
        except OSError as error:
            raise StorageError(
                f"{self.path} cannot be read ({_reason(error)}); give yourself"
                " permission to read it."
            ) from error
        if content is None:
            raise StorageError(
                f"{self.path} is {_kind(mode)} and not a file; move it away, and a new"
                " file is written with the next item."
            )
        return content

    def _decoded(self, content: bytes) -> str:
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise CorruptFileError(
                f"{self.path} is not UTF-8 text (line {line}), so it is left as it is;"
                " open it in an editor and save it as UTF-8."
            ) from error
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            raise CorruptFileError(
                f"{self.path} holds binary data (line {line}), so it is left as it is;"
                " take that out in an editor, or restore the file from a backup."
            )
        return text

    def _require_folder(self) -> None:
        if not self.path.parent.is_dir():
            raise NoLabbookError(
                f"There is no labbook at {self.path.parent}; make one with"
                " `labbook init`."
            )

    def _require_writable(self) -> None:
        # Replacing a file asks for permission on the folder alone, so a person's
        # wish that this one stay as it is would go unheard.
        stamp = self.path.stat() if self.path.exists() else None
        if stamp is not None and not stamp.st_mode & stat.S_IWUSR:
            raise self._unwritable(PermissionError(errno.EACCES, "it is read-only"))

    def _open_lock(self) -> int:
        lock = self.path.with_name(f".{self.path.name}.lock")
        try:
            return os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._unwritable(error) from error

    def _take(self, descriptor: int, deadline: float) -> None:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise self._busy() from None
                time.sleep(0.005)
            except OSError as error:
                raise self._unwritable(error) from error
            else:
                return

    def _busy(self) -> StorageError:
        return StorageError(
            f"{self.path} has been locked by another program for"
            f" {_LOCK_SECONDS:.0f} seconds, so nothing was changed; look for a labbook"
            " process that hangs, and try again."
        )

    def _unwritable(self, error: OSError) -> StorageError:
        return StorageError(
            f"{self.path} cannot be written ({_reason(error)}), so it is left as it"
            f" was; {_cure(error)} and try again."
        )


def _reason(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "the disk is full"
    return (error.strerror or str(error)).lower()


def _cure(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "make room"
    return "give yourself permission to write in its folder"


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a link" if stat.S_ISLNK(mode) else "a device or pipe"
