"""Where a live object of the notebook came from, as lines of a script.

The source must define the very object that is live: functions are compared by
their compiled code, classes by their methods, imports by identity. What leaves no
trace in these cannot be seen: state that a decorator keeps, an attribute that a
cell set on a function or module, functions registered somewhere when they were
defined.
"""

from __future__ import annotations

import ast
import functools
import sys
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from jupyter_labbook.snapshot import text
from jupyter_labbook.snapshot.defaults import changed_defaults, defaults_read
from jupyter_labbook.snapshot.fingerprint import same_class, same_function, unwrapped
from jupyter_labbook.snapshot.imports import import_by_own_name, import_of
from jupyter_labbook.snapshot.items import Item, ItemKind, source_item
from jupyter_labbook.snapshot.sources import Binding, Cells, Kind, source_of
from jupyter_labbook.snapshot.values import NAMED_ONLY, CannotCarryError, Reader

if TYPE_CHECKING:
    from collections.abc import Mapping

_MISSING = object()


class Provenance:
    """Finds the source of live objects.

    Parameters
    ----------
    namespace
        The notebook's.
    cells
        Its earlier cells.
    reader
        Knows what is the notebook's own.
    """

    def __init__(
        self, namespace: Mapping[str, object], cells: Cells, reader: Reader
    ) -> None:
        self._namespace = namespace
        self._cells = cells
        self._reader = reader

    def find(self, name: str, value: Any) -> Item | None:  # noqa: ANN401
        """Say how code comes along; None if the value is data.

        Raises
        ------
        CannotCarryError
            It is code whose source is in no cell.
        """
        bindings = self._cells.bindings(name)
        line = import_of(name, value, bindings, self._cells)
        if line is None and not self._reader.is_own(value):
            line = import_by_own_name(name, value)
        if line is not None:
            return Item(name=name, kind=ItemKind.IMPORT, text=line)
        if isinstance(value, ModuleType):
            return self._module(name, value)
        decorated = self._decorated(value, bindings)
        if decorated is not None or not self._reader.is_own(value):
            return decorated
        if isinstance(value, FunctionType):
            return self._function(name, value, bindings)
        if isinstance(value, type):
            return self._class(name, value, bindings)
        return self._made(name, bindings) if isinstance(value, NAMED_ONLY) else None

    def made_again(self, name: str, value: object) -> Item | None:
        """Repeat the assignment that made a function out of nothing but code.

        This is for ``step = jax.jit(step)`` and ``add = make_adder(3)``, which no
        source defines and pickle refuses.
        """
        is_function = isinstance(value, FunctionType | functools.partial)
        if not is_function and not hasattr(value, "__wrapped__"):
            return None
        return self._made(name, self._cells.bindings(name))

    def _module(self, name: str, value: ModuleType) -> Item:
        own = value.__name__
        if sys.modules.get(own) is not value or own == "__main__":
            raise CannotCarryError(
                "it is a module that no import statement gives: import it by name"
            )
        line = f"import {own}" if own == name else f"import {own} as {name}"
        return Item(name=name, kind=ItemKind.IMPORT, text=line)

    def _decorated(self, value: object, bindings: list[Binding]) -> Item | None:
        """Trust a decorated definition, as far as the decorator lets one look."""
        if not bindings or not text.decorators(bindings[0].node):
            return None
        if isinstance(value, type) and isinstance(bindings[0].node, ast.ClassDef):
            return None
        inner = unwrapped(value)
        if inner is None or inner.__closure__:
            return self._item(bindings[0], value)
        if self._reader.is_own(inner):
            for binding in bindings:
                if same_function(inner, binding.node, binding.source.tree):
                    return self._item(binding, value)
        return self._item(bindings[0], value)

    def _function(
        self, name: str, value: FunctionType, bindings: list[Binding]
    ) -> Item | None:
        other = value.__name__
        if other == "<lambda>":
            found = self._lambda(name, value)
        else:
            found = self._definition(value, bindings)
        if found is None and other != name and self._namespace.get(other) is value:
            return self._alias(name, other)
        if found is None and other != name:
            found = self._renamed(name, other, value)
        found = found or self._from_file(name, value) or self.made_again(name, value)
        if found is not None:
            return found
        if value.__closure__ or "<locals>" in value.__qualname__:
            # Perhaps an importable one; pickle will tell.
            return None
        raise CannotCarryError(
            "its source is in no cell: run the cell that defines it again"
        )

    def _definition(self, value: FunctionType, bindings: list[Binding]) -> Item | None:
        for binding in bindings:
            node = binding.node
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if not node.decorator_list and same_function(
                value, node, binding.source.tree
            ):
                return self._item(binding, value)
        return None

    def _lambda(self, name: str, value: FunctionType) -> Item | None:
        if value.__closure__:
            return None
        for node, source, position in self._cells.lambdas():
            if same_function(value, node, source.tree):
                code = ast.get_source_segment("\n".join(source.lines), node) or ""
                line = f"{name} = ({code})" if "\n" in code else f"{name} = {code}"
                item = source_item(
                    name, line, position, lazy_annotations=source.lazy_annotations
                )
                item.extras = changed_defaults(name, value, node, self._namespace)
                return item
        return None

    def _renamed(self, name: str, other: str, value: FunctionType) -> Item | None:
        """Take an earlier definition along under the name that still holds it."""
        for binding in self._cells.bindings(other):
            node = binding.node
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if (
                same_function(value, node, binding.source.tree)
                and not node.decorator_list
            ):
                item = self._item(binding, value)
                item.extras = []
                item.name, item.before = name, other
                item.text += f"\n\n\n{name} = {other}"
                item.note = f"an earlier definition of {other}"
                return item
        return None

    def _from_file(self, name: str, value: FunctionType) -> Item | None:
        """Find what ``%run script.py`` defined."""
        path = Path(value.__code__.co_filename)
        if path.suffix != ".py" or not path.is_file():
            return None
        source = source_of(path.read_text(encoding="utf-8", errors="replace"))
        if source is None:
            return None
        for kind, node in source.bindings.get(name, ()):
            if kind is Kind.DEFINITION and same_function(value, node, source.tree):
                return self._item(Binding(name, kind, node, source, (-1, 1)), value)
        return None

    def _class(self, name: str, value: type, bindings: list[Binding]) -> Item | None:
        classes = [
            (binding, binding.node)
            for binding in bindings
            if isinstance(binding.node, ast.ClassDef)
        ]
        for binding, node in classes:
            if same_class(value, node, binding.source.tree):
                self._check_bases(value)
                return self._item(binding, value)
        if classes:
            raise CannotCarryError(
                "a cell changed its methods after it was defined: define it again"
            )
        other = value.__name__
        if other != name and self._namespace.get(other) is value:
            return self._alias(name, other)
        return self._made(name, bindings)

    def _check_bases(self, value: type) -> None:
        for base in value.__bases__:
            if not self._reader.is_own(base):
                continue
            if self._namespace.get(base.__name__, base) is not base:
                raise CannotCarryError(
                    f"it derives from an earlier definition of {base.__name__}: run "
                    "its cell again"
                )

    def _made(self, name: str, bindings: list[Binding]) -> Item | None:
        """Repeat the assignment that binds a name, if it reads nothing but code."""
        if not bindings or not isinstance(bindings[0].node, ast.Assign):
            return None
        newest, node = bindings[0], bindings[0].node
        if len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
            return None
        item, value = self._item(newest, None), node.value
        if any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(value)):
            earlier = next((b for b in bindings[1:] if b.kind is Kind.DEFINITION), None)
            if earlier is None:
                return None
            item = source_item(
                name,
                f"{earlier.text}\n\n\n{newest.text}",
                newest.position,
                lazy_annotations=newest.source.lazy_annotations,
            )
        if all(self._is_code_or_constant(other) for other in item.hard):
            item.note = "made again in the run"
            return item
        return None

    def _is_code_or_constant(self, name: str) -> bool:
        value = self._namespace.get(name, _MISSING)
        return (
            value is _MISSING
            or _is_code(value)
            or isinstance(value, (int, float, str, bytes, type(None)))
        )

    @staticmethod
    def _alias(name: str, other: str) -> Item:
        return Item(
            name=name,
            kind=ItemKind.SOURCE,
            text=f"{name} = {other}",
            hard={other},
            note=f"the same as {other}",
        )

    def _item(self, binding: Binding, value: object) -> Item:
        lazy = binding.source.lazy_annotations
        item = source_item(
            binding.name,
            binding.text,
            binding.position,
            lazy_annotations=lazy or self._cells.lazy_annotations,
        )
        self._check_fresh(binding, item)
        node = binding.node
        if isinstance(value, FunctionType) and not text.decorators(node):
            item.extras = changed_defaults(binding.name, value, node, self._namespace)
        return item

    def _check_fresh(self, binding: Binding, item: Item) -> None:
        """Refuse a definition that read a name which has another value by now.

        Default values of functions are no matter: they are carried as they are.
        """
        reads = item.hard - defaults_read(binding.node)
        for name in sorted(reads):
            newer = self._cells.bindings(name)
            before = [b for b in newer if b.position < binding.position]
            if not before or newer[0].position < binding.position:
                continue
            if newer[0].text != before[0].text:
                raise CannotCarryError(
                    f"it read `{name}` when its cell ran, and `{name}` was bound again "
                    "since: run its cell again"
                )


def _is_code(value: object) -> bool:
    """Whether a value is a module, function, class or the like of them."""
    named = callable(value) and hasattr(value, "__name__")
    return named or isinstance(value, ModuleType)
