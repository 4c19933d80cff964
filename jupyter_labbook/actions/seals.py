"""Seals: what the metrics were that a recorded verdict rests on."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.storage.history import EventKind
from jupyter_labbook.storage.history_check import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_labbook.actions.observing import RunWatch
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder


def seal(run: RunWatch) -> dict[str, Any]:
    """Name the content of everything that an ended run logged."""
    paths = run.run.metric_files()
    return {
        "state": str(run.state),
        "files": {path.name: _digest(path.read_bytes()) for path in paths},
    }


def broken(experiment: ExperimentFolder, declared: Declared) -> Iterator[Problem]:
    """Find metrics that are no longer what they were when first sealed."""
    first: dict[Path, str] = {}
    for event in declared.events:
        if event.kind is EventKind.VERDICT:
            for label, sealed in event.data["runs"].items():
                for name, digest in sealed["files"].items():
                    path = experiment.path / "runs" / label / name
                    first.setdefault(path, digest)
    for path, digest in first.items():
        said = _changed(path, digest)
        if said:
            place = str(path.relative_to(experiment.labbook))
            yield Problem(Severity.FINDING, place, said)


def changed_metrics(labbook: LabbookFolder) -> list[Problem]:
    """Find metrics of a whole labbook that were changed after a verdict."""
    return [
        problem
        for experiment in labbook.experiments()
        # Events that cannot be read are found by the check of the history.
        for problem in broken(experiment, Declared.as_far_as_readable(experiment))
    ]


def _changed(path: Path, digest: str) -> str:
    try:
        found = _digest(path.read_bytes())
    except OSError:
        return "These metrics are gone; a recorded verdict rests on them."
    if found != digest:
        return "These metrics were changed after the verdict that rests on them."
    return ""


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
