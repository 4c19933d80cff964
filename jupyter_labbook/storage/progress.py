"""How far a run has come, by its own account."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from jupyter_labbook.model.view import Progress

if TYPE_CHECKING:
    from jupyter_labbook.runtime.layout import RunFolder


def read_progress(run: RunFolder, now: float | None = None) -> Progress | None:
    """Read what a run last reported; None if it never did, or not intelligibly.

    Parameters
    ----------
    run
        The run's folder.
    now
        Unix time to estimate the time left at; the present if left out. For a run
        that has ended, give the time of its end.
    """
    try:
        record = json.loads(run.progress.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(record, dict):
        return None
    done, total = _number(record.get("done")), _number(record.get("total"))
    if done is None:
        return None
    left = None
    if total is not None:
        left = _remaining(record, done, total, time.time() if now is None else now)
    text = record.get("text")
    return Progress(
        done=done,
        total=total,
        remaining=left,
        text=text if isinstance(text, str) else "",
    )


def _remaining(
    record: dict[str, Any], done: float, total: float, now: float
) -> float | None:
    """Extend the pace since the loop began to what is left of it."""
    if done >= total:
        return 0.0
    reported, started, begin = (
        _number(record.get(key)) for key in ("time", "started", "from")
    )
    if reported is None or started is None or begin is None:
        return None
    if done <= begin or reported <= started:
        return None
    seconds_each = (reported - started) / (done - begin)
    return max(0.0, seconds_each * (total - done) - max(0.0, now - reported))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= sys.float_info.max else None
