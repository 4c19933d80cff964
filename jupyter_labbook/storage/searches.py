"""``backfill.json``: the searches that go on by themselves, as their owner accepted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyter_labbook.errors import LabbookError
from jupyter_labbook.model.backfill import Searches
from jupyter_labbook.runtime import files
from jupyter_labbook.storage import records, trust
from jupyter_labbook.storage.labbook import writing_failed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyter_labbook.model.backfill import Search

FILE = "backfill.json"


def read_searches(labbook: Path) -> list[Search]:
    """Read what this user has accepted in a labbook, ended searches among it.

    What somebody else has accepted, or in another place, is as if it were not there:
    see `distrust`. So is what cannot be read: nothing is executed for it.
    """
    try:
        found = records.read(labbook / FILE, Searches)
    except LabbookError:
        return []
    if found is None or _distrust(labbook, found):
        return []
    return found.searches


def distrust(labbook: Path) -> str:
    """Say why what was accepted in a labbook does not count; empty if it does."""
    try:
        found = records.read(labbook / FILE, Searches)
    except LabbookError as error:
        return str(error)
    return _distrust(labbook, found) if found is not None else ""


def write_searches(labbook: Path, searches: Iterable[Search]) -> None:
    """Replace what is accepted in a labbook, signed by this user.

    Callers hold the labbook's lock from reading to here.

    Raises
    ------
    StorageError
        It could not be stored; what was accepted before still is.
    """
    record = Searches(searches=list(searches), place=os.path.realpath(labbook))
    try:
        files.replace(labbook / FILE, records.encode(trust.sign(record)))
    except OSError as error:
        raise writing_failed(labbook / FILE, error) from error


def _distrust(labbook: Path, found: Searches) -> str:
    if not trust.is_signed(found):
        return (
            f"{labbook / FILE} was not signed by you on this machine, so nothing is "
            "searched; accept again what you want."
        )
    if found.place != os.path.realpath(labbook):
        return (
            f"{labbook / FILE} was signed for {found.place}, not for this copy of it, "
            "so nothing is searched; accept again what you want."
        )
    return ""
