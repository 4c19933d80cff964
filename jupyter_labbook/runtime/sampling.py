"""Small parts of data, for smoke runs."""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import islice

from jupyter_labbook.runtime import files

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from jupyter_labbook.runtime.layout import RunFolder


def part_of(data: Any, size: int, run: RunFolder | None) -> Any:  # noqa: ANN401
    """Take a part that is spread evenly over the data.

    Parameters
    ----------
    data
        What is sampled.
    size
        How many items at most.
    run
        Where it is noted how much was left out; None: nowhere.
    """
    if type(data) in (dict, tuple) and len(data) <= size:
        return _each(data, size, run)
    count = _length(data)
    if count is None:
        return islice(iter(data), size)
    step = -(-count // max(size, 1))
    if step <= 1:
        return data
    if run is not None:
        _note(run, count, len(range(0, count, step)))
    return _spread(data, count, step)


def _each(data: Any, size: int, run: RunFolder | None) -> Any:  # noqa: ANN401
    """Sample what a dict or tuple holds, such as inputs and labels."""

    def inner(one: Any) -> Any:  # noqa: ANN401
        sized = hasattr(one, "__len__") or hasattr(one, "shape")
        return part_of(one, size, run) if sized and type(one) is not str else one

    if type(data) is dict:
        return {name: inner(one) for name, one in data.items()}
    return tuple(inner(one) for one in data)


def _length(data: Any) -> int | None:  # noqa: ANN401
    """Count the items; a sparse matrix has a shape, but no length."""
    shape = getattr(data, "shape", None)
    if shape:
        return int(shape[0])
    try:
        return len(data)
    except TypeError:
        return None


def _spread(data: Any, count: int, step: int) -> Any:  # noqa: ANN401
    rows = getattr(data, "iloc", data)
    chosen = range(0, count, step)
    if hasattr(data, "select") and hasattr(data, "column_names"):
        return data.select(chosen)  # slices of a Hugging Face dataset are dicts
    with suppress(Exception):  # whatever a data set of the user's makes of a slice
        part = rows[::step]
        # Some give a tuple or a dict of columns, which is no data set any more.
        if isinstance(part, type(data)) or hasattr(part, "shape"):
            return part
    if hasattr(data, "__getitem__") and not hasattr(data, "keys"):
        return [data[index] for index in chosen]
    if hasattr(data, "items"):
        return dict(islice(data.items(), len(chosen)))
    return list(islice(data, len(chosen)))


_known: dict[str, float] = {}
"""Largest factor noted so far, for each run of this process."""


def _note(run: RunFolder, whole: int, part: int) -> None:
    """Keep by how much the largest part was made smaller."""
    factor = whole / part
    if factor <= _known.get(str(run.path), 1.0):
        return
    _known[str(run.path)] = factor
    with suppress(OSError):
        files.replace(run.sampled, json.dumps({"whole": factor}).encode() + b"\n")
