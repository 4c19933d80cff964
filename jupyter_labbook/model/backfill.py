"""Searches that go on in hours that nothing else makes use of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from jupyter_labbook.model.experiment import Value
from jupyter_labbook.model.run import Ticket

PREFIX: Final = "search-around-"
"""How the experiments are named that hold the runs of a search."""
TAG: Final = "backfill"
"""What every such experiment is tagged with."""
MOST: Final = 20
"""Runs a night, if nothing else is said."""
MOST_BYTES: Final = 5 * 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search that its owner has accepted: it goes on by itself from then on."""

    origin: str
    """Folder of the experiment around whose settings is searched."""
    name: str
    """Of the experiment that its runs belong to."""
    metric: str
    higher: bool
    """Whether large values of it are wanted."""
    since: str
    """When it was accepted, in ISO 8601."""
    asks: Ticket
    """What each of its runs asks for: the window, room, expected time."""
    most: int = MOST
    """Runs in one stretch of its window."""
    most_bytes: int = MOST_BYTES
    """What all its runs together may take on the disk."""
    rests: str = ""
    """Until when nothing is proposed, in ISO 8601; empty if something may be."""
    ended: str = ""
    """Why it has ended, as a sentence; empty if it goes on."""
    ended_at: str = ""
    """When that was found, in ISO 8601."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searches:
    """``backfill.json``: what was accepted in a labbook, signed by who did."""

    searches: list[Search] = field(default_factory=list)
    place: str = ""
    """The labbook that was signed for: in a copied one nothing is searched."""
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nominee:
    """An experiment whose search could be continued."""

    experiment: str
    """Its folder."""
    name: str
    title: str
    """What it asks."""
    space: list[str]
    """Each parameter with its bounds, as a person reads it."""
    metric: str = ""
    """By which it is judged; empty if nothing says by which."""
    higher: bool = True
    metrics: list[str] = field(default_factory=list)
    """What its runs logged."""
    settings: int = 0
    """Combinations that have a result."""
    best: dict[str, Value] = field(default_factory=dict)
    """The settings with the best mean."""
    value: float | None = None
    signal: float | None = None
    """How many times more settings differ than seeds do; None if nobody can tell."""
    seconds: float | None = None
    """How long a run will probably take."""
    fitting: int = 0
    """Runs that the next night has room for, after all that waits."""
    verb: str = ""
    """The command that accepts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a search has found."""

    name: str
    """Of the experiment that its runs belong to."""
    origin: str
    """Name of the experiment around which it searches."""
    metric: str
    higher: bool
    runs: int = 0
    """That have ended in the time that is told of."""
    failed: int = 0
    """Of these, such that failed or were lost."""
    waiting: int = 0
    """That wait or execute."""
    best: dict[str, Value] = field(default_factory=dict)
    """Of the settings that the search has tried, those with the best mean."""
    value: float | None = None
    before: float | None = None
    """The best mean of the experiment around which it searches."""
    when: str = ""
    """The window in which it goes on."""
    most: int = 0
    ended: str = ""
    """Why it has ended; empty if it goes on."""

    @property
    def better(self) -> bool:
        """Whether it has found something that looks better than what was known."""
        if self.value is None or self.before is None:
            return False
        return self.value > self.before if self.higher else self.value < self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillView:
    """What goes on by itself in the hours that are left, and what could."""

    accepted: list[Progress] = field(default_factory=list)
    nominees: list[Nominee] = field(default_factory=list)
    foreign: str = ""
    """Why what was accepted here does not count, as a sentence; empty if it does."""
