"""Where an accepted search stands, as its runs and its experiment's tell."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions import varying
from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.errors import InvalidInputError, NotFoundError
from jupyter_labbook.insight.ablations import Aim
from jupyter_labbook.insight.evidence import Evidence
from jupyter_labbook.insight.searching import best_settings, next_run
from jupyter_labbook.model.run import RunState
from jupyter_labbook.snapshot.reparametrize import without_parameters
from jupyter_labbook.storage import windows
from jupyter_labbook.storage.labbook import ExperimentFolder
from jupyter_labbook.storage.settings import user_settings
from jupyter_labbook.tuning.space import space_of

if TYPE_CHECKING:
    from jupyter_labbook.actions.observing import RunWatch
    from jupyter_labbook.model.backfill import Search
    from jupyter_labbook.model.experiment import Variant
    from jupyter_labbook.model.run import RunRecord
    from jupyter_labbook.model.space import Space
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder

DO_INSTEAD: Final = "only experiments of cells can be searched"
_DAY: Final = timedelta(days=1)
_BROKEN: Final = (RunState.FAILED, RunState.LOST)
_PATIENCE: Final = 2
"""Failures in a row that end a search."""


@dataclass(frozen=True, slots=True)
class Model:
    """A run after which others are made."""

    run: RunFolder
    record: RunRecord


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a search stands.

    Attributes
    ----------
    origin, own
        The experiment around which it searches, and its own; None before its first
        run.
    model
        The run after which its runs are made.
    work
        Fingerprint of what they execute, whatever their parameters.
    """

    search: Search
    origin: ExperimentWatch
    own: ExperimentWatch | None
    model: Model
    work: str

    @classmethod
    def of(cls, labbook: LabbookFolder, search: Search) -> Standing:
        """Look at the runs.

        Raises
        ------
        NotFoundError
            The experiment around which it searches is gone.
        InvalidInputError
            Nothing can be made after its runs.
        """
        origin = ExperimentFolder(labbook.path / "experiments" / search.origin)
        if not origin.path.is_dir():
            raise NotFoundError(f"{origin.path} is gone.")
        own = own_folder(labbook, search)
        watches = [
            ExperimentWatch(labbook, one) for one in (origin, own) if one is not None
        ]
        for each in watches:
            each.poll()
        model = model_of(watches[0])
        return cls(
            search,
            watches[0],
            watches[1] if own is not None else None,
            model,
            _work(model),
        )

    @property
    def ready(self) -> bool:
        """Whether there is something to learn from for the next run.

        That is a result to search around (code may have changed), and those of its own
        runs before: none of them waits.
        """
        waits = any(run.state is RunState.WAITING for run in self.runs())
        origin = self.origin.evidence()
        return not waits and (best_settings(origin, self.space, self._aim) is not None)

    def runs(self) -> list[RunWatch]:
        """Its runs since it was accepted, of every version."""
        if self.own is None:
            return []
        return [
            run
            for run in self.own.all_runs()
            if run.record is not None and run.record.created >= self.search.since
        ]

    def over(self) -> str:
        """Say why it has ended, as a sentence; empty if it goes on."""
        ids = {
            earlier
            for run in self.runs()
            if run.record is not None
            for earlier in (run.record.continues, run.record.reruns)
        }
        ended = [
            run
            for run in self.runs()
            if run.state.ended and run.record is not None and run.record.id not in ids
        ]
        last = ended[-_PATIENCE:]
        if len(last) == _PATIENCE and all(run.state in _BROKEN for run in last):
            return (
                f"It ended, since its last {_PATIENCE} runs ({last[0].run.label} and "
                f"{last[1].run.label}) {last[1].state}: see labbook tail "
                f"{self.search.name}/{last[1].run.label}"
            )
        taken = _bytes(self.own.experiment) if self.own is not None else 0
        if taken >= self.search.most_bytes:
            return (
                f"It ended, since its runs take {taken / 2**30:.1f} GiB on the disk: "
                "delete what you do not need, then accept it again."
            )
        return ""

    def enough(self, moment: datetime) -> datetime | None:
        """Say until when it rests, having had as many runs as it may; None if not."""
        settings = user_settings()
        window = windows.window(settings, self.search.asks.when)
        stretch = window.stretch(moment, moment)
        begin, end = moment - _DAY, moment + timedelta(hours=1)
        if stretch is not None and stretch.holds(moment) and stretch.end is not None:
            begin, end = stretch.begin, stretch.end
        had = 0
        for run in self.runs():
            record = run.record
            assert record is not None
            goes_on = record.continues or record.reruns
            had += not goes_on and moment_of(record.created) >= begin
        return end if had >= self.search.most else None

    @property
    def space(self) -> Space:
        """What is searched."""
        return space_of(self.origin.declared.header.get("sweep") or {})

    def evidence(self) -> Evidence:
        """What its runs have shown; nothing of those that executed other code."""
        if self.own is None or self.own.declared.header.get("work") != self.work:
            return Evidence(name=self.search.name, runs=())
        return self.own.evidence()

    def next_run(self) -> Variant | None:
        """Choose what is tried next; None if everything has been."""
        return next_run(
            self.origin.evidence(),
            self.evidence(),
            self.space,
            self._aim,
            seed=self.search.origin,
        )

    @property
    def _aim(self) -> Aim:
        return Aim(self.search.metric, self.search.higher)


def model_of(origin: ExperimentWatch) -> Model:
    """Find the run after which others are made: the newest that is a script.

    Raises
    ------
    InvalidInputError
        There is none, or its script is not what was submitted.
    """
    for run in reversed(origin.runs()):
        if run.record is not None and not run.record.reruns:
            varying.script_of(run.run, run.record, DO_INSTEAD)
            return Model(run.run, run.record)
    raise InvalidInputError(f"{origin.experiment.name} has no run to begin with.")


def _work(model: Model) -> str:
    record = model.record
    before = {**record.parameters, "seed": record.seed}
    script = varying.script_of(model.run, record, DO_INSTEAD)
    parts = [without_parameters(script, before), record.code]
    parts += sorted(record.inputs.values())
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()


def own_folder(labbook: LabbookFolder, search: Search) -> ExperimentFolder | None:
    """Find the experiment that a search's runs belong to; None before the first."""
    for one in reversed(labbook.experiments()):
        if one.name == search.name:
            return one
    return None


def _bytes(experiment: ExperimentFolder) -> int:
    total = 0
    for folder, _, names in os.walk(experiment.path / "runs"):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118
            except OSError:
                continue
    return total


def moment_of(text: str) -> datetime:
    """Read a moment from a record; the dawn of time if that is lost."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
