"""Where the notebook's cells bind a name: imports, definitions, assignments."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING

from jupyter_labbook.snapshot import text
from jupyter_labbook.snapshot.names import bound_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

RUNS_ITS_TEXT = {"time", "capture", "prun"}
"""Magics whose text is executed in the notebook's namespace."""


class Kind(Enum):
    """How a statement binds a name."""

    IMPORT = auto()
    DEFINITION = auto()
    ASSIGNMENT = auto()


@dataclass(frozen=True, slots=True)
class Source:
    """A cell as Python."""

    lines: list[str]
    tree: ast.Module
    bindings: dict[str, list[tuple[Kind, ast.stmt]]]
    stars: list[ast.ImportFrom]
    lambdas: list[ast.Lambda]
    magics: list[str]
    """Python that a magic of the cell executes."""
    lazy_annotations: bool


@dataclass(frozen=True, slots=True)
class Binding:
    """One statement of a cell that binds a name."""

    name: str
    kind: Kind
    node: ast.stmt
    source: Source
    position: tuple[int, int]
    """Cell and line: later ones are greater."""

    @property
    def text(self) -> str:
        """The statement's source."""
        return text.segment(self.source.lines, self.node)


class Cells:
    """The earlier cells of a notebook, in the order in which they were executed.

    Only cells in which a name occurs as text are parsed, and each text once.

    Parameters
    ----------
    raw
        Sources as typed.
    transform
        Turns IPython's syntax into Python.
    """

    def __init__(self, raw: Sequence[str], transform: Callable[[str], str]) -> None:
        self._raw = raw
        self._transform = transform
        self._sources: dict[int, list[Source]] = {}

    def bindings(self, name: str) -> list[Binding]:
        """All that bind a name, the newest first."""
        found = [
            Binding(name, kind, node, source, (cell, node.lineno))
            for cell, source in self._mentioning(name)
            for kind, node in source.bindings.get(name, ())
        ]
        found.reverse()
        return found

    def stars(self) -> list[str]:
        """Modules of which cells imported everything, the newest first."""
        names = [
            node.module or ""
            for _, source in self._mentioning("*")
            for node in source.stars
        ]
        return list(dict.fromkeys(reversed(names)))

    def lambdas(self) -> Iterator[tuple[ast.Lambda, Source, tuple[int, int]]]:
        """All lambdas of all cells, the newest first."""
        for cell, source in reversed(list(self._mentioning("lambda"))):
            for node in source.lambdas:
                yield node, source, (cell, node.lineno)

    def imports(self, module: str) -> bool:
        """Whether some cell imports a module, or what is in it, by its full name."""
        return any(
            name == module or name.startswith(module + ".")
            for _, source in self._mentioning(module)
            for node in ast.walk(source.tree)
            for name in _modules_in(node)
        )

    @property
    def lazy_annotations(self) -> bool:
        """Whether a cell said ``from __future__ import annotations``."""
        return any(
            source.lazy_annotations for _, source in self._mentioning("__future__")
        )

    def _mentioning(self, name: str) -> Iterator[tuple[int, Source]]:
        for cell, raw in enumerate(self._raw):
            if name in raw:
                if cell not in self._sources:
                    self._sources[cell] = list(self._read(raw))
                for source in self._sources[cell]:
                    yield cell, source

    def _read(self, raw: str) -> Iterator[Source]:
        source = source_of(raw) or source_of(self._transform(raw))
        if source is not None:
            yield source
            for inner in source.magics:
                yield from self._read(inner)


@lru_cache(maxsize=4096)
def source_of(python: str) -> Source | None:
    """Index a piece of Python; None if it is none."""
    try:
        tree = text.parse(python)
    except (SyntaxError, ValueError):
        return None
    source = Source(python.split("\n"), tree, {}, [], [], [], _is_lazy(tree))
    for node in tree.body:
        _index(source, node)
    source.lambdas.extend(n for n in ast.walk(tree) if isinstance(n, ast.Lambda))
    return source


def _is_lazy(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in tree.body
    )


def _index(source: Source, node: ast.stmt) -> None:
    """Note what a statement, and those inside an ``if`` or ``try``, bind."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            _note(source, node.name, Kind.DEFINITION, node)
            return
        case ast.ImportFrom() if node.names[0].name == "*":
            source.stars.append(node)
        case ast.Import() | ast.ImportFrom():
            for alias in node.names:
                _note(source, bound_by(alias), Kind.IMPORT, node)
        case ast.Expr(value=ast.Call() as call):
            source.magics.extend(_executed_by(call))
        case _:
            pass
    for child in _own_parts(node):
        if isinstance(child, ast.stmt):
            _index(source, child)
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            _note(source, child.id, Kind.ASSIGNMENT, node)


def _own_parts(node: ast.stmt) -> Iterator[ast.AST]:
    """Walk a statement, but not into the statements that it holds, nor functions."""
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        child = waiting.pop(0)
        yield child
        if not isinstance(child, ast.stmt | ast.Lambda):
            waiting[:0] = ast.iter_child_nodes(child)


def _note(source: Source, name: str, kind: Kind, node: ast.stmt) -> None:
    source.bindings.setdefault(name, []).append((kind, node))


def text_of_magic(call: ast.Call) -> tuple[str, str] | None:
    """Read name and text of the magic that a call was made of."""
    match call:
        case ast.Call(
            func=ast.Attribute(attr="run_cell_magic" | "run_line_magic"),
            args=[ast.Constant(value=str(magic)), *_, ast.Constant(value=str(inner))],
        ):
            return magic, inner
        case _:
            return None


def _executed_by(call: ast.Call) -> list[str]:
    """Read the Python in what ``%%time`` and its like became."""
    found = text_of_magic(call)
    if found is None:
        return []
    magic, inner = found
    runs = magic in RUNS_ITS_TEXT or (magic == "experiment" and _here(call))
    return [inner] if runs else []


def _here(call: ast.Call) -> bool:
    line = call.args[1]
    return isinstance(line, ast.Constant) and "--here" in str(line.value)


def _modules_in(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
