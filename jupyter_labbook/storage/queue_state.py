"""``queue.json``: what holds for everything that waits in a labbook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_labbook.runtime import files
from jupyter_labbook.runtime.layout import QUEUE
from jupyter_labbook.storage import records
from jupyter_labbook.storage.labbook import writing_failed

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """What was decided for all runs that wait.

    Attributes
    ----------
    paused
        Why nothing starts, as a sentence; empty if runs may start.
    """

    paused: str = ""


def read_queue(labbook: Path) -> QueueState:
    """Read what holds for a labbook's queue; nothing special if nobody said so.

    Raises
    ------
    CorruptFileError
        The file does not hold such a record.
    """
    return records.read(labbook / QUEUE, QueueState) or QueueState()


def write_queue(labbook: Path, state: QueueState) -> None:
    """Replace what holds for a labbook's queue.

    Raises
    ------
    StorageError
        It could not be stored; what held before still does.
    """
    try:
        files.replace(labbook / QUEUE, records.encode(state))
    except OSError as error:
        raise writing_failed(labbook / QUEUE, error) from error
