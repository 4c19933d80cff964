"""Linear regression with a prior, over a handful of rows.

Whoever submits a run waits for it, and importing NumPy and SciPy would take longer than
everything else there; so these few sums are plain Python.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    Row = Sequence[float]

_NORMAL: Final = 1.2815515655446004
"""Below it lie nine of ten values of a normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What is believed before any row is seen.

    Attributes
    ----------
    means
        Of the coefficients.
    precisions
        Of the coefficients, in units of the scatter's; 0: nothing is believed.
    scatter
        Standard deviation of the rows around the line.
    weight
        How many rows that guess at the scatter is worth.
    """

    means: Row
    precisions: Row
    scatter: float
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """A t distribution: what the value of one more row will be."""

    middle: float
    scale: float
    degrees: float

    @property
    def margin(self) -> float:
        """From the middle to where nine of ten values lie below."""
        return self.scale * student_quantile(self.degrees)


def predict_at_origin(rows: Sequence[Row], values: Row, prior: Prior) -> Predicted:
    """Predict the value of a row that is 1 in its first place and 0 in all others.

    Parameters
    ----------
    rows
        Each with 1 in its first place.
    values
        One for each row.
    prior
        Of a normal-inverse-gamma distribution, the conjugate one.

    Notes
    -----
    The posterior predictive distribution of Bayesian regression (Gelman et al.,
    Bayesian Data Analysis, 3rd ed., section 14.8), where of the first coefficient
    nothing is believed before.
    """
    size = range(len(prior.means))
    gathered = [
        [
            math.fsum(row[i] * row[j] for row in rows) + prior.precisions[i] * (i == j)
            for j in size
        ]
        for i in size
    ]
    wanted = [
        math.fsum(row[i] * value for row, value in zip(rows, values, strict=True))
        + prior.precisions[i] * prior.means[i]
        for i in size
    ]
    first = [float(i == 0) for i in size]
    found, of_first = solve(gathered, [wanted, first])
    missed = math.fsum(
        (value - _dot(row, found)) ** 2 for row, value in zip(rows, values, strict=True)
    )
    moved = math.fsum(
        prior.precisions[i] * (found[i] - prior.means[i]) ** 2 for i in size
    )
    degrees = prior.weight + len(rows) - 1
    square = prior.weight * prior.scatter**2 + missed + moved
    scale = math.sqrt(square / degrees * (1 + of_first[0]))
    return Predicted(middle=found[0], scale=scale, degrees=degrees)


def solve(matrix: Sequence[Row], sides: Sequence[Row]) -> list[list[float]]:
    """Solve a system of linear equations for several right-hand sides.

    Parameters
    ----------
    matrix
        Square and positive definite, so that its diagonal serves as pivots.
    sides
        The right-hand sides.
    """
    size = len(matrix)
    work = [
        [*row, *(side[index] for side in sides)] for index, row in enumerate(matrix)
    ]
    for pivot in range(size):
        head = [value / work[pivot][pivot] for value in work[pivot]]
        work[pivot] = head
        for index in range(size):
            if index != pivot and (factor := work[index][pivot]):
                work[index] = [
                    value - factor * above
                    for value, above in zip(work[index], head, strict=True)
                ]
    return [[row[size + number] for row in work] for number in range(len(sides))]


def student_quantile(degrees: float) -> float:
    """Say below what nine of ten values of Student's t distribution lie.

    Parameters
    ----------
    degrees
        At least 3, where the expansion (Abramowitz and Stegun 26.7.5) is right to one
        part in a thousand.
    """
    z = _NORMAL
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return z + sum(term / degrees**power for power, term in enumerate(terms, 1))


def _dot(a: Row, b: Row) -> float:
    return math.fsum(x * y for x, y in zip(a, b, strict=True))
