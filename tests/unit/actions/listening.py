"""Somebody who listens for changes, on a clock of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions.changes import Changes
from jupyter_labbook.actions.index import LabbookIndex

if TYPE_CHECKING:
    from jupyter_labbook.storage.labbook import LabbookFolder

NAME = "0001-trial"


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Listener:
    """Somebody who looks, and sorts what is told."""

    def __init__(self, labbook: LabbookFolder) -> None:
        self.clock = Clock()
        self.changes = Changes(LabbookIndex(labbook, self.clock))
        self.heard: list[dict[str, Any]] = []
        assert self.changes.look() == []

    def look(self) -> list[dict[str, Any]]:
        events = self.changes.look()
        self.heard += events
        return events

    def aspects(self, experiment: str = NAME) -> list[str]:
        """Look once: what of an experiment is said to have changed."""
        return [
            aspect
            for event in self.look()
            if event["event"] == "change"
            for aspect in event["data"].get("experiments", {}).get(experiment, [])
        ]

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [event["data"] for event in self.heard if event["event"] == kind]

    def quiet(self) -> bool:
        return self.look() == []
