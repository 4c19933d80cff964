"""What is shown of an experiment: plain data that every view draws from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from jupyter_labbook.model.experiment import Value
from jupyter_labbook.model.preflight import Checked
from jupyter_labbook.model.run import RunState


class Outcome(StrEnum):
    """What the data say of a prediction."""

    PENDING = "pending"
    SUPPORTED = "supported"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    WITHDRAWN = "withdrawn"
    """All that it rested on is tainted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the data say of one prediction, and why."""

    prediction: str
    outcome: Outcome
    observed: str = ""
    """The measured side in words, such as ``0.971 ± 0.004 (5 seeds)``."""
    reason: str = ""
    """One sentence, always given unless supported or refuted."""
    probability: float | None = None
    """What the author gave the prediction, from 0 to 1."""
    value: float | None = None
    """Mean of left side minus right side."""
    low: float | None = None
    high: float | None = None
    """95 % interval of that mean; None without several seeds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A level that a prediction sets for a metric: a line in its plot."""

    metric: str
    value: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Means of the stretches that a thinned line was cut into."""

    x: list[float]
    time: list[float]
    y: list[float]
    """Same length as ``x``; NaN where nothing is to be drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a plot, already thinned for drawing."""

    metric: str
    x: list[float]
    y: list[float]
    """Same length as ``x``; NaN where nothing is to be drawn."""
    x_name: str = "step"
    time: list[float] = field(default_factory=list)
    """Unix time of each point in seconds, if known."""
    mean: Means | None = None
    """None where every value is in ``y`` itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run has come."""

    done: float
    total: float | None = None
    remaining: float | None = None
    """Seconds, estimated."""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """One run, as drawn."""

    id: str
    label: str
    """Folder number, such as ``003``."""
    state: RunState
    parameters: dict[str, Value] = field(default_factory=dict)
    seed: int = 0
    series: list[Series] = field(default_factory=list)
    final: dict[str, float] = field(default_factory=dict)
    """Last value of each metric."""
    progress: Progress | None = None
    seconds: float | None = None
    """Wall time so far, or in all."""
    reason: str = ""
    tail: str = ""
    """Last lines of the output."""
    figures: list[str] = field(default_factory=list)
    """Paths of pictures, relative to the run folder."""
    taint: str = ""
    """Why what it logged does not count any more; empty: it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentView:
    """An experiment with its runs, as drawn."""

    name: str
    number: int
    path: str
    """The experiment's folder."""
    question: str = ""
    hypothesis: str = ""
    why: str = ""
    impact: str = ""
    conclusion: str = ""
    tags: list[str] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    thresholds: list[Threshold] = field(default_factory=list)
    runs: list[RunView] = field(default_factory=list)
    varied: list[str] = field(default_factory=list)
    """Names of the parameters that differ between runs."""
    note: str = ""
    """A sentence that the reader must not miss, such as an amendment."""
    checked: Checked | None = None
    """What was found before its runs start; None if nothing waits or nobody looked."""

    @property
    def ended(self) -> bool:
        """Whether every run has ended."""
        return all(run.state.ended for run in self.runs)
