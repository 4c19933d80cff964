"""What a page asks of the plan: one message, one change, done once.

========  ====================================================
op        fields
========  ====================================================
add       list, text, [priority, expected, setup, impact]
edit      item, fields: {[text, expected, setup, impact]}
tick      item, done
priority  item, priority
move      item, [before: the id of an item; empty: the end], [list]
delete    item
undo
========  ====================================================

Each message has an ``id``; one that is sent again is not done twice.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from jupyter_labbook.actions.plan import parse_list, parse_priority
from jupyter_labbook.errors import InvalidInputError, NotFoundError
from jupyter_labbook.model.plan import Plan, PlanItem, PlanList

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_labbook.storage.plan import PlanFile
    from jupyter_labbook.storage.plan_edits import Deleted

_FIELDS: Final = ("text", "expected", "setup", "impact")
_REMEMBERED: Final = 1000
"""Requests that are known again when they are repeated."""


class PlanRequests:
    """Applies the messages of pages to a plan; for one thread at a time.

    Parameters
    ----------
    file
        The plan.
    """

    def __init__(self, file: PlanFile) -> None:
        self._file = file
        self._done: dict[str, None] = {}
        self._deleted: list[Deleted] = []

    def done(self, content: object) -> bool:
        """Whether this very message was applied before."""
        request = content.get("id") if isinstance(content, dict) else None
        return isinstance(request, str) and request in self._done

    def apply(self, content: object) -> None:
        """Do what a message asks for, unless it was done before.

        Raises
        ------
        InvalidInputError
            It asks for nothing that can be done.
        NotFoundError
            Its item was changed or removed meanwhile.
        StorageError
            The change could not be stored.
        """
        if not isinstance(content, dict):
            raise InvalidInputError("A message to the plan is a JSON object.")
        request = _word(content, "id")
        if request in self._done:
            return
        operations: dict[str, Callable[[dict[str, Any]], object]] = {
            "add": self._add,
            "edit": self._edit,
            "tick": self._tick,
            "priority": self._set_priority,
            "move": self._move,
            "delete": self._delete,
            "undo": self._undo,
        }
        operation = operations.get(_word(content, "op"))
        if operation is None:
            raise InvalidInputError(
                f"{content['op']!r} is nothing that can be done to the plan; it is one"
                f" of {', '.join(operations)}."
            )
        operation(content)
        self._done[request] = None
        if len(self._done) > _REMEMBERED:
            del self._done[next(iter(self._done))]

    def _add(self, content: dict[str, Any]) -> None:
        item = PlanItem(
            id="",
            list=parse_list(_word(content, "list")),
            text=_word(content, "text"),
            priority=parse_priority(_word(content, "priority", "normal")),
            expected=_word(content, "expected", ""),
            setup=_word(content, "setup", ""),
            impact=_word(content, "impact", ""),
        )
        self._file.add(item)

    def _edit(self, content: dict[str, Any]) -> None:
        fields = content.get("fields")
        if not isinstance(fields, dict) or not fields.keys() <= set(_FIELDS):
            raise InvalidInputError(
                f"An edit of the plan has fields, each one of {', '.join(_FIELDS)}."
            )
        values = {name: _word(fields, name) for name in fields}
        self._file.edit(_word(content, "item"), **values)

    def _tick(self, content: dict[str, Any]) -> None:
        done = content.get("done")
        if not isinstance(done, bool):
            raise InvalidInputError("A tick in the plan is done: true or false.")
        self._file.tick(_word(content, "item"), done=done)

    def _set_priority(self, content: dict[str, Any]) -> None:
        priority = parse_priority(_word(content, "priority"))
        self._file.set_priority(_word(content, "item"), priority)

    def _move(self, content: dict[str, Any]) -> None:
        item, before = _word(content, "item"), _word(content, "before", "")
        which = _word(content, "list", "")
        # An item that is not there is told by the move itself, under the lock.
        lists = {one.id: one.list for one in self._file.load().items}
        fallback = lists.get(before or item, PlanList.QUESTION)
        self._file.move(
            item, parse_list(which) if which else fallback, before=before or None
        )

    def _delete(self, content: dict[str, Any]) -> None:
        self._deleted.append(self._file.delete(_word(content, "item")))

    def _undo(self, _content: dict[str, Any]) -> None:
        # What was deleted here comes back first, whatever others delete meanwhile.
        while self._deleted:
            try:
                self._file.restore(self._deleted[-1])
            except NotFoundError:
                self._deleted.pop()
            else:
                self._deleted.pop()
                return
        self._file.undo()


def plan_lists(plan: Plan) -> list[dict[str, Any]]:
    """Spread a plan into all five lists, in order: ``{list, title, items}``."""
    return [
        {
            "list": which.value,
            "title": which.title,
            "items": [
                {
                    **asdict(item),
                    "list": item.list.value,
                    "priority": item.priority.value,
                }
                for item in plan.of(which)
            ],
        }
        for which in PlanList
    ]


def _word(content: dict[str, Any], name: str, default: str | None = None) -> str:
    value = content.get(name)
    value = default if value is None else value
    if not isinstance(value, str):
        raise InvalidInputError(f"A message to the plan needs {name!r} as text.")
    return value
