"""Which frozen code carries a function, class or module: by its tree, not its text.

A module of the project counts if the script leads to it by imports, as they are
written. Where some code imports by a name made at run time, every frozen module
counts, since any may be meant.
"""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from jupyter_labbook.snapshot import text
from jupyter_labbook.snapshot.modules import imported_modules
from jupyter_labbook.snapshot.names import bound_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SCRIPT = "script.py"


class How(StrEnum):
    """What a file has to do with a definition."""

    DEFINES = "defines"
    IMPORTS = "imports"


@dataclass(frozen=True, slots=True)
class Use:
    """One place where frozen code carries what was looked for."""

    file: str
    """``script.py``, or a path below the run's folder of frozen modules."""
    how: How
    name: str
    """In full: ``labkit.data.split_data``."""
    content: str = ""
    """Hash of what a definition says, whatever its layout and comments."""

    def __str__(self) -> str:
        module = "" if self.file == SCRIPT else module_name(self.file)
        if self.name == module:
            return f"{self.file} is {module}"
        name = self.name
        if self.how is How.DEFINES and module:
            name = name.removeprefix(f"{module}.")
        return f"{self.file} {self.how} {name}"


@dataclass(frozen=True, slots=True)
class Uses:
    """What a run's frozen code has to do with a definition."""

    found: tuple[Use, ...] = ()
    beside: tuple[Use, ...] = ()
    """In modules that were frozen, but that nothing in the script leads to."""
    unreadable: tuple[str, ...] = ()
    """Files that are not Python, so that nobody can tell."""


def find_uses(target: str, script: str, modules: Mapping[str, bytes]) -> Uses:
    """Look for a function, class or module in the frozen code of a run.

    Parameters
    ----------
    target
        Its name, alone or with what it is in: ``split_data``, ``Trainer.fit``,
        ``labkit.data.split_data``, ``labkit.data``.
    script
        Source of ``script.py``.
    modules
        Path below the folder of frozen modules to content.
    """
    files = {
        path: found
        for path, content in modules.items()
        if path.endswith(".py") and (found := _read(content, path)) is not None
    }
    body = _read(script.encode("utf-8", "surrogatepass"), SCRIPT)
    reached = set(files) if body is None else _reached(body, files)
    uses = [] if body is None else list(body.uses(target))
    beside: list[Use] = []
    for path, file in files.items():
        (uses if path in reached else beside).extend(file.uses(target))
    broken = [path for path in modules if path.endswith(".py") and path not in files]
    return Uses(
        tuple(uses), tuple(beside), (*([SCRIPT] if body is None else []), *broken)
    )


def definitions(target: str, source: bytes, path: str) -> dict[str, str]:
    """Find what a file says of a definition: full name to hash of its content."""
    file = _read(source, path)
    uses = file.uses(target) if file else ()
    return {use.name: use.content for use in uses if use.how is How.DEFINES}


@dataclass(frozen=True, slots=True)
class _File:
    """One file of frozen code, as far as names go."""

    path: str
    module: str
    """Empty for the script."""
    content: str
    definitions: tuple[tuple[str, str], ...]
    """Name as it is nested, and hash of its content."""
    imported: frozenset[str]
    """Everything that is named in full by way of an import."""
    modules: frozenset[str]
    """Modules that it may import."""
    dynamic: bool
    """Whether it imports by a name made at run time."""

    def uses(self, target: str) -> Iterator[Use]:
        if self.module and _is_in(self.module, target):
            yield Use(self.path, How.DEFINES, self.module, self.content)
            return
        for name, content in self.definitions:
            full = f"{self.module}.{name}" if self.module else name
            if _ends_with(full, target):
                yield Use(self.path, How.DEFINES, full, content)
        named = {name for name in self.imported if _is_in(name, target)}
        shortest = sorted(named, key=lambda name: (name.count("."), name))
        if shortest:
            yield Use(self.path, How.IMPORTS, shortest[0])


def _ends_with(full: str, target: str) -> bool:
    return full == target or full.endswith(f".{target}")


