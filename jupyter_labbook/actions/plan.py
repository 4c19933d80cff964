"""The plan's verbs: what the widget, the magic and the command line call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyter_labbook.errors import InvalidInputError, NotFoundError
from jupyter_labbook.model.plan import Plan, PlanItem, PlanList, Priority
from jupyter_labbook.storage.plan import PlanFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SHORTEST_PREFIX: Final = 4
"""Shorter words are never taken for the beginning of an id."""


def read_plan(labbook: Path) -> Plan:
    """Read the five lists of a labbook.

    Raises
    ------
    StorageError
        There is no labbook, or its ``plan.md`` cannot be read.
    """
    return PlanFile(labbook).load()


def add_item(  # noqa: PLR0913  # an item has as many fields
    labbook: Path,
    which: str,
    text: str,
    *,
    priority: str = "normal",
    expected: str = "",
    setup: str = "",
    impact: str = "",
) -> PlanItem:
    """Put a new item at the end of a list.

    Parameters
    ----------
    labbook
        The labbook's folder.
    which
        ``experiment``, ``question``, ``assumption``, ``test`` or ``framing``; the
        plural will do.
    text
        One line; line breaks become spaces.
    priority
        ``high``, ``normal`` or ``low``.
    expected, setup, impact
        What belongs to a question.
    """
    item = PlanItem(
        id="",
        list=parse_list(which),
        text=text,
        priority=parse_priority(priority),
        expected=expected,
        setup=setup,
        impact=impact,
    )
    return PlanFile(labbook).add(item).item


def edit_item(  # noqa: PLR0913  # an item has as many fields
    labbook: Path,
    item: str,
    *,
    text: str | None = None,
    expected: str | None = None,
    setup: str | None = None,
    impact: str | None = None,
) -> PlanItem:
    """Change an item's text or details: None keeps, an empty detail is taken away.

    Parameters
    ----------
    labbook
        The labbook's folder.
    item
        Which one; see `find_item`.
    text, expected, setup, impact
        The new values.
    """
    file, found = _find(labbook, item)
    changed = file.edit(
        found.id, text=text, expected=expected, setup=setup, impact=impact
    )
    return changed.item


def tick_item(labbook: Path, item: str, *, done: bool = True) -> PlanItem:
    """Tick an item, or take the tick away."""
    file, found = _find(labbook, item)
    return file.tick(found.id, done=done).item


def set_priority(labbook: Path, item: str, priority: str) -> PlanItem:
    """Give an item the priority ``high``, ``normal`` or ``low``."""
    word = parse_priority(priority)
    file, found = _find(labbook, item)
    return file.set_priority(found.id, word).item


def move_item(
    labbook: Path, item: str, which: str = "", *, before: str = ""
) -> PlanItem:
    """Move an item to the end of a list, or before another item."""
    file, found = _find(labbook, item)
    if before:
        target = find_item(file.load(), before)
        return file.move(found.id, target.list, before=target.id).item
    return file.move(found.id, parse_list(which)).item


def delete_item(labbook: Path, item: str) -> PlanItem:
    """Take an item away; `undo_delete` puts it back."""
    file, found = _find(labbook, item)
    return file.delete(found.id).item


def undo_delete(labbook: Path) -> PlanItem:
    """Put back the item that was deleted last, also from another window."""
    return PlanFile(labbook).undo().item


def find_item(plan: Plan, reference: str) -> PlanItem:
    """Find an item by its id, the beginning of its id, or a part of its text.

    Raises
    ------
    NotFoundError
        Nothing fits, or more than one item does: the message names them.
    """
    wanted = reference.strip().casefold()
    if not wanted:
        raise InvalidInputError("Say which item: its id, or a part of its text.")
    by_id = len(wanted) >= _SHORTEST_PREFIX
    ways: tuple[Callable[[PlanItem], bool], ...] = (
        lambda item: item.id == wanted,
        lambda item: item.text.casefold() == wanted,
        lambda item: (
            (by_id and item.id.startswith(wanted)) or wanted in item.text.casefold()
        ),
    )
    for fits in ways:
        found = [item for item in plan.items if fits(item)]
        if len(found) == 1:
            return found[0]
        if found:
            named = "; ".join(f"{item.id} “{item.text}”" for item in found[:5])
            raise NotFoundError(
                f"{reference!r} fits {len(found)} items of the plan ({named}); use an"
                " id."
            )
    raise NotFoundError(
        f"No item of the plan has {reference!r} in its id or text; `labbook plan`"
        " lists them all."
    )


def parse_list(word: str) -> PlanList:
    """Understand the name of a list, in singular, plural or in full."""
    wanted = word.strip().casefold()
    for which in PlanList:
        if wanted in (which.value, f"{which.value}s", which.title.casefold()):
            return which
    names = ", ".join(PlanList)
    raise InvalidInputError(f"{word!r} is none of the plan's five lists: {names}.")


def parse_priority(word: str) -> Priority:
    """Understand a priority."""
    try:
        return Priority(word.strip().casefold())
    except ValueError:
        raise InvalidInputError(
            f"{word!r} is no priority; it is one of {', '.join(Priority)}."
        ) from None


def _find(labbook: Path, reference: str) -> tuple[PlanFile, PlanItem]:
    file = PlanFile(labbook)
    return file, find_item(file.load(), reference)
