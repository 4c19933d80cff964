"""Submitting: a question is registered, then its runs may begin."""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_labbook.actions import publishing
from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.actions.expecting import History as Durations
from jupyter_labbook.actions.preflight import later
from jupyter_labbook.actions.wishes import overrun, wishes
from jupyter_labbook.errors import StorageError
from jupyter_labbook.model import prediction
from jupyter_labbook.model.experiment import ASKED, Header, Variant, variants
from jupyter_labbook.model.slug import slug
from jupyter_labbook.runtime.exits import timestamp
from jupyter_labbook.storage import experiment_file, records
from jupyter_labbook.storage.experiment_file import ExperimentFile
from jupyter_labbook.storage.history import EventKind, History

if TYPE_CHECKING:
    from jupyter_labbook.actions.publishing import Origin, RunPlan
    from jupyter_labbook.model.run import Expected
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder

_VERSIONED = ("question", "work")
"""What cannot change without earlier runs answering another question."""


class Work(Protocol):
    """What is to be executed, for each variant."""

    def identity(self) -> str:
        """Say what is executed, whatever the parameters' values and the question."""

    def plan(self, variant: Variant, title: str) -> RunPlan:
        """Plan the run of one variant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What was stored.

    Attributes
    ----------
    notes
        Sentences that the author must not miss, such as that this is a new version.
    """

    experiment: ExperimentFolder
    runs: list[RunFolder]
    notes: list[str] = field(default_factory=list)


def submit(
    labbook: LabbookFolder, header: Header, work: Work, origin: Origin
) -> Submitted:
    """Register an experiment and queue its runs; they begin as slots are free.

    Raises
    ------
    PredictionError
        A prediction does not parse or does not fit the sweep; nothing was stored.
    InvalidInputError, NotFoundError
        The runs could never start; nothing was stored.
    StorageError
        The labbook cannot be written; no run was published.
    """
    name = header.name or slug(header.question or header.why)
    header = replace(header, name=name)
    check(header, labbook)
    publishing.require_user()
    durations = _durations(labbook, name)
    longest = _longest(durations, header, origin)
    asked = wishes(header, labbook, longest)
    late = overrun(asked, header, longest)
    fingerprint = hashlib.sha256(work.identity().encode("utf-8", "surrogatepass"))
    experiment, version, notes = register(labbook, header, fingerprint.hexdigest())
    title = f"A run of {experiment.path.name}."
    plans = [work.plan(variant, title) for variant in variants(header)]
    origin = replace(
        origin,
        version=version,
        resumable=header.resumable,
        timeout=header.timeout,
        wishes=asked,
    )
    try:
        runs = publishing.publish(labbook, experiment, plans, origin, durations)
    except StorageError as error:
        raise StorageError(
            f"{name} is registered, but has no run yet; submit it again. {error}"
        ) from error
    publishing.begin(labbook, runs)
    if asked.when != "now":
        later.begin(labbook, [experiment])
    notes += [f"{name}: {late}"] if late else []
    return Submitted(experiment=experiment, runs=runs, notes=notes)


def _durations(labbook: LabbookFolder, name: str) -> Durations | None:
    """Read how long earlier runs of an experiment took; None if it is a new one."""
    known = [found for found in labbook.experiments() if found.name == name]
    return Durations.of(known[-1]) if known else None


def _longest(
    durations: Durations | None, header: Header, origin: Origin
) -> Expected | None:
    """Say how long the longest of the runs will probably take, if anybody can tell."""
    if durations is None:
        return None
    found = [
        durations.expect(variant.parameters, origin.inputs)
        for variant in variants(header)
    ]
    return max(filter(None, found), key=lambda one: one.high, default=None)


def check(header: Header, labbook: LabbookFolder | None) -> None:
    """Refuse predictions that do not parse, or that these runs could never decide.

    Parameters
    ----------
    header
        What makes them.
    labbook
        Where other experiments are, which a prediction may name; None if there is
        no labbook yet.

    Raises
    ------
    PredictionError
        The first such prediction.
    InvalidInputError, NotFoundError
        The runs could never start: there is no such window, or no such experiment
        that is to come first; see `wishes`.
    """
    wishes(header, labbook)
    known = {found.name for found in labbook.experiments()} if labbook else set()
    for text in header.predict:
        prediction.check(prediction.parse(text), header, known)


def register(
    labbook: LabbookFolder, header: Header, work: str
) -> tuple[ExperimentFolder, int, list[str]]:
    """Record what is asked and expected, before anything is executed.

    Parameters
    ----------
    header
        With its final name.
    work
        Fingerprint of what will be executed.

    Returns
    -------
    tuple
        The experiment, the version that its new runs belong to, and notes.
    """
    # As it reads back from the history, where tuples are lists.
    plain: dict[str, Any] = json.loads(records.encode(header))
    # How its runs wait is theirs to say, in their tickets: it may be changed.
    declared = {key: value for key, value in plain.items() if key not in ASKED}
    declared["work"] = work
    with labbook.lock():
        known = [found for found in labbook.experiments() if found.name == header.name]
        if not known:
            content = experiment_file.encode(
                ExperimentFile(id=uuid.uuid4().hex, **_prose(header))
            )
            experiment = labbook.add_experiment(header.name, {"experiment.md": content})
            try:
                _append(experiment, EventKind.REGISTERED, 1, declared, [])
            except StorageError:
                # Under the lock: nobody else has counted it yet.
                shutil.rmtree(experiment.path, ignore_errors=True)
                raise
            return experiment, 1, []
        experiment = known[-1]
        last = Declared.of(experiment)
        # Found before anything is changed, if it cannot be.
        experiment_file.check(experiment.file)
        if not last.events:
            # Whoever began it was killed before it was registered.
            _append(experiment, EventKind.REGISTERED, 1, declared, [])
            return experiment, 1, []
        changed = [key for key in declared if declared[key] != last.header.get(key)]
        if not changed:
            return experiment, last.version, []
        version = last.version + any(key in changed for key in _VERSIONED)
        _append(experiment, EventKind.AMENDED, version, declared, changed)
        experiment_file.update(experiment.file, **_prose(header))
        return experiment, version, [_note(experiment.name, version, last, changed)]


def amend(
    labbook: LabbookFolder, experiment: ExperimentFolder, declared: dict[str, object]
) -> int:
    """Register another declaration of an experiment; returns its version."""
    with labbook.lock():
        last = Declared.of(experiment)
        changed = [key for key in declared if declared[key] != last.header.get(key)]
        version = last.version + any(key in changed for key in _VERSIONED)
        _append(experiment, EventKind.AMENDED, version, declared, changed)
        return version


def _prose(header: Header) -> dict[str, Any]:
    """What ``experiment.md`` repeats of a header, for people to read."""
    keys = ("name", "question", "hypothesis", "predict", "why", "impact", "tags")
    return {key: getattr(header, key) for key in keys}


def _append(
    experiment: ExperimentFolder,
    kind: EventKind,
    version: int,
    declared: dict[str, object],
    changed: list[str],
) -> None:
    data = {"version": version, "declared": declared, "changed": changed}
    History(experiment.path).append(kind, data, timestamp())


def _note(name: str, version: int, last: Declared, changed: list[str]) -> str:
    words = ["code" if key == "work" else key for key in changed]
    what = ", ".join(words)
    if version == last.version:
        return f"{name} was registered before with another {what}: amended."
    if "question" in changed:
        asked = last.header.get("question") or last.header.get("why")
        return (
            f"{name} exists with another question ({asked!r}): this is its "
            f"version {version}. To keep them apart, give it another name."
        )
    return f"{name} has changed ({what}): this is its version {version}."
