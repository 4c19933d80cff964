"""Where a value lies on an axis, and which ticks the axis has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LARGEST = 1e100
"""Values beyond this are drawn as gaps: arithmetic on them may overflow."""

_SMALLEST = 1 / LARGEST

_LOG_DECADES = 3
"""A metric gets a logarithmic axis when its values span more than this."""

_FAR = 5
"""A mark that would stretch an axis by more than this is left outside it."""

_FLAT = 1e-9
"""Relative spread below which values count as one."""

_PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True, slots=True)
class Tick:
    """A marked place on an axis."""

    value: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A range of values, linear or logarithmic, with its ticks."""

    low: float
    high: float
    log: bool = False
    ticks: tuple[Tick, ...] = ()

    def place(self, value: float) -> float:
        """Where a value lies, from 0 at ``low`` to 1 at ``high``."""
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            # Below a logarithmic axis there is no end; zero lies just under it.
            scaled = math.log10(value) if value > 0 else low - 0.05 * (high - low)
            return (scaled - low) / (high - low)
        return (value - self.low) / (self.high - self.low)


def drawable(value: float) -> bool:
    """Whether a value has a place on an axis."""
    return -LARGEST < value < LARGEST


def all_drawable(values: Sequence[float]) -> bool:
    """Whether every value has a place on an axis; fast for long lines."""
    # NaN may hide from min and max, never from isfinite.
    return all(map(math.isfinite, values)) and (
        not values or (min(values) > -LARGEST and max(values) < LARGEST)
    )


def value_axis(values: Iterable[float], marks: Sequence[float] = ()) -> Axis:
    """Make an axis for a metric, with air above and below.

    Parameters
    ----------
    values
        What is drawn; gaps are passed over.
    marks
        Levels to be shown too, as long as they leave the values room: a mark that
        would press them into less than a fifth of the axis is left outside.
    """
    seen = [value for value in values if drawable(value)]
    marks = [mark for mark in marks if drawable(mark)]
    low, high = _range(seen or marks)
    if low > _SMALLEST and high / low > 10**_LOG_DECADES:
        near = [mark for mark in marks if low / 1e3 < mark < high * 1e3]
        low, high = min([low, *near]), max([high, *near])
        air = (high / low) ** 0.04
        return _log_axis(low / air, high * air)
    span = high - low
    for mark in marks:
        wide = max(high, mark) - min(low, mark)
        if span == 0 or wide <= _FAR * span:
            low, high = min(low, mark), max(high, mark)
    low, high = _opened(low, high)
    air = 0.06 * (high - low)
    return linear_axis(low - air, high + air)


def bar_axis(values: Sequence[float], marks: Sequence[float] = ()) -> Axis:
    """Make an axis for bars: it begins at zero; a far mark is left outside."""
    high = max(values)
    high = max([high, *(mark for mark in marks if mark <= _FAR * high)])
    return linear_axis(0.0, 1.06 * high)


def parameter_axis(values: Iterable[float]) -> Axis:
    """Make an axis for a parameter, logarithmic when it was varied by factors."""
    seen = sorted({value for value in values if drawable(value)})
    low, high = seen[0], seen[-1]
    if low > _SMALLEST and len(seen) > 1 and _by_factors(seen):
        air = (high / low) ** 0.06
        return _marked(_log_axis(low / air, high * air), seen)
    low, high = _opened(low, high)
    air = 0.06 * (high - low)
    return _marked(linear_axis(low - air, high + air), seen)


def step_axis(values: Iterable[float]) -> Axis:
    """Make an axis for steps: from the first to the last, without air."""
    seen = [value for value in values if drawable(value)]
    low, high = _opened(min(seen), max(seen)) if seen else (0.0, 1.0)
    return linear_axis(low, high, count=4)


def linear_axis(low: float, high: float, count: int = 5) -> Axis:
    """Make an axis with about ``count`` ticks at round values."""
    step = _round_step((high - low) / count)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    values = [index * step for index in range(first, min(last, first + 12) + 1)]
    labels = _labels(values, step)
    ticks = tuple(map(Tick, values, labels))
    return Axis(low=low, high=high, ticks=ticks)


def _log_axis(low: float, high: float) -> Axis:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    every = max(1, round((last - first) / 5))
    factors = (1, 2, 5) if last - first <= 2 else (1,)
    values = [
        factor * 10.0**power
        for power in range(first, last + 1)
        if power % every == 0
        for factor in factors
    ]
    ticks = tuple(
        Tick(value, tick_label(value))
        for value in values
        if low * 0.999 <= value <= high * 1.001
    )
    return Axis(low=low, high=high, log=True, ticks=ticks)


def tick_label(value: float) -> str:
    """Write a value that stands alone, as short as it can be."""
    size = abs(value)
    if size != 0 and (size < 1e-4 or size >= 1e12):
        mantissa, exponent = f"{value:.2e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{mantissa}e{int(exponent)}"
    if size >= 1e4:  # up to 9999 the digits are shorter to read
        for factor, prefix in _PREFIXES:
            if size >= factor:
                return f"{value / factor:.4g}{prefix}"
    return f"{value:.4g}"


def _labels(values: Sequence[float], step: float) -> list[str]:
    """Write the ticks of a linear axis alike, with the decimals of its step."""
    largest = max(map(abs, values), default=0.0)
    if largest >= 1e4 or 0 < largest < 1e-4:
        labels = [tick_label(value) for value in values]
        return labels if len(set(labels)) == len(labels) else [*map(repr, values)]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if abs(round(step, decimals) - step) > step / 100:
        decimals += 1  # a step of 2.5 needs one more than a step of 2
    # Adding 0.0 turns the negative zero that rounding leaves into zero.
    return [f"{round(value, decimals) + 0.0:.{decimals}f}" for value in values]


def _marked(axis: Axis, values: Sequence[float]) -> Axis:
    """Put the ticks at the values that were tried, if they are few and apart."""
    places = [axis.place(value) for value in values]
    gaps = [b - a for a, b in pairwise(places)]
    if len(values) > 8 or min(gaps, default=1) < 0.1:
        return axis
    ticks = tuple(Tick(value, tick_label(value)) for value in values)
    return Axis(low=axis.low, high=axis.high, log=axis.log, ticks=ticks)


def _by_factors(values: Sequence[float]) -> bool:
    """Whether sorted positive values are spread more evenly by ratio than by gap."""
    ratio = values[-1] / values[0]
    if len(values) == 2:
        return ratio >= 100
    return ratio >= 8 and _unevenness([*map(math.log, values)]) < _unevenness(values)


def _unevenness(values: Sequence[float]) -> float:
    gaps = [b - a for a, b in pairwise(values)]
    return max(gaps) / (sum(gaps) / len(gaps))


def _opened(low: float, high: float) -> tuple[float, float]:
    """Give values that are all alike a range around them."""
    size = max(abs(low), abs(high))
    if high - low > max(_FLAT * size, _SMALLEST):
        return low, high
    half = size / 10 if size > _SMALLEST else 0.5
    return low - half, high + half


def _range(values: Sequence[float]) -> tuple[float, float]:
    return (min(values), max(values)) if values else (0.0, 1.0)


def _round_step(raw: float) -> float:
    power = 10.0 ** math.floor(math.log10(raw))
    for factor in (1, 2, 2.5, 5):
        if raw <= factor * power * 1.0001:
            return factor * power
    return 10 * power
