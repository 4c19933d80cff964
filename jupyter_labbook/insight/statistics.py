"""Means over seeds and the intervals that hold them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and its interval; a single value has none."""

    value: float
    low: float | None = None
    high: float | None = None

    @property
    def margin(self) -> float | None:
        """Half the width of the interval."""
        if self.low is None or self.high is None:
            return None
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Spread:
    """How uncertain a mean is, and from how many values that is known."""

    error: float
    """Standard error: that of a single value divided by the root of their number."""
    count: int


def mean_of(values: Sequence[float]) -> float:
    """Average without the error of adding one after the other."""
    if min(values) == max(values):
        return values[0]
    if not all(map(math.isfinite, values)):
        return sum(values) / len(values)
    try:
        return math.fsum(values) / len(values)
    except OverflowError:
        return math.fsum(value / len(values) for value in values)


def spread_of(values: Sequence[float]) -> Spread:
    """Estimate the standard error of the mean of independent values.

    Parameters
    ----------
    values
        At least two.
    """
    count, centre = len(values), mean_of(values)
    if min(values) == max(values):
        # Also of infinities, whose distance from their mean is no number.
        return Spread(0.0, count)
    deviation = math.hypot(*(value - centre for value in values))
    return Spread(deviation / math.sqrt(count - 1) / math.sqrt(count), count)


def interval(
    value: float, spreads: Sequence[Spread], *, confidence: float = CONFIDENCE
) -> Estimate:
    """Student's t interval of a sum of independent means.

    One spread gives the interval of one mean, with n - 1 degrees of freedom
    (Student 1908). Of several the variances v add up, and the degrees of freedom
    are ``sum(v)**2 / sum(v**2 / (n - 1))`` (Satterthwaite 1946,
    https://doi.org/10.2307/3002019; Welch 1947,
    https://doi.org/10.1093/biomet/34.1-2.28).

    Parameters
    ----------
    value
        The sum of the means.
    spreads
        What each contributes to its uncertainty.
    confidence
        How often such an interval holds the true value.
    """
    from scipy.special import stdtrit

    total = math.hypot(*(spread.error for spread in spreads))
    if total == 0:
        return Estimate(value, value, value)
    shares = (((spread.error / total) ** 2, spread.count - 1) for spread in spreads)
    freedom = 1 / math.fsum(share**2 / degrees for share, degrees in shares)
    margin = float(stdtrit(freedom, (1 + confidence) / 2)) * total
    return Estimate(value, value - margin, value + margin)


def mean_interval(
    values: Sequence[float], *, confidence: float = CONFIDENCE
) -> Estimate:
    """Mean of values with its interval; one value has none."""
    if len(values) == 1:
        return Estimate(values[0])
    return interval(mean_of(values), [spread_of(values)], confidence=confidence)


def simultaneous(family: int) -> float:
    """Confidence at which each of several intervals makes all hold together.

    Bonferroni's inequality (Dunn 1961, https://doi.org/10.2307/2282330): the best
    of ten settings exceeds a threshold by luck ten times as often as one does.
    """
    return 1 - (1 - CONFIDENCE) / family
