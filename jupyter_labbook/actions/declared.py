"""What an experiment was declared to be, as its history tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_labbook.errors import StorageError
from jupyter_labbook.model.expression import key_of
from jupyter_labbook.model.taint import Taint
from jupyter_labbook.storage.history import Event, EventKind, History, read_event

if TYPE_CHECKING:
    from jupyter_labbook.model.experiment import Value
    from jupyter_labbook.storage.labbook import ExperimentFolder


@dataclass(frozen=True, slots=True)
class Declared:
    """What an experiment was declared to be.

    Attributes
    ----------
    version
        Which version its newest runs belong to; 0 if nothing was registered.
    header
        The newest registration or amendment.
    events
        Every event that can be read.
    problems
        A sentence for each event that cannot.
    """

    version: int
    header: dict[str, Any]
    events: tuple[Event, ...]
    problems: tuple[str, ...] = ()

    @classmethod
    def of(cls, experiment: ExperimentFolder) -> Declared:
        """Read a history that is to be continued.

        Raises
        ------
        CorruptFileError
            One of its files does not hold an event.
        """
        return cls._from(tuple(History(experiment.path).events()))

    @classmethod
    def as_far_as_readable(cls, experiment: ExperimentFolder) -> Declared:
        """Read a history that is to be shown, whatever state it is in."""
        events: list[Event] = []
        problems: list[str] = []
        try:
            for path in History(experiment.path).paths():
                try:
                    events.append(read_event(path))
                except StorageError as error:
                    problems.append(str(error))
        except StorageError as error:
            problems.append(str(error))
        return cls._from(tuple(events), tuple(problems))

    @classmethod
    def _from(
        cls, events: tuple[Event, ...], problems: tuple[str, ...] = ()
    ) -> Declared:
        for event in reversed(events):
            if event.kind in (EventKind.REGISTERED, EventKind.AMENDED):
                declared = event.data["declared"]
                return cls(event.data["version"], declared, events, problems)
        return cls(0, {}, events, problems)

    @property
    def taints(self) -> dict[str, Taint]:
        """Runs that do not count any more, by their labels."""
        found: dict[str, Taint] = {}
        for event in self.events:
            if event.kind is EventKind.TAINTED:
                found |= _taints(event)
            elif event.kind is EventKind.CLEARED:
                for label in _runs(event):
                    found.pop(label, None)
        return found

    @property
    def taken_away(self) -> dict[str, Value]:
        """Factors that ablations alone are without, and their off values."""
        given = {
            **{name: [value] for name, value in self._mapping("params").items()},
            **self._mapping("sweep"),
        }
        return {
            name: off
            for name, off in self._mapping("ablate").items()
            if key_of(off) not in {key_of(value) for value in given.get(name, ())}
        }

    def _mapping(self, key: str) -> dict[str, Any]:
        found = self.header.get(key)
        return found if isinstance(found, dict) else {}

    @property
    def predictions(self) -> list[str]:
        """Source text of each prediction."""
        return list(self.header.get("predict", ()))

    @property
    def conclusion(self) -> str:
        """What a person last concluded; empty if nothing yet."""
        for event in reversed(self.events):
            if event.kind is EventKind.CONCLUDED:
                return str(event.data["conclusion"])
        return ""


def _taints(event: Event) -> dict[str, Taint]:
    found = event.data.get("found")
    because = found if isinstance(found, dict) else {}
    return {
        label: Taint(
            reason=str(event.data.get("reason", "")),
            time=event.time,
            run=identifier,
            found=str(because.get(label, "")),
        )
        for label, identifier in _runs(event).items()
    }


def _runs(event: Event) -> dict[str, str]:
    """Runs that an event is about: label to id, whatever a hand wrote there."""
    runs = event.data.get("runs")
    if not isinstance(runs, dict):
        return {}
    return {str(label): str(identifier) for label, identifier in runs.items()}
