"""Questions of the plan whose cell stands in a notebook and has never been run."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions.plan import read_plan
from jupyter_labbook.errors import LabbookError
from jupyter_labbook.model.digest import Idea, Suggestion
from jupyter_labbook.model.slug import slug
from jupyter_labbook.snapshot import header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_labbook.actions.known import Known
    from jupyter_labbook.model.experiment import Header
    from jupyter_labbook.storage.labbook import LabbookFolder

_MAGIC: Final = "%%experiment"
_DEEPEST: Final = 4
_MOST_NOTEBOOKS: Final = 200
_MOST_BYTES: Final = 20 << 20
_NEVER: Final = {"node_modules", "site-packages", "labbook"}


@dataclass(frozen=True, slots=True)
class FoundCell:
    """An experiment's cell in a notebook.

    Attributes
    ----------
    line
        What stands behind the magic.
    """

    path: Path
    header: Header
    line: str

    @property
    def name(self) -> str:
        """The name that its experiment has, or would have."""
        return self.header.name or slug(self.header.question or self.header.why)

    def first_line(self, **flags: str) -> str:
        """Write its first line with other flags; what else stands there is kept."""
        line = self.line
        for name in flags:
            line = re.sub(
                rf"""(^|\s)--{name}(=|\s+)("[^"]*"|'[^']*'|\S+)""", "", line
            ).strip()
        added = [f"--{name} {value}" for name, value in flags.items()]
        return " ".join(filter(None, [_MAGIC, line, *added]))


def unrun_questions(
    labbook: LabbookFolder, known: Iterable[Known]
) -> Iterator[Suggestion]:
    """Find open items of the plan that only want their cell to be run."""
    try:
        plan = read_plan(labbook.path)
    except LabbookError:
        return
    wanted: dict[str, str] = {}
    for item in plan.items:
        if not item.done:
            wanted[plain(item.text)] = wanted[slug(item.text)] = item.text
    for one in known:
        for text in (plain(one.row.question), plain(one.row.why), one.row.name):
            wanted.pop(text, None)
    told: set[str] = set()
    if not wanted:
        return
    for found in experiment_cells(labbook.path.parent):
        text = wanted.get(plain(found.header.question), wanted.get(found.name, ""))
        if text and text not in told:
            told.add(text)
            yield Suggestion(
                idea=Idea.QUESTION,
                sentence=f"{text} It is in your plan, and has a cell.",
                verb=found.first_line(when="tonight"),
                where=os.path.relpath(found.path, labbook.path.parent),
            )


def plain(text: str) -> str:
    """Write a question so that it is known again in other capitals and spaces."""
    return " ".join(text.casefold().split()).rstrip("?!. ")


def experiment_cells(project: Path) -> Iterator[FoundCell]:
    """Read every experiment's cell in a folder's notebooks."""
    for path in _notebooks(project):
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            if path.stat().st_size > _MOST_BYTES:
                continue
            data = path.read_bytes()
            if _MAGIC.encode() not in data:
                continue
            for cell in json.loads(data)["cells"]:
                source = "".join(cell["source"])
                if cell["cell_type"] == "code" and source.startswith(_MAGIC):
                    line, _, body = source.removeprefix(_MAGIC).partition("\n")
                    with suppress(LabbookError):
                        parsed = header.parse(line.strip(), body)
                        yield FoundCell(path, parsed.header, line.strip())


def _notebooks(project: Path) -> Iterator[Path]:
    count = 0
    for folder, folders, names in os.walk(project):
        depth = len(Path(folder).relative_to(project).parts)
        folders[:] = sorted(
            name
            for name in folders
            if depth < _DEEPEST and name[0] != "." and name not in _NEVER
        )
        for name in sorted(names):
            if name.endswith(".ipynb") and count < _MOST_NOTEBOOKS:
                count += 1
                yield Path(folder) / name
