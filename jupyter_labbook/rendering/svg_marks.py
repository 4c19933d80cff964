"""The few SVG elements that plots are made of, in as few bytes as they can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_labbook.rendering.axes import drawable
from jupyter_labbook.rendering.escaping import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyter_labbook.rendering.axes import Axis

Pixel = tuple[float, float]

CHAR_WIDTH = 5.7
"""Pixels of a character of the small text, on the generous side."""

TITLE_CHAR_WIDTH = 7.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the picture, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    def x(self, place: float) -> float:
        """Pixel of a place between 0 at the left and 1 at the right."""
        return self.left + place * (self.right - self.left)

    def y(self, place: float) -> float:
        """Pixel of a place between 0 at the bottom and 1 at the top."""
        return self.bottom - place * (self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class Frame:
    """A box with the axes that place values in it."""

    box: Box
    across: Axis
    up: Axis

    def pixels(self, x: Iterable[float], y: Iterable[float]) -> list[Pixel]:
        """Place points; those that have no place are left out."""
        return [pixel for part in self.parts(x, y) for pixel in part]

    def parts(self, x: Iterable[float], y: Iterable[float]) -> list[list[Pixel]]:
        """Place points, in a list for each stretch between gaps."""
        box, across, up = self.box, self.across.place, self.up.place
        parts: list[list[Pixel]] = [[]]
        for a, b in zip(x, y, strict=True):
            if drawable(b) and drawable(a):
                parts[-1].append((box.x(across(a)), box.y(up(b))))
            elif parts[-1]:
                parts.append([])
        return parts if parts[-1] else parts[:-1]


def path(pixels: Sequence[Pixel]) -> str:
    """Write a line as steps of tenths of a pixel, to be drawn at a tenth's scale."""
    scaled = [(round(10 * x), round(10 * y)) for x, y in pixels]
    (last_x, last_y), *rest = scaled
    steps = [f"M{last_x} {last_y}"]
    if not rest:
        return steps[0] + "h0"
    steps.append("l")
    gap = ""
    for x, y in rest:
        dx, dy = x - last_x, y - last_y
        # A minus sign separates as well as a space does.
        steps.append(
            f"{gap if dx >= 0 else ''}{dx}{' ' if dy >= 0 else ''}{dy}",
        )
        last_x, last_y, gap = x, y, " "
    return "".join(steps)


def line(start: Pixel, end: Pixel, look: str) -> str:
    """Draw a straight line in the look of a class."""
    (x1, y1), (x2, y2) = start, end
    return f'<path class="{look}" d="M{px(x1)} {px(y1)}L{px(x2)} {px(y2)}"/>'


def text(at: Pixel, content: str, look: str, anchor: str = "start") -> str:
    """Write text in the look of a class; it is escaped here."""
    x, y = at
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return (
        f'<text class="{look}" x="{px(x)}" y="{px(y)}"{anchored}>'
        f"{escape(content)}</text>"
    )


def dot(at: Pixel, radius: float, colour: str) -> str:
    """Draw a filled circle."""
    x, y = at
    return f'<circle cx="{px(x)}" cy="{px(y)}" r="{px(radius)}" fill="{colour}"/>'


def px(value: float) -> str:
    """Write a coordinate to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")
