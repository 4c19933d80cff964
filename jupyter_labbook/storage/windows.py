"""What the words for hours mean to this user: their names, and their time zone."""

from __future__ import annotations

import warnings
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.model import window_syntax
from jupyter_labbook.model.window import Idle, Now
from jupyter_labbook.storage.settings import WINDOWS

if TYPE_CHECKING:
    from jupyter_labbook.model.window import Window
    from jupyter_labbook.storage.settings import UserSettings


_TIMELESS: Final[dict[str, Window]] = {"now": Now(), "idle": Idle()}
"""What needs no zone, and so starts where there is none."""


def window(settings: UserSettings, when: str) -> Window:
    """Read what stands behind ``when``: a name, or hours.

    Parameters
    ----------
    settings
        Whose names come before those that everybody has.
    when
        As a person wrote it.

    Raises
    ------
    InvalidInputError
        It is neither, never opens or overlaps itself; or the zone is unknown.
    """
    if when.strip().lower() in _TIMELESS and when not in settings.windows:
        return _TIMELESS[when.strip().lower()]
    named = {name.lower(): hours for name, hours in settings.windows.items()}
    return _window(when, settings.zone, tuple(sorted({**WINDOWS, **named}.items())))


def focus(settings: UserSettings) -> Window | None:
    """Read the hours in which the machine is its owner's; None if there are none.

    Raises
    ------
    InvalidInputError
        They are not written as hours.
    """
    return window(settings, settings.focus.hours) if settings.focus.hours else None


def zone(settings: UserSettings) -> ZoneInfo:
    """Find the time zone whose hours are meant.

    Raises
    ------
    InvalidInputError
        There is none of the name that the settings give, or the machine has none.
    """
    return _zone(settings.zone)


def refresh() -> None:
    """Ask the machine anew for its zone: a laptop travels while it sleeps."""
    _of_the_machine.cache_clear()
    _window.cache_clear()


@lru_cache(maxsize=256)
def _window(when: str, name: str, named: tuple[tuple[str, str], ...]) -> Window:
    return window_syntax.parse(when, _zone(name), dict(named))


def _zone(name: str) -> ZoneInfo:
    if not name:
        return _of_the_machine()
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, ZoneInfoNotFoundError) as error:
        # A folder of the database, a way out of it, or nothing.
        raise InvalidInputError(
            f"There is no time zone {name!r}: give `zone` in your settings a name such "
            "as Europe/Berlin, or leave it out to use this machine's."
        ) from error


@cache
def _of_the_machine() -> ZoneInfo:
    import tzlocal

    try:
        with warnings.catch_warnings():
            # It says that it found none and takes UTC, as the machine does.
            warnings.simplefilter("ignore")
            found = tzlocal.reload_localzone()
    except (OSError, ValueError, ZoneInfoNotFoundError) as error:
        raise InvalidInputError(
            "This machine does not say in which time zone it is: set `zone` in your "
            "settings to a name such as Europe/Berlin."
        ) from error
    return found if isinstance(found, ZoneInfo) else ZoneInfo("UTC")
