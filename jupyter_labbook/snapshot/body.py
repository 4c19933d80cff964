"""The code of an experiment's cell, made ready to stand in a script."""

from __future__ import annotations

import ast
import inspect
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_labbook.errors import InvalidInputError, TransferError
from jupyter_labbook.snapshot import text
from jupyter_labbook.snapshot.imports import star_names
from jupyter_labbook.snapshot.names import Names, Read, names_of
from jupyter_labbook.snapshot.sources import RUNS_ITS_TEXT, source_of, text_of_magic

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

_SHELL = "get_ipython()"
_SHOWS_NOTHING = {"log", "print", "progress", "show"}
"""Functions whose None need not be looked at."""


@dataclass(frozen=True, slots=True)
class Body:
    """The code of a cell as Python."""

    python: str
    tree: ast.Module
    names: Names
    is_async: bool
    """Whether it awaits at its top level."""
    shows_last: bool
    """Whether the value of its last line is to be displayed."""
    lazy_annotations: bool


def prepare(source: str, transform: Callable[[str], str]) -> Body:
    """Read a body.

    Parameters
    ----------
    source
        As typed; its line 1 is line 2 of the cell.
    transform
        Turns IPython's syntax into Python.

    Raises
    ------
    InvalidInputError
        It is not Python, or there is none.
    TransferError
        It imports everything of a module that nothing is known of.
    """
    python, tree = _parsed(source, transform)
    if not tree.body:
        raise InvalidInputError(
            "The cell has no code below its header: write what the experiment does"
        )
    changes: list[tuple[ast.stmt, str]] = []
    lazy = False
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            lazy = lazy or any(alias.name == "annotations" for alias in node.names)
            changes.append((node, "pass"))
        elif isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            changes.append((node, _expanded(node, tree)))
    if changes:
        python = text.edit(python, changes)
        tree = text.parse(python)
    return Body(
        python,
        tree,
        _names(python, tree, transform, lazy_annotations=lazy),
        bool(_flags(tree) & inspect.CO_COROUTINE),
        _shows_last(python, tree),
        lazy,
    )


def in_script(body: Body, display: str) -> str:
    """Spell a body as it stands in a script.

    It is guarded, so that processes which import the script (as those of
    `multiprocessing` do) define what it defines and do not execute it again.

    Parameters
    ----------
    display
        Name of the function that shows the value of the last line.
    """
    python = body.python
    changes = _without_annotations(body) if body.is_async else []
    if body.shows_last:
        last = body.tree.body[-1]
        start = "" if text.begins_line(python, last) else "\n"
        code = text.source_at(python, last)
        changes.append((last, f"{start}_last = {code}"))
    python = text.edit(python, changes).strip("\n")
    if body.shows_last:
        python += f"\nif _last is not None:\n    {display}(_last)"
    code = text.indent(python, text.parse(python))
    if not body.is_async:
        return f'if __name__ == "__main__":\n{code}\n'
    bound = sorted(body.names.binds)
    declared = f"    global {', '.join(bound)}\n" if bound else ""
    return (
        f"async def _main():\n{declared}{code}\n\n\n"
        'if __name__ == "__main__":\n    asyncio.run(_main())\n'
    )


def _names(
    python: str,
    tree: ast.Module,
    transform: Callable[[str], str],
    *,
    lazy_annotations: bool,
) -> Names:
    """Find the names of a body, also those in the text of magics and commands."""
    changes: list[tuple[ast.stmt, str]] = []
    mentioned: list[Read] = []
    for node in ast.walk(tree) if _SHELL in python else ():
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            magic, inner = text_of_magic(node.value) or ("", "")
            if magic in RUNS_ITS_TEXT and source_of(transform(inner)):
                lines = f"{_SHELL}\n{transform(inner)}".split("\n")
                changes.append((node, ("\n" + " " * node.col_offset).join(lines)))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            # `$word`, `{word}`, `%timeit -n 3 f(x)`: all that may be a name.
            mentioned += [
                Read(name, node.lineno, optional=True)
                for name in re.findall(r"[^\W\d]\w*", node.value)
            ]
    if changes:
        python = text.edit(python, changes)
        tree = text.parse(python)
    names = names_of(python, tree, lazy_annotations=lazy_annotations)
    names.reads += [read for read in mentioned if read.name not in names.binds]
    return names


def _parsed(source: str, transform: Callable[[str], str]) -> tuple[str, ast.Module]:
    code = source.lstrip("\n")
    above = len(source) - len(code)
    code = code.rstrip()
    try:
        text.parse(code)
    except (SyntaxError, ValueError):
        code = transform(code).rstrip()
    python = "\n" * above + code
    try:
        tree = text.parse(python)
        _flags(tree)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 0
        reason = getattr(error, "msg", str(error))
        raise InvalidInputError(f"The cell's line {line + 1}: {reason}") from None
    return python, tree


def _flags(tree: ast.Module) -> int:
    """Compile, which finds what parsing lets pass, such as a stray ``return``."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code: CodeType = compile(tree, "<cell>", "exec", flags, dont_inherit=True)
    return code.co_flags


def _shows_last(python: str, tree: ast.Module) -> bool:
    last = tree.body[-1]
    if not isinstance(last, ast.Expr) or text.after(python, last).startswith(";"):
        return False
    match last.value:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name not in _SHOWS_NOTHING
        case _:
            return True


def _expanded(node: ast.ImportFrom, tree: ast.Module) -> str:
    """Name what the body uses of a star import."""
    brought = star_names(node)
    if brought is None:
        raise TransferError(
            f"`from {node.module} import *` (line {node.lineno + 1}) cannot be looked "
            "into before it runs: import the names that the cell uses"
        )
    used = {inner.id for inner in ast.walk(tree) if isinstance(inner, ast.Name)}
    names = sorted(used & brought)
    return f"from {node.module} import {', '.join(names)}" if names else "pass"


def _without_annotations(body: Body) -> list[tuple[ast.stmt, str]]:
    """Take annotations off top-level names: a ``global`` name can have none."""
    changes: list[tuple[ast.stmt, str]] = []
    waiting: list[ast.AST] = list(body.tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            value = node.value and ast.get_source_segment(body.python, node.value)
            changes.append((node, f"{node.target.id} = {value}" if value else "pass"))
        elif not isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ):
            waiting.extend(ast.iter_child_nodes(node))
    return changes
