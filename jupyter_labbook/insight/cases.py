"""Which runs a prediction speaks of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_labbook.errors import PredictionError
from jupyter_labbook.insight.evidence import Evidence, RunEvidence, describe, varied
from jupyter_labbook.insight.wording import counted, listed, tainted
from jupyter_labbook.model.expression import Prediction, Term, key_of
from jupyter_labbook.model.prediction import resolve, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from jupyter_labbook.model.experiment import Value

    Lookup = Callable[[str], Evidence | None]


class UndecidableError(Exception):
    """No data could decide the prediction; the message is the verdict's reason."""


class WithdrawnError(UndecidableError):
    """All data that could decide it is tainted."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The runs that a term stands for in one case, by seed."""

    experiment: str
    """Empty: the one that predicts."""
    runs: Mapping[int, RunEvidence]

    @property
    def place(self) -> tuple[str, tuple[str, ...]]:
        """What tells this sample from that of other runs."""
        return self.experiment, tuple(run.label for run in self.runs.values())

    @property
    def of(self) -> str:
        """``of NAME``, for a sentence; empty for the experiment itself."""
        return f" of {self.experiment}" if self.experiment else ""


@dataclass(frozen=True, slots=True)
class Case:
    """One parameter combination: what each term stands for."""

    label: str
    samples: Mapping[Term, Sample]


def find_cases(
    prediction: Prediction, evidence: Evidence, lookup: Lookup
) -> tuple[Prediction, list[Case]]:
    """Resolve a prediction and list its cases.

    Returns
    -------
    tuple
        The prediction with every bare experiment name resolved, and at least one
        case; several only if it has a quantifier.

    Raises
    ------
    UndecidableError
        There is no such experiment, or there are no such runs.
    """
    prediction = _resolve(prediction, evidence, lookup)
    _refuse_unknown(prediction, evidence)
    others = _others(prediction, lookup)
    # Where nothing of this experiment is compared, the first one named leads.
    own = any(not term.experiment for term in prediction.terms)
    leader = "" if own else prediction.terms[0].experiment
    cases = _cases(prediction, leader, {**others, "": _asked(prediction, evidence)})
    if len(cases) > 1 and prediction.quantifier is None:
        count = counted(len(cases), "parameter combination")
        raise UndecidableError(f"It speaks of {count}: say best, all or any.")
    return prediction, cases


def _resolve(prediction: Prediction, evidence: Evidence, lookup: Lookup) -> Prediction:
    logged = evidence.metrics()

    def is_experiment(name: str) -> bool:
        known = name in logged or name == evidence.name
        return not known and lookup(name) is not None

    try:
        return resolve(prediction, is_experiment)
    except PredictionError as error:
        raise UndecidableError(str(error)) from None


def _refuse_unknown(prediction: Prediction, evidence: Evidence) -> None:
    """Name a metric that no run logged, before anything else is said."""
    ended = all(run.state.ended for run in evidence.runs)
    if not ended or not any(run.finished for run in evidence.runs):
        return
    logged = evidence.metrics()
    for term in prediction.terms:
        if not term.experiment and term.metric not in logged:
            raise UndecidableError(never_logged(term, evidence.runs))


def never_logged(term: Term, runs: Iterable[RunEvidence]) -> str:
    """Say that runs lack a metric and which they have, the likest name first."""
    from difflib import SequenceMatcher

    logged = {name for run in runs for name in run.summaries}
    of = f" by {term.experiment}" if term.experiment else ""
    if not logged:
        return f"{term.metric} was never logged{of}, nor was anything else."

    def likeness(name: str) -> tuple[float, str]:
        return -SequenceMatcher(None, term.metric.lower(), name.lower()).ratio(), name

    near = listed(sorted(logged, key=likeness), most=8)
    hint = ""
    if any(term.metric.startswith((f"{name}-", f"{name}/")) for name in logged):
        hint = " To subtract or divide, put spaces around the sign."
    elif not (term.experiment or term.selector):
        of = ", nor is it an experiment"
    return f"{term.metric} was never logged{of}; logged were: {near}.{hint}"


