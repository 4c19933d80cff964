"""Telling the owner of the night, at the times of their settings.

Started with ``-m`` and the labbook's folder; whoever has told before is asked first.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions import notifying
from jupyter_labbook.execution.clock import SystemClock
from jupyter_labbook.execution.reminding import this_half
from jupyter_labbook.model.half_day import Half
from jupyter_labbook.storage import told_mark
from jupyter_labbook.storage.labbook import LabbookFolder
from jupyter_labbook.storage.settings import user_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from jupyter_labbook.execution.clock import Clock
    from jupyter_labbook.model.digest import Digest, Evening
    from jupyter_labbook.storage.settings import DigestSettings, UserSettings

_NICENESS: Final = 10
_PAUSES: Final = (60.0, 600.0)
"""A network is often there a moment later, when a laptop has just woken."""


def remind(
    labbook: LabbookFolder,
    clock: Clock | None = None,
    pauses: Sequence[float] = _PAUSES,
) -> bool:
    """Tell what it is time for, unless somebody has.

    Parameters
    ----------
    labbook
        Of which is told.
    clock
        Whose moment counts; the machine's by default.
    pauses
        Seconds after which that is tried again which did not arrive. What still has
        not then is told by the digest.

    Returns
    -------
    bool
        Whether there was something to tell, and nobody else had.

    Raises
    ------
    LabbookError
        The labbook or the settings cannot be read.
    """
    settings, moment = user_settings(), (clock or SystemClock()).now()
    now = this_half(settings, moment)
    if now is None or not told_mark.claim(labbook.path, now):
        return False
    make = {Half.MORNING: _morning, Half.EVENING: _evening}[now.half]
    notice = make(labbook, settings, moment)
    if notice is not None:
        problems = _tell(notice, settings.digest, pauses)
        told_mark.note_problems(labbook.path, problems)
    return notice is not None


def _tell(
    notice: notifying.Notice, settings: DigestSettings, pauses: Sequence[float]
) -> tuple[str, ...]:
    """Tell a notice, each way once; why some never worked."""
    telling = notifying.tell(notice, settings)
    for pause in pauses:
        if not telling.problems:
            break
        time.sleep(pause)
        # A desktop that could not show it will not be there in a minute.
        settings = replace(
            settings,
            notify=False,
            command=[] if "command" in telling.ways else settings.command,
            webhook="" if "webhook" in telling.ways else settings.webhook,
        )
        telling = notifying.tell(notice, settings)
    return telling.problems


def note_told(labbook: LabbookFolder, half: Half) -> None:
    """Remember that somebody was told by a command, so that it is not told again."""
    now = this_half(user_settings(), SystemClock().now())
    if now is not None and now.half is half:
        told_mark.claim(labbook.path, now)


def _morning(
    labbook: LabbookFolder, settings: UserSettings, moment: datetime
) -> notifying.Notice | None:
    from jupyter_labbook.actions.digest import read_digest

    digest = read_digest(labbook, settings, moment)
    # What was read, or is nothing, is told to nobody.
    return None if digest.quiet or digest.read else morning_notice(digest)


def _evening(
    labbook: LabbookFolder, settings: UserSettings, moment: datetime
) -> notifying.Notice | None:
    from jupyter_labbook.actions.evening import look_ahead

    found = look_ahead(labbook, settings, moment)
    return evening_notice(found) if found.experiments else None


def morning_notice(digest: Digest) -> notifying.Notice:
    """Write a digest for whoever is not looking."""
    from jupyter_labbook.rendering.digest_json import digest_json
    from jupyter_labbook.rendering.digest_markdown import digest_markdown
    from jupyter_labbook.rendering.digest_words import headline

    said = headline(digest)
    return notifying.Notice(
        "Labbook", said, digest_markdown(digest), digest_json(digest)
    )


def evening_notice(found: Evening) -> notifying.Notice:
    """Write what tonight is used for, and what could fill it."""
    from jupyter_labbook.rendering import evening as drawn

    said = drawn.evening_headline(found)
    if found.suggestions:
        said += f" What could fill it: {found.suggestions[0].sentence}"
    return notifying.Notice(
        "Labbook", said, drawn.evening_markdown(found), drawn.evening_json(found)
    )


def main() -> None:
    """Tell what it is time for in the labbook that the first argument names."""
    os.nice(_NICENESS)
    remind(LabbookFolder(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
