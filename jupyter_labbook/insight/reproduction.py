"""Whether a run that was repeated gave the same numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from jupyter_labbook.model.metrics import Summary

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDifference:
    """One metric that did not come out the same."""

    metric: str
    of: str
    """What of it differs: ``last``, or the first other field of its `Summary`."""
    original: float | None
    """None: it was not logged."""
    rerun: float | None
    absolute: float | None = None
    """How far apart they are; None if either is missing."""
    relative: float | None = None
    """The same as a share of the original; None for an original of 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """How a rerun compares with its original."""

    same: tuple[str, ...]
    """Metrics that are equal to the last bit."""
    differing: tuple[MetricDifference, ...]

    @property
    def exact(self) -> bool:
        """Whether nothing differs."""
        return not self.differing


def reproduction(
    original: Mapping[str, Summary], rerun: Mapping[str, Summary]
) -> Reproduction:
    """Compare what two runs logged: exactly, and by how much they differ."""
    same, differing = [], []
    for metric in dict.fromkeys((*original, *rerun)):
        found = _difference(metric, original.get(metric), rerun.get(metric))
        if found is None:
            same.append(metric)
        else:
            differing.append(found)
    return Reproduction(same=tuple(same), differing=tuple(differing))


def _difference(
    metric: str, original: Summary | None, rerun: Summary | None
) -> MetricDifference | None:
    if original is None or rerun is None:
        return MetricDifference(
            metric=metric,
            of="last",
            original=original.last if original else None,
            rerun=rerun.last if rerun else None,
        )
    for field in fields(Summary):
        before = float(getattr(original, field.name))
        after = float(getattr(rerun, field.name))
        if before == after or (math.isnan(before) and math.isnan(after)):
            continue
        absolute = abs(after - before)
        return MetricDifference(
            metric=metric,
            of=field.name,
            original=before,
            rerun=after,
            absolute=absolute,
            relative=absolute / abs(before) if before else None,
        )
    return None
