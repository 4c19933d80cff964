"""The next run of a search: another seed of what was begun, or other settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyter_labbook.insight.tried import around, best_of, trials, tried
from jupyter_labbook.model.experiment import Variant
from jupyter_labbook.tuning.proposing import propose

if TYPE_CHECKING:
    from jupyter_labbook.insight.ablations import Aim
    from jupyter_labbook.insight.evidence import Evidence
    from jupyter_labbook.insight.tried import Tried
    from jupyter_labbook.model.space import Space

MOST_SEEDS: Final = 3
"""Of each setting; a search looks wide, and what it finds is confirmed by hand."""


def next_run(
    origin: Evidence,
    search: Evidence,
    space: Space,
    aim: Aim,
    *,
    seed: str,
) -> Variant | None:
    """Choose the next run of a search around the best settings of an experiment.

    Parameters
    ----------
    origin, search
        The runs of the experiment, and those of the search.
    space
        What is searched; all other parameters are those of the best settings.
    aim
        What is wanted.
    seed
        What tells this search from another one.

    Returns
    -------
    Variant or None
        None if nothing has a result yet, or nothing in the space was left out.
    """
    first = tried(origin, aim.metric)
    best = best_of(
        [one for one in first if space.holds(one.parameters)], higher=aim.higher
    )
    if best is None:
        return None
    begun = around(tried(search, aim.metric), space, best)
    seeds = sorted(best.values)[:MOST_SEEDS]
    for one in begun:
        missing = [
            each for each in seeds if each not in one.values and each not in one.pending
        ]
        if missing and not one.broken:
            return Variant(dict(one.parameters), missing[0])
    known = [*around(tried(origin, aim.metric), space, best), *begun]
    settings = propose(space, trials(known, space), higher=aim.higher, seed=seed)
    if settings is None:
        return None
    return Variant({**best.parameters, **settings}, seeds[0])


def best_settings(origin: Evidence, space: Space, aim: Aim) -> Tried | None:
    """Find what is searched around; None before anything has a result."""
    found = tried(origin, aim.metric)
    inside = [one for one in found if space.holds(one.parameters)]
    return best_of(inside, higher=aim.higher)
