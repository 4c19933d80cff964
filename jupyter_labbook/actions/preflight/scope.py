"""What is looked at before the night: experiments with the runs that wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.actions.shown import of_version
from jupyter_labbook.errors import LabbookError, NotFoundError
from jupyter_labbook.insight.wording import listed
from jupyter_labbook.model.preflight import Remedy
from jupyter_labbook.model.run import RunRecord, RunState, Ticket
from jupyter_labbook.storage import records, run_state, trust

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from jupyter_labbook.model.run import Expected
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder


@dataclass(frozen=True, slots=True)
class Known:
    """A run, as its files tell.

    Attributes
    ----------
    ticket
        Of a run that waits; None if it does not.
    """

    run: RunFolder
    record: RunRecord
    state: RunState
    ticket: Ticket | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """One experiment that is looked at.

    Attributes
    ----------
    runs
        Those of the newest version.
    """

    experiment: ExperimentFolder
    declared: Declared
    runs: list[Known]

    @property
    def name(self) -> str:
        """The experiment's name."""
        return self.experiment.name

    @property
    def waiting(self) -> list[Known]:
        """Runs that have still to begin, under a ticket that may be executed."""
        return [known for known in self.runs if known.ticket is not None]

    def stopping(self, labels: Collection[str]) -> Remedy:
        """Take runs out of the queue, and leave others of the experiment alone."""
        live = {self.label(known) for known in self.runs if not known.state.ended}
        return Remedy(f"stop {self.name if live == set(labels) else ' '.join(labels)}")

    def label(self, known: Known) -> str:
        """Name a run as in a command: ``NAME/RUN``."""
        return f"{self.name}/{known.run.label}"


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything that is looked at together.

    Attributes
    ----------
    subject
        The batch or experiment that was named; empty: all that waits.
    learned
        What smoke runs told of how long experiments take, by folder.
    """

    labbook: LabbookFolder
    subject: str
    examined: list[Examined]
    learned: dict[RunFolder, Expected] = field(default_factory=dict)

    def waiting(self) -> Iterator[tuple[Examined, Known]]:
        """Go through all runs that wait."""
        for one in self.examined:
            for known in one.waiting:
                yield one, known


def find(labbook: LabbookFolder, subject: str = "") -> Scope:
    """Find what is to be looked at.

    Parameters
    ----------
    labbook
        Where to look.
    subject
        A batch, or an experiment by name or number; empty: everything that waits.

    Raises
    ------
    NotFoundError
        Neither goes by that name.
    """
    named = None
    if subject:
        try:
            named = labbook.experiment(subject)
        except NotFoundError:
            named = None
    if named is not None:
        return Scope(labbook, subject, [_examined(named)])
    found = [
        _examined(experiment)
        for experiment in labbook.experiments()
        if any(not run.exit.exists() for run in experiment.runs())
    ]
    waiting = [one for one in found if one.waiting]
    if not subject:
        return Scope(labbook, "", waiting)
    batch = [one for each in waiting if (one := _of_batch(each, subject))]
    if batch:
        return Scope(labbook, subject, batch)
    raise NotFoundError(_unknown(labbook, subject, waiting))


def of(labbook: LabbookFolder, experiments: Iterable[ExperimentFolder]) -> Scope:
    """Look at some experiments, as far as their runs wait."""
    found = [_examined(experiment) for experiment in experiments]
    return Scope(labbook, "", [one for one in found if one.waiting])


def _of_batch(one: Examined, batch: str) -> Examined | None:
    """Leave out the runs that wait in other batches; None if none is left."""
    kept = [
        known
        for known in one.runs
        if known.ticket is None or known.ticket.batch == batch
    ]
    left = Examined(one.experiment, one.declared, kept)
    return left if left.waiting else None


def _unknown(labbook: LabbookFolder, subject: str, waiting: list[Examined]) -> str:
    batches = sorted(
        {known.ticket.batch for one in waiting for known in one.waiting if known.ticket}
        - {""}
    )
    told = f"the batches are {listed(batches)}" if batches else "no batch waits"
    return (
        f"{subject!r} is neither a batch that waits nor an experiment of "
        f"{labbook.path}: {told}; the experiments: labbook list"
    )


def _examined(experiment: ExperimentFolder) -> Examined:
    declared = Declared.as_far_as_readable(experiment)
    known = [one for run in experiment.runs() if (one := _known(run)) is not None]
    shown = of_version({one.run: one.record.version for one in known}, declared.version)
    return Examined(experiment, declared, [one for one in known if one.run in shown])


def _known(run: RunFolder) -> Known | None:
    """Read a run; None if its files are damaged, which other verbs tell."""
    try:
        record = records.read(run.record, RunRecord)
        state = run_state.derive(run, trust.trusted)
        ticket = run_state.read_ticket(run) if state is RunState.WAITING else None
    except LabbookError:
        return None
    return Known(run, record, state, ticket) if record is not None else None
