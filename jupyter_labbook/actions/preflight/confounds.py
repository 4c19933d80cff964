"""Runs that will be compared, but differ in more than the factor in question."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions import comparing
from jupyter_labbook.errors import LabbookError, PredictionError
from jupyter_labbook.insight import comparison, confounds
from jupyter_labbook.insight.comparison import Aspect
from jupyter_labbook.insight.confounds import Traits
from jupyter_labbook.insight.wording import listed
from jupyter_labbook.model import prediction
from jupyter_labbook.model.preflight import Check, Finding, Remedy, Severity
from jupyter_labbook.model.run import RunState
from jupyter_labbook.snapshot.reparametrize import without_parameters

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_labbook.actions.preflight.scope import Examined, Known, Scope
    from jupyter_labbook.insight.confounds import Difference

_COMPARED: Final = (RunState.WAITING, RunState.RUNNING, RunState.FINISHED)
_MOST: Final = 3
_OTHERS: Final = {
    Aspect.SEEDS: "seeds",
    Aspect.CODE: "project file",
    Aspect.INPUT: "input",
    Aspect.PACKAGE: "package",
}
"""What may not differ between two experiments of which one is predicted by the other:
their cells do, which is why they are two."""


def findings(scope: Scope) -> Iterator[Finding]:
    """Name what differs beside parameters and seeds, where runs are compared."""
    for one in scope.examined:
        runs = [
            _traits(scope.labbook.path, one, known)
            for known in one.runs
            if known.state in _COMPARED
        ]
        yield from _within(one, runs)
        yield from _against_others(scope, one)


def _within(one: Examined, runs: list[Traits]) -> Iterator[Finding]:
    found = confounds.differences(runs)
    kinds: dict[str, list[Difference]] = {}
    for difference in found:
        kinds.setdefault(difference.kind, []).append(difference)
    for kind, differences in kinds.items():
        first = differences[0]
        told = listed((_spelled(each) for each in differences), most=_MOST)
        groups = list(first.groups.values())
        yield _finding(
            f"Runs of {one.name} that will be compared differ in more than their "
            f"parameters: {told}. {groups[0][0]} and {groups[1][0]} are two of them.",
            tuple(label for group in groups[1:] for label in group),
            _remedy(one, kind),
        )
    seeds = confounds.uneven_seeds(runs)
    if seeds:
        told = "; ".join(
            f"{name or 'as given'} has {listed(map(str, values))}"
            for name, values in list(seeds.items())[:_MOST]
        )
        yield _finding(
            f"The settings of {one.name} do not have the same seeds, so luck can look "
            f"like an effect: {told}.",
            (one.name,),
            None,
        )


def _spelled(difference: Difference) -> str:
    if difference.kind == "package":
        versions = " or ".join(value or "none" for value in difference.groups)
        return f"{difference.name} {versions}"
    return f"{difference.kind} {difference.name}".strip()


def _remedy(one: Examined, kind: str) -> Remedy | None:
    # All of them once more are alike again, in what is taken at the start of a run.
    if kind in ("package", "Python"):
        return Remedy(f"rerun {one.name}")
    return Remedy(f"rerun {one.name} --current") if kind == "project file" else None


def _against_others(scope: Scope, one: Examined) -> Iterator[Finding]:
    """Compare with the experiments that the predictions name."""
    for name in _named(one):
        try:
            ours = comparing.subject(scope.labbook, one.name)
            other = comparing.subject(scope.labbook, name)
        except LabbookError:
            continue  # the verdict will say that it is not there
        changes = [
            change
            for change in comparison.compare(other, ours).changes
            if change.aspect in _OTHERS and None not in (change.before, change.after)
        ]
        if not changes:
            continue
        told = listed(
            (_change(_OTHERS[change.aspect], change) for change in changes),
            most=_MOST,
        )
        yield _finding(
            f"{one.name} will be compared with {name}, but differs from it in more "
            f"than its cell: {told}.",
            (one.name, name),
            Remedy(f"rerun {name}")
            if all(change.aspect is Aspect.PACKAGE for change in changes)
            else None,
        )


def _change(what: str, change: comparison.Change) -> str:
    if change.aspect in (Aspect.CODE, Aspect.INPUT):
        return f"{what} {change.name}"
    name = "" if change.aspect is Aspect.SEEDS else f" {change.name}"
    return f"{what}{name} {change.before} or {change.after}"


def _named(one: Examined) -> list[str]:
    names: dict[str, None] = {}
    for text in one.declared.predictions:
        try:
            terms = prediction.parse(text).terms
        except PredictionError:
            continue
        names |= dict.fromkeys(term.experiment for term in terms if term.experiment)
    names.pop(one.name, None)
    return list(names)


def _traits(labbook: Path, one: Examined, known: Known) -> Traits:
    record = known.record
    traits = {
        **{("input", name): value for name, value in record.inputs.items()},
        **{("package", name): value for name, value in record.versions.items()},
        **{
            ("project file", name): value
            for name, value in comparing.frozen(labbook, record.code).items()
        },
    }
    if record.python:
        traits["Python", ""] = record.python
    if record.command:
        commit = record.git.commit if record.git else ""
        traits["commit", ""] = commit
    else:
        traits["the cell's code", ""] = _script(known)
    return Traits(
        label=one.label(known),
        parameters=record.parameters,
        seed=record.seed,
        traits=traits,
    )


def _script(known: Known) -> str:
    """Fingerprint of a script but for its parameters, which are meant to differ."""
    try:
        text = known.run.script.read_text("utf-8", "surrogatepass")
    except OSError:
        return ""
    values = {**known.record.parameters, "seed": known.record.seed}
    bare = without_parameters(text, values)
    return hashlib.sha256(bare.encode("utf-8", "surrogatepass")).hexdigest()


def _finding(sentence: str, runs: tuple[str, ...], remedy: Remedy | None) -> Finding:
    return Finding(
        kind=Check.CONFOUNDS,
        severity=Severity.WARNING,
        sentence=sentence,
        runs=runs,
        remedy=remedy,
    )
