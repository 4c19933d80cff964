"""Runs that did not start although their hours had come, and why."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions.nightly import local, subject
from jupyter_labbook.actions.standing import RunStanding
from jupyter_labbook.errors import LabbookError
from jupyter_labbook.execution import sentences
from jupyter_labbook.execution.asking import Reason
from jupyter_labbook.insight.opening import length, merged, opening, overlap
from jupyter_labbook.model.digest import Delay
from jupyter_labbook.model.night import NightKind
from jupyter_labbook.model.run import RunState
from jupyter_labbook.storage import run_state, windows
from jupyter_labbook.storage.labbook import ExperimentFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jupyter_labbook.actions.known import Known
    from jupyter_labbook.insight.opening import Interval
    from jupyter_labbook.model.digest import Absence
    from jupyter_labbook.model.night import NightEvent
    from jupyter_labbook.model.run import Ticket
    from jupyter_labbook.storage.labbook import LabbookFolder
    from jupyter_labbook.storage.settings import UserSettings

_UNSTARTED: Final = (RunState.WAITING, RunState.HELD)
_OF_THE_CLOCK: Final = ("", Reason.READY, Reason.WINDOW, Reason.FOCUS)
"""Reasons that say only that it was not yet, or no longer, time."""


class Delays:
    """Finds out why runs have not been started.

    Parameters
    ----------
    labbook, settings
        Where, and what windows mean there.
    events
        What the dispatcher wrote down in the period.
    absences
        When nobody served the queue.
    period
        From when until when.
    """

    def __init__(
        self,
        labbook: LabbookFolder,
        settings: UserSettings,
        events: Iterable[NightEvent],
        absences: Sequence[Absence],
        period: tuple[datetime, datetime],
    ) -> None:
        self._labbook = labbook
        self._settings = settings
        self._absences = absences
        self._begin, self._moment = period
        self._blocked: dict[str, list[NightEvent]] = defaultdict(list)
        for event in events:
            if event.kind is NightKind.BLOCKED:
                self._blocked[event.run].append(event)

    def of(self, known: Iterable[Known]) -> list[Delay]:
        """Tell of every run that waits although it could have been started."""
        found: list[Delay] = []
        for one in known:
            unstarted = [label for label in one.runs if one.runs[label] in _UNSTARTED]
            if unstarted:
                with suppress(LabbookError):
                    found += self._of(one, unstarted)
        return found

    def _of(self, known: Known, unstarted: list[str]) -> Iterator[Delay]:
        folder = self._labbook.path / "experiments" / known.row.experiment
        alike: dict[tuple[str, str], Delay] = {}
        for run in ExperimentFolder(folder).runs():
            if run.label not in unstarted:
                continue
            standing = RunStanding(run)
            ticket = run_state.read_ticket(run)
            if ticket is None:
                continue
            standing.poll()
            why = self._why(standing, ticket)
            if why is None:
                continue
            sentence, told = why
            key = ticket.when, sentence
            before = alike.get(key)
            alike[key] = Delay(
                subject=subject(known),
                state=standing.state,
                runs=[*(before.runs if before else ()), run.label],
                when=ticket.when,
                sentence=sentence,
                told=told,
            )
        yield from alike.values()

    def _why(self, standing: RunStanding, ticket: Ticket) -> tuple[str, str] | None:
        """Say why a run has not been started, and when; None if that is as it is."""
        if standing.state is RunState.HELD:
            return standing.reason(), ""
        place = f"experiments/{standing.run.experiment.name}/runs/{standing.run.label}"
        events = self._blocked[place]
        telling = [event for event in events if event.reason not in _OF_THE_CLOCK]
        if ticket.when == "now":
            # That it waits for a slot is how things are in a queue.
            telling = [event for event in telling if event.reason != Reason.SLOT]
        if telling:
            last = telling[-1]
            return last.detail, local(last.time.timestamp(), self._moment)
        if ticket.held:
            return sentences.HELD, ""
        return self._missed(ticket)

    def _missed(self, ticket: Ticket) -> tuple[str, str] | None:
        """Look whether its window was open while nobody served the queue."""
        try:
            window = windows.window(self._settings, ticket.when)
        except LabbookError as error:
            return sentences.no_window(ticket.when, error), ""
        if ticket.when == "now":
            return None
        since = self._begin
        with suppress(ValueError):
            since = max(since, datetime.fromisoformat(ticket.since or ticket.submitted))
        open_ = opening(window, since, self._moment)
        away = merged(map(_interval, self._absences))
        if not overlap(open_, away):
            return None
        whole = overlap(open_, away) > 0.9 * length(merged(open_))
        part = "" if whole else "most of " if _most(open_, away) else "part of "
        sentence = (
            f"Nobody served the queue during {part}{window.label}: the machine slept, "
            "was off, or somebody ended what serves it."
        )
        return sentence, ""


def _most(open_: list[Interval], away: list[Interval]) -> bool:
    return overlap(open_, away) > 0.5 * length(merged(open_))


def _interval(absence: Absence) -> Interval:
    begin, end = map(datetime.fromisoformat, (absence.begin, absence.end))
    return begin.timestamp(), end.timestamp()
