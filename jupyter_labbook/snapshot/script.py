"""The layout of ``script.py``: one run as a plain Python script."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_labbook.snapshot.items import Item, ItemKind
from jupyter_labbook.snapshot.values import spell

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_WIDTH = 79
_SHELL = """\
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

get_ipython = InteractiveShell.instance
get_ipython(
    config=Config({"HistoryManager": {"enabled": False}}),
    user_module=sys.modules[__name__],
    user_ns=globals(),
)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a script is made of, but for the parameters of one run."""

    items: list[Item]
    """In the order in which they are to stand."""
    body: str
    code: str = ""
    """Folder below ``code/``."""
    cwd: str = ""
    """Working folder relative to the labbook; empty: wherever it is started."""
    paths: list[str] = field(default_factory=list)
    """Folders outside the project that modules come from."""
    imports: list[str] = field(default_factory=list)
    """Lines besides those of the items."""
    lazy_annotations: bool = False
    needs_ipython: bool = False


def head(plan: Plan) -> str:
    """Spell what stands between the docstring and the parameters."""
    lines = ["from __future__ import annotations\n"] if plan.lazy_annotations else []
    lines += _bootstrap(plan)
    imports = {
        line
        for item in plan.items
        if item.kind is ItemKind.IMPORT
        for line in item.text.split("\n")
    }
    if imports or plan.imports:
        lines += _section("Imports")
        lines += sorted(imports.union(plan.imports), key=_import_order)
    lines += _carried([item for item in plan.items if item.kind is not ItemKind.IMPORT])
    return "\n".join(lines)


def tail(plan: Plan) -> str:
    """Spell what stands after the parameters."""
    return "\n".join([*_section("The cell"), plan.body])


def parameters(values: Mapping[str, object]) -> str:
    """Spell the section that differs from run to run."""
    if not values:
        return ""
    lines = [f"{name} = {spell(value)}" for name, value in values.items()]
    return "\n".join([*_section("Parameters"), *lines])


def docstring(title: str, *paragraphs: str) -> str:
    """Spell texts of any kind as the docstring of a module."""
    text = "\n\n".join(part for part in (title, *paragraphs) if part)
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').replace("\0", "")
    if text.endswith('"'):
        text = text[:-1] + '\\"'
    return f'"""{text}\n"""\n'


def relative_folder(cwd: Path, labbook: Path) -> str:
    """Find the way from a labbook to a folder beside or below it; or nothing."""
    cwd, home = cwd.resolve(), labbook.resolve().parent
    if not cwd.is_relative_to(home) and not home.is_relative_to(cwd):
        return ""
    return os.path.relpath(cwd, labbook.resolve())


def _bootstrap(plan: Plan) -> list[str]:
    loads = any(item.kind is ItemKind.VALUE for item in plan.items)
    lines: list[str] = []
    if plan.code or plan.cwd or loads:
        lines.append("_labbook = Path(__file__).resolve().parents[4]")
    if plan.code:
        lines.append(f'sys.path.insert(0, str(_labbook / "code" / "{plan.code}"))')
    lines += [f"sys.path.append({path!r})" for path in plan.paths]
    if plan.cwd == "..":
        lines.append("os.chdir(_labbook.parent)")
    elif plan.cwd:
        lines.append(f"os.chdir(_labbook / {plan.cwd!r})")
    code = "\n".join(lines)
    needed = [
        f"import {module}"
        for module in ("os", "sys")
        if f"{module}." in code or (module == "sys" and plan.needs_ipython)
    ]
    if "Path(" in code:
        needed.append("from pathlib import Path")
    if loads:
        needed += ["", "from jupyter_labbook.runtime.inputs import load as _load"]
    shell = ["", _SHELL] if plan.needs_ipython else []
    return [*needed, "", *lines, *shell] if lines or needed else []


def _carried(items: list[Item]) -> list[str]:
    lines: list[str] = []
    section = ""
    for item in items:
        if not item.text:
            continue
        is_source = item.kind is ItemKind.SOURCE or "." in item.name
        title = "Definitions" if is_source else "Values"
        if title != section:
            section = title
            lines += _section(f"{title} from the notebook")
            lines.pop()
        is_block = "\n" in item.text and is_source
        lines += ["", "", item.text, ""] if is_block else ["", item.text]
    return _tidy(lines)


def _tidy(lines: list[str]) -> list[str]:
    """Let one-line statements follow each other, with no more than two blanks."""
    tidy: list[str] = []
    for index, line in enumerate(lines):
        between = (
            not line
            and 0 < index < len(lines) - 1
            and _is_short(lines[index - 1])
            and _is_short(lines[index + 1])
        )
        if not between and not (not line and tidy[-2:] == ["", ""]):
            tidy.append(line)
    return tidy


def _is_short(line: str) -> bool:
    return bool(line) and "\n" not in line and not line.startswith("#")


def _section(title: str) -> list[str]:
    return ["", f"# --- {title} ".ljust(_WIDTH, "-"), ""]


def _import_order(line: str) -> tuple[bool, str]:
    return line.startswith("from "), line
