"""Verdicts as they were recorded, without reading metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jupyter_labbook.model.view import Verdict
from jupyter_labbook.storage.history import EventKind

if TYPE_CHECKING:
    from jupyter_labbook.actions.declared import Declared


def recorded(declared: Declared) -> list[Verdict]:
    """Read the verdicts of an experiment's version that were recorded last.

    Empty if none were, or if what was recorded is something else.
    """
    for event in reversed(declared.events):
        if event.kind is not EventKind.VERDICT:
            continue
        if event.data.get("version") != declared.version:
            break
        try:
            return msgspec.convert(event.data.get("verdicts"), list[Verdict])
        except msgspec.ValidationError:
            break
    return []
