"""Verbs for the evening: preflight, ablate."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_labbook.actions import ablating, preflight
from jupyter_labbook.actions.preflight import stored
from jupyter_labbook.actions.verbs import places
from jupyter_labbook.actions.verbs.answer import Answer
from jupyter_labbook.errors import InvalidInputError, LabbookError
from jupyter_labbook.model.preflight import Check
from jupyter_labbook.rendering.formats import counted
from jupyter_labbook.rendering.preflight import preflight_html, preflight_text
from jupyter_labbook.storage import records

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from jupyter_labbook.model.preflight import Preflight
    from jupyter_labbook.storage.labbook import LabbookFolder


def configure(made: Mapping[str, argparse.ArgumentParser]) -> None:
    """Declare what the verbs take."""
    look = made["preflight"]
    look.add_argument(
        "subject",
        nargs="?",
        default="",
        metavar="BATCH|NAME",
        help="a batch or an experiment; by default everything that waits",
    )
    known = ", ".join(Check)
    for flag, does in (("--only", "look into these alone"), ("--skip", "leave out")):
        look.add_argument(
            flag, action="append", default=[], metavar="CHECK", help=f"{does}: {known}"
        )
    ablate = made["ablate"]
    ablate.add_argument("name", metavar="NAME", help="an experiment, by name or number")
    ablate.add_argument(
        "factors", nargs="*", metavar="FACTOR", help="by default all that are missing"
    )
    ablate.add_argument(
        "--when", default="", help="a window; by default that of the other runs"
    )


def look(labbook: LabbookFolder, args: argparse.Namespace) -> Answer:
    """Say what would spoil the night, each with the command that mends it."""
    only, skip = _checks(args.only), _checks(args.skip)
    checks = [one for one in only or Check if one not in skip]
    told = _Steps()
    try:
        found = preflight.check(labbook, args.subject, checks, told.say)
    finally:
        told.clear()
    _keep(labbook, found)
    text = preflight_text(found, args.width)
    return Answer(
        text=text,
        page=lambda: {"text/html": preflight_html(found), "text/plain": text},
        data={**records.to_builtins(found), "clear": found.clear},
        exit_code=0 if found.clear else 1,
    )


def _keep(labbook: LabbookFolder, found: Preflight) -> None:
    """Let views show what was found, if everything was looked into."""
    if found.checks != tuple(Check):
        return
    # Who only reads must not fail for want of a place to write.
    with suppress(LabbookError, OSError):
        for name in found.experiments:
            experiment = labbook.experiment(name)
            stored.keep([experiment], found)
            experiment.preflight_asked.unlink(missing_ok=True)


def _checks(words: list[str]) -> list[Check]:
    names = [name for word in words for name in word.split(",") if name]
    for name in names:
        if name not in list(Check):
            raise InvalidInputError(
                f"There is no check {name!r}: the checks are {', '.join(Check)}."
            )
    return [Check(name) for name in names]


class _Steps:
    """Tells who waits at a terminal what is being done."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def say(self, step: str) -> None:
        """Show a step in place of the one before."""
        if self._shown:
            sys.stderr.write(f"\r\x1b[K{step} ...")
            sys.stderr.flush()

    def clear(self) -> None:
        """Leave nothing behind."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def ablate(labbook: LabbookFolder, args: argparse.Namespace) -> Answer:
    """Queue the runs without one factor each that are missing."""
    experiment = places.whole(labbook, args.name)
    factors = tuple(args.factors)
    new = ablating.queue(labbook, experiment, factors, when=args.when)
    labels = [places.label(run) for run in new]
    if not new:
        text = f"Nothing is missing: every factor of {experiment.name} is also off."
    else:
        text = f"{counted(len(new), 'run')} queued: {', '.join(labels)}."
    return Answer(text=text, data={"name": experiment.name, "runs": labels})
