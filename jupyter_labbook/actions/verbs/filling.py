"""The verb ``backfill``: searches that go on in hours that nothing else uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.actions import backfilling
from jupyter_labbook.actions.verbs import places
from jupyter_labbook.actions.verbs.acts import add_acts
from jupyter_labbook.actions.verbs.answer import Answer
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.model.backfill import MOST
from jupyter_labbook.rendering.backfill import backfill_html, backfill_text
from jupyter_labbook.storage import records

if TYPE_CHECKING:
    import argparse

    from jupyter_labbook.storage.labbook import LabbookFolder

_ACTS = {
    "list": "what goes on by itself, and what could (the same as no act)",
    "accept": "let a search go on by itself",
    "stop": "let a search go on no longer, and end its runs",
}


def configure(parser: argparse.ArgumentParser, shared: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``backfill``.

    Parameters
    ----------
    parser
        Of the verb.
    shared
        What every act takes too.
    """
    made = add_acts(parser, shared, _ACTS)
    for act in ("accept", "stop"):
        made[act].add_argument(
            "name", metavar="NAME", help="an experiment, by name or number"
        )
    accept = made["accept"]
    accept.add_argument("--metric", default="", help="what is judged")
    way = accept.add_mutually_exclusive_group()
    way.add_argument("--max", action="store_true", help="large values are wanted")
    way.add_argument("--min", action="store_true", help="small values are wanted")
    accept.add_argument(
        "--most", default=str(MOST), metavar="N", help=f"runs a night; {MOST} if unsaid"
    )
    accept.add_argument(
        "--when", default="tonight", metavar="WINDOW", help="tonight if unsaid"
    )


def backfill(labbook: LabbookFolder, args: argparse.Namespace) -> Answer:
    """Show what goes on by itself, accept a search, or stop one."""
    if args.act == "accept":
        experiment = places.whole(labbook, args.name)
        search = backfilling.accept(labbook, experiment, _wanted(args))
        return Answer(
            text=f"Accepted: in hours that nothing else uses ({search.asks.when}), "
            f"{search.name} searches for {'max' if search.higher else 'min'} "
            f"{search.metric} around the best settings of {experiment.name}, with "
            f"{search.most} runs at most each time.\n"
            f"To end it: labbook backfill stop {experiment.name}",
            data=records.to_builtins(search),
        )
    if args.act == "stop":
        search = backfilling.stop(labbook, args.name)
        return Answer(
            text=f"{search.name} goes on no longer; what it found is kept.",
            data={"name": search.name},
        )
    view = backfilling.view(labbook)
    text = backfill_text(view, args.width)
    return Answer(
        text=text,
        data=records.to_builtins(view),
        page=lambda: {
            "text/html": backfill_html(view, prefix="%"),
            "text/plain": text,
        },
    )


def _wanted(args: argparse.Namespace) -> backfilling.Wanted:
    if not args.most.isdecimal() or not int(args.most):
        raise InvalidInputError(f"--most {args.most} is no number of runs.")
    return backfilling.Wanted(
        metric=args.metric,
        higher=args.max if args.max or args.min else None,
        most=int(args.most),
        when=args.when,
    )
