"""The end of a run's output as a terminal would have left it, in plain pieces."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from jupyter_labbook.rendering.escaping import visible

_BYTES_A_LINE = 4096
"""How far back is looked for each line that is wanted; longer lines are cut."""

_ESCAPES = re.compile(
    r"\x1b(?:"
    r"\[(?P<codes>[0-9;:]*)m"  # colours and weights, the only ones obeyed
    r"|\[[0-?]*[ -/]*[@-~]"  # cursor movement, erasing
    r"|[\]PX^_](?:[^\x07\x1b]|\x1b(?!\\))*(?:\x07|\x1b\\|$)"  # titles, hyperlinks
    r"|[ -/]*[0-~]"
    r")"
)
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_RGB = (0x000000, 0xCD3131, 0x0DBC79, 0xC8A400, 0x2472C8, 0xBC3FBC, 0x11A8CD, 0xE5E5E5)

_CHANGES: dict[int, dict[str, Any]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": True},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
    39: {"colour": ""},
}
"""What the codes of ``ESC [ … m`` change; backgrounds stay those of the page."""


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one style."""

    text: str
    colour: str = ""
    """``red`` and so on: one of the eight of a terminal; empty for the default."""
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False


Line = tuple[Span, ...]


def tail_lines(data: bytes | str, lines: int = 40, width: int = 400) -> list[Line]:
    """Read the last lines of an output, however it was made.

    Progress bars drawn over themselves show their last state, colours become
    styles, and every other control or undecodable byte shows as visible text.
    The cost depends on ``lines`` alone, not on how much was printed.

    Parameters
    ----------
    data
        The output, or its end.
    lines
        How many lines at most.
    width
        Characters of a line that are kept; a cut line ends in ``…``.
    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    raw = raw[-_BYTES_A_LINE * max(lines, 1) :]
    text = raw.decode("utf-8", "backslashreplace")
    rows = text.removesuffix("\n").split("\n")[-lines:] if text else []
    style = Span("")
    result: list[Line] = []
    for row in rows:
        line, style = _styled(_overwritten(row), style)
        result.append(_clip(line, width))
    return result


def plain(line: Line) -> str:
    """Join a line's text without its styles."""
    return "".join(span.text for span in line)


def _overwritten(row: str) -> str:
    """Keep what the last pass over a line left: progress bars write over themselves."""
    passes = [part for part in row.split("\r") if _ESCAPES.sub("", part).strip()]
    last = passes[-1] if passes else ""
    if "\b" not in last:
        return last
    kept: list[str] = []
    for char in last:
        if char != "\b":
            kept.append(char)
        elif kept:
            kept.pop()
    return "".join(kept)


def _styled(row: str, style: Span) -> tuple[Line, Span]:
    spans: list[Span] = []
    at = 0
    for match in _ESCAPES.finditer(row):
        _append(spans, row[at : match.start()], style)
        at = match.end()
        if match["codes"] is not None:
            style = _restyled(style, match["codes"])
    _append(spans, row[at:], style)
    return tuple(spans), style


def _append(spans: list[Span], text: str, style: Span) -> None:
    if text:
        spans.append(replace(style, text=visible(text)))


def _restyled(style: Span, codes: str) -> Span:
    # An empty code counts as 0; the digit limit keeps int() from choking.
    numbers = [int(code[-4:] or 0) for code in re.split("[;:]", codes)]
    while numbers:
        code = numbers.pop(0)
        if code in (38, 48):
            colour = _extended_colour(numbers)
            style = replace(style, colour=colour) if code == 38 else style
        else:
            style = _simple_style(style, code)
    return style


def _simple_style(style: Span, code: int) -> Span:
    if code in _CHANGES:
        return replace(style, **_CHANGES[code])
    if 30 <= code <= 37 or 90 <= code <= 97:
        return replace(style, colour=_COLOURS[code % 10])
    return Span("") if code == 0 else style


def _extended_colour(numbers: list[int]) -> str:
    """Take a 256 or true colour off the codes and name the nearest of the eight."""
    kind = numbers.pop(0) if numbers else 0
    if kind == 5 and numbers:  # a number in the palette of 256
        index = numbers.pop(0)
        if index < 16:
            return _COLOURS[index % 8]
        if index >= 232:  # the grey ramp
            return ""
        cube = index - 16
        return _nearest(cube // 36 * 51, cube // 6 % 6 * 51, cube % 6 * 51)
    if kind == 2 and len(numbers) >= 3:  # red, green, blue
        red, green, blue = numbers[:3]
        del numbers[:3]
        return _nearest(red, green, blue)
    return ""


def _nearest(red: int, green: int, blue: int) -> str:
    def distance(rgb: int) -> int:
        return sum(
            (a - b) ** 2
            for a, b in zip(
                (red, green, blue),
                (rgb >> 16, rgb >> 8 & 255, rgb & 255),
                strict=True,
            )
        )

    return _COLOURS[_RGB.index(min(_RGB, key=distance))]


def _clip(line: Line, width: int) -> Line:
    left = width
    kept: list[Span] = []
    for span in line:
        if len(span.text) > left:
            return (*kept, replace(span, text=span.text[:left] + "…"))
        kept.append(span)
        left -= len(span.text)
    return tuple(kept)
