"""From the values that an experiment sweeps over to the space between them."""

from __future__ import annotations

from itertools import pairwise
from math import isfinite, log
from typing import TYPE_CHECKING, Final

from jupyter_labbook.model.expression import key_of
from jupyter_labbook.model.space import Choice, Float, Integer, Space

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_labbook.model.experiment import Value
    from jupyter_labbook.model.space import Dimension

_DECADE: Final = 10
"""Numbers that span less are hardly ever meant by their ratios."""


def space_of(sweep: Mapping[str, Sequence[Value]]) -> Space:
    """Read off a sweep which settings lie between those that were declared.

    Parameters
    ----------
    sweep
        Parameter to its values, as a header declares them. One that has a single
        value is no part of the space.

    Notes
    -----
    Numbers: everything between the smallest and the largest, whole if all are. The
    scale is logarithmic if all are positive, span a factor of ten, and their ratios
    are at least as even as their differences: 30, 100, 300, and not 1, 5, 10. Words,
    booleans and lists: one of those declared.
    """
    found = {}
    for name, values in sweep.items():
        different = list({key_of(value): value for value in values}.values())
        if len(different) > 1:
            found[name] = _dimension(different)
    return Space(found)


def _dimension(values: Sequence[Value]) -> Dimension:
    numbers = sorted(
        value
        for value in values
        if isinstance(value, int | float)
        and not isinstance(value, bool)
        and isfinite(value)
    )
    if len(numbers) < len(values):
        return Choice(tuple(values))
    low, high = numbers[0], numbers[-1]
    whole = [number for number in numbers if isinstance(number, int)]
    if len(whole) == len(numbers):
        return Integer(whole[0], whole[-1], _is_geometric(whole))
    return Float(float(low), float(high), _is_geometric(numbers))


def _is_geometric(numbers: Sequence[float]) -> bool:
    """Whether numbers, in ascending order, are meant by their ratios."""
    if numbers[0] <= 0 or numbers[-1] < _DECADE * numbers[0]:
        return False
    ratios = _unevenness([log(number) for number in numbers])
    # Of two numbers alone both are even.
    return ratios <= _unevenness(numbers) * (1 + 1e-9)


def _unevenness(numbers: Sequence[float]) -> float:
    """Compare the largest step with the smallest."""
    steps = [after - before for before, after in pairwise(numbers)]
    return max(steps) / min(steps) if min(steps) > 0 else float("inf")
