"""The morning: what happened since its owner last looked, and what it taught."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions import backfilling, nightly
from jupyter_labbook.actions.concluding import record_verdict
from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.actions.delays import Delays
from jupyter_labbook.actions.index import LabbookIndex
from jupyter_labbook.actions.nightly import subject
from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.actions.plan import read_plan
from jupyter_labbook.actions.recorded import recorded
from jupyter_labbook.actions.unrun_cells import plain
from jupyter_labbook.actions.withdrawn import repeated_since
from jupyter_labbook.errors import LabbookError, StorageError
from jupyter_labbook.insight.calibration import Judged, calibrate
from jupyter_labbook.insight.streak import streak
from jupyter_labbook.model.backfill import TAG
from jupyter_labbook.model.digest import (
    AnsweredItem,
    Calibration,
    Digest,
    Result,
    Streak,
    Unconcluded,
)
from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.slug import slug
from jupyter_labbook.model.view import Outcome
from jupyter_labbook.storage import run_state, told_mark, windows
from jupyter_labbook.storage.labbook import ExperimentFolder
from jupyter_labbook.storage.night_log import read_nights
from jupyter_labbook.storage.reading_mark import ReadingMark, read_mark, write_mark
from jupyter_labbook.storage.searches import read_searches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_labbook.actions.known import Known
    from jupyter_labbook.model.withdrawal import OldAgainstNew
    from jupyter_labbook.storage.labbook import LabbookFolder
    from jupyter_labbook.storage.settings import UserSettings

DRAWN: Final = 12
"""Results that are looked at in full; more are no morning's reading."""
FIRST: Final = timedelta(days=7)
"""How far back the first digest reaches."""
_DECIDED: Final = (Outcome.SUPPORTED, Outcome.REFUTED)
_ORDER: Final = (
    Outcome.REFUTED,
    Outcome.INCONCLUSIVE,
    Outcome.SUPPORTED,
    Outcome.PENDING,
    Outcome.WITHDRAWN,
)
_TELLING: Final = (RunState.FINISHED, RunState.STOPPED)


def read_digest(
    labbook: LabbookFolder,
    settings: UserSettings,
    moment: datetime,
    since: datetime | None = None,
) -> Digest:
    """Collect what happened.

    Nothing is marked as read; see `mark_read`.

    Parameters
    ----------
    labbook
        Where.
    settings
        Of the user: the zone, and the hours of their nights.
    moment
        The present.
    since
        From when on; None: since the last digest that was read. If nothing is new
        since then, the same is told again.

    Raises
    ------
    LabbookError
        The labbook cannot be read, or the settings name an unknown zone.
    """
    mark = read_mark(labbook.path)
    index = LabbookIndex(labbook)
    index.look()
    look = _Look(labbook, settings, index.known(), moment)
    if since is not None or mark is None:
        begin = since or moment - FIRST
        return look.digest(begin, first=mark is None and since is None)
    digest = look.digest(mark.read_moment)
    if digest.results or digest.failures or digest.searches:
        return digest
    return replace(look.digest(mark.since_moment), read=look.local(mark.read_moment))


def mark_read(labbook: LabbookFolder, digest: Digest) -> None:
    """Remember that its owner has seen a digest, if that can be stored."""
    write_mark(labbook.path, ReadingMark(since=digest.since, read=digest.moment))


class _Look:
    """A labbook as it stands at a moment, to be told of from any moment on."""

    def __init__(
        self,
        labbook: LabbookFolder,
        settings: UserSettings,
        known: list[Known],
        moment: datetime,
    ) -> None:
        self._labbook = labbook
        self._settings = settings
        self._known = known
        self._searched = {one.name for one in read_searches(labbook.path)}
        self._zone = windows.zone(settings)
        self._moment = moment.astimezone(self._zone)

    def local(self, moment: datetime) -> str:
        """Write a moment in the user's zone, exactly: it may say what was read."""
        return moment.astimezone(self._zone).isoformat()

    def digest(self, begin: datetime, *, first: bool = False) -> Digest:
        """Collect what happened from a moment on."""
        labbook, known = self._labbook, self._known
        period = begin.astimezone(self._zone), self._moment
        events = read_nights(labbook.path, begin)
        absences = nightly.absences(events, period[0])
        problems = [problem for one in known for problem in one.problems]
        problems += told_mark.problems(labbook.path)
        ready = self._ready(begin)
        told = {one.row.experiment for one in ready}
        states = [state for one in known for state in one.runs.values()]
        results = [
            self._result(one, problems, drawn=place < DRAWN)
            for place, one in enumerate(ready)
        ]
        # Some have only been judged by now.
        results.sort(key=lambda one: _surprise(v.outcome for v in one.verdicts))
        results = _by_batch(results)
        return Digest(
            labbook=str(labbook.path),
            moment=self.local(self._moment),
            since=self.local(begin),
            first=first,
            experiments=len(known),
            running=states.count(RunState.RUNNING),
            waiting=states.count(RunState.WAITING) + states.count(RunState.HELD),
            results=results,
            repeated=list(self._repeated(ready[:DRAWN], begin, problems)),
            failures=nightly.failures(labbook, known, period[0]),
            delays=Delays(labbook, self._settings, events, absences, period).of(known),
            absences=absences,
            unconcluded=[
                Unconcluded(
                    subject=subject(one),
                    ended=self._ended(one),
                    outcomes=one.row.verdicts,
                )
                for one in known
                if one.unconcluded
                and one.row.experiment not in told
                and one.row.name not in self._searched
            ],
            answers=list(_answers(labbook, known, problems)),
            searches=backfilling.told(labbook, begin),
            calibration=_calibration(known, results),
            streak=_streak(known, self._moment),
            hours=nightly.hours(labbook, self._settings, known, period),
            problems=problems,
        )

    def _ready(self, begin: datetime) -> list[Known]:
        after = begin.timestamp()
        new = [
            (one.finished, one)
            for one in self._known
            if one.finished is not None
            and one.finished > after
            and _has_told(one)
            and one.row.name not in self._searched
        ]
        # What surprised comes first, then what came last.
        new.sort(key=lambda pair: (_surprise(pair[1].row.verdicts), -pair[0]))
        return [one for _, one in new]

    def _repeated(
        self, ready: Iterable[Known], begin: datetime, problems: list[str]
    ) -> Iterator[OldAgainstNew]:
        """Find results that were withdrawn, and have been repeated since."""
        for one in ready:
            path = self._labbook.path / "experiments" / one.row.experiment
            try:
                found = repeated_since(self._labbook, ExperimentFolder(path), begin)
            except (LabbookError, OSError) as error:
                problems.append(str(error))
                continue
            if found is not None:
                yield found

    def _ended(self, known: Known) -> str:
        return nightly.local(known.finished or 0.0, self._moment)

    def _result(self, known: Known, problems: list[str], *, drawn: bool) -> Result:
        labbook = self._labbook
        folder = ExperimentFolder(labbook.path / "experiments" / known.row.experiment)
        bare = Result(
            subject=subject(known),
            ended=self._ended(known),
            batch=_batch(folder),
            hypothesis=known.row.hypothesis,
            conclusion=known.row.conclusion,
            states=known.row.states,
        )
        try:
            return _looked_at(labbook, folder, bare) if drawn else _named(folder, bare)
        except (LabbookError, OSError) as error:
            problems.append(str(error))
            return bare


