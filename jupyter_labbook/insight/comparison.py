"""Two experiments side by side: what changed first, then what came out."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING

from jupyter_labbook.insight.evidence import Evidence, RunEvidence, describe, varied
from jupyter_labbook.insight.statistics import (
    Estimate,
    interval,
    mean_interval,
    mean_of,
    spread_of,
)
from jupyter_labbook.model.experiment import Header
from jupyter_labbook.model.expression import key_of, scalar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_labbook.model.experiment import Value
    from jupyter_labbook.model.run import GitState


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One side of a comparison: an experiment, or some of its runs."""

    name: str
    evidence: Evidence
    header: Header = field(default_factory=Header)
    script: str = ""
    code: Mapping[str, str] = field(default_factory=dict)
    """Frozen project file to hash of its content."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Name of a carried value to hash of its content."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Package to version."""
    git: GitState | None = None
    host: str = ""


class Aspect(StrEnum):
    """What of an experiment changed, in the order in which it is told."""

    QUESTION = "question"
    PARAMETER = "parameter"
    SEEDS = "seeds"
    CODE = "code"
    INPUT = "input"
    PACKAGE = "package"
    GIT = "git"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not the same; None where a side does not have it."""

    aspect: Aspect
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """Final values of one metric on both sides, for one parameter combination."""

    metric: str
    combination: str = ""
    before: Estimate | None = None
    after: Estimate | None = None
    difference: Estimate | None = None
    """After minus before; its interval exists if both sides have several seeds."""
    counts: tuple[int, int] = (0, 0)
    """Finished runs that logged it, on each side."""
    paired: bool = False
    """Whether the difference was taken seed by seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What changed between two experiments, and what came of it."""

    before: str
    after: str
    changes: tuple[Change, ...]
    script: str
    """Unified diff of the scripts; empty if they are the same."""
    metrics: tuple[MetricRow, ...]


def compare(a: Subject, b: Subject) -> Comparison:
    """Say what changed from one experiment to another, and what came of it."""
    before, after = (f"{one.name}/script.py" for one in (a, b))
    diff = difflib.unified_diff(
        a.script.splitlines(), b.script.splitlines(), before, after, lineterm=""
    )
    return Comparison(
        before=a.name,
        after=b.name,
        changes=tuple(_changes(a, b)),
        script="\n".join(diff),
        metrics=tuple(_metrics(a.evidence, b.evidence)),
    )


_PROSE = ("question", "hypothesis", "why", "impact", "predict", "tags", "timeout")


def _changes(a: Subject, b: Subject) -> list[Change]:
    return [
        *_differing(Aspect.QUESTION, _prose(a.header), _prose(b.header)),
        *_differing(Aspect.PARAMETER, _parameters(a), _parameters(b)),
        *_differing(Aspect.SEEDS, _seeds(a), _seeds(b)),
        *_differing(Aspect.CODE, a.code, b.code),
        *_differing(Aspect.INPUT, a.inputs, b.inputs),
        *_differing(Aspect.PACKAGE, a.versions, b.versions),
        *_differing(Aspect.GIT, _git(a.git), _git(b.git)),
        *_differing(Aspect.HOST, _present(host=a.host), _present(host=b.host)),
    ]


def _differing(
    aspect: Aspect, before: Mapping[str, str], after: Mapping[str, str]
) -> list[Change]:
    names = dict.fromkeys((*before, *after))
    return [
        Change(aspect, name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _present(**texts: str) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text}


def _prose(header: Header) -> dict[str, str]:
    found = {}
    for declared in fields(Header):
        if declared.name in _PROSE:
            value = getattr(header, declared.name)
            lines = value if isinstance(value, tuple) else (value,)
            found[declared.name] = "; ".join(str(line) for line in lines if line)
    return _present(**found)


def _parameters(subject: Subject) -> dict[str, str]:
    """Values that each parameter took, as text."""
    found: dict[str, dict[object, str]] = {}
    for parameters in subject.evidence.combinations():
        for name, value in parameters.items():
            found.setdefault(name, {}).setdefault(key_of(value), scalar(value))
    return {name: ", ".join(values.values()) for name, values in found.items()}


def _seeds(subject: Subject) -> dict[str, str]:
    seeds = sorted({run.seed for run in subject.evidence.runs})
    return _present(seeds=", ".join(map(str, seeds)))


def _git(state: GitState | None) -> dict[str, str]:
    if state is None:
        return {}
    edited = "edited" if state.dirty else "clean"
    return _present(commit=state.commit, branch=state.branch, state=edited)


def _metrics(a: Evidence, b: Evidence) -> list[MetricRow]:
    """Pair parameter combinations by what varies within either side.

    What differs between two single settings is a change, told above the metrics,
    and does not keep their results apart.
    """
    before, after = a.combinations(), b.combinations()
    names = tuple(dict.fromkeys((*varied(before), *varied(after))))
    sides = [_by_key(before, names), _by_key(after, names)]
    chosen = (a.by_combination(), b.by_combination())
    rows = []
    for metric in dict.fromkeys((*a.metrics(), *b.metrics())):
        for key in dict.fromkeys((*sides[0], *sides[1])):
            known = [side.get(key) for side in sides]
            values = [
                {}
                if parameters is None
                else _values(runs[key_of({**parameters})], metric)
                for runs, parameters in zip(chosen, known, strict=True)
            ]
            if any(values):
                shown = known[0] if known[0] is not None else known[1]
                label = describe(shown or {}, names)
                rows.append(_row(metric, label, values[0], values[1]))
    return rows


def _by_key(
    combinations: Sequence[Mapping[str, Value]], names: Sequence[str]
) -> dict[object, Mapping[str, Value]]:
    found: dict[object, Mapping[str, Value]] = {}
    for parameters in combinations:
        key = tuple((n, key_of(parameters[n])) for n in names if n in parameters)
        found.setdefault(key, parameters)
    return found


def _values(runs: Mapping[int, RunEvidence], metric: str) -> dict[int, float]:
    return {
        seed: run.summaries[metric].last
        for seed, run in runs.items()
        if run.finished and metric in run.summaries
    }


def _row(
    metric: str, label: str, before: Mapping[int, float], after: Mapping[int, float]
) -> MetricRow:
    paired = before.keys() == after.keys()
    first, second = list(before.values()), list(after.values())
    difference = None
    if paired:
        difference = mean_interval([after[seed] - before[seed] for seed in before])
    elif first and second:
        value = mean_of(second) - mean_of(first)
        difference = Estimate(value)
        if min(len(first), len(second)) > 1:
            difference = interval(value, [spread_of(first), spread_of(second)])
    return MetricRow(
        metric=metric,
        combination=label,
        before=mean_interval(first) if first else None,
        after=mean_interval(second) if second else None,
        difference=difference,
        counts=(len(first), len(second)),
        paired=paired and len(first) > 1,
    )
