"""``journal.md``: what was asked, expected, observed and learned, day by day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_labbook.storage.hand_edited import HandEditedFile

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

NAME = "journal.md"

_OPENING = """\
# Journal

What was asked, expected, observed and learned. Write here as you like: what you
write stays.
"""
_TITLES = ("Asked", "Expected", "Observed", "Learned")
_ITEM = re.compile(rf"[-*] \*\*({'|'.join(_TITLES)}):\*\*")
_FENCE = re.compile(r"(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """What one day knows of one version of an experiment; empty parts are unknown."""

    day: date
    name: str
    """Of the experiment."""
    number: int
    version: int = 1
    asked: str = ""
    expected: str = ""
    observed: str = ""
    learned: str = ""

    @property
    def heading(self) -> str:
        """What the entry is found by."""
        version = f", version {self.version}" if self.version > 1 else ""
        return f"## {self.day.isoformat()}: {self.number:04d} {self.name}{version}"

    @property
    def parts(self) -> dict[str, str]:
        """What is known, by its title."""
        texts = (self.asked, self.expected, self.observed, self.learned)
        return {t: x.strip() for t, x in zip(_TITLES, texts, strict=True) if x.strip()}


def append_entry(labbook: Path, entry: JournalEntry) -> None:
    """Write an entry at the end of the journal, or complete the one that is there.

    What stands there is never taken away: a part that says something else by now
    keeps its text, and the new one is added below.

    Raises
    ------
    CorruptFileError
        The journal is not UTF-8; it is left as it is.
    StorageError
        It cannot be read or written.
    """
    journal = HandEditedFile(labbook / NAME)
    journal.change(lambda text: _with_entry(text or _OPENING, entry))


def _with_entry(text: str, entry: JournalEntry) -> str:
    line_end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    sections = _sections(lines)
    found = next(
        (
            (start, end)
            for start, end in sections
            if lines[start].rstrip() == entry.heading
        ),
        None,
    )
    if found is None:
        items = [
            line for title, new in entry.parts.items() for line in _item(title, new)
        ]
        block = line_end.join([entry.heading, "", *items, ""])
        before = text.rstrip("\r\n")
        return f"{before}{line_end * 2 if before else ''}{block}"
    start, end = found
    completed = lines[start:end]
    for title, new in entry.parts.items():
        _complete(completed, title, new, "\r" if line_end == "\r\n" else "")
    return "\n".join([*lines[:start], *completed, *lines[end:]])


def _sections(lines: list[str]) -> list[tuple[int, int]]:
    """Line ranges under each heading of the second level."""
    starts: list[int] = []
    ends: list[int] = []
    fence = ""
    for index, line in enumerate(lines):
        if found := _FENCE.match(line):
            mark = found[1]
            if not fence:
                fence = mark
            elif mark.startswith(fence):
                fence = ""
        elif not fence and re.match(r"##? ", line):
            if len(ends) < len(starts):
                ends.append(index)
            if line.startswith("## "):
                starts.append(index)
    if len(ends) < len(starts):
        ends.append(len(lines))
    return list(zip(starts, ends, strict=True))


def _item(title: str, text: str) -> list[str]:
    first, *rest = text.splitlines()
    return [f"- **{title}:** {first}", *_indented(rest)]


def _indented(lines: list[str]) -> list[str]:
    """Lines that Markdown counts to the item above, headings and all."""
    return [f"  {line}".rstrip() for line in lines]


def _complete(section: list[str], title: str, text: str, ending: str) -> None:
    """Put a part into a section of the journal, changing its lines in place."""
    items = _items(section)
    if title not in items:
        place = _TITLES.index(title)
        before = [end for t, (_, end) in items.items() if _TITLES.index(t) < place]
        last = max(before, default=min((i for i, _ in items.values()), default=-1))
        if last < 0:
            last = _end(section)
            if last == len(section) or section[last].strip():
                section.insert(last, ending)
            last += 1
        section[last:last] = [line + ending for line in _item(title, text)]
        return
    start, end = items[title]
    present = " ".join(" ".join(section[start:end]).split())
    if " ".join(text.split()) in present:
        return
    first = section[start].rstrip()
    if end == start + 1 and _ITEM.fullmatch(first):
        section[start:end] = [line + ending for line in _item(title, text)]
        return
    added = ["", *_indented(text.splitlines())]
    section[end:end] = [line + ending for line in added]


def _items(section: list[str]) -> dict[str, tuple[int, int]]:
    """Line range of each part, without the blank lines that follow it."""
    found: dict[str, tuple[int, int]] = {}
    title, start = "", 0
    for index, line in enumerate([*section, "end"]):
        match = _ITEM.match(line)
        if match or (line.strip() and not line.startswith((" ", "\t"))):
            if title:
                body = section[start:index]
                found.setdefault(title, (start, start + _end(body)))
            title, start = (match[1], index) if match else ("", index)
    return found


def _end(lines: list[str]) -> int:
    """Count lines up to the last that is not blank."""
    return max((i + 1 for i, line in enumerate(lines) if line.strip()), default=0)
