"""Ways to write a change into ``plan.md``, tried until one reads back as meant.

Markdown has corners (a paragraph that runs on, a comment that is never closed) in
which an inserted line would mean something else, or change what others mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Final

from jupyter_labbook.errors import CorruptFileError
from jupyter_labbook.storage.plan_markdown import (
    DETAILS,
    Page,
    content_indent,
    leading_space,
    line_ending,
    parse,
    split_box,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_labbook.model.plan import PlanItem, PlanList

SEPARATOR: Final = "<!-- -->"
"""All that keeps two lists apart which would run into one another."""

_HEAD = re.compile(
    r"(?P<indent>[ \t]*)(?:(?P<number>\d+)(?P<delimiter>[.)])|(?P<mark>.))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A changed page, and which of its entries was meant."""

    page: Page
    index: int

    @property
    def item(self) -> PlanItem:
        """The item as it is now."""
        return self.page.entries[self.index].item


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One way to write a change, and what it has to mean when it is read back."""

    before: Page
    lines: list[str]
    items: list[PlanItem]
    index: int
    """Place of the changed item among the items."""
    heading: PlanList | None = None
    """The list whose heading is new, at the end."""

    def reads_back(self, page: Page) -> bool:
        """Whether the lines, as they were read, mean what they should."""
        headings = list(self.before.headings)
        outside = _outside(self.before)
        if self.heading is not None:
            headings.append(f"h2 {self.heading.title}")
            outside.append(f"## {self.heading.title}")
        return (
            [replace(item, id="") for item in page.items]
            == [replace(item, id="") for item in self.items]
            and list(page.headings) == headings
            and _outside(page) == outside
        )


def first_that_reads_back(attempts: Iterable[Attempt], item: PlanItem) -> Edited:
    """Take the first attempt that means what it should.

    Raises
    ------
    CorruptFileError
        None does.
    """
    for attempt in attempts:
        page = parse("".join(attempt.lines))
        if attempt.reads_back(page):
            return Edited(page=page, index=attempt.index)
    raise CorruptFileError(
        f"The change to “{item.text}” cannot be written to plan.md without changing"
        " what other lines mean; look there for a code block or comment that is"
        " never closed, or edit the file by hand."
    )


def placed(page: Page, item: PlanItem, *blocks: list[str]) -> Iterator[Attempt]:
    """Ways to put an item at the end of its list, each in several forms."""
    places = [e.end for e in page.entries if e.item.list is item.list][-1:]
    for section in page.sections:
        if section.list is item.list:
            end = section.body_end
            while end > section.start and not page.lines[end - 1].strip():
                end -= 1
            places += [end, section.start]
            break
    for place, block in product(places, blocks):
        yield from inserted(page, place, item, block)
    if not places:
        heading = [f"## {item.list.title}", "", *blocks[0]]
        yield from inserted(page, len(page.lines), item, heading, new=item.list)


def inserted(
    page: Page,
    at: int,
    item: PlanItem,
    block: list[str],
    *,
    new: PlanList | None = None,
) -> Iterator[Attempt]:
    """Ways to insert a block before line ``at``: blank lines as the place needs.

    ``new`` is the list whose heading the block begins with, if any.
    """
    index = sum(entry.start < at for entry in page.entries)
    items = [*page.items[:index], item, *page.items[index:]]
    ending = ending_above(page, at)
    block = [line.removesuffix(line_ending(line)) + ending for line in block]
    starts = {entry.start for entry in page.entries}
    ends = {entry.end for entry in page.entries}
    first = at == 0 or not page.lines[at - 1].strip()
    last = at == len(page.lines) or not page.lines[at].strip()
    above = [] if first or (at in ends and new is None) else [ending]
    below = [] if last or at in starts else [ending]
    for lines in ([*above, *block, *below], [ending, *block, ending]):
        yield Attempt(
            before=page,
            lines=splice(page.lines, at, at, lines),
            items=items,
            index=index,
            heading=new,
        )


def block_of(item: PlanItem, head: str) -> list[str]:
    """Write an item as lines, without line endings, behind a bullet such as ``- ``."""
    mark = "x" if item.done else " "
    indent = content_indent(head)
    return [
        f"{head}[{mark}] {written(item.text, item.priority)}",
        *(
            f"{indent}- {name}: {getattr(item, name)}"
            for name in DETAILS
            if getattr(item, name)
        ),
    ]


def indented(block: list[str], indent: str = "") -> list[str]:
    """Give an item's lines another indentation in place of its own."""
    own = leading_space(block[0])
    return [indent + line.removeprefix(own) if line.strip() else line for line in block]


def next_head(line: str) -> str:
    """Find the bullet for the item after the one whose first line this is."""
    head = split_box(line)[0].removesuffix("[")
    match = _HEAD.match(head)
    if match is None or match["number"] is None:
        return head
    number = f"{int(match['number']) + 1}{match['delimiter']}"
    return match["indent"] + number + head[match.end() :]


def splice(lines: Iterable[str], start: int, end: int, new: Iterable[str]) -> list[str]:
    r"""Put new lines in place of ``start`` to ``end``; each but the last is ended."""
    spliced = [*lines]
    spliced[start:end] = new
    ending = next((e for e in map(line_ending, spliced) if e), "\n")
    return [
        line if line_ending(line) or place == len(spliced) - 1 else line + ending
        for place, line in enumerate(spliced)
    ]


def ending_above(page: Page, at: int) -> str:
    """Find the line ending that is in use above a line."""
    endings = (line_ending(line) for line in reversed(page.lines[:at]))
    return next((ending for ending in endings if ending), "\n")


def _outside(page: Page) -> list[str]:
    """Lines that belong to no item, without those that only keep others apart."""
    inside = {n for entry in page.entries for n in range(entry.start, entry.end)}
    lines = (line.strip() for n, line in enumerate(page.lines) if n not in inside)
    return [line for line in lines if line and line != SEPARATOR]
