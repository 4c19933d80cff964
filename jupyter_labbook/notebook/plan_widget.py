"""The plan as a widget: a checklist in the page that edits ``plan.md``.

The page sends custom messages ``{id, op, ...}`` and gets, after the new ``lists``,
``{id, ok: true}`` or ``{id, error: "one sentence"}``:

========  ====================================================
op        fields
========  ====================================================
add       list, text, [priority, expected, setup, impact]
edit      item, fields: {[text, expected, setup, impact]}
tick      item, done
priority  item, priority
move      item, [before: id, empty for the end], [list]
delete    item
undo
========  ====================================================

A request that is sent again under the same id is answered and not done twice.
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import anywidget
import traitlets

from jupyter_labbook.actions.plan import parse_list, parse_priority
from jupyter_labbook.errors import (
    InvalidInputError,
    LabbookError,
    NotFoundError,
    StorageError,
)
from jupyter_labbook.model.plan import Plan, PlanItem, PlanList
from jupyter_labbook.notebook.plan_watch import PlanWatch
from jupyter_labbook.notebook.surroundings import short_path
from jupyter_labbook.rendering.plan import plan_text
from jupyter_labbook.storage.plan import PlanFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_labbook.storage.plan_edits import Deleted

MODULE: Final = Path(__file__).parents[1] / "static" / "plan.js"
"""The view, built from ``labextension/src/widget``."""

_FIELDS: Final = ("text", "expected", "setup", "impact")
_REMEMBERED: Final = 1000
"""Requests that are known again when they are repeated."""

_watch = PlanWatch()
_open: dict[Path, PlanWidget] = {}


def show_plan(labbook: Path) -> PlanWidget:
    """Make the checklist of a labbook, to be displayed; one for each labbook.

    Displaying it several times gives several views of the same checklist.
    """
    labbook = labbook.resolve()
    widget = _open.get(labbook)
    if widget is None or widget.comm is None:
        widget = _open[labbook] = PlanWidget(labbook)
    return widget


class PlanWidget(anywidget.AnyWidget):
    """The five lists of a labbook, live until `close`.

    Parameters
    ----------
    labbook
        The labbook's folder.

    Raises
    ------
    StorageError
        The view was not built.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    lists = traitlets.List(traitlets.Dict()).tag(sync=True)
    """All five, in order: ``{list, title, items}``."""
    path = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    """One sentence on what hinders reading ``plan.md``, or empty."""
    live = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether changes made elsewhere will appear."""
    editing = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether somebody is typing, as the page says."""

    def __init__(self, labbook: Path) -> None:
        self._file = PlanFile(labbook)
        self._stamp: object = None
        self._done: dict[str, None] = {}
        self._deleted: list[Deleted] = []
        self._touched = -math.inf
        # Messages may come on a subshell, beside the watching thread.
        self._lock = threading.RLock()
        super().__init__(
            _esm=_view(MODULE),
            lists=_lists(Plan()),
            path=short_path(self._file.path),
        )
        self.on_msg(self._receive)
        self._refresh()
        self.live = True
        _watch.follow(self)

    def close(self) -> None:
        """Close the views and stop watching the file."""
        _watch.leave(self)
        if self.comm is not None:
            self.live = False
        super().close()

    def quiet_seconds(self) -> float:
        """How long nobody has worked on the list; infinite if nobody ever did."""
        if self.editing:
            return 0.0
        return time.monotonic() - self._touched

    def look(self) -> None:
        """Show what was changed elsewhere, if anything was."""
        with self._lock:
            if self._file.stamp() != self._stamp:
                self._refresh()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:  # noqa: ANN401  # as the base has it
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            # No HTML: a page that cannot load the widget would still prefer it and
            # show its error. `plan_html` is for an output of its own.
            bundle[0]["text/plain"] = plan_text(self._file.read())
        return bundle

    def _refresh(self) -> None:
        # Looked at before it is read: what is written in between is seen next time.
        self._stamp = self._file.stamp()
        try:
            plan = self._file.load()
        except StorageError as error:
            # What was known stays in view beside the reason.
            self.problem = str(error)
            return
        self.lists = _lists(plan)
        self.problem = plan.problem

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        self._touched = time.monotonic()
        request = content.get("id") if isinstance(content, dict) else None
        reply: dict[str, Any] = {"id": request if isinstance(request, str) else ""}
        with self._lock:
            try:
                self._apply_once(content)
            except LabbookError as error:
                reply["error"] = str(error)
            except Exception as error:  # noqa: BLE001  # answered, not logged
                reply["error"] = (
                    f"The plan could not be changed ({type(error).__name__}: {error});"
                    f" look at {self._file.path} and try again."
                )
            else:
                reply["ok"] = True
            self._refresh()
            self.send(reply)

    def _apply_once(self, content: object) -> None:
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
        items = self._file.load().items
        own = next((one.list for one in items if one.id == item), PlanList.EXPERIMENT)
        which = parse_list(_word(content, "list", own))
        self._file.move(item, which, before=before or None)

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


def _view(module: Path) -> str:
    try:
        return module.read_text("utf-8")
    except OSError as error:
        raise StorageError(
            f"The view of the plan was not built ({module} is missing); run `npm ci &&"
            " npm run build:widget` in labextension/, or install the package."
        ) from error


def _lists(plan: Plan) -> list[dict[str, Any]]:
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
