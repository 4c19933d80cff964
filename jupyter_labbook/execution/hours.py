"""Whether a run's hours have come: its window, those before it, the owner's own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.execution import sentences
from jupyter_labbook.execution.asking import Decision, Machine, Reason, Waiting
from jupyter_labbook.model.run import AtEnd, RunState, Ticket
from jupyter_labbook.model.window import After, Idle, Now, Stretch

if TYPE_CHECKING:
    from datetime import datetime

    from jupyter_labbook.model.window import Window

_SLACK: Final = 60.0
"""Seconds that a run may take longer than its window: nobody is there to the second."""
_AHEAD: Final = timedelta(days=9)
"""How far ahead is looked for a stretch that is long enough: a week and its ends."""


class Hours:
    """What does not depend on who else waits: windows, predecessors, the owner."""

    def __init__(self, state: Machine) -> None:
        self._state = state
        self._windows: dict[str, Window] = {}
        self._stretches: dict[tuple[str, datetime | None], list[Stretch]] = {}

    def judge(self, one: Waiting) -> tuple[Decision, bool]:
        """Decide as if nobody else waited; and whether no stretch is long enough."""
        ticket = one.ticket
        if blocked := self._standing(ticket) or self._after(ticket):
            return Decision(one.place, False, *blocked), False
        try:
            window = self._window(ticket.when)
        except InvalidInputError as error:
            told = sentences.no_window(ticket.when, error)
            return Decision(one.place, False, Reason.WINDOW, told), False
        if isinstance(window, Idle):
            decision, longest = self._idle(one), False
        else:
            decision, longest = self._timed(one, window)
        if decision.start and (hindered := self._hindered(window)):
            return Decision(one.place, False, *hindered), False
        return decision, longest

    def _standing(self, ticket: Ticket) -> tuple[Reason, str] | None:
        """What a person has decided."""
        if ticket.held:
            return Reason.HELD, sentences.HELD
        if self._state.paused:
            return Reason.PAUSED, sentences.paused(self._state.paused)
        return None

    def _hindered(self, window: Window) -> tuple[Reason, str, datetime | None] | None:
        """What keeps a run from starting in hours that are its own."""
        state = self._state
        if state.focus and not isinstance(window, Now):
            told = sentences.focus(state.focus_ends, state.moment, state.zone)
            return Reason.FOCUS, told, state.focus_ends
        if state.disk_full:
            return Reason.DISK_FULL, sentences.DISK_FULL, None
        return None

    def _idle(self, one: Waiting) -> Decision:
        if self._state.idle:
            return Decision(one.place, True, Reason.READY)
        return Decision(one.place, False, Reason.WINDOW, sentences.BUSY)

    def _after(self, ticket: Ticket) -> tuple[Reason, str] | None:
        for predecessor in ticket.after:
            state = self._state.ends.get(predecessor.run)
            name = sentences.run_name(predecessor.run)
            if state is None:
                return Reason.AFTER_FAILED, sentences.after_gone(name)
            if not state.ended:
                return Reason.AFTER, sentences.after(name)
            if predecessor.success and state is not RunState.FINISHED:
                return Reason.AFTER_FAILED, sentences.after_failed(name, state)
        return None

    def _window(self, when: str) -> Window:
        if when not in self._windows:
            self._windows[when] = self._state.window(when)
        return self._windows[when]

    def _ahead(self, one: Waiting, window: Window) -> list[Stretch]:
        """The stretch that holds the moment, if one does, and those to come."""
        # Only `after` asks when somebody began to wait; the rest opens for all at once.
        since = one.since if isinstance(window, After) else None
        key = (one.ticket.when, since)
        if key not in self._stretches:
            self._stretches[key] = _stretches(window, self._state.moment, one.since)
        return self._stretches[key]

    def _timed(self, one: Waiting, window: Window) -> tuple[Decision, bool]:
        state, place = self._state, one.place
        ahead = self._ahead(one, window)
        if not ahead:
            told = sentences.never_opens(window.label)
            return Decision(place, False, Reason.WINDOW, told), False
        now = ahead[0]
        seconds = _likely(one.ticket)
        enough = [each for each in ahead if _fits(each, state.moment, seconds)]
        longest = not enough
        told = ""
        if longest and one.ticket.at_end is AtEnd.STOP:
            told = sentences.never_fits_and_stops(seconds, window.label)
            return Decision(place, False, Reason.NEVER_FITS, told), True
        if not now.holds(state.moment):
            opens = (enough or ahead)[0].begin
            told = sentences.closed(window.label, opens, state.moment, state.zone)
            return Decision(place, False, Reason.WINDOW, told, opens), longest
        if longest:
            return self._longer_than_any(one, window, ahead, seconds), True
        if enough[0] is not now:
            opens = enough[0].begin
            told = sentences.does_not_fit(
                seconds, window.label, opens, state.moment, state.zone
            )
            return Decision(place, False, Reason.DOES_NOT_FIT, told, opens), False
        return Decision(
            place, True, Reason.READY, opens=now.begin, closes=now.end
        ), False

    def _longer_than_any(
        self, one: Waiting, window: Window, ahead: list[Stretch], seconds: float
    ) -> Decision:
        """Start it at the window's opening, so that it overruns by as little as it can.

        If it had to be then to the minute, whoever came late would wait for ever.
        """
        state, now = self._state, ahead[0]
        assert now.end is not None
        if now.end - state.moment >= (now.end - now.begin) / 2:
            told = sentences.overruns(seconds, window.label)
            return Decision(
                one.place, True, Reason.NEVER_FITS, told, now.begin, now.end
            )
        opens = ahead[1].begin if len(ahead) > 1 else None
        told = sentences.too_late(
            seconds, window.label, opens, state.moment, state.zone
        )
        return Decision(one.place, False, Reason.NEVER_FITS, told, opens)


def _stretches(window: Window, moment: datetime, since: datetime) -> list[Stretch]:
    found: list[Stretch] = []
    at = moment
    while (stretch := window.stretch(at, since)) is not None:
        found.append(stretch)
        if stretch.end is None or stretch.end > moment + _AHEAD:
            break
        at = stretch.end
    return found


def _likely(ticket: Ticket) -> float:
    """Seconds that a run needs of one stretch."""
    if ticket.expected is None or (ticket.resumable and ticket.at_end is AtEnd.STOP):
        # One that goes on in the next stretch fits into any.
        return 0.0
    timeout = ticket.launch.timeout
    high = ticket.expected.high
    return high if timeout is None else min(high, timeout)


def _fits(stretch: Stretch, moment: datetime, seconds: float) -> bool:
    if stretch.end is None:
        return True
    return (
        _SLACK + (stretch.end - max(stretch.begin, moment)).total_seconds() >= seconds
    )
