"""What is said of runs that do not count any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.rendering.formats import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_labbook.model.view import RunView

_MOST_LABELS = 6


def tainted_note(runs: Sequence[RunView], *, concluded: bool) -> str:
    """Say which runs do not count any more, and why; empty if all do."""
    tainted = [run for run in runs if run.taint]
    if not tainted:
        return ""
    labels = ", ".join(run.label for run in tainted[:_MOST_LABELS])
    more = len(tainted) - _MOST_LABELS
    labels += f" and {more} more" if more > 0 else ""
    why = "; ".join(dict.fromkeys(run.taint for run in tainted))
    verb = "is tainted and does" if len(tainted) == 1 else "are tainted and do"
    before = " The conclusion was drawn before that." if concluded else ""
    return (
        f"{len(tainted)} of {counted(len(runs), 'run')} {verb} not count any more: "
        f"{labels} ({why}).{before}"
    )
