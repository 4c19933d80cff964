"""The plan as pages edit it: several of them at once, without losing an item."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

import msgspec

from jupyter_labbook.actions.plan_requests import PlanRequests, plan_lists
from jupyter_labbook.errors import NotFoundError, StorageError
from jupyter_labbook.rendering.mimebundle import json_safe
from jupyter_labbook.server.refusals import Reason, Refusal
from jupyter_labbook.storage.plan import PlanFile

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.model.plan import Plan, PlanItem

_VERSIONS: Final = 50
"""States of the plan that a page may still have before it."""

_CHANGED = (
    "This item was changed meanwhile, by another window or an editor, so nothing was "
    "done; look at it again."
)


class OpenPlan:
    """The plan of one labbook.

    Parameters
    ----------
    labbook
        The labbook's folder.
    name
        Its path below the server's root, to be shown.
    """

    def __init__(self, labbook: Path, name: str) -> None:
        self._file = PlanFile(labbook)
        self._requests = PlanRequests(self._file)
        self._shown = "plan.md" if name == "." else f"{name}/plan.md"
        self._turn = threading.Lock()
        self._seen: OrderedDict[str, dict[str, PlanItem]] = OrderedDict()

    def state(self) -> dict[str, Any]:
        """Read the plan; ``version`` is another one whenever anything is."""
        with self._turn:
            return self._state(self._file.load())

    def version(self) -> str:
        """Name its present state; empty while it cannot be read."""
        try:
            return str(self.state()["version"])
        except StorageError:
            return ""

    def apply(self, content: object) -> dict[str, Any]:
        """Do what a page asks for, and read the plan again.

        Raises
        ------
        Refusal
            Its item is no longer what the page shows; the plan as it is now comes
            along.
        """
        with self._turn:
            try:
                if not self._requests.done(content):
                    self._require_known(content)
                self._requests.apply(content)
            except NotFoundError as error:
                now = self._state(self._file.load())
                raise Refusal(409, Reason.CONFLICT, str(error), plan=now) from error
            return self._state(self._file.load())

    def _require_known(self, content: object) -> None:
        """Refuse to change an item that has other details than the page has seen.

        An item's id follows its text, so that another text needs no such check.
        """
        if not isinstance(content, dict):
            return
        version, item = content.get("version"), content.get("item")
        if not (isinstance(version, str) and isinstance(item, str)):
            return
        before = self._seen.get(version, {}).get(item)
        now = {one.id: one for one in self._file.load().items}.get(item)
        if before is not None and now is not None and before != now:
            raise NotFoundError(_CHANGED)

    def _state(self, plan: Plan) -> dict[str, Any]:
        lists = json_safe(plan_lists(plan))
        content = msgspec.json.encode([lists, json_safe(plan.problem)])
        version = hashlib.sha256(content).hexdigest()[:16]
        self._seen[version] = {item.id: item for item in plan.items}
        self._seen.move_to_end(version)
        while len(self._seen) > _VERSIONS:
            self._seen.popitem(last=False)
        return {
            "version": version,
            "path": self._shown,
            "problem": json_safe(plan.problem),
            "lists": lists,
        }
