"""What the runs of a sweep or a search have shown, setting by setting."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt
from typing import TYPE_CHECKING

from jupyter_labbook.insight.statistics import mean_of
from jupyter_labbook.model.expression import key_of
from jupyter_labbook.model.run import RunState
from jupyter_labbook.tuning.proposing import Trial

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from jupyter_labbook.insight.evidence import Evidence, RunEvidence
    from jupyter_labbook.model.experiment import Value
    from jupyter_labbook.model.space import Space

_PENDING = (RunState.REGISTERED, RunState.WAITING, RunState.RUNNING, RunState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One combination of parameters, with all its seeds.

    Attributes
    ----------
    parameters
        All of them.
    values
        Seed to the last value of the metric.
    pending, broken
        Seeds of runs that have still to end, and of such that never had a value.
    """

    parameters: Mapping[str, Value]
    values: Mapping[int, float]
    pending: frozenset[int] = frozenset()
    broken: frozenset[int] = frozenset()

    @property
    def mean(self) -> float | None:
        """Mean over the seeds that have a value; None if none has."""
        return mean_of(list(self.values.values())) if self.values else None


def tried(evidence: Evidence, metric: str) -> list[Tried]:
    """List what was tried, in the order of submission; tainted runs do not count."""
    runs = evidence.by_combination()
    found = []
    for parameters in evidence.combinations():
        seeds = runs[key_of({**parameters})]
        values = {seed: _value(run, metric) for seed, run in seeds.items()}
        found.append(
            Tried(
                parameters=parameters,
                values={s: one for s, one in values.items() if one is not None},
                pending=frozenset(
                    seed for seed, run in seeds.items() if run.state in _PENDING
                ),
                broken=frozenset(
                    seed
                    for seed, run in seeds.items()
                    if values[seed] is None and run.state not in _PENDING
                ),
            )
        )
    return found


def best_of(found: Iterable[Tried], *, higher: bool) -> Tried | None:
    """Choose what has the best mean; of equals the first. None if nothing has one."""
    means = [(one.mean, one) for one in found if one.mean is not None]
    if not means:
        return None
    choose = max if higher else min
    return choose(means, key=lambda pair: pair[0])[1]


def around(found: Iterable[Tried], space: Space, best: Tried) -> list[Tried]:
    """Keep what differs from the best in nothing but what is searched."""
    fixed = _fixed(best, space)
    return [
        one
        for one in found
        if _fixed(one, space) == fixed and space.holds(one.parameters)
    ]


def trials(found: Iterable[Tried], space: Space) -> list[Trial]:
    """Make of each combination one trial, whose value is the mean over its seeds."""
    return [
        Trial(
            space.settings(one.parameters),
            None if one.broken else one.mean,
            pending=bool(one.pending),
        )
        for one in found
    ]


def signal(found: Sequence[Tried]) -> float | None:
    """Say how many times more combinations differ than the seeds of one do.

    The standard deviation between the means of combinations, over the mean one
    within them: below one, what looks best may just have been lucky.

    Returns
    -------
    float or None
        None where no combination has two seeds, or there is only one.
    """
    means = [one.mean for one in found if one.mean is not None]
    within = [
        _variance(list(one.values.values())) for one in found if len(one.values) > 1
    ]
    if len(means) < 2 or not within:  # noqa: PLR2004  # one mean varies from nothing
        return None
    noise, between = mean_of(within), _variance(means)
    if noise <= 0:
        return float("inf") if between > 0 else 0.0
    return sqrt(between / noise)


def _value(run: RunEvidence, metric: str) -> float | None:
    if not run.finished or metric not in run.summaries:
        return None
    value = run.summaries[metric].last
    return value if isfinite(value) else None


def _variance(values: Sequence[float]) -> float:
    centre = mean_of(values)
    return sum((value - centre) ** 2 for value in values) / (len(values) - 1)


def _fixed(one: Tried, space: Space) -> Hashable:
    names = one.parameters.keys() - space.dimensions.keys()
    return key_of({name: one.parameters[name] for name in names})
