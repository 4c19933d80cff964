"""Runs without one factor each: which are missing, and queueing them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_labbook.actions import publishing, varying
from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.actions.preflight import later
from jupyter_labbook.errors import InvalidInputError, PredictionError
from jupyter_labbook.insight import ablations
from jupyter_labbook.model import prediction
from jupyter_labbook.model.experiment import Variant
from jupyter_labbook.model.expression import key_of
from jupyter_labbook.storage import windows
from jupyter_labbook.storage.settings import user_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_labbook.actions.declared import Declared
    from jupyter_labbook.actions.observing import RunWatch
    from jupyter_labbook.actions.publishing import Origin, RunPlan
    from jupyter_labbook.insight.ablations import Ablation
    from jupyter_labbook.model.expression import Prediction
    from jupyter_labbook.model.run import RunRecord
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder


def missing(labbook: LabbookFolder, experiment: ExperimentFolder) -> list[Ablation]:
    """Find the factors of an experiment that no run is without."""
    watch = ExperimentWatch(labbook, experiment)
    watch.poll()
    return _missing(watch)


def queue(
    labbook: LabbookFolder,
    experiment: ExperimentFolder,
    factors: tuple[str, ...] = (),
    *,
    when: str = "",
) -> list[RunFolder]:
    """Queue the runs that are missing; each waits as those do that it completes.

    Parameters
    ----------
    labbook, experiment
        Where they are.
    factors
        The only ones to leave out in turn; empty: all that are missing.
    when
        The window to wait for; empty: that of the runs that they complete.

    Raises
    ------
    InvalidInputError
        There is no such factor or window, or the experiment is a program whose
        words nobody can fill in again.
    StorageError
        Not all could be stored.
    """
    watch = ExperimentWatch(labbook, experiment)
    watch.poll()
    _refuse_unknown(watch, factors)
    if when:
        windows.window(user_settings(), when)
    prepared = [
        _prepared(watch, ablation, when)
        for ablation in _missing(watch)
        if not factors or ablation.factor in factors
    ]
    new: list[RunFolder] = []
    for plans, origin in prepared:
        new += publishing.publish(labbook, experiment, plans, origin)
    if new:
        publishing.begin(labbook, new)
        if any(origin.wishes.when != "now" for _, origin in prepared):
            later.begin(labbook, [experiment])
    return new


def _missing(watch: ExperimentWatch) -> list[Ablation]:
    off = watch.declared.header.get("ablate") or {}
    if not off:
        return []
    aim = ablations.aim_of(_predictions(watch.declared))
    return ablations.missing(watch.evidence(), off, aim)


def _predictions(declared: Declared) -> Iterator[Prediction]:
    for text in declared.predictions:
        try:
            yield prediction.parse(text)
        except PredictionError:
            continue


def _refuse_unknown(watch: ExperimentWatch, factors: tuple[str, ...]) -> None:
    known = watch.declared.header.get("ablate") or {}
    name = watch.experiment.name
    if not known:
        raise InvalidInputError(
            f"{name} names no factor that can be taken away: give it a line such as "
            "`#| ablate: {augment: false}` and submit it again."
        )
    for factor in factors:
        if factor not in known:
            raise InvalidInputError(
                f"{name} has no factor {factor!r}; its factors are {', '.join(known)}."
            )


def _prepared(
    watch: ExperimentWatch, ablation: Ablation, when: str
) -> tuple[list[RunPlan], Origin]:
    """Plan the runs of one factor, all of them before any is stored."""
    model, record = _model(watch, ablation)
    plans = [_plan(model, record, ablation, seed) for seed in ablation.seeds]
    asked = varying.asked_by(model.run)
    if when:
        asked = replace(asked, when=when)
    return plans, varying.origin_like(record, asked)


def _model(watch: ExperimentWatch, ablation: Ablation) -> tuple[RunWatch, RunRecord]:
    """Find the newest run of the configuration: the others are made after it."""
    base = key_of({**ablation.base})
    for run in reversed(watch.runs()):
        record = run.record
        if record is not None and key_of({**record.parameters}) == base:
            return run, record
    raise InvalidInputError(
        f"No run of {watch.experiment.name} has the configuration any more."
    )


def _plan(model: RunWatch, record: RunRecord, ablation: Ablation, seed: int) -> RunPlan:
    return varying.plan_like(
        model.run,
        record,
        Variant(dict(ablation.parameters), seed),
        "submit it again with the factor off under `--params`",
    )
