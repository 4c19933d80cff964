"""What was measured, against what, and whether that is good enough."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Line:
    """One promise: a value that must stay at or below, or above, its target."""

    what: str
    measured: str
    """Ours, with its unit."""
    against: str
    """The baseline, with its unit."""
    value: float | None
    """What the target is about; None: could not be measured here."""
    target: float
    unit: str = "times"
    at_least: bool = False

    @property
    def met(self) -> bool:
        if self.value is None:
            return True
        if self.at_least:
            return self.value >= self.target
        return self.value <= self.target

    def cells(self) -> list[str]:
        value = (
            "not measured" if self.value is None else f"{self.value:.3g} {self.unit}"
        )
        bound = "at least" if self.at_least else "at most"
        verdict = "yes" if self.met else "**no**"
        return [
            self.what,
            self.measured,
            self.against,
            value,
            f"{bound} {self.target:g} {self.unit}",
            "-" if self.value is None else verdict,
        ]


@dataclass
class Table:
    lines: list[Line] = field(default_factory=list)

    @property
    def met(self) -> bool:
        return all(line.met for line in self.lines)

    def markdown(self) -> str:
        head = ["what", "measured", "against", "result", "target", "met"]
        rows = [head, ["---"] * len(head), *(line.cells() for line in self.lines)]
        return "".join(f"| {' | '.join(row)} |\n" for row in rows)


@dataclass(frozen=True)
class Samples:
    """What several candidates cost in the same rounds, in seconds."""

    rounds: list[dict[str, float]]

    def median(self, name: str) -> float:
        return statistics.median(costs[name] for costs in self.rounds)

    def ratio(self, name: str, other: str) -> float:
        """Median over the rounds: a busy machine slows down both sides of one."""
        return statistics.median(costs[name] / costs[other] for costs in self.rounds)

    def difference(self, name: str, other: str) -> float:
        return statistics.median(costs[name] - costs[other] for costs in self.rounds)


def interleaved(candidates: Mapping[str, Callable[[], float]], rounds: int) -> Samples:
    """Measure the candidates in turn, round after round.

    A round of its own, before the first that counts, warms everything up.
    """
    measured = [
        {name: cost() for name, cost in candidates.items()} for _ in range(rounds + 1)
    ]
    return Samples(measured[1:])
