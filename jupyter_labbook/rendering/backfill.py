"""Searches that fill up the night, as text and HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.rendering.backfill_words import nominee_words, search_words
from jupyter_labbook.rendering.digest_style import CSS
from jupyter_labbook.rendering.digest_text import wrapped
from jupyter_labbook.rendering.escaping import escape, one_line

if TYPE_CHECKING:
    from jupyter_labbook.model.backfill import BackfillView

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
