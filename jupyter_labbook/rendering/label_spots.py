"""Where the label of a level is put, so that it hides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Spot:
    """A corner beside a level's line."""

    right: bool
    """At the right end of the line, else at the left."""
    above: bool


def clear_spot(
    level: float, width: float, height: float, ink: Sequence[tuple[float, float]]
) -> Spot:
    """Choose the end and side of a level's line where least is drawn.

    Parameters
    ----------
    level
        Place of the line, from 0 at the bottom to 1 at the top.
    width, height
        Size of the label as shares of the plot.
    ink
        Places of what is drawn, in the same shares.
    """

    def cost(spot: Spot) -> tuple[bool, int]:
        left, right = (1 - width, 1.0) if spot.right else (0.0, width)
        low, high = (level, level + height) if spot.above else (level - height, level)
        inside = sum(left <= x <= right and low <= y <= high for x, y in ink)
        # A label may reach a little above the plot: the title is higher up.
        return low < 0 or high > 1 + 0.6 * height, inside

    spots = [Spot(right, above) for above in (True, False) for right in (True, False)]
    return min(spots, key=cost)
