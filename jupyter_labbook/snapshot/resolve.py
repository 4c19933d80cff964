"""From the names that a cell reads to everything that must come along."""

from __future__ import annotations

import builtins
import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jupyter_labbook
from jupyter_labbook.snapshot.credentials import looks_secret
from jupyter_labbook.snapshot.items import Item, ItemKind
from jupyter_labbook.snapshot.names import NOTHING
from jupyter_labbook.snapshot.provenance import Provenance
from jupyter_labbook.snapshot.report import size_text
from jupyter_labbook.snapshot.sources import Cells
from jupyter_labbook.snapshot.values import (
    CannotCarryError,
    Reader,
    as_array,
    literal,
)
from jupyter_labbook.storage.contents import TooLargeError

if TYPE_CHECKING:
    from jupyter_labbook.snapshot.names import Names
    from jupyter_labbook.snapshot.notebook import Limits, Notebook

IN_A_RUN = ("log", "progress", "run_dir", "sample", "should_stop", "smoke")
"""Names that a body may use without importing them."""

_MODULE_GLOBALS = {
    "__annotations__",
    "__builtins__",
    "__debug__",
    "__doc__",
    "__file__",
    "__loader__",
    "__name__",
    "__package__",
    "__spec__",
}
_SESSION = {"In", "Out", "_dh", "_ih", "_oh", "_ii", "_iii", "_i"}
DISPLAY = "from jupyter_labbook.runtime.display import display"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the header says about names."""

    parameters: frozenset[str] = NOTHING
    inputs: frozenset[str] = NOTHING
    """Carried although large or secret."""
    no_inputs: frozenset[str] = NOTHING


@dataclass(slots=True)
class Resolved:
    """Everything that must come along, and what cannot."""

    reader: Reader
    items: dict[str, Item] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    """Parameters that something reads."""
    problems: dict[str, str] = field(default_factory=dict)
    """Name to the sentence that says what is wrong and what to do."""
    held: dict[str, str] = field(default_factory=dict)
    """Name left behind, to the reason."""
    free: set[str] = field(default_factory=set)
    """Names that the run itself gives: ``seed`` and ``get_ipython``."""


def resolve(
    names: Names, notebook: Notebook, request: Request, limits: Limits
) -> Resolved:
    """Find what must come along for a body to run in another process.

    Parameters
    ----------
    names
        What the body reads and binds.
    notebook
        Where the names come from.
    request
        Parameters and exceptions.
    limits
        How large values may be.
    """
    return _Resolver(notebook, request, limits).run(names)


class _Resolver:
    def __init__(self, notebook: Notebook, request: Request, limits: Limits) -> None:
        self._namespace = notebook.namespace
        self._request = request
        self._limit = limits.value
        self._reader = Reader(notebook.namespace)
        self._cells = Cells(notebook.cells, notebook.transform)
        self._provenance = Provenance(self._namespace, self._cells, self._reader)
        self._seen: dict[str, list[frozenset[str]]] = {}
        self._lines: dict[str, str] = {}
        self._result = Resolved(reader=self._reader)

    def run(self, names: Names) -> Resolved:
        for read in names.reads:
            if read.optional and read.name not in self._namespace:
                continue
            self._need(read.name, read.bound, where=f"line {read.line + 1}")
        self._forgive(names)
        return self._result

    def _forgive(self, names: Names) -> None:
        """Drop the problems of names that the run binds by itself in time."""
        items = self._result.items.values()
        bound = names.all_binds.union(*(item.globals for item in items))
        for name in bound & self._result.problems.keys():
            reason = self._result.problems.pop(name)
            if name in self._namespace:
                self._result.held[name] = reason

    def _need(
        self, name: str, bound: frozenset[str], *, where: str, hard: bool = False
    ) -> None:
        """Have a name come along, and what it needs in turn.

        Parameters
        ----------
        bound
            Names that the body has surely bound when this is read.
        where
            Who reads it, for a message.
        hard
            Whether it must exist before the body and the parameters.
        """
        if not hard and name in bound:
            return
        if not hard and name in self._request.parameters:
            self._result.used.add(name)
            return
        # With fewer names bound more may be needed; with more of them, nothing.
        seen = any(before <= bound for before in self._seen.get(name, ()))
        if seen and (not hard or name in self._result.items):
            return
        self._seen.setdefault(name, []).append(bound)
        item = self._result.items.get(name) or self._item(name, where)
        if item is not None:
            self._follow(item, bound)

    def _follow(self, item: Item, bound: frozenset[str]) -> None:
        """Have everything come along that an item needs."""
        where = f"in {item.name}"
        item.extras = [part for part in item.extras if self._can_follow(item, part)]
        for part in (item, *item.extras):
            self._result.items[part.name] = part
            for other in sorted(part.hard - {item.name}):
                self._need(other, bound, where=where, hard=True)
        for other in sorted(item.soft):
            if other not in item.optional or other in self._namespace:
                self._need(other, bound, where=where)

    def _can_follow(self, item: Item, part: Item) -> bool:
        """Learn what a value needs that is set on a definition, such as a default."""
        if part.kind is not ItemKind.VALUE:
            return True
        try:
            found = self._data(part.name, part.value, self._limit)
        except CannotCarryError:
            # The source makes it again, as it did in the notebook.
            item.note = "default values are computed again"
            return False
        part.hard |= found.hard
        part.members, part.modules, part.size = found.members, found.modules, found.size
        return True

    def _item(self, name: str, where: str) -> Item | None:
        if name in self._request.no_inputs:
            self._result.held[name] = "left behind as asked"
            return None
        if name in _SESSION:
            self._result.problems[name] = (
                f"`{name}` cannot come along: it belongs to the notebook's session"
            )
            return None
        try:
            if name not in self._namespace or self._is_standing(name):
                return self._standing(name, where)
            return self._carried(name, self._namespace[name])
        except CannotCarryError as error:
            self._result.problems[name] = f"`{name}` cannot come along: {error}"
            return None

    def _is_standing(self, name: str) -> bool:
        """Whether a name has its value from IPython or from us, not from a cell."""
        value = self._namespace[name]
        if name in IN_A_RUN:
            # A body executed by `--here` left it: a run has one of its own.
            ours = value is getattr(jupyter_labbook, name)
            return ours and not self._cells.bindings(name)
        # Its `open` wraps the builtin, whose module it claims to be of.
        home = getattr(value, "__globals__", {}).get("__name__", "")
        return name in {"open", "exit", "quit", "display", "get_ipython"} and any(
            str(module).startswith(("IPython.", "ipykernel."))
            for module in (home, type(value).__module__)
        )

    def _standing(self, name: str, where: str) -> Item | None:
        """Give names that exist without a cell: builtins, and those of a run."""
        if name == "display":
            return Item(name=name, kind=ItemKind.IMPORT, text=DISPLAY)
        if name in IN_A_RUN:
            line = f"from jupyter_labbook import {name}"
            return Item(name=name, kind=ItemKind.IMPORT, text=line)
        if name in {"seed", "get_ipython"}:
            self._result.free.add(name)
        elif not hasattr(builtins, name) and name not in _MODULE_GLOBALS | {
            "exit",
            "quit",
        }:
            self._result.problems[name] = self._unknown(name, where)
        return None

    def _unknown(self, name: str, where: str) -> str:
        names = [other for other in self._namespace if not other.startswith("_")]
        close = difflib.get_close_matches(name, names, n=1, cutoff=0.75)
        hint = f" (did you mean `{close[0]}`?)" if close else ""
        return (
            f"`{name}` ({where}) is defined nowhere{hint}: define it in an earlier "
            "cell, or give it under `params`"
        )

    def _carried(self, name: str, value: Any) -> Item:  # noqa: ANN401
        code = self._provenance.find(name, value)
        if code is not None:
            return code
        asked = name in self._request.inputs
        if not asked and looks_secret(name, value):
            raise CannotCarryError(
                "it looks like a credential; read it from the environment in the "
                f"cell (os.environ), or say `#| inputs: [{name}]` to store it"
            )
        return self._data(name, value, float("inf") if asked else self._limit)

    def _data(self, name: str, value: Any, limit: float) -> Item:  # noqa: ANN401
        spelled = literal(value)
        if spelled is not None:
            return Item(
                name=name,
                kind=ItemKind.LITERAL,
                text=f"{name} = {spelled}",
                value=value,
                size=len(spelled),
            )
        item = Item(name=name, kind=ItemKind.VALUE, value=value)
        array = as_array(value)
        if array is not None:
            item.size = array.nbytes
            if item.size > limit:
                self._too_large(name, item.size)
            return item
        try:
            found = self._reader.look(value, limit)
        except TooLargeError:
            self._too_large(name, None)
        except CannotCarryError as error:
            again = self._provenance.made_again(name, value)
            if again is not None:
                return again
            raise CannotCarryError(_advice(value, str(error))) from None
        item.size, item.hard = found.size, found.names
        item.members, item.modules = found.members, found.modules
        return item

    def _too_large(self, name: str, size: int | None) -> None:
        many = f"it has {size_text(size)}, " if size else "it has "
        raise CannotCarryError(
            f"{many}more than the limit of {size_text(self._limit)}; load it in the "
            f"cell, or say `#| inputs: [{name}]` to store it all the same"
        )


def _advice(value: object, reason: str) -> str:
    kind = type(value).__name__
    if kind == "function":
        return (
            "it was made by another function when a cell ran; make it in this cell, "
            "or define it at the top of a cell"
        )
    return f"a {kind} that cannot be pickled ({reason}); make it in this cell"
