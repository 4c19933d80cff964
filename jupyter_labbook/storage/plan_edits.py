"""Changes to the text of ``plan.md`` that leave all other lines as they are.

Each change is tried on the text and read back: it counts only if the plan then
holds exactly what was meant, every other item included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import chain, product
from typing import TYPE_CHECKING, Any, Final

from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.model.plan import PlanItem, PlanList, Priority
from jupyter_labbook.storage.plan_attempts import (
    SEPARATOR,
    Attempt,
    Edited,
    block_of,
    ending_above,
    first_that_reads_back,
    indented,
    inserted,
    next_head,
    placed,
    splice,
)
from jupyter_labbook.storage.plan_markdown import (
    DETAILS,
    Entry,
    Page,
    content_indent,
    leading_space,
    line_ending,
    one_line,
    split_box,
    split_lines,
    split_priority,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HINTS: Final = {
    PlanList.EXPERIMENT: "What to run next.",
    PlanList.QUESTION: "What you want to know: expected answer, setup, impact.",
    PlanList.ASSUMPTION: "What everything rests on and nobody has checked.",
    PlanList.TEST: "Code whose failure would make results wrong without a sign.",
    PlanList.FRAMING: "How else the problem could be seen.",
}

TEMPLATE: Final = (
    "# Plan\n\n"
    "*Five lists for the time in which the machine is busy. Edit them here as you"
    " like: `- [ ]` begins an item, `- [x]` is done, `(high)` or `(low)` before the"
    " text is its priority.*\n"
) + "".join(f"\n## {which.title}\n\n*{_HINTS[which]}*\n" for which in PlanList)
"""A new ``plan.md``."""

_VALUE = re.compile(r"\s*(?:[-*+]\s+)?(?:\*\*)?\w+(?::\*\*|\*\*:|:)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """An item that was deleted, with what is needed to put it back."""

    item: PlanItem
    raw: str
    """Its lines."""
    line: int
    """Where it stood, counted from 0."""
    above: str
    below: str
    """The lines around it: where they still meet, it goes back between them."""
    left: str
    """What had to be left in its place to keep them apart, mostly nothing."""
    after: str
    """Id of the item before it in its list, if any."""
    key: str
    """Tells this deletion from every other."""


def add(page: Page, item: PlanItem) -> Edited:
    """Put a new item at the end of its list."""
    item = _cleaned(item)
    return first_that_reads_back(_added(page, item), item)


def edit(page: Page, index: int, fields: Mapping[str, str]) -> Edited:
    """Change an item's text or details; an empty detail is taken away.

    Parameters
    ----------
    page, index
        The page and the place of the item among its entries.
    fields
        New values by name: ``text``, ``expected``, ``setup``, ``impact``.
    """
    changes: dict[str, Any] = dict(fields)
    wanted = _cleaned(replace(page.entries[index].item, **changes))
    edited = Edited(page=page, index=index)
    if wanted.text != edited.item.text:
        edited = _set_text(page, index, wanted.text)
    for name in DETAILS:
        value = getattr(wanted, name)
        if value != getattr(edited.item, name):
            edited = _set_detail(edited.page, index, name, value)
    return edited


def tick(page: Page, index: int, *, done: bool) -> Edited:
    """Tick an item, or take the tick away."""
    entry = page.entries[index]
    if entry.item.done is done:
        return Edited(page=page, index=index)
    before, _, after = split_box(page.lines[entry.start])
    line = before + ("x" if done else " ") + after
    wanted = replace(entry.item, done=done)
    lines = splice(page.lines, entry.start, entry.start + 1, [line])
    return first_that_reads_back([_changed(page, index, wanted, lines)], wanted)


def set_priority(page: Page, index: int, priority: Priority) -> Edited:
    """Give an item another priority."""
    entry = page.entries[index]
    if entry.item.priority is priority:
        return Edited(page=page, index=index)
    wanted = replace(entry.item, priority=priority)
    before, mark, after = split_box(page.lines[entry.start])
    rest = after[1:].lstrip()
    line = f"{before}{mark}] {written(split_priority(rest)[1], priority)}"
    attempts = [
        splice(page.lines, entry.start, entry.start + 1, [line]),
        _with_text(page, entry, wanted),
    ]
    return first_that_reads_back(
        (_changed(page, index, wanted, lines) for lines in attempts), wanted
    )


def delete(page: Page, index: int, *, key: str = "") -> tuple[Page, Deleted]:
    """Take an item away with everything nested below it."""
    entry = page.entries[index]
    items = list(page.items)
    del items[index]
    ending = ending_above(page, entry.start)
    # Where the lines around it would run into one another, something has to stay;
    # only a comment keeps two lists apart.
    remains: list[list[str]] = [[], [ending], [SEPARATOR + ending]]
    attempts = (
        Attempt(
            before=page,
            lines=splice(page.lines, entry.start, entry.end, lines),
            items=items,
            index=0,
        )
        for lines in remains
    )
    rest = first_that_reads_back(attempts, entry.item).page
    below = len(page.lines) - entry.end
    before = [e.item for e in page.entries[:index] if e.item.list is entry.item.list]
    deleted = Deleted(
        item=entry.item,
        raw="".join(page.lines[entry.start : entry.end]),
        line=entry.start,
        above=page.lines[entry.start - 1],
        below=page.lines[entry.end] if below else "",
        left="".join(rest.lines[entry.start : len(rest.lines) - below]),
        after=before[-1].id if before else "",
        key=key,
    )
    return rest, deleted


def restore(page: Page, deleted: Deleted) -> Edited:
    """Put a deleted item back: where it stood, or as near as can be told."""
    block = list(split_lines(deleted.raw))
    return first_that_reads_back(_restored(page, deleted, block), deleted.item)


def move(page: Page, index: int, which: PlanList, before: int | None = None) -> Edited:
    """Move an item to the end of a list, or before another item.

    Parameters
    ----------
    page, index
        The page and the place of the item among its entries.
    which
        The list it is to be in; not used with ``before``.
    before
        Place among the entries of the item that it is to precede.
    """
    entry = page.entries[index]
    target = None if before is None else page.entries[before]
    if target is entry:
        return Edited(page=page, index=index)
    wanted = replace(entry.item, list=target.item.list if target else which)
    block = list(page.lines[entry.start : entry.end])
    rest, _ = delete(page, index)
    if before is None:
        attempts = placed(rest, wanted, block, indented(block))
    else:
        at = rest.entries[before - (before > index)].start
        aligned = indented(block, leading_space(rest.lines[at]))
        ways = (inserted(rest, at, wanted, lines) for lines in (block, aligned))
        attempts = chain.from_iterable(ways)
    return first_that_reads_back(attempts, wanted)


def _cleaned(item: PlanItem) -> PlanItem:
    text = one_line(item.text)
    if not text:
        raise InvalidInputError("An item of the plan needs a text; nothing was stored.")
    details: dict[str, Any] = {name: one_line(getattr(item, name)) for name in DETAILS}
    return replace(item, text=text, **details)


def _added(page: Page, item: PlanItem) -> Iterator[Attempt]:
    entries = [entry for entry in page.entries if entry.item.list is item.list]
    head = next_head(page.lines[entries[-1].start]) if entries else "- "
    return placed(page, item, block_of(item, head), block_of(item, "- "))


def _restored(page: Page, deleted: Deleted, block: list[str]) -> Iterator[Attempt]:
    at = deleted.line
    end = at + len(split_lines(deleted.left))
    around = ["", *page.lines, ""]
    here = [deleted.above, *split_lines(deleted.left), deleted.below]
    if around[at : end + 2] == here:
        index = sum(entry.start < at for entry in page.entries)
        items = [*page.items[:index], deleted.item, *page.items[index:]]
        lines = splice(page.lines, at, end, block)
        yield Attempt(before=page, lines=lines, items=items, index=index)
    for entry in page.entries:
        if entry.item.id == deleted.after:
            yield from inserted(page, entry.end, deleted.item, block)
    if not deleted.after:
        for entry in page.entries:
            if entry.item.list is deleted.item.list:
                yield from inserted(page, entry.start, deleted.item, block)
                break
    yield from placed(page, deleted.item, block, indented(block))


def _set_text(page: Page, index: int, text: str) -> Edited:
    entry = page.entries[index]
    wanted = replace(entry.item, text=text)
    lines = _with_text(page, entry, wanted)
    return first_that_reads_back([_changed(page, index, wanted, lines)], wanted)


def _with_text(page: Page, entry: Entry, wanted: PlanItem) -> list[str]:
    before, mark, _ = split_box(page.lines[entry.start])
    ending = line_ending(page.lines[entry.text_end - 1])
    line = f"{before}{mark}] {written(wanted.text, wanted.priority)}{ending}"
    return splice(page.lines, entry.start, entry.text_end, [line])


def _set_detail(page: Page, index: int, name: str, value: str) -> Edited:
    entry = page.entries[index]
    change: dict[str, Any] = {name: value}
    wanted = replace(entry.item, **change)
    return first_that_reads_back(
        (
            _changed(page, index, wanted, lines)
            for lines in _with_detail(page, entry, name, value)
        ),
        wanted,
    )


def _with_detail(
    page: Page, entry: Entry, name: str, value: str
) -> Iterator[list[str]]:
    detail = entry.details.get(name)
    if detail is None:
        earlier = DETAILS[: DETAILS.index(name)]
        at = max(
            [entry.text_end, *(d.end for n, d in entry.details.items() if n in earlier)]
        )
        own = content_indent(split_box(page.lines[entry.start])[0].removesuffix("["))
        ways = product((entry.indent, own), (at, entry.end), (False, True))
        for indent, place, padded in ways:
            ending = ending_above(page, place)
            new = [f"{indent}- {name}: {value}{ending}", *([ending] if padded else [])]
            yield splice(page.lines, place, place, new)
        return
    if not value and detail.end == detail.text_end:
        yield splice(page.lines, detail.start, detail.end, [])
    label = _VALUE.match(page.lines[detail.start])
    if label is not None:
        ending = line_ending(page.lines[detail.text_end - 1])
        line = f"{label[0]} {value}".rstrip() + ending
        yield splice(page.lines, detail.start, detail.text_end, [line])


def _changed(page: Page, index: int, item: PlanItem, lines: list[str]) -> Attempt:
    items = [*page.items[:index], item, *page.items[index + 1 :]]
    return Attempt(before=page, lines=lines, items=items, index=index)
