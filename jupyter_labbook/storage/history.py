"""The history of an experiment: events that are written once and chained."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from jupyter_labbook.errors import CorruptFileError, StorageError
from jupyter_labbook.runtime import files
from jupyter_labbook.storage.history_list import (
    ListedEvent,
    OpenList,
    digest_of,
    locked_list,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class EventKind(StrEnum):
    """What happened to an experiment."""

    REGISTERED = "registered"
    AMENDED = "amended"
    VERDICT = "verdict"
    CONCLUDED = "concluded"
    TAINTED = "tainted"
    """Some runs do not count any more."""
    CLEARED = "cleared"
    """They do after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One step of an experiment's history."""

    seq: int
    """Counted from 1."""
    kind: EventKind
    time: str
    """ISO 8601."""
    previous: str | None
    """SHA-256 of the file of the event before; None for the first."""
    data: Mapping[str, Any]
    digest: str
    """SHA-256 of this event's file."""


EVENT_NAME = re.compile(rf"(\d{{4,}})-({'|'.join(EventKind)})\.json")


class History:
    """The events of one experiment.

    Each is a file that is written once and names the hash of the one before, so a
    change anywhere breaks the chain behind it. The newest has nobody behind it:
    therefore every event also has a line in the labbook's ``history.sha256``.
    `jupyter_labbook.storage.history_check` compares the two.

    Parameters
    ----------
    folder
        The experiment's: ``labbook/experiments/0007-does-a-wider-forest-help``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def labbook(self) -> Path:
        """The labbook that the experiment is in."""
        return self.folder.parents[1]

    @property
    def events_folder(self) -> Path:
        """Where the events are."""
        return self.folder / "history"

    def place(self, name: str) -> str:
        """Path of an event's file as ``history.sha256`` spells it."""
        return f"{self.folder.parent.name}/{self.folder.name}/history/{name}"

    def paths(self) -> list[Path]:
        """Every event's file, in order."""
        try:
            found = [
                (int(match[1]), path)
                for path in self.events_folder.iterdir()
                if (match := EVENT_NAME.fullmatch(path.name))
            ]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StorageError(
                f"{self.events_folder} cannot be read ({error.strerror}); give yourself"
                " permission to read it."
            ) from error
        return [path for _, path in sorted(found)]

    def events(self) -> list[Event]:
        """Read every event, in order.

        Raises
        ------
        CorruptFileError
            A file does not hold an event.
        """
        return [read_event(path) for path in self.paths()]

    def append(self, kind: EventKind, data: Mapping[str, Any], time: str) -> Event:
        """Record that something happened; it is stored when this returns.

        Parameters
        ----------
        kind
            What happened.
        data
            What is to be known of it: what JSON can hold.
        time
            When, in ISO 8601.

        Raises
        ------
        StorageError
            It could not be stored.
        """
        try:
            self.events_folder.mkdir(mode=0o700, exist_ok=True)
            with locked_list(self.labbook) as listed:
                self._list_newest(listed)
                return self._append(listed, kind, data, time)
        except StorageError:
            raise
        except OSError as error:
            raise StorageError(
                f"Nothing was recorded in {self.events_folder} ({error.strerror}); make"
                " room or get permission, and try again."
            ) from error

    def _append(
        self, listed: OpenList, kind: EventKind, data: Mapping[str, Any], time: str
    ) -> Event:
        last, previous = self._last(listed)
        record = {
            "seq": last + 1,
            "kind": kind.value,
            "time": time,
            "previous": previous,
            "data": data,
        }
        content = files.encode(record)
        name = f"{last + 1:04d}-{kind}.json"
        if not files.create(self.events_folder / name, content):
            raise StorageError(
                f"{self.events_folder / name} appeared while it was being written; run"
                " `labbook verify` and try again."
            )
        digest = digest_of(content)
        try:
            listed.add([ListedEvent(digest, self.place(name))])
        except OSError:
            # Nothing was recorded, so that doing it again records it once.
            with suppress(OSError):
                (self.events_folder / name).unlink()
            raise
        return Event(
            seq=last + 1,
            kind=kind,
            time=time,
            previous=previous,
            data=json.loads(content)["data"],
            digest=digest,
        )

    def _last(self, listed: OpenList) -> tuple[int, str | None]:
        """Find number and hash of the newest event, also of one that was deleted.

        A number is never given twice: the gap stays to be seen.
        """
        known: dict[int, str] = {}
        place = self.place("")
        for event in listed.events:
            if event.path.startswith(place):
                found = EVENT_NAME.fullmatch(event.path.removeprefix(place))
                if found:
                    known[int(found[1])] = event.digest
        for path in self.paths():
            known[int(path.name.split("-")[0])] = digest_of(path.read_bytes())
        return max(known.items()) if known else (0, None)

    def _list_newest(self, listed: OpenList) -> None:
        """List an event whose writer died before it could.

        Only the newest can be one; others that are not listed are left to be found.
        """
        paths = self.paths()
        if not paths:
            return
        newest = paths[-1]
        event = ListedEvent(digest_of(newest.read_bytes()), self.place(newest.name))
        before = [self.place(path.name) for path in paths[:-1]]
        places = {known.path for known in listed.events}
        if event.path not in places and places.issuperset(before):
            listed.add([event])


def read_event(path: Path) -> Event:
    """Read one event.

    Raises
    ------
    CorruptFileError
        The file does not hold the event that its name says.
    StorageError
        It cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StorageError(f"{path} cannot be read ({error.strerror}).") from error
    try:
        record = json.loads(content)
        previous = record["previous"]
        event = Event(
            seq=int(record["seq"]),
            kind=EventKind(record["kind"]),
            time=str(record["time"]),
            previous=None if previous is None else str(previous),
            data=dict(record["data"]),
            digest=digest_of(content),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptFileError(
            f"{path} is damaged ({type(error).__name__}: {error}); restore it from a"
            " backup or git."
        ) from error
    if path.name != f"{event.seq:04d}-{event.kind}.json":
        raise CorruptFileError(
            f"{path} holds event {event.seq} ({event.kind}), which its name denies;"
            " restore it from a backup or git."
        )
    return event
