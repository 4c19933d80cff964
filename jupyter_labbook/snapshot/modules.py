"""Freezing the project's own modules: every one that a script reaches by import.

What is imported by a name made at run time (``import_module(name)``) cannot be
seen, nor can a change that a cell made to a module.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
import sysconfig
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING

from jupyter_labbook.snapshot import text
from jupyter_labbook.snapshot.fingerprint import same_class, same_function
from jupyter_labbook.snapshot.values import literal

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKERS = ("pyproject.toml", ".git", "setup.py")
_FOREIGN = {"site-packages", "dist-packages", "__pycache__", "node_modules", "labbook"}
_OURSELVES = "jupyter_labbook"
_PYC_HEADER = 16


def project_root(folder: Path) -> Path:
    """Find the nearest folder that marks a project, or the folder itself."""
    folder = folder.resolve()
    for candidate in (folder, *folder.parents):
        if any((candidate / marker).exists() for marker in _MARKERS):
            return candidate
    return folder


@dataclass(slots=True)
class Frozen:
    """The project modules that a script reaches."""

    files: dict[str, bytes] = field(default_factory=dict)
    """Path relative to the folder that goes on the run's path, to content."""
    modules: dict[str, int] = field(default_factory=dict)
    """Top-level module or package to its size in bytes."""
    edited: list[str] = field(default_factory=list)
    """Modules that are not in the kernel as their files say."""
    outside: dict[str, str] = field(default_factory=dict)
    """Module that is neither installed nor of the project, to the folder on
    ``sys.path`` that holds it."""


def freeze(modules: set[str], root: Path) -> Frozen:
    """Collect the files of project modules, and of those that they import.

    Parameters
    ----------
    modules
        Dotted names that the script imports.
    root
        The project's folder; nothing outside it is collected.
    """
    frozen = Frozen()
    root = root.resolve()
    waiting = sorted(modules)
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen or not _may_be_own(name.partition(".")[0], root):
            continue
        seen.add(name)
        for found in _files_of(name, root, frozen):
            waiting.extend(_add(found, frozen))
    return frozen


