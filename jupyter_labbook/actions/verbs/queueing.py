"""The verb ``queue``: what waits, when it will begin, and how to change that."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions import publishing, queue
from jupyter_labbook.actions.queue_watch import QueueWatch
from jupyter_labbook.actions.verbs.acts import add_acts
from jupyter_labbook.actions.verbs.answer import Answer
from jupyter_labbook.actions.verbs.places import spans
from jupyter_labbook.errors import InvalidInputError, NotFoundError
from jupyter_labbook.execution import sentences
from jupyter_labbook.execution.asking import Reason
from jupyter_labbook.model.run import RunState
from jupyter_labbook.rendering.queue import queue_text
from jupyter_labbook.runtime.layout import RunFolder
from jupyter_labbook.storage import records

if TYPE_CHECKING:
    import argparse

    from jupyter_labbook.model.queue import QueueEntry, QueueView
    from jupyter_labbook.storage.labbook import LabbookFolder

_ACTS = {
    "list": "what executes and waits, and when it will begin (the same as no act)",
    "hold": "let runs wait until they are released",
    "release": "let runs that were held start in their hours again",
    "now": "let runs start as soon as there is room, after all",
    "move": "let runs wait for another window",
    "priority": "let runs start before all of lower priority",
    "order": "put runs first, or before another one",
    "pause": "let nothing start any more; what executes goes on",
    "resume": "let runs start again",
}
ACTS = tuple(_ACTS)
OF_RUNS = ("hold", "release", "now", "move", "priority", "order")
"""Acts that are followed by names."""


def configure(parser: argparse.ArgumentParser, shared: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``queue``.

    Parameters
    ----------
    parser
        Of the verb.
    shared
        What every act takes too.
    """
    made = add_acts(parser, shared, _ACTS)
    names: dict[str, Any] = {
        "nargs": "+",
        "metavar": "NAME[/RUN]",
        "help": "an experiment, one of its runs, or a batch",
    }
    for act in ("hold", "release", "now", "order"):
        made[act].add_argument("names", **names)
    made["order"].add_argument(
        "--before", metavar="NAME[/RUN]", help="put them before this one, not first"
    )
    one = {**names, "nargs": None}
    made["move"].add_argument("names", **{**one, "nargs": "+"})
    made["move"].add_argument(
        "when", help="the window: tonight, lunch, 22:00-07:00 ..., as for --when"
    )
    made["priority"].add_argument("names", **names)
    made["priority"].add_argument("priority", help="a whole number; higher first")
    made["pause"].add_argument("why", nargs="*", help="for whoever wonders")


def queue_verb(labbook: LabbookFolder, args: argparse.Namespace) -> Answer:
    """Show the queue, or change what waits."""
    watch = QueueWatch(labbook)
    if args.act in (None, "list"):
        return _shown(labbook, watch, args.width)
    if args.act == "pause":
        queue.pause(labbook, " ".join(args.why))
        return _shown(labbook, watch, args.width)
    if args.act == "resume":
        queue.resume(labbook)
        return _shown(labbook, watch, args.width)
    before = _look(watch)
    chosen = [entry for name in args.names for entry in _chosen(before, name)]
    chosen = list({entry.place: entry for entry in chosen}.values())
    runs = [_run(labbook, entry) for entry in chosen]
    match args.act:
        case "hold":
            queue.hold(labbook, runs)
        case "release":
            queue.release(labbook, runs)
        case "now":
            queue.start_now(labbook, runs)
        case "move":
            queue.move(labbook, runs, args.when)
        case "priority":
            queue.prioritize(labbook, runs, _whole(args.priority))
        case _:
            _order(labbook, before, runs, args.before)
    return _changed(watch, [entry.place for entry in chosen])


def _shown(labbook: LabbookFolder, watch: QueueWatch, width: int) -> Answer:
    view = _look(watch)
    if any(entry.state is RunState.WAITING for entry in view.entries):
        # Whoever asks for the queue makes sure that somebody serves it.
        publishing.revive(labbook)

    def page() -> dict[str, str]:
        from jupyter_labbook.rendering.queue_html import queue_bundle

        return queue_bundle(view)

    return Answer(
        text=queue_text(view, width), data=records.to_builtins(view), page=page
    )


def _look(watch: QueueWatch) -> QueueView:
    view = watch.look()
    assert view is not None
    return view


def _chosen(view: QueueView, name: str) -> list[QueueEntry]:
    """Find what waits by the name of a run, an experiment or a batch."""
    waiting = [entry for entry in view.entries if entry.state is not RunState.RUNNING]
    experiment, _, label = name.partition("/")
    found = [
        entry
        for entry in waiting
        if experiment in _names(entry)
        and (not label or entry.run.lstrip("0") == label.lstrip("0"))
    ]
    found = found or [entry for entry in waiting if entry.batch == name]
    if found:
        return found
    if any(experiment in _names(entry) for entry in view.entries):
        raise InvalidInputError(
            f"{name} executes already: only what waits can be changed; to end it: "
            f"labbook stop {name}"
        )
    known = sorted({entry.name.partition("/")[0] for entry in waiting})
    there = f"what waits is {', '.join(known[:8])}" if known else "nothing waits"
    raise NotFoundError(f"No run of {name!r} waits: {there}. See: labbook queue")


def _names(entry: QueueEntry) -> tuple[str, ...]:
    name = entry.name.partition("/")[0]
    number = entry.experiment.partition("-")[0]
    return name, entry.experiment, number, number.lstrip("0")


def _run(labbook: LabbookFolder, entry: QueueEntry) -> RunFolder:
    return RunFolder(labbook.path / entry.place)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InvalidInputError(
            f"A priority is a whole number, not {text!r}: 0 if not said, higher first."
        ) from None


def _order(
    labbook: LabbookFolder, view: QueueView, runs: list[RunFolder], before: str | None
) -> None:
    waiting = [
        _run(labbook, entry)
        for entry in view.entries
        if entry.state is RunState.WAITING
    ]
    target = _run(labbook, _chosen(view, before)[0]) if before else None
    queue.reorder(labbook, runs, waiting, target)


def _changed(watch: QueueWatch, places: list[str]) -> Answer:
    """Say how it is with runs now that something was changed."""
    known = {entry.place: entry for entry in _look(watch).entries}
    here = [known[place] for place in places if place in known]
    lines = [
        f"{name}/{spans(entry.run for entry in found)}: {said}"
        for (name, said), found in groupby(here, _told)
    ]
    lines += [
        f"{sentences.run_name(place)} has started and ended already."
        for place in places
        if place not in known
    ]
    told = [records.to_builtins(entry) for entry in here]
    return Answer(text="\n".join(lines), data=told)


def _told(entry: QueueEntry) -> tuple[str, str]:
    """Name an experiment, and say what holds for its run."""
    said = entry.sentence or "It executes."
    if entry.reason in {Reason.PAUSED, Reason.HELD}:
        # Its hours come after that.
        said = (
            f"{said} Then it waits for {entry.when}." if entry.when != "now" else said
        )
    return entry.name.partition("/")[0], said
