"""Why a run waits, as a person would say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from jupyter_labbook.errors import LabbookError
    from jupyter_labbook.model.run import RunState

HELD = "It is held until you release it."
BUSY = "It waits until the machine has had little to do for a while."
DISK_FULL = "The disk of this labbook is full; it goes on when there is room."
WANTED = "It only fills up, and a run of another labbook is about to start."
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_GIBIBYTE = 2**30


def paused(why: str) -> str:
    """Say that nothing starts."""
    return f"The queue is paused: {why}"


def after(name: str) -> str:
    """Say that another run comes first."""
    return f"It waits for {name} to end."


def after_gone(name: str) -> str:
    """Say that the run which comes first will never end."""
    return f"It waits for {name}, which is gone; run it now, or cancel it."


def after_failed(name: str, state: RunState) -> str:
    """Say that the run which comes first ended otherwise than it should."""
    return (
        f"It waits for {name} to finish, which is {state}; rerun that one, run this "
        "one now, or cancel it."
    )


def no_window(when: str, error: LabbookError) -> str:
    """Say that nobody knows what its window means any more."""
    return f"It waits for `{when}`, which is no window any more. {error}"


def never_opens(label: str) -> str:
    """Say that its window has no hours to come."""
    return f"It waits for {label}, which never opens; move it to another window."


def closed(label: str, opens: datetime, moment: datetime, zone: ZoneInfo) -> str:
    """Say when its window opens."""
    return f"It waits for {label}, which opens {when(opens, moment, zone)}."


def focus(ends: datetime | None, moment: datetime, zone: ZoneInfo) -> str:
    """Say that the machine is its owner's for now."""
    until = f" until {when(ends, moment, zone)}" if ends else ""
    return f"These are your focus hours{until}, in which only `now` starts."


def does_not_fit(
    seconds: float,
    label: str,
    opens: datetime,
    moment: datetime,
    zone: ZoneInfo,
) -> str:
    """Say that what is left of its window is too short."""
    return (
        f"It may take {duration(seconds)}, longer than what is left of {label}; it "
        f"starts {when(opens, moment, zone)}."
    )


def overruns(seconds: float, label: str) -> str:
    """Say that it starts although no stretch of its window is long enough."""
    return (
        f"It may take {duration(seconds)}, longer than {label} ever lasts, so it "
        "starts at the opening and will still run after the end."
    )


def too_late(
    seconds: float,
    label: str,
    opens: datetime | None,
    moment: datetime,
    zone: ZoneInfo,
) -> str:
    """Say that it is too late in its window for a run that no stretch can hold."""
    then = f" {when(opens, moment, zone)}" if opens else ""
    return (
        f"It may take {duration(seconds)}, longer than {label} ever lasts; it starts "
        f"at the next opening{then}, and will still run after the end."
    )


def never_fits_and_stops(seconds: float, label: str) -> str:
    """Say that it would be stopped before its end, whenever it started."""
    return (
        f"It may take {duration(seconds)}, longer than {label} ever lasts, and would "
        "be stopped: give it a longer window, let it finish, or make it resumable."
    )


def more_than_there_is(what: str, number: int, there: int) -> str:
    """Say that it asks for more than this machine will ever have free."""
    return (
        f"It asks for {_amount(what, number)}, and runs may have "
        f"{_amount(what, there) if there else 'none'} on this machine."
    )


def lacks(what: str, number: int) -> str:
    """Say what it lacks."""
    return f"It waits for {_amount(what, number)} to become free."


def _amount(what: str, number: int) -> str:
    if what == "memory":
        return f"{number / _GIBIBYTE:.3g} GiB of memory"
    one, several = _NOUNS[what]
    return f"{number} {one if number == 1 else several}"


_NOUNS = {
    "slot": ("slot", "slots"),
    "gpu": ("GPU", "GPUs"),
    "cores": ("core", "cores"),
}


def run_name(place: str) -> str:
    """Name a run as verbs do: ``wider-forest/003``."""
    match place.split("/"):
        case ["experiments", experiment, "runs", run]:
            return f"{experiment.partition('-')[2] or experiment}/{run}"
    return place


def when(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Write a moment to come by the clock on the wall: ``on Saturday at 10:00``."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    days = (local.date() - today.date()).days
    clock = f"{local:%H:%M}"
    if days == 0:
        return f"at {clock}"
    if days == 1:
        return f"tomorrow at {clock}"
    if 0 < days < 7:  # noqa: PLR2004  # days of a week
        return f"on {local:%A} at {clock}"
    return f"on {local:%Y-%m-%d} at {clock}"


def duration(seconds: float) -> str:
    """Write how long something takes, roughly: ``50 s``, ``12 min``, ``3 h 20 min``."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    minutes = round(seconds / _MINUTE)
    if minutes < _HOUR // _MINUTE:
        return f"{minutes} min"
    if seconds < 2 * _DAY:
        hours, minutes = divmod(minutes, 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{seconds / _DAY:.1f} days"
