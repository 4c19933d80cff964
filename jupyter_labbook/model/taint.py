"""A taint: why what a run logged does not count any more."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Taint:
    """What was found wrong with a run after it was submitted."""

    reason: str
    """What a person said of it."""
    time: str
    """When, in ISO 8601."""
    run: str = ""
    """Id of the run; empty where its record is damaged."""
    found: str = ""
    """How it was found to be concerned, such as ``data.py defines split_data``."""
