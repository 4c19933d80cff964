"""Numbers in words, with as many digits as they are worth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_labbook.insight.statistics import Estimate

_ONE_DIGIT_FROM = 3.55
_FIXED_DIGITS = 6


def number(value: float, *, apart_from: float | None = None) -> str:
    """Write a value with four digits, or as many as set it apart from another."""
    for digits in range(4, 17):
        text = f"{value:.{digits}g}"
        if apart_from in {None, value} or text != f"{apart_from:.{digits}g}":
            break
    return text


def estimate(found: Estimate) -> str:
    """Write a mean and its margin: ``0.971 ± 0.004``.

    The margin has two digits up to 35 and one above, and the mean ends at the same
    place (the rule of the Particle Data Group's review).
    """
    margin = found.margin
    if margin is None or not math.isfinite(margin):
        return number(found.value)
    if margin <= abs(found.value) * 1e-15:
        return f"{number(found.value)} ± 0"
    places = _places(margin)
    if abs(places) > _FIXED_DIGITS:
        return f"{found.value:.3g} ± {margin:.1g}"
    return f"{_fixed(found.value, places)} ± {_fixed(margin, places)}"


def between(low: float, high: float) -> str:
    """Write an interval, a digit finer than a margin: ``0.9671 to 0.9753``."""
    places = 0
    if 0 < high - low < math.inf:
        places = _places((high - low) / 2) + 1
    if not places or abs(places) > _FIXED_DIGITS:
        return f"{low:.3g} to {high:.3g}"
    return f"{_fixed(low, places)} to {_fixed(high, places)}"


def counted(count: int, noun: str) -> str:
    """Write a number of things: ``1 run``, ``5 runs``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def listed(words: Iterable[str], *, most: int = 6) -> str:
    """Join words by commas; of a long list the rest is only counted."""
    every = list(words)
    more = len(every) - most
    return ", ".join(every[:most]) + (f" and {more} more" if more > 0 else "")


def tainted(reasons: Mapping[str, str], *, among: int = 0) -> str:
    """Say that runs do not count any more, and why.

    Parameters
    ----------
    reasons
        Label of each such run to what was said of it.
    among
        How many others there are.
    """
    why = "; ".join(dict.fromkeys(filter(None, reasons.values())))
    why = f" ({why})" if why else ""
    if among:
        verb = "is" if len(reasons) == 1 else "are"
        return f"{counted(len(reasons), 'tainted run')} {verb} left out{why}."
    if len(reasons) == 1:
        return f"Its only run is tainted{why}."
    return f"All {len(reasons)} runs are tainted{why}."


def _places(margin: float) -> int:
    """Decimal places at which a margin is to end."""
    exponent = math.floor(math.log10(margin))
    leading = margin / 10.0**exponent
    return -exponent + (1 if leading < _ONE_DIGIT_FROM else 0)


def _fixed(value: float, places: int) -> str:
    text = f"{round(value, places):.{max(places, 0)}f}"
    return text.removeprefix("-") if not text.strip("-0.") else text
