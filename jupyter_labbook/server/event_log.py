"""The last events of a labbook, each with a cursor behind it."""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass
from typing import Any, Final

_EVENTS: Final = 500


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a labbook."""

    cursor: str
    """Where to go on after it."""
    kind: str
    data: dict[str, Any]


class EventLog:
    """Remembers a number of events, and knows when somebody has missed some.

    Parameters
    ----------
    most
        How many.
    """

    def __init__(self, most: int = _EVENTS) -> None:
        self._name = secrets.token_hex(6)
        self._events: deque[Event] = deque(maxlen=most)
        self._count = 0

    @property
    def cursor(self) -> str:
        """Behind the newest event."""
        return f"{self._name}.{self._count}"

    def append(self, kind: str, data: dict[str, Any]) -> None:
        """Remember one more."""
        self._count += 1
        self._events.append(Event(self.cursor, kind, data))

    def since(self, cursor: str) -> list[Event] | None:
        """Take what came after a cursor; None if that cannot be told any more."""
        name, _, number = cursor.partition(".")
        if name != self._name or not (number.isascii() and number.isdigit()):
            return None
        missing = self._count - int(number[:18])
        if not 0 <= missing <= len(self._events):
            return None
        return list(self._events)[len(self._events) - missing :]
