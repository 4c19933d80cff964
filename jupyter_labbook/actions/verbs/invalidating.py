"""The verb ``invalidate``: a bug was found, and what it touched does not count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.actions import concerned, repeating, tainting
from jupyter_labbook.actions.concerned import Search, Wanted
from jupyter_labbook.actions.repeating import Repetitions
from jupyter_labbook.actions.verbs import places
from jupyter_labbook.actions.verbs.answer import Answer
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.model.run import RunState
from jupyter_labbook.rendering.formats import counted
from jupyter_labbook.rendering.tables import Column, Table, table_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from jupyter_labbook.actions.concerned import Concerned, LeftOut
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder

_MARK_THEM = "Nothing was marked; to mark them, give --reason, and no --dry-run."
_AGREE = "Nothing is marked until you agree: the same command with --yes"
_MOST = 12
"""Runs that are left out and told one by one."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``invalidate``."""
    parser.add_argument(
        "--uses",
        default="",
        metavar="NAME",
        help="whatever uses this function, class or module, by its frozen code",
    )
    parser.add_argument(
        "--runs",
        nargs="+",
        default=[],
        metavar="NAME[/RUN]",
        help="these; with --uses or --since, of these",
    )
    parser.add_argument(
        "--since",
        default="",
        metavar="COMMIT",
        help="whatever was submitted from this commit or a later one",
    )
    parser.add_argument("--reason", default="", help="what is wrong, for later readers")
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would be marked"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--rerun",
        nargs="?",
        const="tonight",
        default="",
        metavar="WHEN",
        help="and run it again with today's code; tonight if not said",
    )
    parser.add_argument(
        "--undo",
        nargs="+",
        default=[],
        metavar="NAME[/RUN]",
        help="let these count again",
    )


def invalidate(labbook: LabbookFolder, args: argparse.Namespace) -> Answer:
    """Mark what a bug touched; with ``--rerun`` queue it again."""
    if args.undo:
        return _undo(labbook, args)
    found = concerned.search(
        labbook,
        Wanted(uses=args.uses, runs=tuple(args.runs), since=args.since),
    )
    if args.rerun:
        repeating.require_window(args.rerun)
        if not args.dry_run:
            repeating.require_fixed(found.concerned, args.uses)
    shown = _shown(found, args)
    if args.dry_run or not found.concerned:
        text = "\n\n".join([*shown, *([_MARK_THEM] if found.concerned else [])])
        return Answer(text=text, data=_data(found, [], Repetitions()))
    tainting.require_reason(args.reason)
    if args.yes:
        return _done(labbook, found, args, shown)
    # Without a terminal nobody is asked, and nothing is done.
    return Answer(
        text="\n\n".join([*shown, _AGREE]),
        data=_data(found, [], Repetitions()),
        ask=(_question(found, args), lambda: _done(labbook, found, args, [])),
    )


def _question(found: Search, args: argparse.Namespace) -> str:
    which = "it" if len(found.concerned) == 1 else "them"
    again = f", and run {which} again ({args.rerun})" if args.rerun else ""
    return f"Mark {which}{again}?"


def _done(
    labbook: LabbookFolder, found: Search, args: argparse.Namespace, shown: list[str]
) -> Answer:
    marked = tainting.mark(labbook, found.concerned, args.reason)
    shown = [*shown, _marked(found, marked, again=bool(args.rerun))]
    repeated = Repetitions()
    if args.rerun:
        by_code = bool(args.uses or args.since)
        repeated = repeating.repeat(
            labbook, found.concerned, args.rerun, by_code=by_code
        )
        shown += _repeated(repeated, args.rerun)
    return Answer(text="\n\n".join(shown), data=_data(found, marked, repeated))


def _undo(labbook: LabbookFolder, args: argparse.Namespace) -> Answer:
    if args.uses or args.runs or args.since or args.rerun:
        raise InvalidInputError("--undo stands alone: name the runs behind it.")
    runs = tainting.clear(labbook, args.undo)
    named = [places.label(run) for run in runs]
    verb = "counts" if len(named) == 1 else "count"
    text = f"{', '.join(named)} {verb} again; that it was tainted stays in the history."
    return Answer(text=text, data={"cleared": named})


