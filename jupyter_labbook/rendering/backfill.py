"""Searches that fill up the night, as text and HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.rendering.digest_style import CSS
from jupyter_labbook.rendering.digest_text import wrapped
from jupyter_labbook.rendering.escaping import escape, one_line
from jupyter_labbook.rendering.formats import (
    counted,
    format_duration,
    format_number,
    format_value,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_labbook.model.backfill import BackfillView, Nominee, Progress
    from jupyter_labbook.model.experiment import Value

_EMPTY = (
    "There is no search to continue yet: an experiment can be searched once it has "
    "a sweep, such as `#| sweep: {depth: [2, 4, 8]}`, and three settings of it have "
    "finished."
)


def backfill_text(view: BackfillView, width: int = 80) -> str:
    """Write for a terminal what goes on by itself, and what could."""
    lines = wrapped(f"! {view.foreign}", width) if view.foreign else []
    if view.accepted:
        lines += ["GO ON BY THEMSELVES"]
    for search in view.accepted:
        lines += wrapped(search_words(search), width, "  ", hanging="    ")
        lines.append(f"    labbook backfill stop {one_line(search.origin)}")
    if view.nominees:
        lines += [*([""] if lines else []), "COULD GO ON"]
    for nominee in view.nominees:
        lines += wrapped(nominee_words(nominee), width, "  ", hanging="    ")
        lines.append(f"    {one_line(nominee.verb)}")
    if not (view.accepted or view.nominees):
        lines += wrapped(_EMPTY, width)
    return "\n".join(lines)


def backfill_html(view: BackfillView, *, prefix: str = "") -> str:
    """Write it as a fragment; ``prefix`` stands before each command."""
    parts = [f"<p>{escape(view.foreign)}</p>"] if view.foreign else []
    accepted = [
        (search_words(one), f"labbook backfill stop {one.origin}")
        for one in view.accepted
    ]
    nominees = [(nominee_words(one), one.verb) for one in view.nominees]
    for title, rows in (("Go on by themselves", accepted), ("Could go on", nominees)):
        items = "".join(
            f"<li>{escape(said)} <code>{escape(one_line(prefix + verb))}</code></li>"
            for said, verb in rows
        )
        parts += [f"<h2>{title}</h2><ul>{items}</ul>"] if items else []
    if not (accepted or nominees):
        parts.append(f"<p>{escape(_EMPTY)}</p>")
    return (
        f'<style>{CSS}</style>\n<article class="lbm" aria-label="Backfill">'
        f"{''.join(parts)}</article>"
    )


def search_words(search: Progress) -> str:
    """Say what a search wants and has found, in a few sentences."""
    aim = f"{'max' if search.higher else 'min'} {search.metric}"
    runs = counted(search.runs, "run")
    failed = f", {search.failed} of them failed" if search.failed else ""
    said = f"{search.origin} ({aim}): {runs}{failed}. {found_words(search)}"
    if search.ended:
        return f"{said} {search.ended}"
    waiting = f" {counted(search.waiting, 'run')} on the way." if search.waiting else ""
    return (
        f"{said}{waiting} It goes on {search.when}, with {search.most} runs at most "
        "each time."
    )


def found_words(search: Progress) -> str:
    """Say what the best is that a search has found, against the best before."""
    before = "" if search.before is None else format_number(search.before)
    if search.value is None:
        return f"Nothing found yet; the best before is {before or 'unknown'}."
    verdict = "better than" if search.better else "no better than"
    best = f"{format_number(search.value)} with {settings_words(search.best)}"
    return f"Best: {best}, {verdict} {before or 'nothing'} before."


def settings_words(settings: Mapping[str, Value]) -> str:
    """Write settings on one line."""
    return ", ".join(
        f"{name}={format_value(value)}" for name, value in settings.items()
    )


def nominee_words(nominee: Nominee) -> str:
    """Say what could be searched, and what there is room for."""
    said = f"{nominee.name}: {nominee.title} " if nominee.title else f"{nominee.name}: "
    said += f"{nominee.settings} settings of {'; '.join(nominee.space)}."
    if nominee.value is not None:
        best = settings_words(nominee.best)
        said += f" Best {nominee.metric} {format_number(nominee.value)} with {best}."
    if nominee.signal is not None:
        said += f" Settings differ {format_number(nominee.signal, 2)} times as much as "
        said += "seeds do."
    if nominee.seconds is not None:
        runs = counted(nominee.fitting, "run")
        each = format_duration(nominee.seconds)
        said += f" The next night has room for {runs} of {each}."
    return said
