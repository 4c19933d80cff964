"""What runs take along, stored once by content: ``code/`` and ``inputs/``."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from jupyter_labbook.errors import StorageError
from jupyter_labbook.runtime.files import sync_folder, write_all
from jupyter_labbook.runtime.inputs import DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy as np

    Fill: TypeAlias = "Callable[[Sink], object]"


class TooLargeError(Exception):
    """More was written than a sink takes."""


class Sink:
    """A file to write to that counts, hashes, and may keep nothing.

    Parameters
    ----------
    descriptor
        Where the bytes go; None to count and hash them alone.
    limit
        Number of bytes after which it refuses.
    """

    def __init__(
        self, descriptor: int | None = None, limit: float = float("inf")
    ) -> None:
        self.size = 0
        self._descriptor = descriptor
        self._limit = limit
        self._digest = hashlib.sha256()

    def write(self, data: bytes | bytearray | memoryview | pickle.PickleBuffer) -> int:
        """Take some bytes.

        Raises
        ------
        TooLargeError
            Beyond the limit.
        """
        view = memoryview(data).cast("B")
        self.size += view.nbytes
        if self.size > self._limit:
            raise TooLargeError
        self._digest.update(view)
        if self._descriptor is not None:
            # A view, not a copy: arrays may be as large as the memory.
            write_all(self._descriptor, view)  # type: ignore[arg-type]
        return view.nbytes

    @property
    def hash(self) -> str:
        """Name of what was written so far."""
        return self._digest.hexdigest()[:DIGITS]


class ContentStore:
    """The folders ``code/`` and ``inputs/`` of a labbook.

    Contents are written aside, made durable and renamed; the same content is
    stored once, whoever writes it, and never changed.

    Parameters
    ----------
    labbook
        The labbook's folder.
    dry
        Only tell the names that contents would get; write nothing.
    """

    def __init__(self, labbook: Path, *, dry: bool = False) -> None:
        self.labbook = labbook
        self.dry = dry

    @property
    def code(self) -> Path:
        """Frozen project modules, a folder for each state."""
        return self.labbook / "code"

    @property
    def inputs(self) -> Path:
        """Values carried from notebooks."""
        return self.labbook / "inputs"

    def put_array(self, array: np.ndarray[Any, Any]) -> str:
        """Store an array without Python objects in it; return its file's name.

        Raises
        ------
        StorageError
            It could not be written; nothing is left.
        """
        import numpy as np

        def fill(sink: Sink) -> None:
            np.save(sink, array, allow_pickle=False)

        # Most submissions carry the arrays of the one before: look first.
        sink = Sink()
        fill(sink)
        name = f"{sink.hash}.npy"
        if self.dry or (self.inputs / name).exists():
            return name
        return self.put(".npy", fill)

    def put_pickle(self, value: object) -> str:
        """Store a value as a pickle; return its file's name.

        Raises
        ------
        StorageError
            It could not be written; nothing is left.
        """

        def fill(sink: Sink) -> None:
            pickle.Pickler(sink, protocol=5).dump(value)

        return self.put(".pkl", fill)

    def put(self, suffix: str, fill: Fill) -> str:
        """Store what a function writes; return the name of the file.

        Whatever the function raises is passed on, and nothing is left.
        """
        if self.dry:
            sink = Sink()
            fill(sink)
            return sink.hash + suffix
        with _storing(self.inputs):
            self.inputs.mkdir(parents=True, exist_ok=True, mode=0o700)
            aside = self.inputs / _aside_name()
            try:
                name = self._write_aside(aside, fill) + suffix
                self._publish(aside, self.inputs / name)
            finally:
                with suppress(OSError):
                    aside.unlink()
        return name

    def put_modules(self, files: dict[str, bytes]) -> str:
        """Store project modules; return the name of their folder below ``code/``.

        Parameters
        ----------
        files
            Path relative to the folder, with slashes, to content.

        Raises
        ------
        StorageError
            They could not be written; nothing is left.
        """
        name = _hash_of(files)
        folder = self.code / name
        if self.dry or folder.is_dir():
            return name
        with _storing(folder):
            self.code.mkdir(parents=True, exist_ok=True, mode=0o700)
            aside = self.code / _aside_name()
            try:
                aside.mkdir(mode=0o700)
                for path, content in files.items():
                    _write(aside / path, content)
                for inner in sorted(p for p in aside.rglob("*") if p.is_dir()):
                    sync_folder(inner)
                sync_folder(aside)
                self._publish(aside, folder)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
        return name

    @staticmethod
    def _write_aside(aside: Path, fill: Fill) -> str:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            sink = Sink(descriptor)
            fill(sink)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return sink.hash

    @staticmethod
    def _publish(aside: Path, target: Path) -> None:
        """Give a finished content its name; another writer's is as good."""
        if target.exists():
            return
        try:
            aside.rename(target)
        except OSError:
            # Two folders were renamed at the same time: the other one stands.
            if not target.is_dir():
                raise
        sync_folder(target.parent)


@contextmanager
def _storing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageError(
            f"{path} could not be written ({reason}); nothing was stored: make room "
            "or the folder writable, and submit again"
        ) from error


def _aside_name() -> str:
    return f".{os.getpid()}.{os.urandom(6).hex()}"


def _hash_of(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        # Lengths part the fields: no two sets of files read the same.
        digest.update(f"{len(path.encode())}:{path}:{len(files[path])}:".encode())
        digest.update(files[path])
    return digest.hexdigest()[:DIGITS]


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
