"""The plan as a widget: a checklist in the page that edits ``plan.md``.

The page sends custom messages ``{id, op, ...}`` (see `actions.plan_requests`) and
gets, after the new ``lists``, ``{id, ok: true}`` or ``{id, error: "one sentence"}``.
"""

from __future__ import annotations

import math
import threading
import time
from pathlib import Path
from typing import Any, Final

import anywidget
import traitlets

from jupyter_labbook.actions.plan_requests import PlanRequests, plan_lists
from jupyter_labbook.errors import LabbookError, StorageError
from jupyter_labbook.model.plan import Plan
from jupyter_labbook.notebook.plan_watch import PlanWatch
from jupyter_labbook.notebook.surroundings import short_path
from jupyter_labbook.rendering.plan import plan_bundle
from jupyter_labbook.storage.plan import PlanFile

MODULE: Final = Path(__file__).parents[1] / "static" / "plan.js"
"""The view, built from ``labextension/src/widget``."""

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
        self._requests = PlanRequests(self._file)
        self._touched = -math.inf
        # Messages may come on a subshell, beside the watching thread.
        self._lock = threading.RLock()
        super().__init__(
            _esm=_view(MODULE),
            lists=plan_lists(Plan()),
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
            drawn = plan_bundle(
                self._file.read(), self._file.path.parent, resting=False
            )
            # A page that cannot load the widget would still prefer it to HTML, and
            # show its error. `plan_html` is for an output of its own.
            del drawn["text/html"]
            bundle[0].update(drawn)
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
        self.lists = plan_lists(plan)
        self.problem = plan.problem

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        self._touched = time.monotonic()
        request = content.get("id") if isinstance(content, dict) else None
        reply: dict[str, Any] = {"id": request if isinstance(request, str) else ""}
        with self._lock:
            try:
                self._requests.apply(content)
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


def _view(module: Path) -> str:
    try:
        return module.read_text("utf-8")
    except OSError as error:
        raise StorageError(
            f"The view of the plan was not built ({module} is missing); run `npm ci &&"
            " npm run build:widget` in labextension/, or install the package."
        ) from error
