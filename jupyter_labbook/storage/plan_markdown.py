"""What stands where in ``plan.md``: Markdown in, items and their lines out.

The format, made to be edited by hand and to look right on GitHub::

    ## Questions

    - [ ] (high) Does depth matter more than width?
      - expected: yes, by about a point
      - setup: depth 2 to 12, width fixed at 100
      - impact: the next sweep is over depth

* A list begins at its heading: its title, or its word in singular or plural, in
  any level and case. It ends at the next heading of the same or a higher level.
* An item is a task list item, ticked or not, with any bullet or number. It owns
  everything that Markdown nests below it.
* ``(high)`` or ``(low)`` before the text is the priority. ``(normal)`` is allowed,
  and is written where the text itself begins with one of the three.
* Everything else is the author's: it is kept, byte for byte.

No ids are in the file. An item's id is the start of the SHA-256 of its list, its
text and how many items of the same list and text stand before it. Ticking an item
or giving it another priority therefore keeps its id; another text changes it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from jupyter_labbook.model.plan import PlanItem, PlanList, Priority

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

DETAILS: Final = ("expected", "setup", "impact")
"""What belongs to a question, in the order in which it is written."""

ID_LENGTH: Final = 12

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BULLET = r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+"
_BOX = re.compile(rf"(?P<head>{_BULLET}\[)(?P<tick>[ xX])(?P<tail>\])")
_TASK = re.compile(r"\[(?P<tick>[ xX])\]\s+(?P<rest>\S.*)")
_PRIORITY = re.compile(r"\((?P<word>high|normal|low)\)\s+(?=\S)", re.IGNORECASE)
_DETAIL = re.compile(
    r"(?:\*\*)?(?P<name>expected|setup|impact)(?::\*\*|\*\*:|:)\s*(?P<value>.*)",
    re.IGNORECASE,
)
_DECORATION = re.compile(r"^[\s*_#\d.)]+|[\s*_#:]+$")

_HEADINGS: Final = {
    "unit tests": PlanList.TEST,
    "assumption to dispute": PlanList.ASSUMPTION,
    **{which.value: which for which in PlanList},
    **{f"{which.value}s": which for which in PlanList},
    **{which.title.casefold(): which for which in PlanList},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """Where one detail of an item stands."""

    start: int
    text_end: int
    """Line after the detail's own text."""
    end: int
    """Line after everything nested below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item and its lines, counted from 0; ends are exclusive."""

    item: PlanItem
    start: int
    text_end: int
    """Line after the item's own text."""
    end: int
    """Line after everything nested below it."""
    indent: str
    """What its details are indented by."""
    details: dict[str, Detail]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading of one of the five lists and the lines that follow it."""

    list: PlanList
    start: int
    """Line after the heading."""
    body_end: int
    """Line of the next heading of any level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """``plan.md``, taken apart; its lines joined are the file again."""

    lines: tuple[str, ...]
    """With their line endings."""
    entries: tuple[Entry, ...]
    sections: tuple[Section, ...]
    headings: tuple[str, ...]
    """Every heading, as ``h2 Questions``."""
    stray: int | None
    """First line with a task above every heading, which belongs to no list."""

    @property
    def items(self) -> tuple[PlanItem, ...]:
        """Every item, in the order of the file."""
        return tuple(entry.item for entry in self.entries)

    @property
    def text(self) -> str:
        """The whole file."""
        return "".join(self.lines)


def parse(text: str) -> Page:
    """Take ``plan.md`` apart.

    Any text is a plan; what is not recognised is in no entry.
    """
    from markdown_it.tree import SyntaxTreeNode

    # A byte order mark would hide the Markdown of the first line.
    source = text.removeprefix("\ufeff")
    tree = SyntaxTreeNode(_markdown().parse(source))
    reader = _Reader(split_lines(source))
    for node in tree.children:
        reader.take(node)
    return Page(
        lines=split_lines(text),
        entries=_with_ids(reader.entries),
        sections=reader.finished_sections(),
        headings=tuple(reader.headings),
        stray=reader.stray,
    )


def split_lines(text: str) -> tuple[str, ...]:
    """Split where Markdown does, which is not wherever `str.splitlines` does."""
    return tuple(_LINE.findall(text))


def one_line(text: str) -> str:
    """Make text of one line: every run of white space or control is one space."""
    text = "".join(" " if _is_control(c) else c for c in text)
    return " ".join(text.encode("utf-8", "replace").decode().split())


def split_priority(text: str) -> tuple[Priority | None, str]:
    """Separate a leading priority from the text; None if none is written."""
    match = _PRIORITY.match(text)
    if match is None:
        return None, text
    return Priority(match["word"].lower()), text[match.end() :]


def written(text: str, priority: Priority) -> str:
    """Write text with its priority, so that `split_priority` gives both back."""
    if priority is Priority.NORMAL and split_priority(text)[0] is None:
        return text
    return f"({priority.value}) {text}"


