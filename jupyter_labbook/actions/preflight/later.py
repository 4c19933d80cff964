"""Pre-flight by itself, in a process of its own: whoever submits does not wait.

What is found lies in the experiments' folders, where views and digest read it. Started
with ``-m`` and the labbook's folder.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions import preflight, publishing
from jupyter_labbook.actions.preflight import stored
from jupyter_labbook.actions.preflight.stored import read
from jupyter_labbook.actions.standing import stamp
from jupyter_labbook.errors import LabbookError
from jupyter_labbook.execution import launch
from jupyter_labbook.model.preflight import Check, Severity
from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder
from jupyter_labbook.storage.settings import user_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_labbook.actions.preflight.scope import Scope
    from jupyter_labbook.model.preflight import Finding, Preflight

__all__ = ["begin", "look", "read", "serve"]

_LOWEST: Final = 19
_COMMAND: Final = (sys.executable, "-m", "jupyter_labbook.actions.preflight.later")
_OF_SCRIPTS: Final = (Check.SMOKE, Check.TESTS)
"""What takes long, and says nothing of other experiments."""
_OF_THE_QUEUE: Final = tuple(one for one in Check if one not in _OF_SCRIPTS)
_PAUSE: Final = 0.1
_LONGEST: Final = 60.0
"""Seconds for which submissions that go on and on are waited for."""


def begin(labbook: LabbookFolder, experiments: Iterable[ExperimentFolder]) -> None:
    """Let experiments be looked into, and return at once.

    Several that are begun within a short time are looked into together. A machine on
    which no process can be started is no reason to refuse what was submitted.
    """
    with suppress(LabbookError, OSError):
        if not user_settings().preflight.by_itself:
            return
        for experiment in experiments:
            stored.ask(experiment)
        # Whoever looks by now looks for notes once more when it has let go.
        if not stored.looks(labbook.path):
            around = replace(publishing.surroundings(), on_end=_COMMAND)
            launch.follow_up(labbook.path, around)


def serve(labbook: LabbookFolder) -> None:
    """Look into all experiments for which that was asked, until none is left.

    Raises
    ------
    StorageError
        The labbook cannot be read or written.
    """
    seen: dict[Path, object] = {}
    # What was asked for between the last look and letting go would be forgotten.
    while _asked(labbook, seen):
        with stored.looking(labbook) as alone:
            if not alone:
                return
            while experiments := _gathered(labbook, seen):
                _look(labbook, experiments)


def look(labbook: LabbookFolder, experiments: Iterable[ExperimentFolder]) -> Preflight:
    """Look into experiments, and leave what is found in their folders.

    What concerns the queue as a whole, such as room in its hours, is looked into for
    everything that waits for later, and left there too.

    Returns
    -------
    Preflight
        What was found about the experiments that were named.

    Raises
    ------
    StorageError
        It could not be stored.
    """
    from jupyter_labbook.actions.preflight import scope as scopes

    named = list(experiments)
    mine = scopes.of(labbook, named)
    for experiment in named:
        if experiment.name not in {one.name for one in mine.examined}:
            # Nothing of it waits any more: what was found is of no use.
            experiment.preflight.unlink(missing_ok=True)
    queue = _of_the_queue(scopes.find(labbook), mine)
    scripts = preflight.examine(mine, _OF_SCRIPTS)
    queue.learned.update(mine.learned)
    common = preflight.examine(queue, _OF_THE_QUEUE)
    names = {one.name for one in mine.examined}
    for one in queue.examined:
        before = () if one.name in names else _known(one.experiment)
        found = replace(
            common,
            runs=len(one.waiting),
            checks=tuple(Check),
            findings=_joined(scripts.findings, before, common.findings),
        )
        stored.keep([one.experiment], found)
    return replace(
        common,
        subject=_subject(mine),
        experiments=tuple(one.name for one in mine.examined),
        runs=scripts.runs,
        checks=tuple(Check),
        findings=tuple(
            one
            for one in _joined(scripts.findings, (), common.findings)
            if names
            and (not one.runs or names & {run.partition("/")[0] for run in one.runs})
        ),
    )


def _subject(mine: Scope) -> str:
    """Name what was looked into: the experiment, or the batch that all are of."""
    batches = {known.ticket.batch for _, known in mine.waiting() if known.ticket}
    if len(mine.examined) == 1:
        return mine.examined[0].name
    return batches.pop() if len(batches) == 1 else ""


def _of_the_queue(everything: Scope, mine: Scope) -> Scope:
    """Everything that waits for later, with what is looked into in any case."""
    names = {one.name for one in mine.examined}
    others = [
        one
        for one in everything.examined
        if one.name not in names
        and any(known.ticket and known.ticket.when != "now" for known in one.waiting)
    ]
    return replace(everything, examined=[*mine.examined, *others])


def _known(experiment: ExperimentFolder) -> tuple[Finding, ...]:
    """What was found about an experiment's own scripts when it was looked into."""
    with suppress(LabbookError):
        found = read(experiment)
        if found is not None:
            return tuple(one for one in found.findings if one.kind in _OF_SCRIPTS)
    return ()


