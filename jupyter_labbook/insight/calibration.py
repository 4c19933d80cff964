"""How often predictions came true, by the probability that their author gave them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, Final

from jupyter_labbook.model.digest import Band, Calibration, Score

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LATE: Final = 20
"""Predictions that count as of late."""
_EDGES: Final = (0.0, 0.5, 0.7, 0.85, 0.95, 1.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """A prediction that the data decided.

    Attributes
    ----------
    ended
        Unix time at which its last run ended.
    probability
        What its author gave it, from 0 to 1.
    came_true
        Whether it was supported; else it was refuted.
    """

    ended: float
    probability: float
    came_true: bool


def calibrate(judged: Iterable[Judged], late: int = LATE) -> Calibration:
    """Compare what was believed with what happened.

    Parameters
    ----------
    judged
        Predictions with a probability, in any order.
    late
        How many of the last ones are also counted by themselves.
    """
    ordered = sorted(judged, key=lambda one: one.ended)
    bands = []
    for low, high in pairwise(_EDGES):
        # A probability on an edge belongs above it; certainty has nothing above.
        held = [
            one
            for one in ordered
            if low <= one.probability < high or one.probability == high == 1
        ]
        if held:
            bands.append(Band(low, high, _score(held)))
    return Calibration(_score(ordered), _score(ordered[-late:]), bands)


def _score(judged: Sequence[Judged]) -> Score:
    """Count hits, with the score of Brier (1950, Mon. Weather Rev. 78, 1-3)."""
    if not judged:
        return Score()
    return Score(
        count=len(judged),
        hits=sum(one.came_true for one in judged),
        expected=fmean(one.probability for one in judged),
        brier=fmean((one.probability - one.came_true) ** 2 for one in judged),
    )
