"""Verdicts: what the data say of a prediction; computed, never typed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_labbook.insight import wording
from jupyter_labbook.insight.arithmetic import evaluate
from jupyter_labbook.insight.cases import (
    UndecidableError,
    WithdrawnError,
    find_cases,
)
from jupyter_labbook.insight.finding import Finding, examine
from jupyter_labbook.model.expression import Comparator, Quantifier, Term, terms_of
from jupyter_labbook.model.view import Outcome, Threshold, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jupyter_labbook.insight.evidence import Evidence
    from jupyter_labbook.model.expression import Prediction

__all__ = ["judge", "thresholds"]


def judge(
    prediction: Prediction,
    evidence: Evidence,
    lookup: Callable[[str], Evidence | None],
) -> Verdict:
    """Say whether the data support a prediction.

    It is *pending* while a run that it needs has not ended. With one run the two
    sides are compared as they are. Over seeds the mean of left minus right decides
    by its 95 % interval: supported or refuted if the whole of it lies on that side,
    else inconclusive. Terms with the same seeds are paired by seed; others are taken
    as independent samples. Under ``all``, ``any`` and ``best`` the intervals of all
    combinations are widened to hold together, so that looking at many of them does
    not turn noise into a finding.

    Tainted runs are no evidence. Where nothing is left to decide it by, the verdict
    is *withdrawn*.

    Parameters
    ----------
    prediction
        As parsed.
    evidence
        The runs of the experiment that made it.
    lookup
        Evidence of another experiment by its name; None if there is none.
    """
    verdict = _judge(prediction, evidence, lookup)
    if not evidence.tainted:
        return verdict
    left_out = wording.tainted(evidence.tainted, among=len(evidence.runs))
    return replace(verdict, reason=" ".join(filter(None, [verdict.reason, left_out])))


def _judge(
    prediction: Prediction,
    evidence: Evidence,
    lookup: Callable[[str], Evidence | None],
) -> Verdict:
    if not evidence.runs and evidence.tainted:
        return _verdict(prediction, Finding(outcome=Outcome.WITHDRAWN))
    if not evidence.runs:
        nothing = Finding(outcome=Outcome.PENDING, reason="No run was submitted yet.")
        return _verdict(prediction, nothing)
    try:
        resolved, cases = find_cases(prediction, evidence, lookup)
    except UndecidableError as error:
        withdrawn = isinstance(error, WithdrawnError) or bool(evidence.tainted)
        return _undecided(prediction, evidence, str(error), withdrawn=withdrawn)
    found = [examine(resolved, case, family=len(cases)) for case in cases]
    pending = [finding for finding in found if finding.outcome is Outcome.PENDING]
    if pending:
        return _verdict(prediction, _joint_pending(pending, len(found)))
    return _verdict(prediction, _together(prediction, found))


def thresholds(
    predictions: Iterable[Prediction], evidence: Evidence
) -> list[Threshold]:
    """List the levels that predictions set for single metrics of an experiment."""
    found: dict[tuple[str, float], Threshold] = {}
    for prediction in predictions:
        for side, other in (
            (prediction.left, prediction.right),
            (prediction.right, prediction.left),
        ):
            if not isinstance(side, Term) or side.experiment or any(terms_of(other)):
                continue
            logged = evidence.metrics()
            if not logged or side.metric in logged:
                level = evaluate(other, {})
                threshold = Threshold(
                    metric=side.metric, value=level, label=prediction.statement
                )
                found.setdefault((side.metric, level), threshold)
    return list(found.values())


def _undecided(
    prediction: Prediction, evidence: Evidence, reason: str, *, withdrawn: bool
) -> Verdict:
    waiting = sum(not run.state.ended for run in evidence.runs)
    outcome = Outcome.WITHDRAWN if withdrawn else Outcome.INCONCLUSIVE
    if waiting:
        outcome = Outcome.PENDING
        count = wording.counted(len(evidence.runs), "run")
        reason = f"{waiting} of {count} not ended. {reason}"
    return _verdict(prediction, Finding(outcome=outcome, reason=reason))


def _verdict(prediction: Prediction, finding: Finding) -> Verdict:
    difference = finding.difference
    return Verdict(
        prediction=prediction.statement,
        outcome=finding.outcome,
        observed=finding.observed,
        reason=finding.reason,
        probability=prediction.probability,
        value=difference.value if difference else None,
        low=difference.low if difference else None,
        high=difference.high if difference else None,
    )


def _together(prediction: Prediction, found: Sequence[Finding]) -> Finding:
    comparator = prediction.comparator
    match prediction.quantifier:
        case Quantifier.BEST if len(found) > 1:
            return _best(comparator, found)
        case Quantifier.ALL if len(found) > 1:
            return _all(comparator, found)
        case Quantifier.ANY if len(found) > 1:
            return _any(comparator, found)
        case _:
            return found[0]


def _joint_pending(pending: Sequence[Finding], count: int) -> Finding:
    if count == 1:
        return pending[0]
    first = f"{pending[0].label}: {pending[0].reason}"
    combinations = f"{len(pending)} of {wording.counted(count, 'combination')}"
    return Finding(outcome=Outcome.PENDING, reason=f"{combinations} not ended; {first}")


def _favour(comparator: Comparator, finding: Finding) -> float:
    """How far a finding speaks for the prediction."""
    value = finding.difference.value if finding.difference else 0.0
    match comparator:
        case Comparator.GREATER | Comparator.AT_LEAST:
            return value
        case Comparator.LESS | Comparator.AT_MOST:
            return -value
        case Comparator.EQUAL:
            return -abs(value)


def _best(comparator: Comparator, found: Sequence[Finding]) -> Finding:
    """Judge the combination with the largest mean for >, the smallest for <."""
    measured = [finding for finding in found if finding.difference]
    if not measured:
        return _without_numbers(found)
    best = max(measured, key=lambda finding: _favour(comparator, finding))
    outcome = best.outcome
    reasons = [best.reason]
    missing = len(found) - len(measured)
    if missing:
        reasons.append(f"{missing} of {len(found)} combinations gave no number.")
        if outcome is Outcome.REFUTED:
            # One of those might have been the best.
            outcome = Outcome.INCONCLUSIVE
    return Finding(
        outcome=outcome,
        difference=best.difference,
        observed=f"{best.observed}, best of {len(found)}: {best.label}",
        reason=" ".join(filter(None, reasons)),
    )


def _all(comparator: Comparator, found: Sequence[Finding]) -> Finding:
    """Judge by the combination that speaks least for the prediction."""
    outcomes = {finding.outcome for finding in found}
    if Outcome.REFUTED in outcomes:
        outcome = Outcome.REFUTED
    elif outcomes == {Outcome.SUPPORTED}:
        outcome = Outcome.SUPPORTED
    else:
        outcome = Outcome.INCONCLUSIVE
    return _over_all(comparator, found, outcome, worst=True)


def _any(comparator: Comparator, found: Sequence[Finding]) -> Finding:
    """Judge by the combination that speaks most for the prediction."""
    outcomes = {finding.outcome for finding in found}
    if Outcome.SUPPORTED in outcomes:
        outcome = Outcome.SUPPORTED
    elif outcomes == {Outcome.REFUTED}:
        outcome = Outcome.REFUTED
    else:
        outcome = Outcome.INCONCLUSIVE
    return _over_all(comparator, found, outcome, worst=False)


def _over_all(
    comparator: Comparator,
    found: Sequence[Finding],
    outcome: Outcome,
    *,
    worst: bool,
) -> Finding:
    """Join findings; the one that decided, or that is nearest to it, is shown."""
    deciding = [finding for finding in found if finding.outcome is outcome]
    measured = [finding for finding in deciding if finding.difference]
    if not any(finding.difference for finding in found):
        return _without_numbers(found)
    counts = Counter(finding.outcome for finding in found)
    tally = ", ".join(
        f"{wording.counted(counts[kind], 'combination')} {kind}"
        for kind in (Outcome.SUPPORTED, Outcome.REFUTED, Outcome.INCONCLUSIVE)
        if counts[kind]
    )
    # One kind alone needs no list of kinds.
    told = f"in all {len(found)} combinations" if len(counts) == 1 else tally
    if not measured:
        return Finding(
            outcome=outcome,
            observed=told,
            reason=f"{deciding[0].label}: {deciding[0].reason}",
        )
    choose = min if worst else max
    shown = choose(measured, key=lambda finding: _favour(comparator, finding))
    return Finding(
        outcome=outcome,
        difference=shown.difference,
        observed=f"{told}; {shown.label}: {shown.observed}",
        reason=f"{shown.label}: {shown.reason}" if shown.reason else "",
    )


def _without_numbers(found: Sequence[Finding]) -> Finding:
    first = found[0]
    return Finding(
        outcome=Outcome.INCONCLUSIVE,
        reason=f"None of {len(found)} combinations gave a number; {first.label}:"
        f" {first.reason}",
    )
