"""What else differs between runs that are to be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_labbook.insight.evidence import describe, varied
from jupyter_labbook.model.expression import key_of
from jupyter_labbook.model.prediction import distinct

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from jupyter_labbook.model.experiment import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """A run, and everything of it that should be the same in all.

    Attributes
    ----------
    traits
        Kind and name of a trait, such as package and numpy, to what tells it from
        another: a version, a hash.
    """

    label: str
    parameters: Mapping[str, Value]
    seed: int
    traits: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Difference:
    """A trait in which runs differ.

    Attributes
    ----------
    groups
        What it is, to the runs that have it so; empty where a run lacks it. The
        group that comes first is that of the first run.
    """

    kind: str
    name: str
    groups: Mapping[str, tuple[str, ...]]


def differences(runs: Sequence[Traits]) -> list[Difference]:
    """Find the traits that are not the same in all runs.

    Parameters
    ----------
    runs
        Those that are compared; of several with the same parameters and seed the
        last one counts, since it takes the place of the others.
    """
    last: dict[Hashable, Traits] = {}
    for run in runs:
        last[key_of({**run.parameters}), run.seed] = run
    names = dict.fromkeys(name for run in last.values() for name in run.traits)
    found = []
    for kind, name in names:
        groups: dict[str, tuple[str, ...]] = {}
        for run in last.values():
            value = run.traits.get((kind, name), "")
            groups[value] = (*groups.get(value, ()), run.label)
        if len(groups) > 1:
            found.append(Difference(kind, name, groups))
    return found


def uneven_seeds(runs: Sequence[Traits]) -> dict[str, tuple[int, ...]]:
    """Find settings that do not have the same seeds.

    Returns
    -------
    dict
        Each setting to its seeds; empty if all have the same.
    """
    combinations = distinct(run.parameters for run in runs)
    names = varied(combinations)
    seeds = {
        describe(combination, names): tuple(
            sorted(
                {
                    run.seed
                    for run in runs
                    if key_of({**run.parameters}) == key_of({**combination})
                }
            )
        )
        for combination in combinations
    }
    return seeds if len(set(seeds.values())) > 1 else {}
