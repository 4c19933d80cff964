"""From the words that a person types to experiments and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.errors import InvalidInputError, NotFoundError
from jupyter_labbook.storage.labbook import ExperimentFolder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder


def split(reference: str) -> tuple[str, str]:
    """Take ``NAME/RUN`` apart; the run is empty if none is named."""
    name, _, label = reference.partition("/")
    return name, label


def label(run: RunFolder) -> str:
    """Write a run as it is named in a command: ``NAME/RUN``."""
    return f"{ExperimentFolder(run.experiment).name}/{run.label}"


def spans(labels: Iterable[str]) -> str:
    """Write labels of runs, with the first and last of a row: ``001 to 003, 007``."""
    spans: list[list[str]] = []
    for label in labels:
        last = spans[-1][-1] if spans else ""
        if last.isdigit() and label.isdigit() and int(label) == int(last) + 1:
            spans[-1] = [spans[-1][0], label]
        else:
            spans.append([label])
    return ", ".join(" to ".join(span) for span in spans)


def whole(labbook: LabbookFolder, reference: str) -> ExperimentFolder:
    """Find the experiment of ``NAME``, where no run can be meant.

    Raises
    ------
    InvalidInputError
        A run is named.
    """
    name, label = split(reference)
    if label:
        raise InvalidInputError(
            f"This is about the experiment {name} as a whole: leave out /{label}."
        )
    return labbook.experiment(name)


def experiment(labbook: LabbookFolder, reference: str) -> ExperimentFolder:
    """Find the experiment of ``NAME`` or ``NAME/RUN``."""
    return labbook.experiment(split(reference)[0])


def runs(labbook: LabbookFolder, reference: str) -> list[RunFolder]:
    """Find the run of ``NAME/RUN``, or the newest version's runs of ``NAME``."""
    name, label = split(reference)
    found = labbook.experiment(name)
    if label:
        return [found.run(label)]
    watch = ExperimentWatch(labbook, found)
    watch.poll()
    return [watched.run for watched in watch.runs()]


def one_run(labbook: LabbookFolder, reference: str) -> RunFolder:
    """Find the run of ``NAME/RUN``, or the last one of ``NAME``."""
    found = runs(labbook, reference)
    if not found:
        raise NotFoundError(f"{reference} has no run yet.")
    return found[-1]
