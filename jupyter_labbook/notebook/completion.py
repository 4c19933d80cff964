"""Completion of keys, flags, verbs and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.errors import LabbookError
from jupyter_labbook.snapshot.keys import BY_NAME
from jupyter_labbook.storage.labbook import LabbookFolder

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext, SimpleMatcherResult

_OF_NAMES = (
    *("show", "tail", "stop", "rerun", "compare", "conclude"),
    *("preflight", "ablate"),
)
"""Verbs that are followed by names of experiments."""
_ACTS = ("add", "edit", "tick", "untick", "priority", "delete", "undo")


def match(context: CompletionContext) -> SimpleMatcherResult:
    """Answer IPython's completer, and keep its Python words out where ours belong."""
    from IPython.core.completer import SimpleCompletion

    lines = context.full_text.split("\n")
    line = lines[context.cursor_line][: context.cursor_position]
    typed, words = complete(lines[0] if context.cursor_line else "", line)
    if not words:
        return {"completions": []}
    return {
        "completions": [SimpleCompletion(text=word, type="keyword") for word in words],
        "matched_fragment": typed,
        "suppress": True,
    }


def complete(first: str, before: str) -> tuple[str, list[str]]:
    """List what may stand at the cursor.

    Parameters
    ----------
    first
        The cell's first line; empty if the cursor is in it.
    before
        The cursor's line up to the cursor.

    Returns
    -------
    tuple
        The part of a word that is typed already, and the words that begin with it.
    """
    line = before.lstrip()
    typed = line.split(" ")[-1]
    if first.startswith("%%experiment"):
        return _keys(line) if line.startswith("#|") else (typed, [])
    if line.startswith("%%experiment "):
        flags = [f"--{name}" for name in BY_NAME] if typed.startswith("-") else []
        return typed, [flag for flag in flags if flag.startswith(typed)]
    if line.startswith("%labbook "):
        words = _of_verbs(line.split(" ")[1:-1])
        return typed, [word for word in words if word.startswith(typed)]
    return typed, []


def _keys(line: str) -> tuple[str, list[str]]:
    typed = line[2:].lstrip()
    keys = [] if ":" in typed else [k.name for k in BY_NAME.values() if not k.option]
    return typed, [f"{key}: " for key in keys if key.startswith(typed)]


def _of_verbs(before: list[str]) -> list[str]:
    """List what may follow some words of a command."""
    from jupyter_labbook.actions.verbs import VERBS

    words = [word for word in before if word]
    if not words:
        return list(VERBS)
    if words == ["plan"]:
        return list(_ACTS)
    of_names: tuple[str, ...] = _OF_NAMES
    if words[0] == "queue":
        from jupyter_labbook.actions.verbs.queueing import ACTS, OF_RUNS

        if len(words) == 1:
            return list(ACTS)
        words, of_names = words[1:], OF_RUNS
    if words[0] not in of_names:
        return []
    try:
        names = [found.name for found in LabbookFolder.find().experiments()]
    except LabbookError:
        # A sentence has no place among completions; the verb itself will say it.
        return []
    return list(dict.fromkeys(names))
