"""What became of results that were withdrawn: old against new, as it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from jupyter_labbook.model.experiment import Value
from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.view import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedMetric:
    """Last value of a metric in a tainted run, and in the run that repeats it."""

    metric: str
    old: float | None
    """None: it was not logged."""
    new: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedRun:
    """A tainted run, and the last one that repeats it."""

    old: str
    """Label, such as ``003``."""
    new: str
    """Empty: nothing repeats it yet."""
    state: RunState | None
    """Where the new one stands."""
    reason: str
    """Why the old one does not count."""
    parameters: dict[str, Value] = field(default_factory=dict)
    seed: int = 0
    metrics: tuple[RepeatedMetric, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictChange:
    """What the data said of a prediction before, and what they say now."""

    prediction: str
    old: Outcome | None
    """None: nothing had been recorded."""
    old_observed: str = ""
    new: Outcome
    new_observed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldAgainstNew:
    """An experiment whose runs were tainted, and what came out the second time."""

    experiment: str
    """Name of its folder."""
    name: str
    number: int
    question: str
    reason: str
    """Why the old runs do not count."""
    conclusion: str = ""
    """What was concluded from the old ones, if anything; to be looked at again."""
    verdicts: tuple[VerdictChange, ...] = ()
    runs: tuple[RepeatedRun, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether every run that repeats another one has ended."""
        states = [run.state for run in self.runs if run.state is not None]
        return bool(states) and all(state.ended for state in states)
