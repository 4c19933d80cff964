"""What every form of the digest says in the same words."""

from __future__ import annotations

import math
import shlex
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Final

from jupyter_labbook.rendering.formats import (
    counted,
    format_duration,
    format_number,
    format_share,
    format_when,
)
from jupyter_labbook.rendering.grouping import metric_names
from jupyter_labbook.rendering.summary import probability_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jupyter_labbook.model.digest import (
        Absence,
        Band,
        Delay,
        Digest,
        Failure,
        Hours,
        Result,
        Score,
        Streak,
        Subject,
    )
    from jupyter_labbook.model.view import Outcome, Verdict

MOST_UNCONCLUDED: Final = 8
_MOST_LABELS: Final = 6
_MOST_VALUES: Final = 4
_FEW: Final = 10
"""Predictions below which nothing is said of a person's judgement."""
_UNUSUAL: Final = 1.64
"""Standard deviations beyond which it is: one time in ten by chance."""

Step = tuple[str, str]
"""A sentence, and the command for it."""


def good(moment: str) -> str:
    """Greet by the time of the day."""
    hour = datetime.fromisoformat(moment).hour
    if 4 <= hour < 12:
        return "Good morning"
    return "Good afternoon" if 12 <= hour < 18 else "Good evening"


def headline(digest: Digest) -> str:
    """Say the most important in one sentence."""
    if not digest.experiments:
        return "This labbook is still empty."
    if digest.read:
        return f"Nothing new since {when(digest.read, digest)}."
    parts = []
    if digest.results:
        count = len(digest.results)
        parts.append(
            f"{counted(count, 'result')} {'is' if count == 1 else 'are'} ready"
        )
    failed = sum(len(failure.runs) for failure in digest.failures)
    if failed:
        parts.append(f"{counted(failed, 'run')} failed")
    late = sum(len(delay.runs) for delay in digest.delays)
    if late:
        parts.append(f"{counted(late, 'run')} did not start")
    if digest.searches:
        count = len(digest.searches)
        parts.append("a search went on" if count == 1 else f"{count} searches went on")
    said = ", ".join(parts) or "Nothing new has come in"
    return f"{said[0].upper()}{said[1:]}."


def period(digest: Digest) -> str:
    """Say of which time it tells."""
    if digest.first:
        return "the last seven days"
    return f"since {when(digest.since, digest)}"


def when(moment: str, digest: Digest) -> str:
    """Write a moment as seen from the digest's."""
    now = datetime.fromisoformat(digest.moment)
    return format_when(datetime.fromisoformat(moment), now)


def day(moment: str) -> str:
    """Write a day: ``Sunday, 22 November``."""
    local = datetime.fromisoformat(moment)
    return f"{local:%A}, {local.day} {local:%B}"


def live_words(digest: Digest) -> str:
    """Say how many runs execute and wait; empty if none do."""
    counts = ((digest.running, "running"), (digest.waiting, "waiting"))
    return ", ".join(f"{count} {word}" for count, word in counts if count)


def values(result: Result) -> list[tuple[str, str]]:
    """Name the last values of a result that nothing was predicted of."""
    if result.verdicts or result.view is None:
        return []
    found = []
    for name in metric_names(result.view)[:_MOST_VALUES]:
        logged = [run.final[name] for run in result.view.runs if name in run.final]
        low, high = min(logged, default=math.nan), max(logged, default=math.nan)
        if low == high:
            found.append((name, format_number(low)))
        elif logged:
            found.append((name, f"{format_number(low)} to {format_number(high)}"))
    return found


def kind(subject: Subject) -> str:
    """Say which experiment it is, and whether it explores."""
    return f"experiment {subject.number}{'' if subject.question else ', exploring'}"


def result_facts(result: Result, digest: Digest) -> str:
    """Say when an experiment ended, with how many runs, after how long."""
    states = ", ".join(f"{count} {state}" for state, count in result.states.items())
    spent = "" if result.seconds is None else format_duration(result.seconds)
    return " · ".join(filter(None, (states, spent, when(result.ended, digest))))


def observed(verdict: Verdict) -> str:
    """Say what was observed, beside what was believed."""
    seen = f"observed {verdict.observed}" if verdict.observed else ""
    return ", ".join(filter(None, (seen, probability_words(verdict))))


def labels(runs: list[str]) -> str:
    """Name runs: ``run 003``, ``runs 003, 004 and 7 more``."""
    if len(runs) == 1:
        return f"run {runs[0]}"
    shown = ", ".join(runs[:_MOST_LABELS])
    more = len(runs) - _MOST_LABELS
    return f"runs {shown}" + (f" and {more} more" if more > 0 else "")


