"""The verb ``plan``: the five lists from a terminal or a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions import plan as acts
from jupyter_labbook.actions.verbs.answer import Answer
from jupyter_labbook.model.plan import PlanList, Priority
from jupyter_labbook.rendering.plan import plan_print, plan_text
from jupyter_labbook.storage import records

if TYPE_CHECKING:
    import argparse

    from jupyter_labbook.model.plan import PlanItem
    from jupyter_labbook.storage.labbook import LabbookFolder

_DETAILS = ("expected", "setup", "impact")


def configure(parser: argparse.ArgumentParser, shared: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``plan``.

    Parameters
    ----------
    parser
        Of the verb.
    shared
        What every act takes too.
    """
    common: dict[str, Any] = {"parents": [shared], "add_help": False}
    parser.add_argument(
        "--print", action="store_true", dest="paper", help="for paper, with boxes"
    )
    acts_on = parser.add_subparsers(dest="act", metavar="ACT")
    add = acts_on.add_parser("add", help="put an item at the end of a list", **common)
    add.add_argument("list", help=", ".join(PlanList))
    add.add_argument("text", nargs="+")
    add.add_argument("--priority", choices=list(Priority), default="normal")
    edit = acts_on.add_parser("edit", help="change an item's text or details", **common)
    edit.add_argument("item")
    edit.add_argument("text", nargs="*")
    for parser_ in (add, edit):
        parser_.add_argument("--expected", help="the answer that is expected")
        parser_.add_argument("--setup", help="how it could be found out")
        parser_.add_argument("--impact", help="what would be done differently")
    for name, help_ in (
        ("tick", "mark an item as done"),
        ("untick", "mark an item as open"),
        ("delete", "take an item away"),
    ):
        acts_on.add_parser(name, help=help_, **common).add_argument(
            "item", help="id, or a part of its text that no other item has"
        )
    priority = acts_on.add_parser(
        "priority", help="say how much an item matters", **common
    )
    priority.add_argument("item")
    priority.add_argument("priority", choices=list(Priority))
    acts_on.add_parser(
        "undo", help="bring the item back that was deleted last", **common
    )


def plan(labbook: LabbookFolder, args: argparse.Namespace) -> Answer:
    """Show the five lists, or change an item."""
    if args.act:
        item, what = _act(labbook, args)
        text = f"{what}: {item.text}"
        return Answer(text=text, data=records.to_builtins(item))
    found = acts.read_plan(labbook.path)
    text = plan_print(found, args.width) if args.paper else plan_text(found)
    return Answer(
        text=text,
        data=records.to_builtins(found),
        plan=None if args.paper else labbook.path,
    )


def _act(  # noqa: PLR0911  # one for each act
    labbook: LabbookFolder, args: argparse.Namespace
) -> tuple[PlanItem, str]:
    folder = labbook.path
    details = {name: getattr(args, name, None) for name in _DETAILS}
    match args.act:
        case "add":
            given = {name: text or "" for name, text in details.items()}
            item = acts.add_item(
                folder, args.list, " ".join(args.text), priority=args.priority, **given
            )
            return item, f"Added to {item.list.title}"
        case "edit":
            text = " ".join(args.text) or None
            return acts.edit_item(folder, args.item, text=text, **details), "Changed"
        case "tick":
            return acts.tick_item(folder, args.item), "Done"
        case "untick":
            return acts.tick_item(folder, args.item, done=False), "Open again"
        case "priority":
            item = acts.set_priority(folder, args.item, args.priority)
            return item, f"Now of {args.priority} priority"
        case "delete":
            return acts.delete_item(folder, args.item), "Deleted (labbook plan undo)"
        case _:
            return acts.undo_delete(folder), "Back again"
