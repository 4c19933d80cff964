"""Whether a run may still begin that somebody decided to start a moment ago."""

from __future__ import annotations

import fcntl
import json
import os
import time

from jupyter_labbook.runtime import files

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from jupyter_labbook.runtime.layout import RunFolder


def ticket_changed(run: RunFolder, spec: dict[str, Any]) -> bool:
    """Whether it asks for something else than what was decided upon.

    Who asks holds the run's lock, as does whoever changes a ticket.
    """
    signature = spec.get("ticket")
    if not signature:
        return False
    try:
        ticket = json.loads(run.ticket.read_bytes())
        return bool(ticket["signature"] != signature)
    except (OSError, ValueError, KeyError, TypeError):
        return True


def take(run: RunFolder, spec: dict[str, Any], record: bytes) -> bool:
    """Say that a run has started, unless it may not do so any more.

    Its window has closed, its queue is paused, or somebody else has started it.

    Parameters
    ----------
    run
        The run; its process waits for the answer.
    spec
        What was decided.
    record
        Who executes it.

    Returns
    -------
    bool
        Whether it has started.
    """
    if not spec.get("ticket"):
        # A try, which waits in no queue.
        return not _closed(spec) and files.create(run.started, record)
    # Whoever pauses the queue holds the lock alone: then all is said or nothing is.
    descriptor = os.open(run.queue_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        return (
            not _closed(spec)
            and not _paused(run.queue)
            and files.create(run.started, record)
        )
    finally:
        os.close(descriptor)


def _closed(spec: dict[str, Any]) -> bool:
    """Whether its window has closed since it was decided to start it."""
    opens, closes = spec.get("opens"), spec.get("closes")
    now = time.time()
    # Clocks are set back, too.
    return (closes is not None and now >= closes) or (opens is not None and now < opens)


def _paused(queue: Path) -> bool:
    """Whether nothing may start; as long as nobody can tell, nothing does."""
    try:
        return bool(json.loads(queue.read_bytes()).get("paused"))
    except FileNotFoundError:
        return False
    except (OSError, ValueError, AttributeError):
        return True
