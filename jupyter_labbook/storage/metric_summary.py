"""Metrics reduced while they stream by."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from jupyter_labbook.model.metrics import Summary

if TYPE_CHECKING:
    from collections.abc import Collection

    from jupyter_labbook.storage.metric_lines import Block, Floats


@dataclass(slots=True)
class _Tally:
    """One metric of one process so far."""

    row: float = -1.0
    time: float = -math.inf
    last: float = math.nan
    low: float = math.inf
    high: float = -math.inf
    total: float = 0.0
    count: int = 0
    nans: int = 0

    def add(self, row: float, time: float, values: Floats) -> None:
        """Count values, of which the last was logged in ``row`` at ``time``."""
        if row > self.row:
            self.row, self.time, self.last = row, time, float(values[-1])
        missing = np.isnan(values)
        self.count += len(values)
        if missing.any():
            self.nans += int(missing.sum())
            values = values[~missing]
        if len(values):
            self.low = min(self.low, float(values.min()))
            self.high = max(self.high, float(values.max()))
            with np.errstate(over="ignore", invalid="ignore"):
                self.total += float(values.sum())


class SummaryBuilder:
    """Gathers what is known of every metric, block by block, in any order."""

    def __init__(self) -> None:
        self._tallies: dict[str, dict[str, _Tally]] = {}

    def add(self, process: str, block: Block) -> None:
        """Take the rows of one block of a process's file."""
        for name, (places, values) in block.cells.items():
            tally = self._tallies.setdefault(name, {}).setdefault(process, _Tally())
            end = places[-1]
            tally.add(float(block.rows[end]), float(block.times[end]), values)

    def build(self) -> dict[str, Summary]:
        """Say what is known by now."""
        return {name: _summary(own.values()) for name, own in self._tallies.items()}

    def last(self) -> dict[str, float]:
        """Latest value of every metric, over all processes."""
        return {
            name: max(own.values(), key=lambda tally: tally.time).last
            for name, own in self._tallies.items()
        }


def _summary(tallies: Collection[_Tally]) -> Summary:
    count = sum(tally.count for tally in tallies)
    nans = sum(tally.nans for tally in tallies)
    seen = count > nans
    return Summary(
        last=max(tallies, key=lambda tally: tally.time).last,
        min=min(tally.low for tally in tallies) if seen else math.nan,
        max=max(tally.high for tally in tallies) if seen else math.nan,
        mean=sum(tally.total for tally in tallies) / (count - nans)
        if seen
        else math.nan,
        count=count,
        nans=nans,
    )
