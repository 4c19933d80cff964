"""The plan: five lists to work on while the machine is busy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PlanList(StrEnum):
    """The five lists, by the word that the command line uses."""

    EXPERIMENT = "experiment"
    QUESTION = "question"
    ASSUMPTION = "assumption"
    TEST = "test"
    FRAMING = "framing"

    @property
    def title(self) -> str:  # type: ignore[override]  # str.title is of no use here
        """The heading under which ``plan.md`` keeps the list."""
        return _TITLES[self]


_TITLES = {
    PlanList.EXPERIMENT: "Experiments",
    PlanList.QUESTION: "Questions",
    PlanList.ASSUMPTION: "Assumptions to dispute",
    PlanList.TEST: "Code that wants unit tests",
    PlanList.FRAMING: "Other ways to frame the problem",
}


class Priority(StrEnum):
    """How much an item matters."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """One line of a list, with what belongs to it."""

    id: str
    """Stable within ``plan.md`` while the item exists."""
    list: PlanList
    text: str
    done: bool = False
    priority: Priority = Priority.NORMAL
    expected: str = ""
    """The answer that is expected (questions)."""
    setup: str = ""
    """How it could be found out (questions)."""
    impact: str = ""
    """What would be done differently (questions)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The five lists as they stood in ``plan.md`` when it was read."""

    items: tuple[PlanItem, ...] = ()
    """In the order of the file."""
    problem: str = ""
    """One sentence on what could not be read; empty if all is well."""

    def of(self, which: PlanList) -> tuple[PlanItem, ...]:
        """Items of one list, in the order of the file."""
        return tuple(item for item in self.items if item.list is which)
