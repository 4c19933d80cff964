"""The verbs ``morning`` and ``evening``: what happened, and what could happen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions import notifying, reminding
from jupyter_labbook.actions.digest import mark_read, read_digest
from jupyter_labbook.actions.evening import look_ahead
from jupyter_labbook.actions.verbs.answer import Answer
from jupyter_labbook.errors import InvalidInputError, StorageError
from jupyter_labbook.execution.clock import SystemClock
from jupyter_labbook.model.half_day import Half
from jupyter_labbook.runtime import files
from jupyter_labbook.storage import windows
from jupyter_labbook.storage.settings import user_settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from jupyter_labbook.execution.clock import Clock
    from jupyter_labbook.storage.labbook import LabbookFolder
    from jupyter_labbook.storage.settings import UserSettings

_UNITS: Final = {"h": "hours", "d": "days", "w": "weeks"}
_YEARS: Final = (1970, 9998)
_STDOUT: Final = "-"


def configure(
    morning: argparse.ArgumentParser, evening: argparse.ArgumentParser
) -> None:
    """Declare the arguments of both verbs."""
    morning.add_argument(
        "--since",
        metavar="WHEN",
        help="2026-11-20, 2026-11-20T18:00, 12h, 3d, 2w; "
        "by default since you last read it",
    )
    for parser in (morning, evening):
        parser.add_argument(
            "--html", metavar="FILE", help="write a page; - for standard output"
        )
        parser.add_argument(
            "--markdown", metavar="FILE", help="write Markdown; - for standard output"
        )
        parser.add_argument(
            "--notify", action="store_true", help="tell it as your settings say"
        )


def morning(
    labbook: LabbookFolder, args: argparse.Namespace, clock: Clock | None = None
) -> Answer:
    """Tell what happened since the last digest was read."""
    from jupyter_labbook.rendering.digest_html import digest_html, digest_page
    from jupyter_labbook.rendering.digest_json import digest_json
    from jupyter_labbook.rendering.digest_markdown import digest_markdown
    from jupyter_labbook.rendering.digest_text import digest_text
    from jupyter_labbook.rendering.digest_words import headline

    settings, moment = user_settings(), (clock or SystemClock()).now()
    since = None
    if args.since:
        since = parse_since(args.since, moment.astimezone(windows.zone(settings)))
    digest = read_digest(labbook, settings, moment, since)
    told = _Told(
        headline(digest),
        digest_json(digest),
        lambda: digest_text(digest, args.width),
        lambda: digest_markdown(digest),
        lambda: digest_html(digest, prefix="%"),
        lambda: digest_page(digest),
    )
    if args.notify:
        reminding.note_told(labbook, Half.MORNING)
        return _notified(told, settings, silent=digest.quiet or bool(digest.read))
    if args.html or args.markdown:
        return _written(told, args)
    if since is None and digest.experiments and not args.json:
        # What was shown to a person has been read.
        mark_read(labbook, digest)
    return _shown(told)


def evening(
    labbook: LabbookFolder, args: argparse.Namespace, clock: Clock | None = None
) -> Answer:
    """Tell how full tonight is, and what could fill it."""
    from jupyter_labbook.rendering import evening as drawn

    settings, moment = user_settings(), (clock or SystemClock()).now()
    found = look_ahead(labbook, settings, moment)
    told = _Told(
        drawn.evening_headline(found),
        drawn.evening_json(found),
        lambda: drawn.evening_text(found, args.width),
        lambda: drawn.evening_markdown(found),
        lambda: drawn.evening_html(found, prefix="%"),
        lambda: drawn.evening_page(found),
    )
    if args.notify:
        reminding.note_told(labbook, Half.EVENING)
        return _notified(told, settings, silent=False)
    return _written(told, args) if args.html or args.markdown else _shown(told)


def parse_since(text: str, moment: datetime) -> datetime:
    """Understand from when on is meant.

    Parameters
    ----------
    text
        A day, a moment, or how long ago: ``12h``, ``3d``, ``2w``.
    moment
        The present, in the zone that is meant.

    Raises
    ------
    InvalidInputError
        It is none of them.
    """
    given = _moment(text.strip(), moment)
    # Outside of these years some zone's clock has no name for it.
    if given is None or not _YEARS[0] <= given.year <= _YEARS[1]:
        raise InvalidInputError(
            f"{text!r} is no moment: write a day such as {moment:%Y-%m-%d}, a moment "
            f"such as {moment:%Y-%m-%dT%H:%M}, or how long ago, such as 12h, 3d, 2w."
        )
    return given if given.tzinfo else given.replace(tzinfo=moment.tzinfo)


def _moment(text: str, now: datetime) -> datetime | None:
    ago = re.fullmatch(r"(\d{1,5})\s*([hdw])", text.lower())
    try:
        if ago:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        return datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class _Told:
    """One thing to tell, in every form; most of them are made only when wanted."""

    headline: str
    data: dict[str, object]
    text: Callable[[], str]
    markdown: Callable[[], str]
    html: Callable[[], str]
    page: Callable[[], str]


def _shown(told: _Told) -> Answer:
    text = told.text()
    return Answer(
        text=text.rstrip("\n"),
        data=told.data,
        page=lambda: {"text/html": told.html(), "text/plain": text},
    )


def _written(told: _Told, args: argparse.Namespace) -> Answer:
    said = []
    for target, form in ((args.html, told.page), (args.markdown, told.markdown)):
        if target == _STDOUT:
            said.append(form().rstrip("\n"))
        elif target:
            path = Path(target).expanduser().absolute()
            try:
                files.replace(path, form().encode("utf-8", "replace"))
            except OSError as error:
                raise StorageError(
                    f"{path} cannot be written ({error.strerror}); name another file."
                ) from error
            said.append(f"{told.headline} Written to {path}")
    return Answer(text="\n".join(said), data=told.data)


def _notified(told: _Told, settings: UserSettings, *, silent: bool) -> Answer:
    if silent:
        return Answer(text="There is nothing to tell.", data=told.data)
    notice = notifying.Notice("Labbook", told.headline, told.markdown(), told.data)
    done = notifying.tell(notice, settings.digest)
    ways = " and ".join(done.ways)
    lines = [f"Told by {ways}: {told.headline}" if ways else told.headline]
    if not ways and not done.problems:
        lines.append(
            "Nobody was told: this machine has no desktop that shows notifications; "
            "set `command` or `webhook` under [digest] in your settings."
        )
    return Answer(
        text="\n".join([*lines, *done.problems]),
        data=told.data,
        exit_code=1 if done.problems else 0,
    )
