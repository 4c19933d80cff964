"""All experiments of a labbook: those that ended are remembered, others looked at."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions.judging import work_out
from jupyter_labbook.actions.known import ExperimentLook, Known
from jupyter_labbook.errors import NoLabbookError, StorageError
from jupyter_labbook.model.overview import ExperimentRow
from jupyter_labbook.storage import history_list
from jupyter_labbook.storage.index_cache import IndexCache
from jupyter_labbook.storage.labbook import ExperimentFolder

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_labbook.storage.labbook import LabbookFolder

    Stamps = tuple[int, ...]

_VERSION: Final = 2
"""Of what is kept; one that is another is ignored."""
_A_FEW: Final = 20
"""Ended experiments that are looked at again in turn, at each look."""
_TICK: Final = 10**9
"""Nanoseconds in which a folder can change again under the same time."""
_SAVE_SECONDS: Final = 30.0
_MANY: Final = 200
_JUDGE_SECONDS: Final = 0.25
_JUDGE_BYTES: Final = 16 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """An experiment as it is kept for the next start."""

    stamps: tuple[int, ...]
    known: Known


@dataclass(frozen=True, slots=True)
class KeptIndex:
    """All that is kept of a labbook."""

    version: int
    experiments: dict[str, Kept] = field(default_factory=dict)


@dataclass(slots=True)
class _Entry:
    folder: ExperimentFolder
    known: Known | None = None
    stamps: Stamps = ()
    quiet: bool = False
    """Whether another change would give other stamps."""
    look: ExperimentLook | None = None
    """None once everything has ended."""

    @property
    def at_rest(self) -> bool:
        """Whether its folders tell when there is something new."""
        return self.look is None and self.known is not None and self.quiet


class LabbookIndex:
    """What is known of every experiment; not safe in several threads at once.

    Experiments that have ended change in two ways only: an event is added to their
    history, or a run to their runs. Our own writers leave a mark of either in the
    labbook's folder (``history.sha256``, ``.aside``), so that two looks there tell
    whether all of them have to be looked at. What others change, such as git or a
    person who copies folders, is found by looking at a few of them in turn: within
    about ten seconds for 2,000 experiments.

    Parameters
    ----------
    labbook
        The labbook.
    clock
        Seconds that never go back.
    """

    def __init__(
        self, labbook: LabbookFolder, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.labbook = labbook
        self.revision = 0
        """Rises with every change."""
        self.clock = clock
        self._folder = labbook.path / "experiments"
        self._entries: dict[str, _Entry] = {}
        self._marks: Stamps = ()
        self._turn = 0
        self._unjudged: dict[str, None] = {}
        self._cache: IndexCache | None = None
        self._unsaved = 0
        self._saved = clock()
        self._sorted: tuple[int, list[Known]] = (-1, [])

    def known(self) -> list[Known]:
        """Every experiment as of the last look, newest first."""
        revision, listed = self._sorted
        if revision != self.revision:
            listed = [e.known for e in self._entries.values() if e.known is not None]
            listed.sort(key=lambda one: newest_first(one.row))
            self._sorted = self.revision, listed
        return listed

    def live(self) -> list[ExperimentLook]:
        """Those that are looked at each time."""
        return [e.look for e in self._entries.values() if e.look is not None]

    def look(self) -> None:
        """See what has changed.

        Raises
        ------
        StorageError
            The labbook is gone, or cannot be read.
        """
        marks, quiet = self._look_at_marks()
        moved = marks != self._marks
        if moved:
            self._list()
        # Marked as seen only where a later change would give another mark.
        self._marks = marks if quiet else ()
        if self._cache is None:
            self._load()
        for name, entry in self._due(every=moved):
            self._look_at(name, entry)
        self._judge()
        self._save()

    def _look_at_marks(self) -> tuple[Stamps, bool]:
        marks = (
            _stamp(self._folder),
            _stamp(self.labbook.path / history_list.NAME),
            _stamp(self.labbook.path / ".aside"),
        )
        if not marks[0] and not (self.labbook.path / "labbook.toml").exists():
            raise NoLabbookError(
                f"{self.labbook.path} is gone; restore it, or begin a new one with: "
                "labbook init"
            )
        return marks, _are_quiet(marks)

    def _list(self) -> None:
        try:
            with os.scandir(self._folder) as found:
                # What a link leads to belongs to another labbook, if to any.
                names = {
                    one.name
                    for one in found
                    if one.name[:1].isdigit() and not one.is_symlink()
                }
        except FileNotFoundError:
            names = set()
        except OSError as error:
            raise StorageError(
                f"{self._folder} cannot be read: {error.strerror}."
            ) from error
        for name in self._entries.keys() - names:
            del self._entries[name]
            self._unjudged.pop(name, None)
            self.revision += 1
        for name in names - self._entries.keys():
            self._entries[name] = _Entry(ExperimentFolder(self._folder / name))

    def _due(self, *, every: bool) -> list[tuple[str, _Entry]]:
        """Choose whom to look at: all who are not at rest, and of the others a few."""
        due = [
            (name, entry)
            for name, entry in self._entries.items()
            if every or not entry.at_rest
        ]
        if not every and self._entries:
            few = islice(self._entries.items(), self._turn, self._turn + _A_FEW)
            due += [(name, entry) for name, entry in few if entry.at_rest]
            self._turn += _A_FEW
            if self._turn >= len(self._entries):
                self._turn = 0
        return due

    def _look_at(self, name: str, entry: _Entry) -> None:
        path = f"{self._folder}/{name}"
        stamps = (_stamp(f"{path}/history"), _stamp(f"{path}/runs"))
        same = stamps == entry.stamps
        if same and entry.at_rest:
            return
        anew = not same or not entry.quiet
        if entry.look is None:
            entry.look = ExperimentLook(entry.folder)
        entry.stamps, entry.quiet = stamps, _are_quiet(stamps)
        known = self._poll(entry.look, anew=anew)
        before = entry.known
        if not known.judged and before and same and _same_runs(before, known):
            row = replace(known.row, verdicts=before.row.verdicts)
            known = replace(known, judged=True, row=row)
        if known.settled and not known.judged:
            self._unjudged[name] = None
        if known.settled and entry.quiet:
            entry.look = None
            self._unsaved += 1
        self._put(entry, known)

    def _poll(self, look: ExperimentLook, *, anew: bool) -> Known:
        try:
            return look.poll(anew=anew)
        except Exception as error:  # noqa: BLE001  # one must not hide all others
            folder = look.experiment
            said = str(error) if isinstance(error, StorageError) else repr(error)
            row = ExperimentRow(
                experiment=folder.path.name, number=folder.number, name=folder.name
            )
            told = f"{folder.path} cannot be shown ({said}); look into its files."
            return Known(row=row, problems=(told,))

    def _put(self, entry: _Entry, known: Known) -> None:
        if known != entry.known:
            entry.known = known
            self.revision += 1

    def _judge(self) -> None:
        """Judge what ended while nobody was there to record the verdict."""
        until = self.clock() + _JUDGE_SECONDS
        while self._unjudged and self.clock() < until:
            name = next(iter(self._unjudged))
            del self._unjudged[name]
            entry = self._entries[name]
            known = entry.known
            if known is None or known.judged or _size(entry.folder) > _JUDGE_BYTES:
                continue
            try:
                verdicts = work_out(self.labbook, entry.folder)
            except Exception:  # noqa: BLE001, S112  # its problems are told with its row
                continue
            row = replace(known.row, verdicts=verdicts)
            self._put(entry, replace(known, judged=True, row=row))

    def _load(self) -> None:
        self._cache = IndexCache(self.labbook.path)
        kept = self._cache.load(KeptIndex)
        if kept is None or kept.version != _VERSION:
            return
        for name, one in kept.experiments.items():
            entry = self._entries.get(name)
            if entry is not None and entry.known is None:
                entry.known, entry.stamps, entry.quiet = one.known, one.stamps, True
                self.revision += 1

    def _save(self) -> None:
        waited = self.clock() - self._saved
        if self._unsaved < (1 if waited > _SAVE_SECONDS else _MANY):
            return
        assert self._cache is not None
        experiments = {
            name: Kept(entry.stamps, entry.known)
            for name, entry in self._entries.items()
            if entry.at_rest and entry.known and entry.known.judged
        }
        self._cache.save(KeptIndex(_VERSION, experiments))
        self._unsaved, self._saved = 0, self.clock()


def newest_first(row: ExperimentRow) -> tuple[int, str]:
    """Order of experiments in a list."""
    return -row.number, row.experiment


def experiment_number(folder: str) -> int:
    """Number of an experiment by the name of its folder."""
    found = re.match(r"\d+", folder)
    return int(found[0]) if found else 0


def _same_runs(before: Known, now: Known) -> bool:
    """Whether a verdict that was computed here still rests on the same."""
    return before.judged and before.settled and before.runs == now.runs


def _size(experiment: ExperimentFolder) -> int:
    try:
        paths = [path for run in experiment.runs() for path in run.metric_files()]
        return sum(path.stat().st_size for path in paths)
    except OSError:
        return 0


def _stamp(path: str | os.PathLike[str]) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116  # Path objects cost
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.") from error


def _are_quiet(stamps: Stamps) -> bool:
    return max(stamps) < time.time_ns() - _TICK
