"""An experiment: a question, what is expected, and how it is to be answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    Value: TypeAlias = (
        "bool | int | float | str | list[Value] | dict[str, Value] | None"
    )
else:
    # msgspec cannot read a type that names itself.
    Value = Any
"""What a parameter may be: the values that JSON and YAML 1.2 share."""


ASKED: Final = frozenset(
    {
        *("when", "at_end", "after", "batch", "priority"),
        *("gpus", "cores", "memory", "retries"),
    }
)
"""Fields of a `Header` that say how its runs wait, and nothing of what is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the author declared, from the ``#|`` lines and the flags together.

    An experiment has a question, or only a ``why`` and is then exploring.
    """

    name: str = ""
    question: str = ""
    hypothesis: str = ""
    predict: tuple[str, ...] = ()
    why: str = ""
    impact: str = ""
    params: dict[str, Value] = field(default_factory=dict)
    sweep: dict[str, list[Value]] = field(default_factory=dict)
    """Parameter name to its values; the runs are their grid, in written order."""
    seeds: tuple[int, ...] = ()
    """Empty: one run, whose seed is 0."""
    ablate: dict[str, Value] = field(default_factory=dict)
    """Factor to its off value."""
    tags: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    """Values to carry although they exceed the limits."""
    resumable: bool = False
    timeout: float | None = None
    """Seconds after which a run is stopped."""
    when: str = "now"
    """The window that its runs wait for."""
    at_end: str = "finish"
    """What happens to a run when its window closes: ``finish`` or ``stop``."""
    after: tuple[str, ...] = ()
    """Experiments that come first: ``NAME``, ``NAME/RUN``, ``NAME (any end)``."""
    batch: str = ""
    priority: int = 0
    gpus: int = 0
    cores: int = 0
    memory: int = 0
    """Bytes."""
    retries: int = 0

    @property
    def exploring(self) -> bool:
        """Whether this was declared with a reason alone."""
        return not self.question


@dataclass(frozen=True, slots=True)
class Variant:
    """One combination that a run executes: parameters and a seed."""

    parameters: dict[str, Value]
    seed: int


def variants(header: Header) -> tuple[Variant, ...]:
    """Spread a header's grid and seeds into the runs it asks for.

    Seeds vary fastest, so that a sweep's first results compare whole settings.
    """
    import itertools

    grid = itertools.product(*header.sweep.values())
    seeds = header.seeds or (0,)
    return tuple(
        Variant({**header.params, **dict(zip(header.sweep, values, strict=True))}, seed)
        for values in grid
        for seed in seeds
    )
