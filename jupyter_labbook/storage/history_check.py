"""Whether the history of experiments is as it was written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from jupyter_labbook.errors import CorruptFileError, StorageError
from jupyter_labbook.storage.history import EVENT_NAME, History, read_event
from jupyter_labbook.storage.history_list import NAME, ListedEvent, digest_of, read_list

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_ASIDE = re.compile(r"\..+\.\d+\.[0-9a-f]{8}")
"""What a writer leaves that was killed."""
_PLACE = re.compile(r"(.+/)history/([^/]+)", re.DOTALL)


class Severity(StrEnum):
    """How much a problem matters."""

    FINDING = "finding"
    """Something is not as it was written."""
    NOTE = "note"
    """A trace of a crash, which harms nothing."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it should be."""

    severity: Severity
    path: str
    """Relative to the labbook."""
    message: str
    """One sentence."""


def verify(history: History) -> list[Problem]:
    """Compare an experiment's events with each other and with the labbook's list.

    Raises
    ------
    StorageError
        The folder or the list cannot be read.
    """
    listed, _ = read_list(history.labbook)
    return _Check(history, listed).problems()


def verify_labbook(labbook: Path) -> list[Problem]:
    """Verify every experiment, those included that are listed and no longer there."""
    listed, unknown = read_list(labbook)
    problems = [
        Problem(
            Severity.FINDING, NAME, f"A line of the list is damaged: {line[:80]!r}."
        )
        for line in unknown
    ]
    experiments = labbook / "experiments"
    folders = sorted(p for p in _contents(experiments) if not p.name.startswith("."))
    there = set()
    for folder in folders:
        check = _Check(History(folder), listed)
        problems += check.problems()
        there |= {f"{experiments.name}/{folder.name}/", check.listed_as}
    gone: dict[str, None] = {}
    for event in listed:
        found = _PLACE.fullmatch(event.path)
        if found and found[1] not in there:
            gone[found[1]] = None
    return problems + [
        Problem(
            Severity.FINDING,
            place.removesuffix("/"),
            "The experiment was deleted: its events are listed and its folder is gone.",
        )
        for place in gone
    ]


class _Check:
    """The verification of one experiment."""

    def __init__(self, history: History, listed: Iterable[ListedEvent]) -> None:
        self.history = history
        self.own = history.place("").removesuffix("history/")
        self.contents: dict[str, bytes | None] = {}
        for path in history.paths():
            try:
                self.contents[path.name] = path.read_bytes()
            except OSError:
                self.contents[path.name] = None
        self.digests = {
            name: digest_of(data)
            for name, data in self.contents.items()
            if data is not None
        }
        by_place: dict[str, list[tuple[str, str]]] = {}
        for event in listed:
            if found := _PLACE.fullmatch(event.path):
                by_place.setdefault(found[1], []).append((found[2], event.digest))
        self.listed_as = self._listed_as(by_place)
        self.listed = [
            *by_place.get(self.listed_as, []),
            *(by_place.get(self.own, []) if self.listed_as != self.own else []),
        ]

    def problems(self) -> list[Problem]:
        return [
            *self._moved(),
            *self._strangers(),
            *self._chain(),
            *self._against_list(),
        ]

    def _listed_as(self, by_place: dict[str, list[tuple[str, str]]]) -> str:
        """Find the name that events are listed under: another after a renaming."""
        unlisted = set(self.digests.items()) - set(by_place.get(self.own, []))
        for place, events in by_place.items():
            if place != self.own and not unlisted.isdisjoint(events):
                return place
        return self.own

    def _moved(self) -> list[Problem]:
        if self.listed_as == self.own:
            return []
        former = self.history.labbook / self.listed_as
        how = "copied" if former.exists() else "renamed"
        message = f"The folder was {how} by hand from {former.name}."
        if how == "renamed":
            message += " Give it that name again, so that its history can be checked."
        return [Problem(Severity.FINDING, self.own.removesuffix("/"), message)]

    def _strangers(self) -> list[Problem]:
        problems = []
        for path in sorted(_contents(self.history.events_folder)):
            if EVENT_NAME.fullmatch(path.name):
                continue
            if _ASIDE.fullmatch(path.name):
                message = "A writer was killed here; the file can be deleted."
                problems.append(self._note(path.name, message))
            else:
                message = "This file is no event, and nothing here wrote it."
                problems.append(self._finding(path.name, message))
        return problems

    def _chain(self) -> list[Problem]:
        problems = []
        expected, previous = 1, None
        for path in self.history.paths():
            seq = int(path.name.split("-")[0])
            if seq > expected:
                missing = str(expected)
                if seq - 1 > expected:
                    missing += f" to {seq - 1}"
                message = f"Before this event, number {missing} is missing."
                problems.append(self._finding(path.name, message))
            elif seq < expected:
                message = f"There are two events with the number {seq}."
                problems.append(self._finding(path.name, message))
            problems += self._link(path, previous, whole=seq == expected)
            expected, previous = seq + 1, self.digests.get(path.name)
        return problems

    def _link(self, path: Path, previous: str | None, *, whole: bool) -> list[Problem]:
        try:
            event = read_event(path)
        except CorruptFileError as error:
            reason = str(error).removeprefix(f"{path} ")
            return [self._finding(path.name, f"The event {reason}")]
        except StorageError as error:
            return [self._finding(path.name, str(error))]
        if not whole or event.previous == previous:
            return []
        if previous is None:
            message = "It does not begin the chain, but nothing stands before it."
        else:
            message = (
                "It follows another event than the one before it, which was changed or"
                " exchanged."
            )
        return [self._finding(path.name, message)]

    def _against_list(self) -> list[Problem]:
        problems = []
        if self.contents and not (self.history.labbook / NAME).exists():
            message = f"{NAME} is missing: whether events were deleted cannot be told."
            return [Problem(Severity.FINDING, NAME, message)]
        names = {name for name, _ in self.listed}
        for name, digest in dict.fromkeys(self.listed):
            if name not in self.contents:
                message = "The event was deleted: it is listed, and its file is gone."
                problems.append(self._finding(name, message))
            elif self.contents[name] is not None and self.digests[name] != digest:
                message = f"The event was changed: it is not what {NAME} lists."
                problems.append(self._finding(name, message))
        unlisted = [name for name in self.contents if name not in names]
        newest = list(self.contents)[-1:]
        if unlisted and unlisted == newest and (names or len(self.contents) == 1):
            message = f"Its writer died before it was added to {NAME}."
            problems.append(
                self._note(unlisted[0], f"{message} The next event mends that.")
            )
        else:
            message = f"The event is not in {NAME}: it was slipped in, or the list cut."
            problems += [self._finding(name, message) for name in unlisted]
        return problems

    def _finding(self, name: str, message: str) -> Problem:
        return Problem(Severity.FINDING, self.history.place(name), message)

    def _note(self, name: str, message: str) -> Problem:
        return Problem(Severity.NOTE, self.history.place(name), message)


def _contents(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
