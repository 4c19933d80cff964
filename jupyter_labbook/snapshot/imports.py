"""Import lines that give the very object that a name of the notebook stands for."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

from jupyter_labbook.snapshot.names import bound_by
from jupyter_labbook.snapshot.sources import Kind

if TYPE_CHECKING:
    from jupyter_labbook.snapshot.sources import Binding, Cells

_MISSING = object()
_INTERNED = (int, float, complex, str, bytes, tuple, frozenset, type(None))
"""Equal values of these may be one object by chance."""


def import_of(
    name: str, value: object, bindings: list[Binding], cells: Cells
) -> str | None:
    """Spell the import by which cells bound a name; None if another thing did."""
    for index, binding in enumerate(bindings):
        if binding.kind is not Kind.IMPORT:
            continue
        line = _line(binding.node, name, value)
        if line and (index == 0 or not isinstance(value, _INTERNED)):
            return _with_submodules(name, line, bindings)
    if not bindings:
        for module in cells.stars():
            if _attribute(sys.modules.get(module), name) is value:
                return f"from {module} import {name}"
    return None


def import_by_own_name(name: str, value: Any) -> str | None:  # noqa: ANN401
    """Spell an import by what an object says of itself, whoever brought it."""
    module = getattr(value, "__module__", None)
    own = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if not isinstance(module, str) or not isinstance(own, str):
        return None
    if not own.isidentifier() or _attribute(sys.modules.get(module), own) is not value:
        return None
    return f"from {module} import {own}" + ("" if own == name else f" as {name}")


def star_names(node: ast.ImportFrom) -> set[str] | None:
    """Name what a star import brings; None if its module was never imported."""
    module = sys.modules.get(node.module or "")
    if module is None or node.level:
        return None
    public = getattr(module, "__all__", None)
    if public is None:
        return {name for name in vars(module) if not name.startswith("_")}
    return set(public)


def _line(node: ast.stmt, name: str, value: object) -> str | None:
    """Spell one name's part of an import statement, if it gives the object."""
    match node:
        case ast.Import():
            aliases = [alias for alias in node.names if bound_by(alias) == name]
            for alias in aliases:
                module = alias.name if alias.asname else name
                if sys.modules.get(module) is value:
                    return ast.unparse(ast.Import([alias]))
        case ast.ImportFrom(module=str(module), level=0):
            aliases = [alias for alias in node.names if bound_by(alias) == name]
            for alias in aliases:
                if _gives(module, alias.name, value):
                    return ast.unparse(ast.ImportFrom(module, [alias], 0))
        case _:
            pass
    return None


def _gives(module: str, name: str, value: object) -> bool:
    if sys.modules.get(f"{module}.{name}", _MISSING) is value:
        return True
    found = _attribute(sys.modules.get(module), name)
    if found is value:
        return True
    # A module that was loaded again has new functions and classes of old names.
    own = getattr(value, "__qualname__", None)
    return (
        isinstance(own, str)
        and getattr(found, "__qualname__", None) == own
        and getattr(found, "__module__", None) == getattr(value, "__module__", None)
    )


def _with_submodules(name: str, line: str, bindings: list[Binding]) -> str:
    """Add `import a.b` to `import a`: together they bind one name."""
    if not line.startswith("import ") or " as " in line:
        return line
    lines = {
        f"import {alias.name}"
        for binding in bindings
        if isinstance(binding.node, ast.Import)
        for alias in binding.node.names
        if bound_by(alias) == name and not alias.asname and alias.name in sys.modules
    }
    return "\n".join(sorted(lines))


def _attribute(module: object, name: str) -> object:
    try:
        return getattr(module, name, _MISSING)
    except Exception:  # noqa: BLE001  # a lazy module may fail in any way
        return _MISSING
