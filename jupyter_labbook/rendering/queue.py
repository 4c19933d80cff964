"""The queue as text for a terminal, and what its HTML says in the same words."""

from __future__ import annotations

import textwrap
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Final

from jupyter_labbook.model.run import RunState
from jupyter_labbook.rendering.escaping import visible
from jupyter_labbook.rendering.formats import counted, format_share
from jupyter_labbook.rendering.tables import Column, Table, table_text

if TYPE_CHECKING:
    from jupyter_labbook.model.queue import QueueEntry, QueueView

EMPTY: Final = (
    "Nothing waits. To run something tonight, write `#| when: tonight` above its "
    "code, or `labbook run --when tonight ...`."
)
_MOST: Final = 40
_MOST_SENTENCES: Final = 8
_PLAIN: Final = ("", "ready", "slot", "window")
"""Reasons that the columns tell already, as far as they go."""


def queue_text(view: QueueView, width: int = 80) -> str:
    """Write the queue for a terminal.

    Parameters
    ----------
    view
        The queue.
    width
        Columns of the terminal.
    """
    blocks = [heading(view)]
    if view.paused:
        told = f"! The queue is paused: {view.paused} Go on: labbook queue resume"
        blocks.append("\n".join(_wrapped(told, width)))
    if view.entries:
        table, rest = queue_table(view)
        blocks.append("\n".join(filter(None, (table_text(table, width), rest))))
    else:
        blocks.append("\n".join(_wrapped(EMPTY, width)))
    said = [line for told in remarks(view) for line in _wrapped(told, width)]
    said += [line for told in view.problems for line in _wrapped(f"! {told}", width)]
    blocks.append("\n".join(said))
    return "\n\n".join(filter(None, blocks)) + "\n"


def heading(view: QueueView) -> str:
    """Say how much there is, and what the next hours hold."""
    states = Counter(entry.state for entry in view.entries)
    order = (RunState.RUNNING, RunState.WAITING, RunState.HELD)
    counts = [f"{states[state]} {state}" for state in order if states[state]]
    first = ", ".join(counts) or "nothing executes or waits"
    slots = counted(view.slots, "slot")
    return f"Queue: {first} ({slots})\n{window_words(view)}".rstrip()


def window_words(view: QueueView) -> str:
    """Write the window with its hours, and how many of them are used."""
    if not view.opens or not view.closes:
        return ""
    hours = f", {clock(view.opens, view.moment)} to {clock(view.closes, view.opens)}"
    if view.window[:1].isdigit():
        hours = ""
    share = format_share(view.hours_used * 3600, view.hours_there * 3600)
    return f"{view.window}{hours}: {share} used"


def queue_table(view: QueueView, most: int = _MOST) -> tuple[Table, str]:
    """Lay out what executes and waits.

    Returns
    -------
    tuple
        The table, and a sentence about what is not in it; empty if all is.
    """
    shown = view.entries[:most]
    rows = [_row(entry, view) for entry in shown]
    titles = ("begins", "ends", "run", "when", "state", "priority", "batch")
    # What is the same for all, and plain, takes no room.
    kept = [
        index
        for index, title in enumerate(titles)
        if title not in ("priority", "batch")
        or any(row[index] not in ("", "0") for row in rows)
    ]
    columns = tuple(
        Column(titles[index], numeric=titles[index] == "priority") for index in kept
    )
    more = len(view.entries) - len(shown)
    rest = f"and {more:,} more: labbook queue --json" if more else ""
    return Table(
        columns, tuple(tuple(row[index] for index in kept) for row in rows)
    ), rest


def remarks(view: QueueView) -> list[str]:
    """Say why runs wait that do not just wait for their hours; each sentence once."""
    told: dict[str, list[str]] = {}
    for entry in view.entries:
        if entry.reason not in (*_PLAIN, "paused") and entry.sentence:
            told.setdefault(entry.sentence, []).append(entry.name)
    lines = [
        f"{_named(names)}: {sentence}"
        for sentence, names in list(told.items())[:_MOST_SENTENCES]
    ]
    more = len(told) - len(lines)
    return (
        [*lines, f"and {more} other reasons: labbook queue --json"] if more else lines
    )


def clock(moment: str, now: str) -> str:
    """Write a moment as the clock on the wall shows it, with its day if that differs.

    Both are in the zone of who reads it, as those of a `QueueView` are.
    """
    at, seen = datetime.fromisoformat(moment), datetime.fromisoformat(now)
    days = (at.date() - seen.date()).days
    if days == 0 or (days == 1 and at.hour < 12 <= seen.hour):
        return f"{at:%H:%M}"
    if days == 1:
        return f"tomorrow {at:%H:%M}"
    return f"{at:%a %H:%M}" if 0 < days < 7 else f"{at:%Y-%m-%d %H:%M}"


def _row(entry: QueueEntry, view: QueueView) -> tuple[str, ...]:
    begins, ends = (
        clock(moment, view.moment) if moment else "?"
        for moment in (entry.begins, entry.ends)
    )
    state = {RunState.RUNNING: "running", RunState.HELD: "not yours"}.get(entry.state)
    if state is None:
        state = "held" if entry.held else entry.reason.replace("-", " ")
    return (
        begins,
        ends,
        entry.name,
        entry.when,
        state,
        str(entry.priority),
        entry.batch,
    )


def _named(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if names[3:] else ""
    return f"{', '.join(names[:3])}{more}"


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(
        visible(text),
        max(width, 20),
        subsequent_indent="  ",
        break_on_hyphens=False,
        break_long_words=False,
    )