def _is_in(full: str, target: str) -> bool:
    """Whether a name is what is looked for, or is inside of it."""
    return _ends_with(full, target) or full.startswith(f"{target}.")


@lru_cache(maxsize=4096)
def _read(source: bytes, path: str) -> _File | None:
    """Read a file of code; None if it is not Python."""
    try:
        tree = text.parse(source.decode("utf-8", "surrogatepass"))
    except (SyntaxError, ValueError, RecursionError):
        return None
    module = "" if path == SCRIPT else module_name(path)
    is_package = path.endswith("/__init__.py")
    package = module if is_package else module.rpartition(".")[0]
    walk = _Names(package)
    walk.visit(tree)
    return _File(
        path=path,
        module=module,
        content=_hash(tree),
        definitions=tuple(_definitions(tree.body)),
        imported=frozenset(walk.found()),
        modules=frozenset(imported_modules(tree, package)),
        dynamic=walk.dynamic,
    )


def module_name(path: str) -> str:
    """Name the module that a file below a folder of modules holds."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _definitions(body: list[ast.stmt], inside: str = "") -> Iterator[tuple[str, str]]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                name = inside + node.name
                yield name, _hash(node)
                yield from _definitions(node.body, f"{name}.")
            case ast.Assign(targets=[ast.Name(id=bound)], value=ast.Lambda()):
                yield inside + bound, _hash(node)
            case _:
                for field_ in ("body", "orelse", "finalbody"):
                    yield from _definitions(getattr(node, field_, []), inside)
                for part in getattr(node, "handlers", getattr(node, "cases", [])):
                    yield from _definitions(part.body, inside)


def _hash(node: ast.AST) -> str:
    return hashlib.sha256(ast.dump(node).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(slots=True)
class _Names(ast.NodeVisitor):
    """Collects what a file names by way of its imports."""

    package: str
    dynamic: bool = False
    _local: dict[str, set[str]] = field(default_factory=dict)
    """Name in the file to what may stand behind it."""
    _loaded: set[str] = field(default_factory=set)
    _chains: set[str] = field(default_factory=set)
    _names: set[str] = field(default_factory=set)
    _stars: set[str] = field(default_factory=set)

    def found(self) -> set[str]:
        """Everything that is named, in full."""
        found = self._loaded.union(*self._local.values())
        for chain in self._chains:
            first, _, rest = chain.partition(".")
            found |= {f"{base}.{rest}" for base in self._local.get(first, ())}
        unknown = self._names - self._local.keys()
        return found | {f"{star}.{name}" for star in self._stars for name in unknown}

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            full = alias.name if alias.asname else alias.name.partition(".")[0]
            self._local.setdefault(bound_by(alias), set()).add(full)
            # What an import loads is used, whether it is named again or not.
            self._loaded.add(alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        one = ast.Module([node], [])
        base = imported_modules(one, self.package)[0]
        for alias in node.names:
            if alias.name == "*":
                self._stars.add(base)
                continue
            local = self._local.setdefault(alias.asname or alias.name, set())
            local.add(f"{base}.{alias.name}")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        chain = _dotted(node)
        if chain:
            self._chains.add(chain)
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._names.add(node.id)

    def visit_Call(self, node: ast.Call) -> None:
        called = _dotted(node.func).rpartition(".")[2]
        written = bool(node.args) and isinstance(node.args[0], ast.Constant)
        if called in ("import_module", "__import__") and not written:
            self.dynamic = True
        self.generic_visit(node)


def _dotted(node: ast.expr) -> str:
    """Spell ``a.b.c``; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def _reached(script: _File, files: Mapping[str, _File]) -> set[str]:
    """Find the modules that a script leads to, the packages around them included."""
    by_module = {file.module: path for path, file in files.items()}
    reached: set[str] = set()
    waiting = [script]
    while waiting:
        file = waiting.pop()
        if file.dynamic:
            return set(files)
        for name in file.modules:
            parts = name.split(".")
            for end in range(1, len(parts) + 1):
                path = by_module.get(".".join(parts[:end]))
                if path is not None and path not in reached:
                    reached.add(path)
                    waiting.append(files[path])
    return reached
