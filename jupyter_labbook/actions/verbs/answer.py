"""What a verb answers, for a terminal, a program and a notebook alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_labbook.actions.handles import ExperimentHandle


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The result of a verb."""

    text: str = ""
    """For a person."""
    html: str = ""
    """The same for a page, which a notebook shows in place of the text."""
    data: object = None
    """The same for a program: what ``--json`` writes."""
    exit_code: int = 0
    stream: Iterator[str] | None = None
    """More text, as it comes."""
    experiment: ExperimentHandle | None = None
    """What a notebook draws in place of the text."""
    plan: Path | None = None
    """Labbook whose checklist a notebook opens in place of the text."""

    def json(self) -> str:
        """Write the data; NaN and infinities, which JSON lacks, become null."""
        return msgspec.json.format(msgspec.json.encode(self.data), indent=1).decode()
