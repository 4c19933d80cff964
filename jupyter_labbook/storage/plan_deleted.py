"""``.plan-deleted.jsonl``: the items deleted last, so that each can be put back.

One JSON object a line, the latest at the end, at most a hundred. It is a help and
not a record: a line that cannot be read is passed over.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from jupyter_labbook.errors import StorageError
from jupyter_labbook.model.plan import PlanItem, PlanList, Priority
from jupyter_labbook.runtime import files
from jupyter_labbook.storage.plan_edits import Deleted

if TYPE_CHECKING:
    from pathlib import Path

_KEPT: Final = 100


class DeletedItems:
    """The deletions that can be undone; used while ``plan.md`` is locked.

    Parameters
    ----------
    labbook
        The labbook's folder.
    """

    def __init__(self, labbook: Path) -> None:
        self.path = labbook / ".plan-deleted.jsonl"

    def read(self) -> list[Deleted]:
        """Every deletion, the latest last."""
        try:
            lines = self.path.read_text("utf-8", "replace").splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StorageError(
                f"{self.path} cannot be read ({error.strerror}); move it away to go on"
                " without what was deleted before."
            ) from error
        decoded = (_decode(line) for line in lines)
        return [deleted for deleted in decoded if deleted is not None]

    def keep(self, deleted: Deleted) -> None:
        """Remember a deletion as the latest."""
        others = [one for one in self.read() if one.key != deleted.key]
        self._write([*others, deleted][-_KEPT:])

    def drop(self, key: str) -> None:
        """Forget the deletion with this key, if it is there."""
        kept = self.read()
        others = [one for one in kept if one.key != key]
        if len(others) < len(kept):
            self._write(others)

    def _write(self, kept: list[Deleted]) -> None:
        lines = [json.dumps(asdict(one)) + "\n" for one in kept]
        try:
            files.replace(self.path, "".join(lines).encode())
        except OSError as error:
            raise StorageError(
                f"{self.path} cannot be written ({error.strerror}), so nothing was"
                " changed; make room or give yourself permission, and try again."
            ) from error


def _decode(line: str) -> Deleted | None:
    try:
        record: dict[str, Any] = json.loads(line)
        item = record.pop("item")
        item["list"] = PlanList(item["list"])
        item["priority"] = Priority(item["priority"])
        return Deleted(item=PlanItem(**item), **record)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
