"""The space of a search: what each parameter may be."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, prod
from typing import TYPE_CHECKING, TypeAlias

from jupyter_labbook.model.expression import key_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_labbook.model.experiment import Value


@dataclass(frozen=True, slots=True)
class Float:
    """A number between two others, both included."""

    low: float
    high: float
    log: bool = False
    """Whether steps are ratios rather than differences."""

    def holds(self, value: Value) -> bool:
        """Whether the parameter may be this."""
        return _is_number(value) and self.low <= float(value) <= self.high  # type: ignore[arg-type]  # a number, as was just seen

    @property
    def size(self) -> int | None:
        """How many values there are; None if they cannot be counted."""
        return None


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number between two others, both included."""

    low: int
    high: int
    log: bool = False

    def holds(self, value: Value) -> bool:
        """Whether the parameter may be this."""
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole and self.low <= value <= self.high  # type: ignore[operator]  # an int, as was just seen

    @property
    def size(self) -> int | None:
        """How many values there are."""
        return self.high - self.low + 1


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values, which have no order."""

    values: tuple[Value, ...]

    def holds(self, value: Value) -> bool:
        """Whether the parameter may be this."""
        return key_of(value) in map(key_of, self.values)

    @property
    def size(self) -> int | None:
        """How many values there are."""
        return len(self.values)


Dimension: TypeAlias = Float | Integer | Choice


@dataclass(frozen=True, slots=True)
class Space:
    """What each parameter of a search may be, by its name."""

    dimensions: Mapping[str, Dimension]

    def holds(self, parameters: Mapping[str, Value]) -> bool:
        """Whether parameters lie in the space, whatever else is among them."""
        return all(
            name in parameters and dimension.holds(parameters[name])
            for name, dimension in self.dimensions.items()
        )

    def settings(self, parameters: Mapping[str, Value]) -> dict[str, Value]:
        """Pick out of the parameters of a run those that are searched."""
        return {name: parameters[name] for name in self.dimensions}

    @property
    def size(self) -> int | None:
        """How many settings there are; None if they cannot be counted."""
        sizes = [one.size for one in self.dimensions.values()]
        counted = [size for size in sizes if size is not None]
        return prod(counted) if len(counted) == len(sizes) else None


def _is_number(value: Value) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isfinite(value)
