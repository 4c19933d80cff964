"""Completion of keys, flags and verbs."""

from __future__ import annotations

import contextlib

from jupyter_labbook.errors import LabbookError
from jupyter_labbook.snapshot.keys import BY_NAME
from jupyter_labbook.storage.labbook import LabbookFolder


def complete(before: str, symbol: str) -> list[str]:
    """List what may stand at the cursor.

    Parameters
    ----------
    before
        The line up to the cursor.
    symbol
        The word that is being typed.
    """
    line = before.lstrip()
    if line.startswith("#|"):
        typed = line[2:].lstrip()
        if ":" in typed:
            return []
        keys = [key.name for key in BY_NAME.values() if not key.option]
        return [f"{key}: " for key in keys if key.startswith(typed)]
    if line.startswith("%%experiment"):
        flags = [f"--{name}" for name in BY_NAME]
        return [flag for flag in flags if flag.startswith(symbol)]
    return _of_verbs(line.split()[1:], symbol, fresh=line.endswith(" "))


def _of_verbs(words: list[str], symbol: str, *, fresh: bool) -> list[str]:
    from jupyter_labbook.actions.verbs import VERBS

    typing_verb = len(words) + fresh <= 1
    if typing_verb:
        return [verb for verb in VERBS if verb.startswith(symbol)]
    names: list[str] = []
    with contextlib.suppress(LabbookError):
        names = [found.name for found in LabbookFolder.find().experiments()]
    return [name for name in dict.fromkeys(names) if name.startswith(symbol)]
