"""``plan.md``: read as five lists, changed item by item."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_labbook.errors import LabbookError, NotFoundError, StorageError
from jupyter_labbook.model.plan import Plan, PlanItem, PlanList, Priority
from jupyter_labbook.storage import plan_edits
from jupyter_labbook.storage.hand_edited import HandEditedFile
from jupyter_labbook.storage.plan_deleted import DeletedItems
from jupyter_labbook.storage.plan_markdown import Page, parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_labbook.storage.plan_attempts import Edited
    from jupyter_labbook.storage.plan_edits import Deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The plan after a change, and the item that was meant."""

    plan: Plan
    item: PlanItem


class PlanFile:
    """The plan of a labbook.

    Every change reads the file as it is now, applies to one item by its id, and
    touches no other line. Any number of these may be open on one file.

    Parameters
    ----------
    labbook
        The labbook's folder.
    """

    def __init__(self, labbook: Path) -> None:
        self._file = HandEditedFile(labbook / "plan.md")
        self._deleted = DeletedItems(labbook)
        self._texts: dict[str, str] = {}

    @property
    def path(self) -> Path:
        """The file; it need not exist before the first item."""
        return self._file.path

    def stamp(self) -> object:
        """Look at the file without reading it: another stamp, another content."""
        return self._file.stamp()

    def load(self) -> Plan:
        """Read the plan.

        Raises
        ------
        StorageError
            The file cannot be read, or is no text.
        """
        return self._plan(parse(self._file.read() or ""))

    def read(self) -> Plan:
        """Read the plan; what hinders it becomes the plan's ``problem``."""
        try:
            return self.load()
        except StorageError as error:
            return Plan(problem=str(error))

    def add(self, item: PlanItem) -> Changed:
        """Put an item at the end of its list; its id is made here."""
        return self._change(lambda page: plan_edits.add(page, item))

    def edit(
        self,
        item: str,
        *,
        text: str | None = None,
        expected: str | None = None,
        setup: str | None = None,
        impact: str | None = None,
    ) -> Changed:
        """Change the text or the details of the item with this id.

        None leaves a field as it is; an empty detail is taken away. Another text
        makes another id.

        Raises
        ------
        NotFoundError
            The item was changed or removed meanwhile.
        """
        given = {"text": text, "expected": expected, "setup": setup, "impact": impact}
        fields = {name: value for name, value in given.items() if value is not None}
        return self._change(lambda p: plan_edits.edit(p, self._place(p, item), fields))

    def tick(self, item: str, *, done: bool = True) -> Changed:
        """Tick the item with this id, or take the tick away."""
        return self._change(
            lambda page: plan_edits.tick(page, self._place(page, item), done=done)
        )

    def set_priority(self, item: str, priority: Priority) -> Changed:
        """Give the item with this id another priority."""
        return self._change(
            lambda p: plan_edits.set_priority(p, self._place(p, item), priority)
        )

    def move(self, item: str, which: PlanList, *, before: str | None = None) -> Changed:
        """Move the item with this id to the end of a list, or before another item."""

        def change(page: Page) -> Edited:
            target = None if before is None else self._place(page, before)
            return plan_edits.move(page, self._place(page, item), which, target)

        return self._change(change)

    def delete(self, item: str) -> Deleted:
        """Take the item with this id away; `restore` and `undo` put it back."""
        key = uuid.uuid4().hex
        results: list[Deleted] = []

        def change(text: str | None) -> str:
            before = self._parsed(text)
            place = self._place(before, item)
            page, deleted = plan_edits.delete(before, place, key=key)
            # Before the plan is written: rather an undo too many than an item lost.
            self._deleted.keep(deleted)
            results.append(deleted)
            return page.text

        with self._file.locked():
            try:
                self._file.rewrite(change)
            except LabbookError:
                with suppress(StorageError):
                    self._deleted.drop(key)
                raise
        return results[-1]

    def restore(self, deleted: Deleted) -> Changed:
        """Put a deleted item back where it stood, or as near as can be told.

        Raises
        ------
        NotFoundError
            It was put back already, here or elsewhere.
        """
        with self._file.locked():
            if deleted.key not in {one.key for one in self._deleted.read()}:
                raise NotFoundError(
                    f"“{deleted.item.text}” was put back already; look at the plan"
                    " again."
                )
            return self._restored(deleted)

    def undo(self) -> Changed:
        """Put back what was deleted last, by whomever.

        Raises
        ------
        NotFoundError
            Nothing was deleted.
        """
        with self._file.locked():
            kept = self._deleted.read()
            if not kept:
                raise NotFoundError(
                    "There is no deleted item to put back in this labbook's plan."
                )
            return self._restored(kept[-1])

    def _restored(self, deleted: Deleted) -> Changed:
        changed = self._rewrite(lambda page: plan_edits.restore(page, deleted))
        self._deleted.drop(deleted.key)
        return changed

    def _change(self, change: Callable[[Page], Edited]) -> Changed:
        with self._file.locked():
            return self._rewrite(change)

    def _rewrite(self, change: Callable[[Page], Edited]) -> Changed:
        results: list[Edited] = []

        def apply(text: str | None) -> str:
            results.append(change(self._parsed(text)))
            return results[-1].page.text

        self._file.rewrite(apply)
        return Changed(plan=self._plan(results[-1].page), item=results[-1].item)

    def _parsed(self, text: str | None) -> Page:
        return parse(text if text and text.strip() else plan_edits.TEMPLATE)

    def _plan(self, page: Page) -> Plan:
        self._texts.update((item.id, item.text) for item in page.items)
        problem = ""
        if page.stray is not None:
            problem = (
                f"{self.path}, line {page.stray + 1}: a task above every heading is in"
                " none of the five lists; move it below one of them, such as"
                f" “## {PlanList.QUESTION.title}”."
            )
        return Plan(items=page.items, problem=problem)

    def _place(self, page: Page, item: str) -> int:
        self._texts.update((one.id, one.text) for one in page.items)
        for place, entry in enumerate(page.entries):
            if entry.item.id == item:
                return place
        text = self._texts.get(item)
        if text is None:
            raise NotFoundError(
                f"There is no item {item!r} in {self.path}; look at the plan again."
            )
        raise NotFoundError(
            f"“{text}” was changed or removed meanwhile, by another window or an"
            " editor, so nothing was done; look at the plan again."
        )
