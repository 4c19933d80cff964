"""What is known of an experiment's runs, as far as a judgement needs it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jupyter_labbook.model.expression import key_of, scalar
from jupyter_labbook.model.prediction import distinct
from jupyter_labbook.model.run import RunState

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from jupyter_labbook.model.experiment import Value
    from jupyter_labbook.model.metrics import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvidence:
    """One run: what it was given and what it logged."""

    label: str
    parameters: Mapping[str, Value]
    seed: int
    state: RunState
    summaries: Mapping[str, Summary]
    """By the name of the metric."""

    @property
    def finished(self) -> bool:
        """Whether its numbers count."""
        return self.state is RunState.FINISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An experiment's runs, in the order of their submission.

    Of several runs with the same parameters and seed the last that finished
    counts: running it again is no further sample.
    """

    name: str
    runs: tuple[RunEvidence, ...]
    tainted: Mapping[str, str] = field(default_factory=dict)
    """Label to reason of the runs that are not among these: they do not count."""
    taken_away: Mapping[str, Value] = field(default_factory=dict)
    """Factor to its off value, where only ablations have it: nothing declared does."""

    def about(self, named: Iterable[str]) -> Evidence:
        """Leave out the ablations that are not asked for.

        Parameters
        ----------
        named
            Parameters that somebody asks for by name. A run without a factor that is
            not among them shows what that factor contributes, and nothing else.
        """
        off = {key: self.taken_away[key] for key in self.taken_away.keys() - {*named}}
        kept = tuple(run for run in self.runs if not _lacks(run.parameters, off))
        return replace(self, runs=kept) if kept else self

    def combinations(self) -> list[Mapping[str, Value]]:
        """List the different parameter combinations, in order."""
        return distinct(run.parameters for run in self.runs)

    def metrics(self) -> tuple[str, ...]:
        """Names that any run logged, in the order in which they turn up."""
        names = (name for run in self.runs for name in run.summaries)
        return tuple(dict.fromkeys(names))

    def by_combination(self) -> dict[Hashable, dict[int, RunEvidence]]:
        """Choose the run that counts, for each combination (`key_of`) and seed."""
        chosen: dict[Hashable, dict[int, RunEvidence]] = {}
        for run in self.runs:
            seeds = chosen.setdefault(key_of({**run.parameters}), {})
            known = seeds.get(run.seed)
            if known is None or run.finished or not known.finished:
                seeds[run.seed] = run
        return chosen


def _lacks(parameters: Mapping[str, Value], off: Mapping[str, Value]) -> bool:
    return any(
        name in parameters and key_of(parameters[name]) == key_of(value)
        for name, value in off.items()
    )


def varied(combinations: Iterable[Mapping[str, Value]]) -> tuple[str, ...]:
    """Names of the parameters that are not the same everywhere, in order."""
    listed = list(combinations)
    names = dict.fromkeys(name for parameters in listed for name in parameters)
    return tuple(
        name
        for name in names
        if any(name not in parameters for parameters in listed)
        or len({key_of(parameters[name]) for parameters in listed}) > 1
    )


def describe(parameters: Mapping[str, Value], names: Iterable[str]) -> str:
    """Name a combination by the given parameters: ``trees=300, depth=4``."""
    return ", ".join(
        f"{name}={scalar(parameters[name])}" for name in names if name in parameters
    )
