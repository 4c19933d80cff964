"""Values and slopes of a prediction's expressions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from jupyter_labbook.model.expression import (
    Arithmetic,
    Expression,
    Negation,
    Number,
    Operation,
    Term,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROUNDING = 1e-12
"""Share of the largest operand that binary rounding of decimals stays below."""


def evaluate(expression: Expression, values: Mapping[Term, float]) -> float:
    """Compute an expression; division by zero gives an infinity or NaN."""
    return _linearised(expression, values)[0]


def slopes(expression: Expression, values: Mapping[Term, float]) -> dict[Term, float]:
    """Differentiate an expression by each of its terms, at the given values."""
    return _linearised(expression, values)[1]


def difference(
    left: Expression, right: Expression, values: Mapping[Term, float]
) -> float:
    """Compute left minus right; exactly 0 where only rounding tells them apart.

    Without this ``accuracy >= baseline + 0.1`` would fail for 0.8 and 0.7.
    """
    found = evaluate(left, values) - evaluate(right, values)
    scale = max(_largest(left, values), _largest(right, values))
    return 0.0 if abs(found) <= _ROUNDING * scale < math.inf else found


def _linearised(
    expression: Expression, values: Mapping[Term, float]
) -> tuple[float, dict[Term, float]]:
    match expression:
        case Number(value):
            return value, {}
        case Term():
            return values[expression], {expression: 1.0}
        case Negation(operand):
            value, slope = _linearised(operand, values)
            return -value, _combined(slope, -1.0, {}, 0.0)
        case Operation(operator, left, right):
            one, by_one = _linearised(left, values)
            other, by_other = _linearised(right, values)
            return _joined(operator, (one, by_one), (other, by_other))


def _joined(
    operator: Arithmetic,
    left: tuple[float, dict[Term, float]],
    right: tuple[float, dict[Term, float]],
) -> tuple[float, dict[Term, float]]:
    (one, by_one), (other, by_other) = left, right
    match operator:
        case Arithmetic.ADD:
            return one + other, _combined(by_one, 1.0, by_other, 1.0)
        case Arithmetic.SUBTRACT:
            return one - other, _combined(by_one, 1.0, by_other, -1.0)
        case Arithmetic.MULTIPLY:
            return one * other, _combined(by_one, other, by_other, one)
        case Arithmetic.DIVIDE:
            ratio, inverse = _divided(one, other), _divided(1.0, other)
            return ratio, _combined(by_one, inverse, by_other, -ratio * inverse)


def _combined(
    one: dict[Term, float], factor: float, other: dict[Term, float], second: float
) -> dict[Term, float]:
    found = {term: factor * slope for term, slope in one.items()}
    for term, slope in other.items():
        found[term] = found.get(term, 0.0) + second * slope
    return found


def _divided(one: float, other: float) -> float:
    if other:
        return one / other
    if not one or math.isnan(one):
        return math.nan
    return math.copysign(math.inf, one) * math.copysign(1.0, other)


def _largest(expression: Expression, values: Mapping[Term, float]) -> float:
    match expression:
        case Number() | Term():
            return abs(evaluate(expression, values))
        case Negation(operand):
            return _largest(operand, values)
        case Operation(Arithmetic.ADD | Arithmetic.SUBTRACT, left, right):
            return max(_largest(left, values), _largest(right, values))
        case Operation():
            return abs(evaluate(expression, values))
