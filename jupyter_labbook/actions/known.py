"""What is known of one experiment without reading its metrics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.actions.shown import of_version
from jupyter_labbook.actions.standing import RunStanding
from jupyter_labbook.errors import PredictionError, StorageError
from jupyter_labbook.insight.opening import merged
from jupyter_labbook.model import prediction
from jupyter_labbook.model.overview import ExperimentRow
from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.view import Outcome, Progress, RunView
from jupyter_labbook.rendering.summary import progress_share, time_left
from jupyter_labbook.storage.history import EventKind
from jupyter_labbook.storage.progress import read_progress

if TYPE_CHECKING:
    from jupyter_labbook.insight.opening import Interval
    from jupyter_labbook.model.run import RunRecord
    from jupyter_labbook.storage.labbook import ExperimentFolder

_BROKEN: Final = (RunState.FAILED, RunState.LOST)
_TELLING: Final = (RunState.FINISHED, RunState.STOPPED)
"""States of runs that have shown something to learn from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An experiment as it was when last looked at."""

    row: ExperimentRow
    runs: dict[str, RunState] = field(default_factory=dict)
    """Label to state, of every version."""
    finished: float | None = None
    """Unix time at which the last run ended, once all have."""
    failed: bool = False
    """Whether a run of the newest version did not end well."""
    problems: tuple[str, ...] = ()
    judged: bool = True
    """Whether the verdicts are final; else there was nobody to record them."""
    probabilities: tuple[float | None, ...] = ()
    """What was given to each prediction; none if it was changed after a result."""
    busy: tuple[tuple[float, float], ...] = ()
    """When runs that have ended were executed, in Unix time; overlaps are joined."""
    settled: bool = False
    """Whether nothing changes before one of its folders does."""

    @property
    def running(self) -> bool:
        """Whether a run executes, as far as anybody can tell."""
        return any(
            state in self.row.states for state in (RunState.RUNNING, RunState.UNKNOWN)
        )

    @property
    def waiting(self) -> bool:
        """Whether a run has still to begin."""
        return not self.running and any(
            not state.ended for state in map(RunState, self.row.states)
        )

    @property
    def unconcluded(self) -> bool:
        """Whether somebody should say what was learned."""
        row = self.row
        asked = row.question or row.why
        answered = self.finished is not None and any(
            state in row.states for state in _TELLING
        )
        return bool(answered and asked and not row.conclusion)


class ExperimentLook:
    """An experiment whose runs have not all ended, looked at again and again."""

    def __init__(self, experiment: ExperimentFolder) -> None:
        self.experiment = experiment
        self.standings: dict[str, RunStanding] = {}
        self._declared: Declared | None = None
        self._problems: tuple[str, ...] = ()

    def poll(self, *, anew: bool) -> Known:
        """Look again.

        Parameters
        ----------
        anew
            Whether the folders may hold something else than at the last look; if
            not, only the runs are looked at.
        """
        if anew or self._declared is None:
            self._list()
        for standing in self.standings.values():
            standing.poll()
        assert self._declared is not None
        return _known(
            self.experiment,
            self._declared,
            list(self.standings.values()),
            self._problems,
        )

    def _list(self) -> None:
        self._declared = Declared.as_far_as_readable(self.experiment)
        try:
            runs = self.experiment.runs()
        except StorageError as error:
            self._problems = (str(error),)
            return
        self._problems = ()
        known = self.standings
        self.standings = {
            run.label: known.get(run.label) or RunStanding(run) for run in runs
        }


def _known(
    experiment: ExperimentFolder,
    declared: Declared,
    standings: list[RunStanding],
    problems: tuple[str, ...],
) -> Known:
    versions = {standing: standing.version for standing in standings}
    shown = of_version(versions, declared.version)
    counted = [
        standing
        for standing in standings
        if not standing.state.ended or standing in shown
    ]
    over = bool(standings) and all(standing.state.ended for standing in standings)
    finished = max(map(end_of, shown)) if over else None
    verdicts = recorded_verdicts(declared, [one.run.label for one in shown])
    pending = [Outcome.PENDING] * len(declared.predictions)
    broken = [standing for standing in shown if standing.state in _BROKEN]
    origin = _origin(standings)
    row = ExperimentRow(
        experiment=experiment.path.name,
        number=experiment.number,
        name=experiment.name,
        conclusion=declared.conclusion,
        **_declared(declared),
        verdicts=(verdicts if over else None) or pending,
        tainted=sum(one.run.label in declared.taints for one in shown),
        states=dict(Counter(str(standing.state) for standing in counted)),
        created=_created(declared, standings),
        ended="" if finished is None else _iso(finished),
        progress=None if over else _progress(standings),
        reason=next(filter(None, (one.reason() for one in broken)), ""),
        notebook=origin.notebook if origin else "",
        cell=origin.cell if origin else "",
    )
    return Known(
        row=row,
        runs={standing.run.label: standing.state for standing in standings},
        finished=finished,
        failed=bool(broken),
        problems=(*problems, *declared.problems, *_damaged(standings)),
        judged=not over or verdicts is not None or not pending,
        busy=tuple(merged(filter(None, map(_span, standings)))),
        probabilities=_probabilities(declared, shown) if over else (),
        settled=over and all(standing.settled for standing in standings),
    )


def recorded_verdicts(declared: Declared, labels: list[str]) -> list[Outcome] | None:
    """Look up what was recorded when these runs had ended; None if nothing was."""
    for event in reversed(declared.events):
        if event.kind in (EventKind.TAINTED, EventKind.CLEARED):
            # What was recorded before rests on other runs.
            return None
        if event.kind is not EventKind.VERDICT:
            continue
        try:
            same = event.data["version"] == declared.version
            if not same or set(event.data["runs"]) != set(labels):
                return None
            return [Outcome(one["outcome"]) for one in event.data["verdicts"]]
        except (KeyError, TypeError, ValueError):
            return None
    return None


def _probabilities(
    declared: Declared, shown: list[RunStanding]
) -> tuple[float | None, ...]:
    if not declared.predictions:
        return ()
    first = min((one.exit.time for one in shown if one.exit), default="")
    late = any(
        event.kind is EventKind.AMENDED
        and first
        and event.time > first
        and "predict" in event.data.get("changed", ())
        for event in declared.events
    )
    return () if late else tuple(map(_probability, declared.predictions))


def _probability(text: str) -> float | None:
    try:
        return prediction.parse(text).probability
    except PredictionError:
        return None


def _declared(declared: Declared) -> dict[str, Any]:
    texts = {
        key: str(declared.header.get(key) or "")
        for key in ("question", "why", "hypothesis")
    }
    tags = declared.header.get("tags") or ()
    return {**texts, "tags": [str(tag) for tag in tags]}


def _created(declared: Declared, standings: list[RunStanding]) -> str:
    if declared.events:
        return declared.events[0].time
    created = [one.record.created for one in standings if one.record]
    return min(created, default="")


def _origin(standings: list[RunStanding]) -> RunRecord | None:
    """Record of the last run that has one."""
    recorded = (one.record for one in reversed(standings) if one.record)
    return next(recorded, None)


def _progress(standings: list[RunStanding]) -> Progress | None:
    """Tell how far the run has come; of several, how many and until all have ended.

    The numbers are those of the view of the experiment.
    """
    runs = [_drawn(one) for one in standings]
    found = [run.progress for run in runs if run.progress is not None]
    if not found or len(runs) == 1:
        return found[0] if found else None
    done = sum(1.0 if run.state.ended else progress_share(run) or 0.0 for run in runs)
    return Progress(done=done, total=len(runs), remaining=time_left(runs))


def _drawn(standing: RunStanding) -> RunView:
    """A run, as far as its time and its progress go."""
    running = standing.state is RunState.RUNNING
    return RunView(
        id="",
        label=standing.run.label,
        state=standing.state,
        progress=read_progress(standing.run) if running else None,
        seconds=standing.seconds(),
    )


def _span(standing: RunStanding) -> Interval | None:
    seconds = standing.exit.seconds if standing.exit else None
    if seconds is None:
        return None
    end = end_of(standing)
    return end - seconds, end


def end_of(standing: RunStanding) -> float:
    """When a run ended; for one that was lost, when it was last heard of."""
    if standing.exit is not None:
        try:
            return datetime.fromisoformat(standing.exit.time).timestamp()
        except ValueError:
            return 0.0
    begun = standing.started()
    times = [begun.timestamp() if begun else 0.0]
    for path in (standing.run.output, standing.run.metrics):
        try:
            times.append(path.stat().st_mtime)
        except OSError:
            continue
    return max(times)


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def _damaged(standings: list[RunStanding]) -> list[str]:
    return [standing.problem for standing in standings if standing.problem]
