"""What the runs of one case say of a prediction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_labbook.insight import wording
from jupyter_labbook.insight.arithmetic import difference, evaluate, slopes
from jupyter_labbook.insight.cases import (
    Case,
    UndecidableError,
    never_logged,
    waiting_for,
)
from jupyter_labbook.insight.statistics import (
    Estimate,
    interval,
    mean_interval,
    mean_of,
    simultaneous,
    spread_of,
)
from jupyter_labbook.model.expression import Arithmetic, Comparator, Operation, terms_of
from jupyter_labbook.model.view import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_labbook.model.expression import Prediction, Term

    Values = Mapping[Term, Mapping[int, float]]
    """What each term was in each finished run, by seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one case says."""

    outcome: Outcome
    label: str = ""
    difference: Estimate | None = None
    """Left side minus right side."""
    observed: str = ""
    reason: str = ""


def examine(prediction: Prediction, case: Case, *, family: int = 1) -> Finding:
    """Compare the two sides of a prediction over the finished runs of a case.

    Parameters
    ----------
    prediction, case
        As `find_cases` returned them.
    family
        How many cases are examined for the one verdict: their intervals are widened
        to hold together (`simultaneous`).
    """
    if waiting := waiting_for(case):
        return Finding(outcome=Outcome.PENDING, label=case.label, reason=f"{waiting}.")
    try:
        values, notes = _values(case)
        return _compared(prediction, case, values, notes, family)
    except UndecidableError as error:
        return Finding(
            outcome=Outcome.INCONCLUSIVE, label=case.label, reason=str(error)
        )


def decide(comparator: Comparator, low: float, high: float) -> Outcome:
    """Say on which side of 0 an interval of left minus right lies."""
    supported, refuted = {
        Comparator.GREATER: (low > 0, high <= 0),
        Comparator.AT_LEAST: (low >= 0, high < 0),
        Comparator.LESS: (high < 0, low >= 0),
        Comparator.AT_MOST: (high <= 0, low > 0),
        Comparator.EQUAL: (low == high == 0, low > 0 or high < 0),
    }[comparator]
    if supported:
        return Outcome.SUPPORTED
    return Outcome.REFUTED if refuted else Outcome.INCONCLUSIVE


def _values(case: Case) -> tuple[Values, list[str]]:
    values: dict[Term, Mapping[int, float]] = {}
    notes: dict[str, None] = {}
    for term, sample in case.samples.items():
        finished = {seed: run for seed, run in sample.runs.items() if run.finished}
        count = f"{len(finished)} of {wording.counted(len(sample.runs), 'run')}"
        if not finished:
            states = sorted({run.state.value for run in sample.runs.values()})
            raise UndecidableError(
                f"{count}{sample.of} finished ({wording.listed(states)})."
            )
        if len(finished) < len(sample.runs):
            notes[f"{count}{sample.of} finished"] = None
        values[term] = {
            seed: run.summaries[term.metric].reduce(term.reducer)
            for seed, run in finished.items()
            if term.metric in run.summaries
        }
        if not values[term]:
            raise UndecidableError(never_logged(term, sample.runs.values()))
        if len(values[term]) < len(finished):
            logged = f"{len(values[term])} of {len(finished)} runs{sample.of}"
            notes[f"{term.metric} was logged by {logged}"] = None
    return values, list(notes)


def _compared(
    prediction: Prediction, case: Case, values: Values, notes: list[str], family: int
) -> Finding:
    samples = {sample.place: sample for sample in case.samples.values()}
    same_seeds = len({frozenset(sample.runs) for sample in samples.values()}) == 1
    if all(len(runs) == 1 for runs in values.values()):
        rows = [{term: next(iter(runs.values())) for term, runs in values.items()}]
        measured = _measure_rows(prediction, rows, family)
    elif same_seeds:
        measured = _measure_rows(prediction, _rows(values), family)
    else:
        measured = _measure_groups(prediction, case, values, family)
    found = measured.difference
    low = found.value if found.low is None else found.low
    high = found.value if found.high is None else found.high
    outcome = decide(prediction.comparator, low, high)
    return Finding(
        outcome=outcome,
        label=case.label,
        difference=found,
        observed=_observed(prediction, measured),
        reason=_reason(prediction, outcome, measured, notes, family),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    difference: Estimate
    left: float
    right: float
    seeds: str = ""
    """In words; empty for a single run."""


def _rows(values: Values) -> list[dict[Term, float]]:
    """Pair the terms by seed; seeds that one of them lacks are left out."""
    common = set.intersection(*(set(runs) for runs in values.values()))
    if not common:
        raise UndecidableError("No seed finished in everything that is compared.")
    return [
        {term: runs[seed] for term, runs in values.items()} for seed in sorted(common)
    ]


def _measure_rows(
    prediction: Prediction, rows: Sequence[Mapping[Term, float]], family: int
) -> _Measured:
    """Evaluate a prediction per row, and average what comes out."""
    left, right = prediction.left, prediction.right
    differences = [difference(left, right, row) for row in rows]
    _refuse_undefined(differences, rows)
    return _Measured(
        difference=mean_interval(differences, confidence=simultaneous(family)),
        left=mean_of([evaluate(left, row) for row in rows]),
        right=mean_of([evaluate(right, row) for row in rows]),
        seeds=wording.counted(len(rows), "seed") if len(rows) > 1 else "",
    )


def _measure_groups(
    prediction: Prediction, case: Case, values: Values, family: int
) -> _Measured:
    """Compare groups of runs that have other seeds, as independent samples.

    What is not linear in the metrics, such as a ratio, is taken as linear around
    the means (the delta method: Oehlert 1992,
    https://doi.org/10.1080/00031305.1992.10475842).
    """
    left, right = prediction.left, prediction.right
    groups: dict[object, list[Term]] = {}
    for term in values:
        groups.setdefault(case.samples[term].place, []).append(term)
    rows = [_rows({term: values[term] for term in terms}) for terms in groups.values()]
    means = {
        term: mean_of([row[term] for row in group])
        for group in rows
        for term in group[0]
    }
    found = difference(left, right, means)
    slope = slopes(Operation(Arithmetic.SUBTRACT, left, right), means)
    steps = [[sum(slope[t] * row[t] for t in row) for row in group] for group in rows]
    _refuse_undefined([found], [means])
    if not all(math.isfinite(step) for group in steps for step in group):
        raise UndecidableError("An infinite value has no mean to compare.")
    for terms, group in zip(groups.values(), steps, strict=True):
        if len(group) == 1:
            sample = case.samples[terms[0]]
            raise UndecidableError(
                f"The spread of {terms[0]} is not known from one run{sample.of}: give"
                " both sides the same seeds, or more of them."
            )
    spreads = [spread_of(group) for group in steps]
    return _Measured(
        difference=interval(found, spreads, confidence=simultaneous(family)),
        left=evaluate(left, means),
        right=evaluate(right, means),
        seeds=" and ".join(str(len(group)) for group in rows) + " seeds",
    )


def _refuse_undefined(
    differences: Sequence[float], rows: Sequence[Mapping[Term, float]]
) -> None:
    count = len(differences)
    if undefined := sum(map(math.isnan, differences)):
        names = {
            str(t) for row in rows for t, value in row.items() if math.isnan(value)
        }
        what = wording.listed(sorted(names)) or "The difference of the two sides"
        where = f" in {undefined} of {count} seeds" if count > 1 else ""
        raise UndecidableError(f"{what} is not a number (NaN){where}.")
    infinite = sum(map(math.isinf, differences))
    if infinite and len(set(differences)) > 1:
        raise UndecidableError(
            f"The difference is infinite in {infinite} of {count} seeds, so that it has"
            " no mean."
        )


def _observed(prediction: Prediction, measured: _Measured) -> str:
    found = measured.difference
    seeds = f" ({measured.seeds})" if measured.seeds else ""
    left_varies, right_varies = (
        any(terms_of(side)) for side in (prediction.left, prediction.right)
    )
    if left_varies and right_varies:
        sides = (
            f"{wording.number(measured.left, apart_from=measured.right)} against"
            f" {wording.number(measured.right, apart_from=measured.left)}"
        )
        return f"{sides}, difference {wording.estimate(found)}{seeds}"
    side, level = measured.left, measured.right
    if not left_varies:
        side, level = level, side
    if found.margin is None:
        return wording.number(side, apart_from=level)
    around = Estimate(side, side - found.margin, side + found.margin)
    return f"{wording.estimate(around)}{seeds}"


def _reason(
    prediction: Prediction,
    outcome: Outcome,
    measured: _Measured,
    notes: list[str],
    family: int,
) -> str:
    found = measured.difference
    said = list(notes)
    if found.margin is None:
        said.append("one run, no interval")
    elif found.margin == 0:
        said.append("every seed gave the same value")
    if outcome is Outcome.INCONCLUSIVE and found.low is not None:
        said.append(_too_wide(prediction, measured, family))
    if not said:
        return ""
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def _too_wide(prediction: Prediction, measured: _Measured, family: int) -> str:
    margin = measured.difference.margin or 0.0
    together = "" if family == 1 else f" (for all {family} together)"
    if not any(terms_of(prediction.right)):
        centre, held = measured.left, str(prediction.right)
    elif not any(terms_of(prediction.left)):
        centre, held = measured.right, str(prediction.left)
    else:
        centre, held = measured.difference.value, "0"
    of = "" if held != "0" else " of the difference"
    limits = wording.between(centre - margin, centre + margin)
    text = f"the 95 % interval{of}{together}, {limits}, includes {held}"
    if prediction.comparator is Comparator.EQUAL:
        return f"{text}, but seeds that differ cannot show equality: predict a range"
    return text