def _others(prediction: Prediction, lookup: Lookup) -> dict[str, Evidence]:
    found: dict[str, Evidence] = {}
    for term in prediction.terms:
        if not term.experiment:
            continue
        other = lookup(term.experiment)
        if other is None:
            raise UndecidableError(f"There is no experiment {term.experiment}.")
        if not other.runs and other.tainted:
            said = tainted(other.tainted)
            raise WithdrawnError(f"{term.experiment}: {said}")
        if not other.runs:
            raise UndecidableError(f"The experiment {term.experiment} has no runs.")
        found[term.experiment] = _asked(prediction, other, term.experiment)
    return found


def _asked(
    prediction: Prediction, evidence: Evidence, experiment: str = ""
) -> Evidence:
    terms = (term for term in prediction.terms if term.experiment == experiment)
    return evidence.about(name for term in terms for name, _ in term.selector)


def _cases(
    prediction: Prediction, leader: str, evidences: Mapping[str, Evidence]
) -> list[Case]:
    leading = [term for term in prediction.terms if term.experiment == leader]
    following = [term for term in prediction.terms if term.experiment != leader]
    evidence = evidences[leader]
    combinations = evidence.combinations()
    assignments = spread(leading, combinations)
    if not assignments:
        wanted = dict(next(term for term in leading if term.selector).selector)
        raise UndecidableError(f"No run has {describe(wanted, wanted)}.")
    told = _told_apart(assignments)
    names = varied(combinations)
    chosen = list(evidence.by_combination().values())
    others = {t.experiment: evidences[t.experiment] for t in following}
    runs = {name: other.by_combination() for name, other in others.items()}
    cases = []
    for assigned in assignments:
        parameters = combinations[assigned[told]]
        samples = {
            term: Sample(leader, chosen[index]) for term, index in assigned.items()
        }
        for term in following:
            other = others[term.experiment]
            like = _like(term, other, parameters)
            samples[term] = Sample(other.name, runs[term.experiment][key_of({**like})])
        cases.append(Case(describe(parameters, names), samples))
    return cases


def _told_apart(assignments: Sequence[Mapping[Term, int]]) -> Term:
    """Find the term by whose combination cases are told apart best."""
    return max(
        assignments[0],
        key=lambda term: len({assigned[term] for assigned in assignments}),
    )


def _like(
    term: Term, other: Evidence, leading: Mapping[str, Value]
) -> Mapping[str, Value]:
    """Choose another experiment's setting: the only one, or that which corresponds."""
    combinations = other.combinations()
    chosen = [c for c in combinations if _agrees(c, dict(term.selector))]
    if len(chosen) > 1:
        shared = {name: leading[name] for name in varied(chosen) if name in leading}
        matching = [c for c in chosen if shared and _agrees(c, shared)]
        chosen = matching if len(matching) == 1 else chosen
    if not chosen:
        selection = describe(dict(term.selector), dict(term.selector))
        raise UndecidableError(f"No run of {other.name} has {selection}.")
    if len(chosen) > 1:
        example = describe(chosen[-1], varied(chosen))
        raise UndecidableError(
            f"{other.name} has {counted(len(chosen), 'parameter combination')}: select"
            f" one, such as {term.metric}[{example}]@{other.name}."
        )
    return chosen[0]


def _agrees(parameters: Mapping[str, Value], wanted: Mapping[str, Value]) -> bool:
    return all(
        name in parameters and key_of(parameters[name]) == key_of(value)
        for name, value in wanted.items()
    )


def waiting_for(case: Case) -> str:
    """Say which runs of a case have not ended; empty if all have."""
    samples = {sample.place: sample for sample in case.samples.values()}
    parts = []
    for sample in samples.values():
        states = Counter(r.state for r in sample.runs.values() if not r.state.ended)
        if states:
            kinds = listed(f"{count} {state}" for state, count in states.items())
            runs = counted(len(sample.runs), "run")
            parts.append(f"{states.total()} of {runs}{sample.of} not ended ({kinds})")
    # Two settings of one sweep often stand at the same point.
    return "; ".join(dict.fromkeys(parts))
