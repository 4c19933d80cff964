"""What a person wants to know in the morning, and what tonight could be used for.

Moments are in ISO 8601, by the clock of the user's time zone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from jupyter_labbook.model.backfill import Progress
from jupyter_labbook.model.plan import PlanItem
from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.view import ExperimentView, Outcome, Verdict
from jupyter_labbook.model.withdrawal import OldAgainstNew


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The experiment that a part of the digest is about."""

    experiment: str
    """Name of its folder."""
    number: int
    name: str
    question: str = ""
    why: str = ""

    @property
    def title(self) -> str:
        """What it asks, or why it is run."""
        return self.question or self.why or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An experiment whose runs have all ended, and what they taught."""

    subject: Subject
    ended: str
    batch: str = ""
    """With which others it was checked and started; they are read together."""
    hypothesis: str = ""
    impact: str = ""
    conclusion: str = ""
    verdicts: list[Verdict] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)
    """Number of runs in each state."""
    seconds: float | None = None
    """Of all runs together."""
    view: ExperimentView | None = None
    """What its plot is drawn from; None beyond the first dozen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Runs of one experiment that ended badly in the same way."""

    subject: Subject
    state: RunState
    """Failed or lost."""
    runs: list[str]
    """Labels."""
    reason: str
    ended: str
    tail: list[str] = field(default_factory=list)
    """Last lines that the first of them printed."""
    followed: list[str] = field(default_factory=list)
    """Labels of the runs that go on from them, or try again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Runs of one experiment that have not been started, for the same reason."""

    subject: Subject
    state: RunState
    runs: list[str]
    """Labels."""
    when: str
    """The window that they wait for."""
    sentence: str
    """Why they did not run."""
    told: str = ""
    """When that was found; empty if it is so now."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A time in which nobody served the queue: the machine slept, or was off."""

    begin: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unconcluded:
    """An earlier result of which nobody has said what was learned."""

    subject: Subject
    ended: str
    outcomes: list[Outcome] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredItem:
    """An open item of the plan that an experiment has answered."""

    item: PlanItem
    subject: Subject
    outcomes: list[Outcome] = field(default_factory=list)
    conclusion: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """How well probabilities were given."""

    count: int = 0
    """Predictions that the data decided."""
    hits: int = 0
    """Of them, those that came true."""
    expected: float = 0.0
    """Mean of the probabilities."""
    brier: float = 0.0
    """Mean squared distance to what happened: 0 is best, always one half gives 0.25."""

    @property
    def rate(self) -> float:
        """Part of them that came true."""
        return self.hits / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class Band:
    """Predictions whose probability lies between two values."""

    low: float
    high: float
    score: Score


@dataclass(frozen=True, slots=True)
class Calibration:
    """How often predictions were right, by the probability that was given."""

    every: Score = Score()
    late: Score = Score()
    """Of the last few alone."""
    bands: list[Band] = field(default_factory=list)
    """Those that hold any, from low to high."""


@dataclass(frozen=True, slots=True)
class Streak:
    """Days on which a new experiment was begun."""

    days: int = 0
    """One after the other, until today; until yesterday while today has none."""
    longest: int = 0
    today: bool = False
    recent: list[int] = field(default_factory=list)
    """Experiments of each of the last 14 days, today last."""


@dataclass(frozen=True, slots=True)
class Hours:
    """How much of a window was made use of, or will be; in seconds."""

    window: str
    there: float = 0.0
    """That it was open."""
    used: float = 0.0
    """Of these, in which a run executed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What happened since the last one was read."""

    labbook: str
    moment: str
    since: str
    read: str = ""
    """When the same was read before; empty if it was not."""
    first: bool = False
    """Whether none was ever read."""
    experiments: int = 0
    """In the labbook."""
    running: int = 0
    """Runs that execute now."""
    waiting: int = 0
    results: list[Result] = field(default_factory=list)
    """What was refuted first; newest first among equals."""
    repeated: list[OldAgainstNew] = field(default_factory=list)
    """Tainted results whose runs have been repeated."""
    failures: list[Failure] = field(default_factory=list)
    delays: list[Delay] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    unconcluded: list[Unconcluded] = field(default_factory=list)
    """Beside the results, newest first."""
    answers: list[AnsweredItem] = field(default_factory=list)
    searches: list[Progress] = field(default_factory=list)
    """Accepted searches that went on, or have ended."""
    calibration: Calibration = Calibration()
    streak: Streak = Streak()
    hours: Hours = Hours("tonight")
    problems: list[str] = field(default_factory=list)
    """Files that could not be read, in a sentence each."""

    @property
    def quiet(self) -> bool:
        """Whether nothing has happened."""
        told = (self.results, self.failures, self.delays, self.answers, self.searches)
        return not any(told)


class Idea(StrEnum):
    """What could fill a night."""

    ABLATION = "ablation"
    """A variant that no run covers."""
    SEEDS = "seeds"
    """An answer that rests on too few."""
    SEARCH = "search"
    """A search that may fill up the hours that are left, once it is accepted."""
    QUESTION = "question"
    """An item of the plan whose cell has not been run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One thing that tonight could be used for."""

    idea: Idea
    sentence: str
    verb: str
    """What does it: a command, or the first line of a cell."""
    where: str = ""
    """The notebook, where a cell has to be run."""
    seconds: float | None = None
    """How long it will take, if anybody can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """What tonight will be used for, and what it could be used for."""

    labbook: str
    moment: str
    opens: str
    """Empty if it never does."""
    closes: str
    hours: Hours
    """``used``: as far as it is known how long runs take."""
    runs: int = 0
    """That wait for it."""
    unknown: int = 0
    """Of these, such that nobody can tell how long they take."""
    experiments: int = 0
    """In the labbook."""
    suggestions: list[Suggestion] = field(default_factory=list)