def _joined(*parts: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(preflight.ordered(one for part in parts for one in part))


def _asked(
    labbook: LabbookFolder, seen: dict[Path, object]
) -> dict[ExperimentFolder, object]:
    """Find what is to be looked into, and was not by us already."""
    found: dict[ExperimentFolder, object] = {}
    for experiment in labbook.experiments():
        noted = stamp(experiment.preflight_asked)
        if noted is None or noted == seen.get(experiment.path):
            continue
        note = stored.asked(experiment)
        if note is not None and not note.trouble:
            found[experiment] = noted
    return found


def _gathered(
    labbook: LabbookFolder, seen: dict[Path, object]
) -> dict[ExperimentFolder, object]:
    """Wait until nothing more is submitted for a while; what was until then."""
    patience = user_settings().preflight.after
    give_up = time.monotonic() + _LONGEST
    since, found = time.monotonic(), _asked(labbook, seen)
    while found and time.monotonic() < min(since + patience, give_up):
        time.sleep(min(_PAUSE, patience))
        now = _asked(labbook, seen)
        if {one.path: noted for one, noted in now.items()} != {
            one.path: noted for one, noted in found.items()
        }:
            since, found = time.monotonic(), now
    seen.update({one.path: noted for one, noted in found.items()})
    return found


def _look(labbook: LabbookFolder, experiments: dict[ExperimentFolder, object]) -> None:
    try:
        found = look(labbook, experiments)
    except Exception as error:  # noqa: BLE001  # whatever it is, views say so
        told = str(error) if isinstance(error, LabbookError) else repr(error)
        for experiment in experiments:
            with suppress(LabbookError):
                stored.ask(experiment, told)
        return
    for experiment, noted in experiments.items():
        # What was submitted meanwhile is still to be looked into.
        if stamp(experiment.preflight_asked) == noted:
            experiment.preflight_asked.unlink(missing_ok=True)
    _tell(found)


def _tell(found: Preflight) -> None:
    """Tell the owner, as their settings say, if there is something to be done."""
    if all(one.severity is Severity.NOTE for one in found.findings):
        return
    from jupyter_labbook.actions import notifying
    from jupyter_labbook.rendering.preflight import (
        preflight_headline,
        preflight_markdown,
    )
    from jupyter_labbook.storage import records

    notice = notifying.Notice(
        title="Labbook",
        sentence=preflight_headline(found),
        markdown=preflight_markdown(found),
        data={"headline": preflight_headline(found), **records.to_builtins(found)},
    )
    notifying.tell(notice, user_settings().digest)


def main() -> None:
    """Look into what was asked for in the labbook that the first argument names."""
    os.nice(_LOWEST)
    serve(LabbookFolder(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