def failure_words(failure: Failure) -> str:
    """Say how runs ended, and what became of them."""
    words = f"{labels(failure.runs)}: {failure.reason or failure.state.value}"
    if failure.followed:
        words += f"; {labels(failure.followed)} went on"
    return words


def delay_words(delay: Delay, digest: Digest) -> str:
    """Say why runs did not start."""
    told = f" (As of {when(delay.told, digest)}.)" if delay.told else ""
    return f"{labels(delay.runs)}, {delay.when}: {delay.sentence}{told}"


def absence_words(absence: Absence, digest: Digest) -> str:
    """Say when nobody served the queue."""
    begin, end = map(datetime.fromisoformat, (absence.begin, absence.end))
    length = format_duration((end - begin).total_seconds())
    return (
        f"Nobody served the queue for {length}, from {when(absence.begin, digest)} to "
        f"{when(absence.end, digest)}: the machine slept, or was off."
    )


def hours_words(hours: Hours) -> str:
    """Say how much of the nights was made use of: ``3 of 9 hours``."""
    if not hours.there:
        return "no night lies in between"
    return format_share(hours.used, hours.there)


def streak_words(streak: Streak) -> str:
    """Say how many days in a row had a new experiment."""
    if not streak.days:
        return "no experiment yesterday or today"
    words = f"{counted(streak.days, 'day')} in a row"
    if streak.longest > streak.days:
        words += f", {streak.longest} at best"
    return words if streak.today else f"{words}; today is still to come"


def score_words(score: Score) -> str:
    """Say how many predictions came true, and how many should have."""
    should = format_number(score.expected * score.count, 3)
    true = f"{score.hits} of {counted(score.count, 'prediction')} came true"
    return f"{true}, {should} were to be expected; Brier score {score.brier:.2f}"


def band_words(band: Band) -> str:
    """Say what became of predictions of about one probability."""
    score = band.score
    true = f"{score.hits} of {score.count} came true"
    return f"given {score.expected:.0%} on average: {true}"


def judgement(score: Score, bands: Iterable[Band]) -> str:
    """Say what a person may learn of their forecasts; empty while nobody can tell."""
    if score.count < _FEW:
        return ""
    # The sum of p (1 - p), by band: the variance of the number of hits.
    variance = sum(
        band.score.count * band.score.expected * (1 - band.score.expected)
        for band in bands
    )
    spread = math.sqrt(variance) or 1.0
    distance = (score.hits - score.expected * score.count) / spread
    if distance < -_UNUSUAL:
        return "You are more sure than you are right: give a little less."
    if distance > _UNUSUAL:
        return "You are right more often than you think: dare to give more."
    return "You are about as right as you think."


def outcome_words(outcomes: Iterable[Outcome]) -> str:
    """Write verdicts in a line."""
    return ", ".join(outcome.value for outcome in outcomes) or "no prediction"


def batched(results: Sequence[Result]) -> Iterator[tuple[str, Result]]:
    """Go through results with a line before the first of each batch.

    Yields
    ------
    tuple
        How it went with all of the batch, or an empty line; and the result.
    """
    whole = Counter(one.batch for one in results)
    before = None
    for one in results:
        new = one.batch != before and whole.keys() != {""}
        before = one.batch
        yield (_batch_line(one.batch, results) if new else ""), one


def _batch_line(batch: str, results: Sequence[Result]) -> str:
    of_it = [one for one in results if one.batch == batch]
    outcomes = Counter(v.outcome.value for one in of_it for v in one.verdicts)
    said = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items())
    name = batch or "in no batch"
    return f"{name} · {counted(len(of_it), 'experiment')}" + (said and f": {said}")


def conclude(name: str) -> str:
    """Write the command that records what was learned."""
    return f'labbook conclude {shlex.quote(name)} "..."'


def next_steps(digest: Digest) -> list[Step]:
    """Say what to do where there is nothing to read."""
    if not digest.experiments:
        return [
            ("See how it works, in half a minute:", "labbook demo"),
            ("Begin in a notebook, in a cell of its own:", "%load_ext jupyter_labbook"),
        ]
    steps: list[Step] = []
    if digest.quiet and digest.unconcluded:
        first = digest.unconcluded[0].subject.name
        steps.append(("Say what you learned:", conclude(first)))
    if digest.quiet:
        steps.append(("Write down what you want to know:", "labbook plan"))
    steps.append(("Fill the next night:", "labbook evening"))
    return steps
