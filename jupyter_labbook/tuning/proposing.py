"""What to try next, given what was tried: Optuna asks, and is told.

A proposal follows from the trials alone: the sampler is seeded anew for each from
their number, so that a search that was broken off goes on as if it never had been,
and nothing has to be kept between two proposals.
"""

from __future__ import annotations

import hashlib
import itertools
import random
from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import TYPE_CHECKING, Final

from jupyter_labbook.model.expression import key_of
from jupyter_labbook.model.space import Choice, Float, Integer

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from optuna import Study
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

    from jupyter_labbook.model.experiment import Value
    from jupyter_labbook.model.space import Dimension, Space

_ASKED: Final = 20
"""How often the sampler is asked for something that was not tried yet."""
_SMALL: Final = 10_000
"""Spaces of so many settings are gone through where the sampler finds nothing new."""
_DIGITS: Final = 4
"""Significant digits of a number: settings are read by people."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings that were tried, or are on their way.

    Attributes
    ----------
    settings
        Parameter to value.
    value
        What came of them; None if nothing has.
    pending
        Whether something may still come.
    """

    settings: Mapping[str, Value]
    value: float | None = None
    pending: bool = False


def propose(
    space: Space, trials: Sequence[Trial], *, higher: bool, seed: str
) -> dict[str, Value] | None:
    """Choose the next settings by a tree-structured Parzen estimator.

    Parameters
    ----------
    space
        Where they are looked for.
    trials
        What was tried, in an order that does not depend on when it is asked; those
        outside of the space teach nothing.
    higher
        Whether large values are wanted.
    seed
        What tells this search from another one.

    Returns
    -------
    dict or None
        Settings that none of the trials has; None if there are no others.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    known = {_key(space, one) for one in trials if space.holds(one.settings)}
    if not space.dimensions or (space.size is not None and len(known) >= space.size):
        return None
    number = int.from_bytes(
        hashlib.sha256(f"{seed}:{len(trials)}".encode()).digest()[:4]
    )
    study = optuna.create_study(
        direction="maximize" if higher else "minimize",
        sampler=optuna.samplers.TPESampler(seed=number),
    )
    inside = [one for one in trials if space.holds(one.settings)]
    study.add_trials(_told(space, inside))
    found = _new(space, study, known)
    return found if found is not None else _left(space, known, number)


def _told(space: Space, trials: Iterable[Trial]) -> list[FrozenTrial]:
    import optuna
    from optuna.trial import TrialState

    distributions = _distributions(space)
    told = []
    for one in trials:
        finished = one.value is not None and isfinite(one.value)
        state = TrialState.COMPLETE if finished else TrialState.FAIL
        if one.pending and not finished:
            state = TrialState.RUNNING
        told.append(
            optuna.create_trial(
                state=state,
                value=one.value if finished else None,
                params={
                    name: _written(dimension, one.settings[name])
                    for name, dimension in space.dimensions.items()
                },
                distributions=distributions,
            )
        )
    return told


def _new(space: Space, study: Study, known: set[Hashable]) -> dict[str, Value] | None:
    """Ask until something comes that was not tried; None if it does not come."""
    distributions = _distributions(space)
    for _ in range(_ASKED):
        asked = study.ask(distributions)
        settings = {
            name: _read(dimension, asked.params[name])
            for name, dimension in space.dimensions.items()
        }
        if _key(space, Trial(settings)) not in known:
            return settings
    return None


def _left(space: Space, known: set[Hashable], number: int) -> dict[str, Value] | None:
    """Choose any of the settings that are left, if they can be gone through."""
    if space.size is None or space.size > _SMALL:
        return None
    values = [_values(dimension) for dimension in space.dimensions.values()]
    every = (
        dict(zip(space.dimensions, one, strict=True))
        for one in itertools.product(*values)
    )
    left = [one for one in every if _key(space, Trial(one)) not in known]
    return random.Random(number).choice(left) if left else None  # noqa: S311  # no secret


def _key(space: Space, trial: Trial) -> Hashable:
    return key_of(space.settings(trial.settings))


def _distributions(space: Space) -> dict[str, BaseDistribution]:
    from optuna import distributions

    found: dict[str, BaseDistribution] = {}
    for name, one in space.dimensions.items():
        match one:
            case Float(low, high, log):
                found[name] = distributions.FloatDistribution(low, high, log=log)
            case Integer(low, high, log):
                found[name] = distributions.IntDistribution(low, high, log=log)
            case Choice(values):
                # By their places: Optuna takes 1 for true, and no lists.
                places = range(len(values))
                found[name] = distributions.CategoricalDistribution(places)
    return found


def _written(dimension: Dimension, value: Value) -> Value:
    """Spell a value as Optuna is told of it."""
    if isinstance(dimension, Choice):
        return [key_of(one) for one in dimension.values].index(key_of(value))
    return value


def _read(dimension: Dimension, value: Value) -> Value:
    match dimension:
        case Choice(values):
            assert isinstance(value, int)
            return values[value]
        case Float(low, high, log):
            assert isinstance(value, float)
            size = abs(value) if log else high - low
            digits = _DIGITS - 1 - floor(log10(size))
            return min(high, max(low, round(value, digits)))
        case Integer():
            return value


def _values(dimension: Dimension) -> Sequence[Value]:
    if isinstance(dimension, Choice):
        return dimension.values
    assert isinstance(dimension, Integer)
    return range(dimension.low, dimension.high + 1)
