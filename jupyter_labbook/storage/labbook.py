"""The labbook's folder: finding it, its experiments, and publishing new ones."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_labbook.errors import (
    InvalidInputError,
    NoLabbookError,
    NotFoundError,
    StorageError,
)
from jupyter_labbook.runtime import files
from jupyter_labbook.runtime.layout import QUEUE_LOCK, RunFolder
from jupyter_labbook.storage.settings import LABBOOK_TOML

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = "labbook"
_NUMBERED = re.compile(r"(\d{4,})-(.+)")
_ATTEMPTS = 100


class ExperimentFolder:
    """The files of one experiment.

    Parameters
    ----------
    path
        ``labbook/experiments/NNNN-name``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        matched = _NUMBERED.fullmatch(path.name)
        self.number = int(matched[1]) if matched else 0
        self.name = matched[2] if matched else path.name

    def __repr__(self) -> str:
        return f"ExperimentFolder({str(self.path)!r})"

    @property
    def labbook(self) -> Path:
        """The labbook's folder."""
        return self.path.parents[1]

    @property
    def file(self) -> Path:
        """Front matter and free notes."""
        return self.path / "experiment.md"

    @property
    def history(self) -> Path:
        """Write-once events."""
        return self.path / "history"

    @property
    def smoke(self) -> Path:
        """Runs of a minute on a small part of the data, which are no results."""
        return self.path / "smoke"

    @property
    def preflight(self) -> Path:
        """What was found before its runs start; replaced whole."""
        return self.path / "preflight.json"

    @property
    def preflight_asked(self) -> Path:
        """There while somebody is to look into its runs, or does."""
        return self.path / ".preflight.asked"

    def runs(self) -> list[RunFolder]:
        """Every run, by number."""
        return [RunFolder(path) for path in _numbered(self.path / "runs")]

    def run(self, label: str) -> RunFolder:
        """Find a run by its number, with or without leading zeros."""
        for run in self.runs():
            if run.label == label or run.label.lstrip("0") == label.lstrip("0"):
                return run
        labels = [run.label for run in self.runs()]
        known = f"{labels[0]} to {labels[-1]}" if labels else "none yet"
        raise NotFoundError(f"{self.name} has no run {label}; its runs: {known}.")

    def publish_runs(self, prepared: list[Path]) -> list[RunFolder]:
        """Move prepared run folders into place; each appears whole.

        The folders' names must be free: see `next_run`. Callers hold the
        labbook's lock from asking for a number to here.
        """
        runs = self.path / "runs"
        for folder in prepared:
            folder.rename(runs / folder.name)
        files.sync_folder(runs)
        return [RunFolder(runs / folder.name) for folder in prepared]

    def next_run(self) -> int:
        """First number that no run has."""
        runs = self.runs()
        return int(runs[-1].label) + 1 if runs else 1


