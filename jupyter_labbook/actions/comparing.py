"""Gathering two experiments or runs so that they can be compared."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.insight import comparison
from jupyter_labbook.insight.evidence import Evidence
from jupyter_labbook.model.experiment import Header

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyter_labbook.actions.observing import RunWatch
    from jupyter_labbook.storage.labbook import LabbookFolder


def compare(labbook: LabbookFolder, a: str, b: str) -> comparison.Comparison:
    """Compare two experiments, or two runs named ``NAME/RUN``.

    Raises
    ------
    NotFoundError
        There is no such experiment or run.
    """
    return comparison.compare(subject(labbook, a), subject(labbook, b))


def subject(labbook: LabbookFolder, reference: str) -> comparison.Subject:
    """Gather what is known of an experiment or a run."""
    name, _, label = reference.partition("/")
    experiment = labbook.experiment(name)
    watch = ExperimentWatch(labbook, experiment)
    watch.poll()
    runs = watch.runs()
    if label:
        wanted = experiment.run(label)
        runs = [run for run in watch.all_runs() if run.run == wanted]
    newest = runs[-1] if runs else None
    record = newest.record if newest else None
    return comparison.Subject(
        name=reference,
        evidence=Evidence(name=reference, runs=tuple(run.evidence() for run in runs)),
        header=_header(watch.declared.header),
        script=_script(newest),
        code=frozen(labbook.path, record.code if record else ""),
        inputs=dict(record.inputs) if record else {},
        versions=dict(record.versions) if record else {},
        git=record.git if record else None,
        host=record.host if record else "",
    )


def _header(declared: dict[str, Any]) -> Header:
    import msgspec

    known = {key: value for key, value in declared.items() if key != "work"}
    return msgspec.convert(known, type=Header)


def _script(run: RunWatch | None) -> str:
    try:
        return run.run.script.read_text("utf-8") if run else ""
    except (OSError, UnicodeDecodeError):
        return ""


def frozen(labbook: Path, name: str) -> dict[str, str]:
    """Fingerprint the frozen files of a run's project.

    Parameters
    ----------
    labbook, name
        Where they are: a folder below ``code/``; empty if there are none.
    """
    folder = labbook / "code" / name
    if not name or not folder.is_dir():
        return {}
    names = (path.relative_to(folder) for path in sorted(folder.rglob("*.py")))
    return fingerprints(folder, map(str, names))


def fingerprints(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Hash the content of files, as far as they are there."""
    found = {}
    for name in names:
        try:
            content = (folder / name).read_bytes()
        except OSError:
            continue
        found[name] = hashlib.sha256(content).hexdigest()
    return found