def _shown(found: Search, args: argparse.Namespace) -> list[str]:
    what = args.uses or (f"what stems from {args.since}" if args.since else "")
    if not found.concerned:
        parts = [f"No run has {what}." if what else "There is no such run."]
    else:
        count = counted(len(found.concerned), "run")
        title = f"{count} with {what}:" if what else f"{count}:"
        parts = [f"{title}\n{table_text(_table(found.concerned), args.width)}"]
    if any(one.unchanged for one in found.concerned):
        parts.append(f"{args.uses} is today as it was then: it is not corrected yet.")
    if found.left_out:
        parts.append("Not marked; to mark them too, name them with --runs:")
        parts[-1] += _listed(found.left_out)
    if found.carried:
        parts.append(
            f"{counted(found.carried, 'more run')} took values over from the notebook; "
            f"whether {args.uses} made them, no code tells. Name such runs with --runs."
        )
    return parts


def _table(runs: Sequence[Concerned]) -> Table:
    """Lay out what is concerned; runs of which the same is said stand together."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for one in runs:
        name, label = places.split(one.place)
        before = one.taint.reason if one.taint else ""
        alike.setdefault((name, str(one.state), one.found, before), []).append(label)
    columns = [Column("run"), Column("state")]
    cells = [
        [f"{said[0]}/{places.spans(labels)}" for said, labels in alike.items()],
        [said[1] for said in alike],
    ]
    for index, title in ((2, "in its frozen code"), (3, "tainted before")):
        if any(said[index] for said in alike):
            columns.append(Column(title))
            cells.append([said[index] for said in alike])
    return Table(tuple(columns), tuple(zip(*cells, strict=True)))


def _listed(runs: Sequence[LeftOut]) -> str:
    lines = "".join(f"\n  {one.place}: {one.why}" for one in runs[:_MOST])
    more = len(runs) - _MOST
    return lines + (f"\n  and {more} more" if more > 0 else "")


def _marked(found: Search, marked: Sequence[RunFolder], *, again: bool) -> str:
    if not marked:
        return "All of them were tainted already."
    verb = "is" if len(marked) == 1 else "are"
    text = (
        f"{counted(len(marked), 'run')} {verb} tainted: verdicts no longer rest on "
        "them. To take that back: labbook invalidate --undo "
        + " ".join(dict.fromkeys(places.label(run) for run in marked[:2]))
    )
    # What waits is cancelled when it is queued again.
    live = (RunState.RUNNING,) if again else (RunState.RUNNING, RunState.WAITING)
    idle = " ".join(one.place for one in found.concerned if one.state in live)
    if idle:
        text += f"\nNot ended yet, to no use: labbook stop {idle}"
    return text


def _repeated(repeated: Repetitions, when: str) -> list[str]:
    parts = []
    if repeated.queued:
        again: dict[str, list[tuple[str, str]]] = {}
        for one in repeated.queued:
            name, label = places.split(places.label(one.old))
            again.setdefault(name, []).append((label, one.new.label))
        lines = ""
        for name, pairs in again.items():
            old, new = map(places.spans, zip(*pairs, strict=True))
            lines += f"\n  {name}/{old} again as {new}"
        start = "start as slots are free" if when == "now" else f"wait for {when}"
        parts.append(
            f"{counted(len(repeated.queued), 'run')} with today's code {start}:{lines}"
        )
        compare = "\n".join(f"  labbook compare {name}" for name in again)
        parts.append(f"When they have ended, old against new:\n{compare}")
    else:
        parts.append("Nothing is run again.")
    if repeated.left_out:
        parts.append("Not run again:" + _listed(repeated.left_out))
    return [*parts, *repeated.notes]


def _data(
    found: Search, marked: Sequence[RunFolder], repeated: Repetitions
) -> dict[str, object]:
    return {
        "concerned": [
            {
                "run": one.place,
                "state": str(one.state),
                "found": one.found,
                "tainted": one.taint.reason if one.taint else "",
            }
            for one in found.concerned
        ],
        "left_out": [{"run": one.place, "why": one.why} for one in found.left_out],
        "carried": found.carried,
        "marked": [places.label(run) for run in marked],
        "queued": [
            {"original": places.label(one.old), "rerun": places.label(one.new)}
            for one in repeated.queued
        ],
        "not_queued": [{"run": one.place, "why": one.why} for one in repeated.left_out],
        "notes": list(repeated.notes),
    }
