"""The hours to come as a small SVG: when runs begin and end, and their window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from jupyter_labbook.model.run import RunState
from jupyter_labbook.rendering.escaping import escape, one_line
from jupyter_labbook.rendering.formats import counted
from jupyter_labbook.rendering.palette import pens
from jupyter_labbook.rendering.queue import clock, window_words
from jupyter_labbook.rendering.svg_marks import CHAR_WIDTH, px
from jupyter_labbook.rendering.tables import shorten, text_width

if TYPE_CHECKING:
    from jupyter_labbook.model.queue import QueueEntry, QueueView

_WIDTH: Final = 640
_ROW: Final = 22
_AXIS: Final = 18
_MOST_ROWS: Final = 12
_MOST_BARS: Final = 300
_SHORTEST: Final = timedelta(minutes=10)
_LONGEST: Final = timedelta(hours=36)
_HOUR: Final = timedelta(hours=1)
_STEPS: Final = (1, 2, 3, 6)
_MOST_TICKS: Final = 10
# As a picture of its own it cannot know its page: a grey that is seen on both.
_STYLE: Final = (
    "svg:root{color:#767676}"
    ".lbq{font:10.5px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;"
    "font-variant-numeric:tabular-nums}"
)


@dataclass(frozen=True, slots=True)
class _Span:
    """When a run executes; without an end, nobody knows how long."""

    entry: QueueEntry
    begin: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where moments are in the picture."""

    begin: datetime
    end: datetime
    width: int

    def x(self, moment: datetime) -> float:
        """Pixel of a moment; what lies outside is put at the edge."""
        place = (moment - self.begin) / (self.end - self.begin)
        return max(0.0, min(1.0, place)) * self.width


def timeline_svg(view: QueueView, width: int = _WIDTH) -> str:
    """Draw when runs begin and end, with the hours of the window behind them.

    Returns
    -------
    str
        An ``<svg>`` element that is also a document of its own; empty if nobody can
        tell of any run when it begins.
    """
    spans = _spans(view)
    if not spans:
        return ""
    scale = _scale(view, spans, width)
    rows = _rows(spans, scale.end)
    height = _ROW * (max(rows.values()) + 1)
    names = list(dict.fromkeys(span.entry.experiment for span in spans))
    colours = {
        name: pen.colour for name, pen in zip(names, pens(len(names)), strict=True)
    }
    parts = [_opening(view, spans, width, height + _AXIS)]
    parts += [_window(view, scale, height), *_ticks(scale, height)]
    drawn = [span for span in spans if span.entry.place in rows]
    for span in drawn:
        entry = span.entry
        top = rows[entry.place] * _ROW + 2
        parts.append(_bar(span, scale, top, colours[entry.experiment], view))
    return "".join([*parts, "</svg>"])


def _opening(view: QueueView, spans: list[_Span], width: int, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="lbq" role="img" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'aria-label="{escape(_words(view, spans))}"><style>{_STYLE}</style>'
    )


def _spans(view: QueueView) -> list[_Span]:
    now = datetime.fromisoformat(view.moment)
    found = [
        _Span(
            entry,
            max(now, datetime.fromisoformat(entry.begins)),
            datetime.fromisoformat(entry.ends) if entry.ends else None,
        )
        for entry in view.entries
        if entry.begins
    ]
    return sorted(found, key=lambda span: span.begin)[:_MOST_BARS]


def _scale(view: QueueView, spans: list[_Span], width: int) -> _Scale:
    begin = spans[0].begin
    ends = [span.end or span.begin for span in spans]
    if view.closes:
        ends.append(datetime.fromisoformat(view.closes))
    end = max(begin + _SHORTEST, min(max(ends), begin + _LONGEST))
    return _Scale(begin, end, width)


def _rows(spans: list[_Span], last: datetime) -> dict[str, int]:
    """Put each bar into the first row that is free; what finds none is not drawn."""
    free: list[datetime] = []
    rows: dict[str, int] = {}
    for span in spans:
        row = next((i for i, at in enumerate(free) if at <= span.begin), len(free))
        if span.begin < last and row < _MOST_ROWS:
            free[row : row + 1] = [span.end or last]
            rows[span.entry.place] = row
    return rows


def _window(view: QueueView, scale: _Scale, height: int) -> str:
    if not view.opens or not view.closes:
        return ""
    left = scale.x(datetime.fromisoformat(view.opens))
    right = scale.x(datetime.fromisoformat(view.closes))
    return (
        f'<rect x="{px(left)}" y="0" width="{px(right - left)}" height="{height}" '
        f'fill="currentColor" opacity=".08"><title>{escape(window_words(view))}'
        "</title></rect>"
    )


def _ticks(scale: _Scale, height: int) -> list[str]:
    hours = (scale.end - scale.begin) / _HOUR
    step = next((step for step in _STEPS if hours / step <= _MOST_TICKS), _STEPS[-1])
    at = scale.begin.replace(minute=0, second=0, microsecond=0) + _HOUR
    parts = []
    while at <= scale.end:
        if at.hour % step == 0:
            place = scale.x(at)
            near_edge = place > scale.width - 16
            parts.append(
                f'<path d="M{px(place)} 0V{height}" stroke="currentColor" '
                f'opacity=".2"/><text x="{px(place)}" y="{height + 13}" '
                f'fill="currentColor" opacity=".8" '
                f'text-anchor="{"end" if near_edge else "middle"}">{at:%H:%M}</text>'
            )
        at += _HOUR
    return parts


def _bar(span: _Span, scale: _Scale, top: int, colour: str, view: QueueView) -> str:
    entry = span.entry
    left, right = scale.x(span.begin), scale.x(span.end or scale.end)
    wide = max(2.0, right - left - 1)
    name = one_line(entry.name)
    until = clock(entry.ends, view.moment) if entry.ends else "nobody knows when"
    says = f"{name}: {clock(entry.begins, view.moment)} to {until}"
    # Fainter where it is not known how long it takes.
    weight = ".35" if span.end is None else ".85"
    room = int((wide - 8) / CHAR_WIDTH)
    label = name if text_width(name) <= room else entry.run
    label = label if text_width(label) <= room else ""
    # Beside the bar where it is too small to hold its name.
    beside = not label and span.end is not None and scale.width - right > 120
    text = ""
    if label or beside:
        at = right + 4 if beside else left + 5
        text = (
            f'<text x="{px(at)}" y="{top + 13}" fill="currentColor">'
            f"{escape(label or shorten(name, 18))}</text>"
        )
    border = f' stroke="{colour}"' if entry.state is RunState.RUNNING else ""
    return (
        f"<g><title>{escape(says)}</title>"
        f'<rect x="{px(left)}" y="{top}" width="{px(wide)}" height="{_ROW - 4}" '
        f'rx="3" fill="{colour}" fill-opacity="{weight}"{border}/>{text}</g>'
    )


def _words(view: QueueView, spans: list[_Span]) -> str:
    """Say in words what the picture shows."""
    first = spans[0].entry
    told = f"{counted(len(spans), 'run')} on a time line"
    told += f", {first.name} first at {clock(spans[0].begin.isoformat(), view.moment)}"
    return f"{told}; {window_words(view)}" if view.opens else told
