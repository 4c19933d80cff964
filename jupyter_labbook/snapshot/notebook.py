"""What a snapshot is taken of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_GIB = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A notebook at the moment of submission."""

    namespace: Mapping[str, object]
    """Its global names. The very dict that its functions have as globals."""
    cells: Sequence[str] = ()
    """Sources of the cells executed so far, as typed and in that order."""
    transform: Callable[[str], str] = field(default=lambda source: source)
    """Turns IPython's syntax into Python."""
    project_root: Path
    """Modules below it are frozen."""
    cwd: Path
    """Its working folder, which will be that of the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much may come along, in bytes."""

    value: int = _GIB
    total: int = 4 * _GIB
