"""``nights.csv``: what happened to the queue, line by line; only its server writes."""

from __future__ import annotations

import csv
import io
import os
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jupyter_labbook.model.night import NightEvent, NightKind
from jupyter_labbook.runtime import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "nights.csv"
_HEADER = "_time,event,run,detail\n"
_TAIL = 1 << 16
"""Bytes at the end of the file in which its last line is looked for."""


class NightLog:
    """Where the dispatcher writes; a line that cannot be stored stops nothing.

    Parameters
    ----------
    labbook
        The labbook's folder.
    """

    def __init__(self, labbook: Path) -> None:
        self._path = labbook / FILE

    def append(self, *events: NightEvent) -> bool:
        """Add a line for each event, all or none; whether they were stored."""
        try:
            descriptor = os.open(
                self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600
            )
        except OSError:
            return False
        try:
            size = os.fstat(descriptor).st_size
            lead = "" if size else _HEADER
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                # Whoever wrote before was killed in the middle, or the disk was full.
                lead = "\n"
            data = (lead + "".join(map(_encode, events))).encode(
                "utf-8", "surrogatepass"
            )
            try:
                files.write_all(descriptor, data)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(descriptor, size)
                return False
        finally:
            os.close(descriptor)
        return True

    def last(self) -> NightEvent | None:
        """Find the newest line; None if there is none that can be read."""
        try:
            with self._path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - _TAIL))
                tail = file.read()
        except OSError:
            return None
        events = list(_decode(tail.decode("utf-8", "replace")))
        return events[-1] if events else None


def read_nights(labbook: Path, since: datetime) -> list[NightEvent]:
    """Read what happened from a moment on.

    Lines that are torn, or were written by something else, are left out.
    """
    try:
        text = (labbook / FILE).read_text("utf-8", "replace")
    except OSError:
        return []
    return [event for event in _decode(text) if event.time >= since]


def _encode(event: NightEvent) -> str:
    detail = f"{event.reason}: {event.detail}" if event.reason else event.detail
    # One event, one line: what a torn line costs is that line.
    flat = " ".join(detail.split())
    line = io.StringIO()
    time = event.time.astimezone(UTC).isoformat(timespec="milliseconds")
    csv.writer(line, lineterminator="\n").writerow((time, event.kind, event.run, flat))
    return line.getvalue()


def _decode(text: str) -> Iterator[NightEvent]:
    # Line by line, so that a quote in a torn one swallows nothing.
    for line in text[: text.rfind("\n") + 1].split("\n"):
        with suppress(ValueError, csv.Error):
            [[time, kind, run, detail]] = csv.reader([line], strict=True)
            event = NightKind(kind)
            reason = ""
            if event is NightKind.BLOCKED:
                reason, _, detail = (part.strip() for part in detail.partition(":"))
            moment = datetime.fromisoformat(time).astimezone(UTC)
            yield NightEvent(moment, event, run, detail, reason)
