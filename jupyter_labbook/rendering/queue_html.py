"""The queue as a static fragment of HTML, with the hours to come as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.rendering.escaping import escape, one_line
from jupyter_labbook.rendering.queue import (
    EMPTY,
    heading,
    queue_table,
    queue_text,
    remarks,
)
from jupyter_labbook.rendering.queue_svg import timeline_svg
from jupyter_labbook.rendering.style import CSS
from jupyter_labbook.rendering.tables import shorten

if TYPE_CHECKING:
    from jupyter_labbook.model.queue import QueueView


def queue_bundle(view: QueueView) -> dict[str, str]:
    """Render the queue for ``display(..., raw=True)``."""
    return {"text/html": queue_html(view), "text/plain": queue_text(view)}


def queue_html(view: QueueView) -> str:
    """Write the queue as a fragment that needs no script and no other file."""
    first, _, second = heading(view).partition("\n")
    title = f'<b>{escape(first)}</b><span class="lbk-s">{escape(second)}</span>'
    parts = [
        f'<style>{CSS}</style>\n<section class="lbk" aria-label="Queue">',
        f'<div class="lbk-head">{title}</div>',
    ]
    if view.paused:
        parts.append(
            f'<div class="lbk-note" role="note">The queue is paused: '
            f"{escape(view.paused)} <code>%labbook queue resume</code></div>"
        )
    parts.append(timeline_svg(view))
    if view.entries:
        parts.append(_table(view))
    else:
        parts.append(f'<p class="lbk-s">{escape(EMPTY)}</p>')
    said = "".join(
        f"<p>{escape(told)}</p>" for told in (*remarks(view), *view.problems)
    )
    parts += [f"<div>{said}</div>" if said else "", "</section>"]
    return "\n".join(filter(None, parts))


def _table(view: QueueView) -> str:
    table, rest = queue_table(view)
    looks = [' class="lbk-n"' if column.numeric else "" for column in table.columns]
    head = "".join(
        f'<th scope="col"{look}>{escape(column.title)}</th>'
        for column, look in zip(table.columns, looks, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{look}>{escape(shorten(one_line(cell), 48))}</td>"
            for cell, look in zip(row, looks, strict=True)
        )
        + "</tr>"
        for row in table.rows
    )
    more = f'<p class="lbk-s">{escape(rest)}</p>' if rest else ""
    return (
        '<div class="lbk-scroll"><table class="lbk-t" aria-label="Queue">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}</div>"
    )