def _may_be_own(top: str, root: Path) -> bool:
    if top in {_OURSELVES, "__main__", ""}:
        return False
    if top not in sys.stdlib_module_names:
        return True
    # A file of the project may hide a module of the standard library.
    file = getattr(sys.modules.get(top), "__file__", None)
    return file is not None and Path(file).parent.resolve().is_relative_to(root)


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a project module."""

    path: Path
    base: Path
    """The folder that would be on ``sys.path``."""


def _files_of(name: str, root: Path, frozen: Frozen) -> Iterator[_File]:
    """Find the files behind a dotted name, if it is the project's own.

    An ordinary package is taken whole, since it may load any part of itself.
    """
    top = name.partition(".")[0]
    base, package = _locate(top)
    if base is None:
        return
    if not _belongs(base / top, root):
        if package or (base / f"{top}.py").exists():
            _note_outside(top, base, frozen)
        return
    if (base / top / "__init__.py").is_file():
        for path in _walk(base / top):
            yield _File(path, base)
        return
    for stem in _parents(name):
        for path in (base / f"{stem}.py", base / stem / "__init__.py"):
            if path.is_file():
                yield _File(path, base)


def _locate(top: str) -> tuple[Path | None, bool]:
    """Folder that holds a top-level module, and whether that is a package."""
    module = sys.modules.get(top)
    spec = getattr(module, "__spec__", None)
    if spec is None:
        try:
            spec = importlib.util.find_spec(top)
        except (ImportError, ValueError, AttributeError):
            return None, False
    if spec is None:
        return None, False
    if spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations))).resolve().parent, True
    if spec.origin and spec.origin.endswith(".py"):
        return Path(spec.origin).resolve().parent, False
    return None, False


def _belongs(path: Path, root: Path) -> bool:
    if not path.is_relative_to(root):
        return False
    if _FOREIGN & set(path.relative_to(root).parts):
        return False
    return not any(
        path.is_relative_to(folder)
        for folder in _interpreter()
        if folder.is_relative_to(root)
    )


@lru_cache(maxsize=1)
def _interpreter() -> tuple[Path, ...]:
    """Folders of Python itself, and of the environment it belongs to."""
    paths = {sys.prefix, sys.exec_prefix, *sysconfig.get_paths().values()}
    return tuple(Path(path).resolve() for path in sorted(paths))


def _note_outside(top: str, base: Path, frozen: Frozen) -> None:
    installed = {"site-packages", "dist-packages"} & set(base.parts)
    library = Path(sysconfig.get_paths()["stdlib"]).resolve()
    if not installed and not base.is_relative_to(library):
        frozen.outside[top] = str(base)


def _walk(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name not in _FOREIGN and name[0] != "."
        )
        yield from (Path(place, name) for name in sorted(names) if _is_code(name))


def _is_code(name: str) -> bool:
    # Extension modules that were compiled in place belong to the package.
    return name.endswith((".py", ".so", ".pyd"))


def _parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        yield "/".join(parts[:end])


def _add(file: _File, frozen: Frozen) -> list[str]:
    """Take a file along; return the modules that it imports."""
    relative = file.path.relative_to(file.base).as_posix()
    if relative in frozen.files:
        return []
    content = file.path.read_bytes()
    frozen.files[relative] = content
    module = relative.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    top = module.partition(".")[0]
    frozen.modules[top] = frozen.modules.get(top, 0) + len(content)
    if not relative.endswith(".py"):
        return []
    live = sys.modules.get(module)
    if live is not None and _was_edited(live, content, file.path):
        frozen.edited.append(module)
    is_package = relative.endswith("/__init__.py")
    return _imports(content, module if is_package else module.rpartition(".")[0])


@lru_cache(maxsize=4096)
def _parsed(content: bytes) -> ast.Module | None:
    try:
        return text.parse(content.decode())
    except (SyntaxError, ValueError):
        return None


def _imports(content: bytes, package: str) -> list[str]:
    """Modules that a file imports anywhere, also inside functions."""
    tree = _parsed(content)
    return imported_modules(tree, package) if tree is not None else []


def imported_modules(tree: ast.AST, package: str = "") -> list[str]:
    """Name every module that some code may import.

    Parameters
    ----------
    tree
        The code.
    package
        Package that relative imports start from.
    """
    found: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                found += [alias.name for alias in node.names]
            case ast.ImportFrom():
                base = _absolute(node, package)
                # `from package import part` may mean a module.
                found += [base, *(f"{base}.{alias.name}" for alias in node.names)]
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__")
                | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                found.append(name)
            case _:
                pass
    return found


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, *([node.module] if node.module else [])])


def _was_edited(live: ModuleType, content: bytes, path: Path) -> bool:
    """Whether a module in the kernel is not what its file says.

    Told by the compiled file beside it, which notes the source's time and size,
    and by the functions, classes and plain values that the kernel has in memory.
    What a module computed when it was imported cannot be compared.
    """
    if live.__spec__ is not None and _compiled_before_edit(live.__spec__.cached, path):
        return True
    tree = _parsed(content)
    if tree is None or any(_differs(live, node, tree) for node in tree.body):
        return True
    written = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    written.update(getattr(node, "name", None) or "" for node in ast.walk(tree))
    return any(
        name not in written
        for name, value in vars(live).items()
        if isinstance(value, (FunctionType, type))
        and value.__module__ == live.__name__
        and value.__qualname__ == name
    )


def _compiled_before_edit(cached: str | None, path: Path) -> bool:
    try:
        header = Path(cached or "").read_bytes()[:_PYC_HEADER]
        stat = path.stat()
    except OSError:
        return False
    if len(header) < _PYC_HEADER or header[4:8] != b"\0\0\0\0":
        # Checked by hash, not by time.
        return False
    time, size = header[8:12], header[12:16]
    return (
        int.from_bytes(time, "little") != int(stat.st_mtime) & 0xFFFFFFFF
        or int.from_bytes(size, "little") != stat.st_size & 0xFFFFFFFF
    )


def _differs(live: ModuleType, node: ast.stmt, tree: ast.Module) -> bool:
    match node:
        case (
            ast.FunctionDef(decorator_list=[]) | ast.AsyncFunctionDef(decorator_list=[])
        ) if _bound_once(tree, node.name):
            value = vars(live).get(node.name)
            return not (
                isinstance(value, FunctionType) and same_function(value, node, tree)
            )
        case ast.ClassDef(decorator_list=[]) if _bound_once(tree, node.name):
            value = vars(live).get(node.name)
            return not (isinstance(value, type) and same_class(value, node, tree))
        case ast.Assign(
            targets=[ast.Name(id=name)], value=ast.Constant(value=written)
        ) if _bound_once(tree, name):
            return literal(written) != literal(vars(live).get(name, live))
        case _:
            return False


def _bound_once(tree: ast.Module, name: str) -> bool:
    """Whether only one statement of a module, however deep, can bind a name."""
    count = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            count += node.id == name and not isinstance(node.ctx, ast.Load)
        else:
            count += name in (
                getattr(node, "name", None),
                getattr(node, "asname", None),
            )
    return count == 1
