"""What became of the runs of a night, and how much of it was made use of."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions.known import end_of
from jupyter_labbook.actions.outputs import read_tail
from jupyter_labbook.actions.standing import RunStanding
from jupyter_labbook.errors import LabbookError
from jupyter_labbook.insight.opening import length, merged, opening, overlap
from jupyter_labbook.model.digest import Absence, Failure, Hours, Subject
from jupyter_labbook.model.night import NightKind
from jupyter_labbook.model.run import RunState
from jupyter_labbook.storage import run_state, windows
from jupyter_labbook.storage.labbook import ExperimentFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_labbook.actions.known import Known
    from jupyter_labbook.insight.opening import Interval
    from jupyter_labbook.model.night import NightEvent
    from jupyter_labbook.storage.labbook import LabbookFolder
    from jupyter_labbook.storage.settings import UserSettings

NIGHT: Final = "tonight"
"""The window whose hours are counted."""
TAIL_LINES: Final = 8
_SHORTEST_ABSENCE: Final = 600.0
_BROKEN: Final = (RunState.FAILED, RunState.LOST)


def subject(known: Known) -> Subject:
    """Name what a part of the digest is about."""
    row = known.row
    return Subject(
        experiment=row.experiment,
        number=row.number,
        name=row.name,
        question=row.question,
        why=row.why,
    )


def failures(
    labbook: LabbookFolder, known: Iterable[Known], begin: datetime
) -> list[Failure]:
    """Collect the runs that failed or were lost since a moment, newest first.

    Those of one experiment that ended in the same way are told of together.
    """
    after = begin.timestamp()
    found: list[tuple[float, Failure]] = []
    for one in known:
        broken = [label for label, state in one.runs.items() if state in _BROKEN]
        if broken and (one.finished is None or one.finished > after):
            with suppress(LabbookError):
                found += _failures(labbook, one, broken, begin)
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [failure for _, failure in found]


def _failures(
    labbook: LabbookFolder, known: Known, broken: list[str], begin: datetime
) -> Iterator[tuple[float, Failure]]:
    folder = ExperimentFolder(labbook.path / "experiments" / known.row.experiment)
    alike: dict[tuple[RunState, str], list[RunStanding]] = {}
    runs = [RunStanding(run) for run in folder.runs()]
    for standing in runs:
        if standing.run.label in broken:
            standing.poll()
            if end_of(standing) > begin.timestamp():
                key = standing.state, standing.reason()
                alike.setdefault(key, []).append(standing)
    for (state, reason), group in alike.items():
        ids = {one.record.id for one in group if one.record}
        followers = [
            one.run.label
            for one in runs
            if one.record and {one.record.continues, one.record.reruns} & ids
        ]
        end = max(map(end_of, group))
        yield (
            end,
            Failure(
                subject=subject(known),
                state=state,
                runs=[one.run.label for one in group],
                reason=reason,
                ended=local(end, begin),
                tail=_tail(group[0]),
                followed=followers,
            ),
        )


def _tail(standing: RunStanding) -> list[str]:
    from jupyter_labbook.rendering.log_tail import plain, tail_lines
    from jupyter_labbook.rendering.tracebacks import own_frames

    lines = tail_lines(own_frames(read_tail(standing.run.output)), TAIL_LINES)
    return [plain(line).rstrip() for line in lines]


def absences(events: Iterable[NightEvent], begin: datetime) -> list[Absence]:
    """List when nobody served the queue for more than a few minutes."""
    spans: list[Interval] = []
    for event in events:
        if event.kind is NightKind.GAP:
            with suppress(ValueError):
                left = datetime.fromisoformat(event.detail).timestamp()
                spans.append((left, event.time.timestamp()))
    return [
        Absence(local(left, begin), local(back, begin))
        for left, back in merged(spans)
        if back - left >= _SHORTEST_ABSENCE
    ]


def hours(
    labbook: LabbookFolder,
    settings: UserSettings,
    known: Iterable[Known],
    period: tuple[datetime, datetime],
) -> Hours:
    """Count how long the nights of a period were, and how long runs executed in them.

    Raises
    ------
    InvalidInputError
        The settings give the night hours that are none, or an unknown zone.
    """
    begin, end = period
    there = merged(opening(windows.window(settings, NIGHT), begin, end))
    busy: list[Interval] = []
    for one in known:
        busy += one.busy
        if one.running:
            busy += _running(labbook, one, end)
    return Hours(NIGHT, length(there), overlap(there, busy))


def _running(labbook: LabbookFolder, known: Known, end: datetime) -> Iterator[Interval]:
    folder = labbook.path / "experiments" / known.row.experiment
    for run in ExperimentFolder(folder).runs():
        if known.runs.get(run.label) is RunState.RUNNING:
            with suppress(LabbookError, ValueError):
                started = run_state.read_started(run)
                if started is not None:
                    begun = datetime.fromisoformat(started.time)
                    yield begun.timestamp(), end.timestamp()


def local(moment: float, like: datetime) -> str:
    """Write a Unix time in the zone of another moment."""
    there = datetime.fromtimestamp(moment, like.tzinfo)
    return there.isoformat(timespec="seconds")
