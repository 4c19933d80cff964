"""What is found before the night: what would crash, lack, or not fit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Check(StrEnum):
    """What is looked into, in the order in which it is told."""

    SMOKE = "smoke"
    """Whether the scripts reach their first logged number."""
    TESTS = "tests"
    """Whether the project's tests of the code that runs pass."""
    ABLATIONS = "ablations"
    """Whether each factor is also run without."""
    CONFOUNDS = "confounds"
    """Whether what is compared differs in nothing else."""
    ANSWERED = "answered"
    """Whether the same has run already."""
    CAPACITY = "capacity"
    """Whether all of it fits into its window, and onto the disk."""
    POWER = "power"
    """Whether the machine stays awake."""


class Severity(StrEnum):
    """How much a finding matters."""

    PROBLEM = "problem"
    """The night is lost for these runs."""
    WARNING = "warning"
    """The night teaches less than it could."""
    NOTE = "note"
    """Good to know."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """The one command that mends a finding."""

    verb: str
    """As behind ``labbook``: ``ablate wider-forest``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that somebody should know before the runs start."""

    kind: Check
    severity: Severity
    sentence: str
    """What was found, and what it means."""
    runs: tuple[str, ...] = ()
    """Those concerned, each as ``NAME/RUN``; an experiment as a whole as ``NAME``."""
    remedy: Remedy | None = None
    detail: str = ""
    """Lines to read where one sentence does not do, such as the end of an output."""


class Checking(StrEnum):
    """How far looking into an experiment's waiting runs has come."""

    UNDER_WAY = "under-way"
    DONE = "done"
    BROKEN_OFF = "broken-off"
    """Whoever looked came to no end: what is told was found before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is known, before its runs start, of an experiment that waits."""

    state: Checking
    time: str = ""
    """When it was found, ISO 8601, UTC; empty if nothing was yet."""
    reason: str = ""
    """Why looking was broken off, if anybody can tell."""
    findings: tuple[Finding, ...] = ()
    """About runs that still wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """Everything that was found."""

    time: str
    """When it was looked, ISO 8601, UTC."""
    subject: str
    """The batch or experiment; empty: everything that waits."""
    experiments: tuple[str, ...]
    runs: int
    """How many wait."""
    checks: tuple[Check, ...]
    """What was looked into."""
    findings: tuple[Finding, ...]

    @property
    def clear(self) -> bool:
        """Whether nothing was found that somebody should do something about."""
        return all(one.severity is Severity.NOTE for one in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A look at all that waits, or at a part of it, by a process of its own."""

    subject: str
    """The batch or experiment; empty: everything that waits."""
    begun: str
    """ISO 8601, UTC."""
    step: str = ""
    """What is being done, in a few words; empty when it is done."""
    problem: str = ""
    """Why nothing could be found out, in a sentence."""
    found: Preflight | None = None
    """What it found; what the look before it found while it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFindings:
    """What is known of the runs that wait now, whoever looked and when."""

    underway: bool
    """Whether somebody looks at present."""
    subject: str
    """At what was looked last as a whole."""
    step: str
    """What is being done, while somebody looks."""
    problem: str
    """Why the last look came to nothing; empty if it did not."""
    time: str
    """When it was looked last, ISO 8601, UTC; empty if nobody ever did."""
    unchecked: int
    """Experiments with runs that wait into which nobody has looked."""
    findings: tuple[Finding, ...]
    """Those that matter most first."""
