"""What is known of a metric after a run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reducer(StrEnum):
    """How the values that a run logged become one."""

    LAST = "last"
    MIN = "min"
    MAX = "max"
    MEAN = "mean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All values that one run logged of one metric, reduced in every way.

    ``min``, ``max`` and ``mean`` pass over NaN and are NaN if nothing else was
    logged; ``last`` is the last value logged, NaN or not.
    """

    last: float
    min: float
    max: float
    mean: float
    count: int
    nans: int = 0

    def reduce(self, reducer: Reducer) -> float:
        """Value by the reducer's name."""
        value: float = getattr(self, reducer.value)
        return value
