"""From what a request names to files: inside the server's root, inside a labbook.

Nothing else in the server makes a path of what a page sent. Links are resolved
before anything is opened, and what is refused is told in one sentence that is the
same whether something is there or not.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NoReturn

from jupyter_labbook.errors import NoLabbookError
from jupyter_labbook.runtime.layout import RunFolder
from jupyter_labbook.runtime.metric_files import parse_name
from jupyter_labbook.server.refusals import Reason, Refusal
from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBERED = re.compile(r"[0-9][^/\\\0]*")

_NAMES_NOTHING = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ELOOP, errno.ENAMETOOLONG}
)

_READ = frozenset(
    {
        *("experiment.md", "history", "runs", "figures", "output.log", "progress.json"),
        "preflight.json",
        *("run.json", "script.py", "ticket.json", "started.json", "exit.json"),
    }
)

NO_ROOT = (
    "This server keeps its notebooks elsewhere than in a folder of its machine, so "
    "labbooks cannot be shown; start it with a local root folder."
)
NO_LABBOOK = (
    "There is no labbook at that place: it was moved or deleted, or its disk is away; "
    "bring it back, and it is shown again."
)
NOT_THERE = (
    "There is nothing of that name in the labbook; it may have been moved or deleted: "
    "look at the list of experiments."
)


class Places:
    """What may be reached through this server.

    Parameters
    ----------
    root
        The folder below which a server shows files; None if that is no folder of
        this machine.
    """

    def __init__(self, root: str | None) -> None:
        self._root = None if root is None else Path(root).expanduser().absolute()

    @property
    def local(self) -> bool:
        """Whether there are files to be shown at all."""
        return self._root is not None

    @property
    def root(self) -> Path:
        """The server's root, as it was configured.

        Raises
        ------
        Refusal
            It is on no disk of this machine.
        """
        if self._root is None:
            raise Refusal(404, Reason.NO_LABBOOK, NO_ROOT)
        return self._root

    def labbook(self, name: str) -> LabbookFolder:
        """Find a labbook by its path below the root."""
        root = self.root.resolve()
        path = _resolved(root / plain(name))
        if (
            path is None
            or not path.is_relative_to(root)
            or not (path / "labbook.toml").is_file()
            # Gone, it is an empty labbook; elsewhere, it is none of ours.
            or _resolved(path / "experiments") not in (None, path / "experiments")
        ):
            _no_labbook()
        return LabbookFolder(path)

    def near(self, name: str) -> str:
        """Name the labbook in the folder of a notebook or above it, up to the root.

        Empty where there is none yet: most notebooks have none, which is no error.
        """
        start = self.root / plain(name)
        with suppress(NoLabbookError, OSError, ValueError, Refusal):
            below = self.below(LabbookFolder.find(start).path)
            self.labbook(below)
            return below
        return ""

    def below(self, path: str | Path) -> str:
        """Name an absolute path by its place below the root; empty if it is outside.

        The disk is not asked: nothing is told of what lies outside.
        """
        words = PurePosixPath(path)
        if not words.is_absolute() or ".." in words.parts or "\0" in str(words):
            return ""
        for root in (self.root, self.root.resolve()):
            if words.is_relative_to(root):
                return str(words.relative_to(root))
        return ""

    def experiment(self, labbook: LabbookFolder, name: str) -> ExperimentFolder:
        """Find an experiment by the name of its folder."""
        return ExperimentFolder(_child(labbook.path / "experiments", name))

    def run(self, experiment: ExperimentFolder, label: str) -> RunFolder:
        """Find a run by the name of its folder."""
        return RunFolder(_child(experiment.path / "runs", label))

    def runs(
        self, experiment: ExperimentFolder, labels: Iterable[str]
    ) -> list[RunFolder]:
        """Find several runs, each once."""
        return [self.run(experiment, label) for label in dict.fromkeys(labels)]

    def metrics(self, run: RunFolder, name: str) -> Path:
        """Find one of a run's files of metrics."""
        if parse_name(name) is None:
            _not_there()
        return regular(run.path, run.path / name)

    def figure(self, run: RunFolder, name: str) -> Path:
        """Find something that a run drew."""
        if not name or name.startswith(".") or set(name) & set("/\\\0"):
            _not_there()
        return regular(run.path, run.figures / name)


def plain(name: str) -> str:
    """Take a path that a page sent, if it can only lead downwards.

    Raises
    ------
    Refusal
        It is absolute, climbs, or holds what no path from a page has.
    """
    words = name.removesuffix("/").split("/")
    if (
        not name
        or set(name) & set("\\\0")
        or any(word in ("", "..") for word in words)
        or (words != ["."] and "." in words)
    ):
        _no_labbook()
    return "/".join(words)


def regular(folder: Path, path: Path) -> Path:
    """Take a file, wherever it is linked to inside a folder; never a pipe or device."""
    found = _resolved(path)
    if found is None or not found.is_relative_to(folder):
        _not_there()
    try:
        if not stat.S_ISREG(found.stat().st_mode):
            _not_there()
    except OSError:
        _not_there()
    return found


class Contained:
    """Whether what is read of an experiment lies inside its folder.

    A labbook may come from elsewhere, and what reads its files follows links. Links
    that nothing here reads are a person's own business: a checkpoint may lie on a
    larger disk.

    Parameters
    ----------
    experiment
        Its folder.
    """

    def __init__(self, experiment: ExperimentFolder) -> None:
        self._folder = experiment.path
        self._seen: dict[Path, int] = {}

    def require(self) -> None:
        """Refuse an experiment with a link that leads out of it."""
        self._look(self._folder)
        runs = self._folder / "runs"
        self._look(runs)
        try:
            with os.scandir(runs) as entries:
                names = [entry.name for entry in entries if entry.name[:1].isdigit()]
        except OSError:
            return  # gone, or not to be read: whoever reads it says so
        for name in names:
            self._look(runs / name)

    def _look(self, folder: Path) -> None:
        try:
            # A link that is made or changed changes its folder.
            stamp = folder.stat().st_mtime_ns
            if self._seen.get(folder) == stamp:
                return
            with os.scandir(folder) as entries:
                links = [Path(entry.path) for entry in entries if entry.is_symlink()]
        except OSError:
            return
        for link in links:
            target = _resolved(link) if _is_read(link.name) else None
            if target is not None and not target.is_relative_to(self._folder):
                _not_there()
        self._seen[folder] = stamp


def _is_read(name: str) -> bool:
    return name in _READ or name[:1].isdigit() or parse_name(name) is not None


def _child(folder: Path, name: str) -> Path:
    """Find a folder that lies directly, and not by a link, in another one."""
    path = folder / name if _NUMBERED.fullmatch(name) else None
    if path is None or _resolved(path) != path or not path.is_dir():
        _not_there()
    return path


def _resolved(path: Path) -> Path | None:
    try:
        return path.resolve(strict=True)
    except (ValueError, RuntimeError):
        return None  # no name at all, or links in a circle
    except OSError as error:
        if error.errno in _NAMES_NOTHING:
            return None
        raise


def _no_labbook() -> NoReturn:
    raise Refusal(404, Reason.NO_LABBOOK, NO_LABBOOK)


def _not_there() -> NoReturn:
    raise Refusal(404, Reason.NOT_FOUND, NOT_THERE)
