"""Data by value: literals, arrays, pickles, and what a pickle refers to."""

from __future__ import annotations

import math
import pickle
import sys
import typing
from dataclasses import dataclass, field
from enum import Enum
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from jupyter_labbook.errors import TransferError
from jupyter_labbook.runtime.inputs import named
from jupyter_labbook.storage.contents import Sink, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_LITERAL = 200
_MOST_BITS = 600

_SESSION_MODULES = ("IPython.core", "ipykernel", "ipywidgets", "anywidget", "zmq")
_FIXED = (
    str,
    bytes,
    int,
    float,
    complex,
    tuple,
    frozenset,
    type,
    FunctionType,
    ModuleType,
    Enum,
    type(None),
    type(len),
)


class CannotCarryError(TransferError):
    """A value cannot come along; the message is the reason alone."""


@dataclass(slots=True)
class Pickled:
    """What was learned by pickling a value once, into nothing."""

    size: int
    names: set[str] = field(default_factory=set)
    """Functions and classes of the notebook that it refers to."""
    modules: set[str] = field(default_factory=set)
    """Modules whose functions and classes it refers to."""
    members: dict[int, object] = field(default_factory=dict)
    """Objects in it that can change, by id: two values may share some."""


def literal(value: object) -> str | None:
    """Spell a value in Python; None if it is no small plain value."""
    spelled = spell(value) if _is_plain(value, 5, set()) else None
    return spelled if spelled and len(spelled) <= LONGEST_LITERAL else None


def spell(value: object) -> str:
    """Spell a plain value in Python; unlike `repr`, also NaN and infinity."""
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, complex):
        return f"complex({spell(value.real)}, {spell(value.imag)})"
    if type(value) is list:
        return f"[{', '.join(map(spell, value))}]"
    if type(value) is tuple:
        comma = "," if len(value) == 1 else ""
        return f"({', '.join(map(spell, value))}{comma})"
    if type(value) is dict:
        items = (f"{spell(key)}: {spell(item)}" for key, item in value.items())
        return f"{{{', '.join(items)}}}"
    return repr(value)


def as_array(value: object) -> Any:  # noqa: ANN401  # an ndarray or None
    """Give the array in a value that can be stored as one; None for all others."""
    numpy = sys.modules.get("numpy")
    if numpy is None or type(value) not in (numpy.ndarray, numpy.memmap):
        return None
    array: Any = value
    return None if array.dtype.hasobject else numpy.asarray(array)


class Reader:
    """Pickles values of a notebook, and knows what they refer to.

    Functions and classes of the notebook, and arrays that are carried on their
    own, are referred to by name: the script has them when it loads the value.
    """

    def __init__(self, namespace: Mapping[str, object]) -> None:
        self._namespace = namespace
        self.arrays: dict[int, str] = {}
        """Id of an array that is carried to its name."""

    def look(self, value: object, limit: float) -> Pickled:
        """Pickle a value into nothing.

        Raises
        ------
        CannotCarryError
            With the reason.
        TooLargeError
            It has more bytes than the limit.
        """
        sink = Sink(limit=limit)
        found = Pickled(0)
        pickler = _Pickler(sink, self, found)
        self._dump(pickler, value)
        found.size = sink.size
        found.members = {
            key: item
            for key, (_, item) in pickler.memo.copy().items()
            if not _is_fixed(item)
        }
        return found

    def write(self, value: object, sink: Sink) -> None:
        """Pickle a value."""
        self._dump(_Pickler(sink, self, Pickled(0)), value)

    @staticmethod
    def _dump(pickler: pickle.Pickler, value: object) -> None:
        try:
            pickler.dump(value)
        except (CannotCarryError, TooLargeError, OSError):
            raise
        except Exception as error:  # noqa: BLE001  # whatever a value's own methods do
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise CannotCarryError(reason) from None

    def refer(self, value: object, found: Pickled) -> Any:  # noqa: ANN401  # as in pickle
        """Say how an object inside a value is pickled."""
        if id(value) in self.arrays:
            return named, (self.arrays[id(value)],)
        if isinstance(value, (type, FunctionType, *NAMED_ONLY)):
            return self._refer_by_name(value, found)
        if type(value).__module__.startswith(_SESSION_MODULES):
            raise CannotCarryError(
                f"a {type(value).__name__} belongs to the notebook's session"
            )
        return NotImplemented

    def _refer_by_name(self, value: Any, found: Pickled) -> Any:  # noqa: ANN401
        name = getattr(value, "__qualname__", "") or value.__name__
        if not self.is_own(value):
            found.modules.add(value.__module__ or "")
            return NotImplemented
        if self._lookup(name) is value:
            found.names.add(name.partition(".")[0])
            return named, (name,)
        if "<lambda>" in name:
            raise CannotCarryError("it holds a lambda: give that a name with `def`")
        if "<locals>" in name:
            raise CannotCarryError(
                f"it holds {value.__name__}, which was defined inside a function: "
                "define it at the top of a cell"
            )
        raise CannotCarryError(
            f"it was made with an earlier definition of {name}: make it again"
        )

    def is_own(self, value: object) -> bool:
        """Whether a function or class was defined in the notebook."""
        if isinstance(value, FunctionType) and value.__globals__ is self._namespace:
            return True
        own = self._namespace.get("__name__", "__main__")
        return getattr(value, "__module__", None) == own

    def _lookup(self, name: str) -> object:
        head, *rest = name.split(".")
        found: Any = self._namespace.get(head)
        for part in rest:
            found = getattr(found, part, None)
        return found


NAMED_ONLY = (typing.TypeVar, typing.ParamSpec, typing.TypeVarTuple, typing.NewType)
"""Objects that pickle spells by their name alone."""


class _Pickler(pickle.Pickler):
    """Tells a `Reader` of every object that is not a builtin's."""

    def __init__(self, sink: Sink, reader: Reader, found: Pickled) -> None:
        super().__init__(sink, protocol=5)
        self._reader = reader
        self._found = found

    def reducer_override(self, obj: object) -> Any:  # noqa: ANN401  # as in pickle
        return self._reader.refer(obj, self._found)


def _is_plain(value: object, depth: int, seen: set[int]) -> bool:
    if not isinstance(value, (list, tuple, dict)):
        return _is_plain_scalar(value)
    if type(value) not in (list, tuple, dict) or depth == 0:
        return False
    if len(value) > LONGEST_LITERAL or id(value) in seen:
        # Written twice, one list would become two.
        return False
    seen.add(id(value))
    items = value if not isinstance(value, dict) else (*value, *value.values())
    return all(_is_plain(item, depth - 1, seen) for item in items)


def _is_plain_scalar(value: object) -> bool:
    match value:
        case complex():
            return type(value) is complex
        case str() | bytes():
            return type(value) in (str, bytes) and len(value) <= LONGEST_LITERAL
        case int() if not isinstance(value, bool):
            return type(value) is int and value.bit_length() < _MOST_BITS
        case _:
            return value is None or type(value) in (bool, float)


def _is_fixed(value: object) -> bool:
    """Whether sharing an object cannot be told from having a copy of it."""
    if isinstance(value, _FIXED):
        return True
    module = type(value).__module__
    if module.startswith("numpy"):
        return type(value).__name__ != "ndarray"
    return module.startswith(("pandas.core.indexes", "pandas.core.dtypes", "datetime"))