def split_box(line: str) -> tuple[str, str, str]:
    """Split an item's first line: up to the box's mark, the mark, the rest."""
    match = _BOX.match(line)
    if match is None:
        raise ValueError(f"no task: {line!r}")
    mark = match.start("tick")
    return line[:mark], line[mark], line[mark + 1 :]


def content_indent(head: str) -> str:
    """Spaces that nest a line below an item whose bullet is ``head``."""
    return " " * len(head.expandtabs(4))


def leading_space(line: str) -> str:
    """Spaces and tabs before the first character of a line."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def line_ending(line: str) -> str:
    r"""Line ending of a line: ``\n``, ``\r\n``, ``\r`` or nothing."""
    return line[len(line.rstrip("\r\n")) :]


class _Reader:
    """Walks over the blocks of a page and gathers sections and entries."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines
        self.entries: list[Entry] = []
        self.sections: list[Section] = []
        self.headings: list[str] = []
        self.stray: int | None = None
        self._list: PlanList | None = None
        self._level = 0
        self._heading_lines: list[int] = []

    def take(self, node: SyntaxTreeNode) -> None:
        if node.type == "heading":
            self._take_heading(node)
        elif node.type in ("bullet_list", "ordered_list"):
            for child in node.children:
                self._take_item(child)

    def finished_sections(self) -> tuple[Section, ...]:
        ends = [*self._heading_lines, len(self.lines)]
        return tuple(
            replace(one, body_end=min(end for end in ends if end >= one.start))
            for one in self.sections
        )

    def _take_heading(self, node: SyntaxTreeNode) -> None:
        start, end = _lines_of(node)
        self._heading_lines.append(start)
        level = int(node.tag[1:])
        content = node.children[0].content
        self.headings.append(f"{node.tag} {content}")
        title = _DECORATION.sub("", content)
        which = _HEADINGS.get(one_line(title).casefold())
        if which is not None:
            self._list, self._level = which, level
            self.sections.append(Section(list=which, start=end, body_end=end))
        elif level <= self._level:
            self._list = None

    def _take_item(self, node: SyntaxTreeNode) -> None:
        start, end = _lines_of(node)
        first = node.children[0] if node.children else None
        if first is None or first.type != "paragraph":
            return
        task = _TASK.fullmatch(one_line(first.children[0].content))
        if task is None or _BOX.match(self.lines[start]) is None:
            return
        if self._list is None:
            if not self._heading_lines and self.stray is None:
                self.stray = start
            return
        while not self.lines[end - 1].strip():
            end -= 1
        priority, text = split_priority(task["rest"])
        details, values = _details(node)
        item = PlanItem(
            id="",
            list=self._list,
            text=text,
            done=task["tick"] != " ",
            priority=priority or Priority.NORMAL,
            **values,
        )
        entry = Entry(
            item=item,
            start=start,
            text_end=_lines_of(first)[1],
            end=end,
            indent=self._indent(node),
            details=details,
        )
        self.entries.append(entry)

    def _indent(self, node: SyntaxTreeNode) -> str:
        for child in node.children[1:]:
            if child.type == "bullet_list":
                return leading_space(self.lines[_lines_of(child)[0]])
        head = split_box(self.lines[_lines_of(node)[0]])[0].removesuffix("[")
        return content_indent(head)


def _details(item: SyntaxTreeNode) -> tuple[dict[str, Detail], dict[str, str]]:
    details: dict[str, Detail] = {}
    values: dict[str, str] = {}
    lists = [child for child in item.children if child.type == "bullet_list"]
    for node in (bullet for one in lists for bullet in one.children):
        if not node.children or node.children[0].type != "paragraph":
            continue
        paragraph = node.children[0]
        match = _DETAIL.fullmatch(one_line(paragraph.children[0].content))
        if match is None or match["name"].lower() in details:
            continue
        name = match["name"].lower()
        start, text_end = _lines_of(paragraph)
        end = max(_lines_of(child)[1] for child in node.children)
        details[name] = Detail(start=start, text_end=text_end, end=end)
        values[name] = match["value"]
    return details, values


def _with_ids(entries: list[Entry]) -> tuple[Entry, ...]:
    seen: Counter[tuple[PlanList, str]] = Counter()
    identified = []
    for entry in entries:
        key = (entry.item.list, entry.item.text)
        item = replace(entry.item, id=_identify(*key, seen[key]))
        identified.append(replace(entry, item=item))
        seen[key] += 1
    return tuple(identified)


def _identify(which: PlanList, text: str, occurrence: int) -> str:
    content = f"{which.value}\0{text}\0{occurrence}".encode()
    return hashlib.sha256(content).hexdigest()[:ID_LENGTH]


def _lines_of(node: SyntaxTreeNode) -> tuple[int, int]:
    if node.map is None:
        raise ValueError(f"no lines: {node.type}")
    return node.map


def _is_control(character: str) -> bool:
    return character < " " or "\x7f" <= character <= "\x9f"


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # Only the blocks matter here: what stands within a line is the author's.
    return MarkdownIt("commonmark").disable("inline")