def _batch(folder: ExperimentFolder) -> str:
    """With which others its newest run was started."""
    with suppress(LabbookError, OSError):
        for newest in reversed(folder.runs()):
            ticket = run_state.read_ticket(newest)
            return ticket.batch if ticket else ""
    return ""


def _by_batch(results: list[Result]) -> list[Result]:
    """Put those of a batch together, where the first of them is."""
    first: dict[str, int] = {}
    for place, one in enumerate(results):
        first.setdefault(one.batch, place)
    return sorted(results, key=lambda one: first[one.batch])


def _has_told(known: Known) -> bool:
    return any(state in known.row.states for state in _TELLING)


def _surprise(outcomes: Iterable[Outcome]) -> int:
    return min(map(_ORDER.index, outcomes), default=len(_ORDER))


def _named(folder: ExperimentFolder, bare: Result) -> Result:
    declared = Declared.as_far_as_readable(folder)
    impact = str(declared.header.get("impact") or "")
    return replace(bare, impact=impact, verdicts=recorded(declared))


def _looked_at(
    labbook: LabbookFolder, folder: ExperimentFolder, bare: Result
) -> Result:
    # Whoever looks first after the end records it; to read needs no right to write.
    with suppress(LabbookError, OSError):
        record_verdict(labbook, folder)
    watch = ExperimentWatch(labbook, folder)
    watch.poll()
    view = watch.view()
    spent = [run.seconds for run in view.runs if run.seconds is not None]
    return replace(
        bare,
        impact=view.impact,
        verdicts=view.verdicts,
        seconds=sum(spent) if spent else None,
        view=view,
    )


def _answers(
    labbook: LabbookFolder, known: list[Known], problems: list[str]
) -> Iterator[AnsweredItem]:
    """Find open items of the plan that an ended experiment asks, or is named after."""
    try:
        plan = read_plan(labbook.path)
    except StorageError as error:
        problems.append(str(error))
        return
    if plan.problem:
        problems.append(plan.problem)
    asked: dict[str, Known] = {}
    for one in known:
        if one.finished is not None and _has_told(one):
            for text in (one.row.question, one.row.why):
                # Newest first, and that one counts.
                asked.setdefault(plain(text), one)
            asked.setdefault(one.row.name, one)
    asked.pop("", None)
    for item in plan.items:
        if item.done:
            continue
        answer = asked.get(plain(item.text)) or asked.get(slug(item.text))
        if answer is not None:
            yield AnsweredItem(
                item=item,
                subject=subject(answer),
                outcomes=answer.row.verdicts,
                conclusion=answer.row.conclusion,
            )


def _calibration(known: Iterable[Known], results: Iterable[Result]) -> Calibration:
    """Compare all probabilities that were given with what happened."""
    # Of those that ended while nobody was there, the index may not know it yet.
    seen = {
        one.subject.experiment: [verdict.outcome for verdict in one.verdicts]
        for one in results
        if one.verdicts
    }
    return calibrate(
        Judged(one.finished, probability, outcome is Outcome.SUPPORTED)
        for one in known
        if one.finished is not None
        for probability, outcome in zip(
            one.probabilities,
            seen.get(one.row.experiment, one.row.verdicts),
            strict=False,
        )
        if probability is not None and outcome in _DECIDED
    )


def _streak(known: Iterable[Known], moment: datetime) -> Streak:
    days = []
    for one in known:
        if TAG in one.row.tags:
            # Nobody has begun it.
            continue
        with suppress(ValueError):
            begun = datetime.fromisoformat(one.row.created)
            days.append(begun.astimezone(moment.tzinfo).date())
    return streak(days, moment.date())
