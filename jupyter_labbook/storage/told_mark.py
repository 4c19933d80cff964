"""``told.json``: on which day the owner of a labbook was last told of the night.

It is claimed before anything is told, by whoever comes first: rather once too few
than twice. It belongs to one person, so git ignores it.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from jupyter_labbook.errors import StorageError
from jupyter_labbook.runtime import files
from jupyter_labbook.storage import records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from jupyter_labbook.model.half_day import HalfDay

FILE: Final = "told.json"
_LOCK: Final = ".told.lock"
_AHEAD: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldMark:
    """When somebody was told last, and what went wrong.

    Attributes
    ----------
    morning, evening
        Days, in ISO 8601; empty if never.
    problems
        Why the last notice did not arrive everywhere, in a sentence each.
    """

    morning: str = ""
    evening: str = ""
    problems: list[str] = field(default_factory=list)


def is_due(labbook: Path, now: HalfDay) -> bool:
    """Whether nobody has told of this half of the day."""
    return _is_after(now.day, getattr(_read(labbook), now.half))


def claim(labbook: Path, now: HalfDay) -> bool:
    """Be the one who tells of this half of the day.

    Returns
    -------
    bool
        False if somebody else was, or it cannot be noted: then nobody may tell, for
        it would be told again and again.
    """
    try:
        with _alone(labbook):
            if not is_due(labbook, now):
                return False
            mark = replace(_read(labbook), **{now.half: now.day}, problems=[])
            _write(labbook, mark)
    except OSError:
        return False
    return True


def note_problems(labbook: Path, problems: Sequence[str]) -> None:
    """Remember why the last notice did not arrive, for whoever reads the digest."""
    with suppress(OSError), _alone(labbook):
        _write(labbook, replace(_read(labbook), problems=list(problems)))


def problems(labbook: Path) -> list[str]:
    """Why the last notice did not arrive everywhere, in a sentence each."""
    return _read(labbook).problems


@contextmanager
def _alone(labbook: Path) -> Iterator[None]:
    descriptor = os.open(labbook / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(labbook: Path, mark: ToldMark) -> None:
    files.replace(labbook / FILE, records.encode(mark))


def _read(labbook: Path) -> ToldMark:
    try:
        return records.read(labbook / FILE, ToldMark) or ToldMark()
    except StorageError:
        return ToldMark()


def _is_after(day: str, told: str) -> bool:
    try:
        last = date.fromisoformat(told)
    except ValueError:
        return True
    this = date.fromisoformat(day)
    # A clock that was years ahead for a while must not silence the years until then.
    return this > last or last - this > _AHEAD