class LabbookFolder:
    """A labbook on disk.

    Parameters
    ----------
    path
        The folder that holds ``labbook.toml``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"LabbookFolder({str(self.path)!r})"

    @classmethod
    def find(cls, start: Path | None = None) -> LabbookFolder:
        """Find the labbook of a folder: in it, or in the nearest folder above.

        Raises
        ------
        NoLabbookError
            There is none; the message says how to begin one.
        """
        try:
            start = (start or Path.cwd()).absolute()
        except FileNotFoundError as error:
            raise NoLabbookError(
                "The working folder is gone; change to one that is there."
            ) from error
        for folder in (start, *start.parents):
            if (folder / FOLDER / "labbook.toml").is_file():
                return cls(folder / FOLDER)
            if folder.name == FOLDER and (folder / "labbook.toml").is_file():
                return cls(folder)
        raise NoLabbookError(
            f"There is no labbook in {start} or above; begin one with: labbook init"
        )

    @classmethod
    def create(cls, parent: Path) -> LabbookFolder:
        """Begin a labbook in a folder; one that is there already stays as it is."""
        path = parent.absolute() / FOLDER
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            (path / "experiments").mkdir(mode=0o700, exist_ok=True)
            files.create(path / "labbook.toml", LABBOOK_TOML.encode())
            # Questions, code and metrics are worth a commit; large data is not.
            files.create(path / ".gitignore", _GITIGNORE.encode())
        except OSError as error:
            raise writing_failed(path, error) from error
        return cls(path)

    def experiments(self) -> list[ExperimentFolder]:
        """Every experiment, by number."""
        folder = self.path / "experiments"
        return [ExperimentFolder(path) for path in _numbered(folder)]

    def experiment(self, name: str) -> ExperimentFolder:
        """Find an experiment by name or number.

        Raises
        ------
        NotFoundError
            None goes by it; the message names the nearest.
        """
        experiments = self.experiments()
        for experiment in reversed(experiments):
            if name in (experiment.name, experiment.path.name):
                return experiment
        if name.isdigit():
            for experiment in experiments:
                if experiment.number == int(name):
                    return experiment
        raise NotFoundError(self._unknown(name, [found.name for found in experiments]))

    def _unknown(self, name: str, known: list[str]) -> str:
        import difflib

        if not known:
            return f"There is no experiment {name!r}: {self.path} has none yet."
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        hint = f"Did you mean {', '.join(near)}?" if near else "See: labbook list"
        return f"There is no experiment {name!r} in {self.path}. {hint}"

    def add_experiment(
        self, name: str, content: Mapping[str, bytes]
    ) -> ExperimentFolder:
        """Publish a new experiment under the next free number.

        Parameters
        ----------
        name
            Its name; part of the folder's.
        content
            File name to content.
        """
        if not _NUMBERED.fullmatch(f"0001-{name}") or "/" in name:
            raise InvalidInputError(f"{name!r} cannot name a folder.")
        with self.aside() as aside:
            (aside / "runs").mkdir(mode=0o700)
            (aside / "history").mkdir(mode=0o700)
            for file_name, data in content.items():
                files.create(aside / file_name, data)
            experiments = self.experiments()
            number = experiments[-1].number + 1 if experiments else 1
            for attempt in range(_ATTEMPTS):
                path = self.path / "experiments" / f"{number + attempt:04d}-{name}"
                if _rename_new(aside, path):
                    files.sync_folder(path.parent)
                    return ExperimentFolder(path)
        raise StorageError(f"No free number for {name} in {self.path}/experiments.")

    @contextmanager
    def aside(self) -> Iterator[Path]:
        """Give a folder to prepare something in, gone afterwards unless moved."""
        path = self.path / ".aside" / uuid.uuid4().hex
        try:
            path.mkdir(mode=0o700, parents=True)
            yield path
        except OSError as error:
            if isinstance(error, StorageError):
                raise
            raise writing_failed(self.path, error) from error
        finally:
            shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only one who numbers experiments and runs."""
        with self._alone(".lock"):
            yield

    @contextmanager
    def starts_lock(self) -> Iterator[None]:
        """Let no run that waited start meanwhile."""
        with self._alone(QUEUE_LOCK):
            yield

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        try:
            descriptor = os.open(self.path / name, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise writing_failed(self.path, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


_GITIGNORE = """\
.aside/
.lock
.*.lock
/preflight.json
nights.csv
backfill.json
queue.json
read.json
told.json
inputs/
experiments/*/preflight.json
experiments/*/.preflight.asked
experiments/*/smoke/
experiments/*/runs/*/lock
experiments/*/runs/*/checkpoint/
"""


def writing_failed(path: Path, error: OSError) -> StorageError:
    """Say in a sentence why nothing could be written, and what to do."""
    cures = {
        errno.ENOSPC: "the disk is full; make room and try again",
        errno.EDQUOT: "your disk quota is used up; make room and try again",
        errno.EROFS: "it is on a read-only disk; copy the notebook elsewhere",
        errno.EACCES: "you may not write there; change its owner or permissions",
        errno.EPERM: "you may not write there; change its owner or permissions",
        errno.ENOENT: "the folder is gone; restore it or begin a new one: labbook init",
    }
    cure = cures.get(error.errno or 0, error.strerror or str(error))
    return StorageError(f"Nothing was stored in {path}: {cure}.")


def _numbered(folder: Path) -> list[Path]:
    """Subfolders whose names begin with a digit, in the order of their numbers."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name[:1].isdigit()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StorageError(f"{folder} cannot be read: {error.strerror}.") from error
    return [folder / name for name in sorted(names, key=_number)]


def _number(name: str) -> tuple[int, str]:
    digits = re.match(r"\d+", name)
    return int(digits[0]) if digits else 0, name


def _rename_new(source: Path, target: Path) -> bool:
    """Rename a folder that is not empty; False if the name is taken."""
    try:
        source.rename(target)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            return False
        raise
    return True
