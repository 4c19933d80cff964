"""What is shown of all experiments of a labbook: plain data for lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from jupyter_labbook.model.view import Outcome, Progress


class Group(StrEnum):
    """What a person looks for in a list of experiments.

    An experiment is in the first that fits: the one that asks most of a person.
    """

    RUNNING = "running"
    """A run executes, here or on another machine."""
    WAITING = "waiting"
    """A run waits and none executes."""
    UNCONCLUDED = "unconcluded"
    """All runs have ended, some with a result, and nobody has said what was learned."""
    FAILED = "failed"
    """A run of the newest version failed or was lost, and nobody has concluded it."""
    TODAY = "today"
    """All runs have ended, the last of them today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentRow:
    """One experiment in a list."""

    experiment: str
    """Name of its folder."""
    number: int
    name: str
    question: str = ""
    why: str = ""
    hypothesis: str = ""
    conclusion: str = ""
    tags: list[str] = field(default_factory=list)
    verdicts: list[Outcome] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)
    """Number of runs in each state: of the newest version, and any that is live."""
    tainted: int = 0
    """Runs of the newest version that do not count any more."""
    created: str = ""
    """ISO 8601, UTC."""
    ended: str = ""
    """When its last run ended; empty while one is to end."""
    progress: Progress | None = None
    reason: str = ""
    """Why a run failed; empty if none did."""
    notebook: str = ""
    """Path of the notebook that started its last run, as recorded."""
    cell: str = ""
