"""Loading, in a run, the values that were carried along from the notebook."""

from __future__ import annotations

import hashlib
import pickle
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

DIGITS = 32
"""How many hexadecimal digits of a SHA-256 name a stored content."""

_MAPPED_FROM = 1 << 20
_CHUNK = 1 << 20


def load(labbook: Path, name: str) -> Any:  # noqa: ANN401  # whatever was carried
    """Load one stored value.

    Large arrays are mapped: their pages are read when they are touched, shared
    between runs, and private to this run once it writes to them.

    Parameters
    ----------
    labbook
        The labbook's folder.
    name
        File below ``inputs/``: ``<hash>.npy`` or ``<hash>.pkl``.

    Raises
    ------
    RuntimeError
        A pickle is not what was stored: it is not loaded.
    """
    path = labbook / "inputs" / name
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing, which this run was given; git does not carry a "
            "labbook's inputs/, so copy it from where the run was submitted."
        )
    if path.suffix == ".npy":
        return _array(path)
    with path.open("rb") as file:
        _verify(path, file)
        file.seek(0)
        return pickle.load(file)  # noqa: S301  # verified just now


def named(name: str) -> Any:  # noqa: ANN401  # whatever goes by the name
    """Find what the script itself defines; pickled values refer to it like this."""
    head, *rest = name.split(".")
    found: Any = vars(sys.modules["__main__"])[head]
    for part in rest:
        found = getattr(found, part)
    return found


def _array(path: Path) -> Any:  # noqa: ANN401  # numpy has no place in this room
    # Only a run that carries an array needs NumPy, and then the notebook has it.
    numpy = import_module("numpy")
    if path.stat().st_size < _MAPPED_FROM:
        return numpy.load(path, allow_pickle=False)
    mapped = numpy.load(path, mmap_mode="c", allow_pickle=False)
    return mapped.view(numpy.ndarray)


def _verify(path: Path, file: Any) -> None:  # noqa: ANN401  # an open binary file
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    if digest.hexdigest()[:DIGITS] != path.stem:
        raise RuntimeError(
            f"{path} was changed after it was stored, so it is not loaded: submit "
            "the experiment again"
        )
