"""Colours of lines: told apart by the colour-blind, on white and on black."""

from __future__ import annotations

from dataclasses import dataclass

DISTINCT = (
    *("#2f74d0", "#df7b00", "#0e9a74", "#cc62a8"),
    *("#b8322a", "#2b9fc4", "#6d51fb", "#7d6a4f"),
)
"""Each has a contrast of 3 or more with white and with a dark page (#111)."""

_RAMP = (
    (0x2F, 0x74, 0xD0),
    (0x7A, 0x5C, 0xC4),
    (0xB4, 0x56, 0xA6),
    (0xD0, 0x5C, 0x74),
    (0xDF, 0x7B, 0x00),
)
"""From blue to orange by way of purple, for values that have an order."""

MOST_NAMED = len(DISTINCT)
"""Groups beyond this many cannot be told apart by colour."""


@dataclass(frozen=True, slots=True)
class Pen:
    """How the lines of one group are drawn."""

    colour: str
    faint: bool = False
    """One of so many that only their bundle is seen."""


def pens(count: int, *, ordered: bool = False) -> tuple[Pen, ...]:
    """Choose a pen for each group.

    Parameters
    ----------
    count
        How many groups there are.
    ordered
        Whether the groups are the rising values of one number: many of them then
        get a ramp of colours, which says more than colours without an order.
    """
    if ordered and count > len(DISTINCT):
        faint = count > 3 * MOST_NAMED
        return tuple(Pen(_ramp(i / (count - 1)), faint=faint) for i in range(count))
    if count <= MOST_NAMED:
        return tuple(map(Pen, DISTINCT[:count]))
    return (Pen(DISTINCT[0], faint=True),) * count


def _ramp(place: float) -> str:
    # Eight colours only: lines of one colour can then share one path.
    scaled = round(place * 7) / 7 * (len(_RAMP) - 1)
    left = min(int(scaled), len(_RAMP) - 2)
    part = scaled - left
    mixed = (
        round(a + (b - a) * part)
        for a, b in zip(_RAMP[left], _RAMP[left + 1], strict=True)
    )
    return "#" + "".join(f"{channel:02x}" for channel in mixed)
