"""The queue: what runs ask for while they wait, and what is to be expected of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from jupyter_labbook.model.run import AtEnd, Expected, Predecessor, RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the runs of one submission ask for, beside being executed.

    Each stands under the same name in the `Ticket` of every run.
    """

    when: str = "now"
    at_end: AtEnd = AtEnd.FINISH
    after: tuple[Predecessor, ...] = ()
    batch: str = ""
    priority: int = 0
    gpus: int = 0
    cores: int = 0
    memory: int = 0
    """Bytes."""
    retries: int = 0
    backfill: bool = False
    """Gives way at once when anything else may start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEntry:
    """A run that waits or executes, and what is to be expected of it."""

    place: str
    """Its folder below the labbook: ``experiments/0007-x/runs/003``."""
    experiment: str
    """Name of the experiment's folder."""
    run: str
    """Number of the run's folder."""
    name: str
    """As it is named in a command: ``wider-forest/003``."""
    state: RunState
    when: str = "now"
    priority: int = 0
    batch: str = ""
    expected: Expected | None = None
    begins: str = ""
    """Of a run that executes, when it began. Empty: nobody can tell."""
    ends: str = ""
    """Empty: nobody can tell."""
    reason: str = ""
    """Why it does not start now, in one word; empty if it executes."""
    sentence: str = ""
    """The same for a person."""
    held: bool = False
    """By hand: it waits until it is released."""
    gpus: int = 0
    cores: int = 0
    memory: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """What waits and executes in a labbook, and what the next hours will be like.

    All moments are in ISO 8601, by the clock of the user's zone.
    """

    moment: str
    """When this was so."""
    zone: str
    """IANA name of the zone; empty if the machine's has none."""
    window: str
    """The one that most of what waits is to start in; ``tonight`` if nothing is."""
    opens: str = ""
    """When it opens, or has opened; empty if time alone does not tell."""
    closes: str = ""
    paused: str = ""
    """Why nothing starts; empty if runs may start."""
    entries: list[QueueEntry] = field(default_factory=list)
    """What executes, then what waits in the order in which it is to start."""
    slots: int = 1
    """Runs that may execute at once."""
    hours_used: float = 0.0
    """Hours of the window in which something executes, as far as can be told."""
    hours_there: float = 0.0
    """Hours of the window that are left."""
    problems: list[str] = field(default_factory=list)
    """A sentence for each run that nobody can tell anything of."""
