"""A comparison and a reproduction as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.insight.comparison import Aspect
from jupyter_labbook.insight.wording import estimate, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_labbook.insight.comparison import Change, Comparison, MetricRow
    from jupyter_labbook.insight.reproduction import Reproduction
    from jupyter_labbook.insight.statistics import Estimate

_HASHED = (Aspect.CODE, Aspect.INPUT)
_TITLES = {
    Aspect.QUESTION: "Question",
    Aspect.PARAMETER: "Parameters",
    Aspect.SEEDS: "Seeds",
    Aspect.CODE: "Project files",
    Aspect.INPUT: "Inputs",
    Aspect.PACKAGE: "Packages",
    Aspect.GIT: "Git",
    Aspect.HOST: "Host",
}


def comparison_text(comparison: Comparison) -> str:
    """Write what changed, and then the final metrics side by side."""
    parts = [f"{comparison.before} -> {comparison.after}"]
    for aspect in Aspect:
        changes = [c for c in comparison.changes if c.aspect is aspect]
        if changes:
            lines = [f"  {_change(change)}" for change in changes]
            parts.append("\n".join([_TITLES[aspect], *lines]))
    if comparison.script:
        parts.append(f"Script\n{_indented(comparison.script)}")
    if len(parts) == 1:
        parts.append(
            "Nothing changed: question, code, inputs and packages are the same."
        )
    parts.append(_metrics(comparison))
    return "\n\n".join(parts) + "\n"


def reproduction_text(found: Reproduction) -> str:
    """Write which metrics a rerun did not reproduce, and by how much."""
    if not found.same and not found.differing:
        return "Neither run logged a metric.\n"
    if found.exact:
        return f"Reproduced exactly: {', '.join(found.same)}.\n"
    rows = [("metric", "original", "rerun", "difference", "")]
    for one in found.differing:
        name = one.metric if one.of == "last" else f"{one.metric} ({one.of})"
        values = [
            "-" if value is None else number(value, apart_from=other)
            for value, other in ((one.original, one.rerun), (one.rerun, one.original))
        ]
        size = "" if one.absolute is None else f"{one.absolute:.3g}"
        share = "" if one.relative is None else f"{one.relative:.2g} of the original"
        rows.append((name, values[0], values[1], size, share))
    same = f"Reproduced exactly: {', '.join(found.same)}.\n" if found.same else ""
    return f"{_table(rows)}\n{same}"


def _change(change: Change) -> str:
    before, after = change.before, change.after
    name = "" if change.name == change.aspect.value else f"{change.name}: "
    if before is None:
        return (
            f"{name}added" if change.aspect in _HASHED else f"{name}(none) -> {after}"
        )
    if after is None:
        return (
            f"{name}gone" if change.aspect in _HASHED else f"{name}{before} -> (none)"
        )
    if change.aspect in _HASHED:
        return f"{name}changed"
    return f"{name}{before} -> {after}"


def _metrics(comparison: Comparison) -> str:
    if not comparison.metrics:
        return "Neither has a finished run that logged a metric."
    rows = [("metric", comparison.before, comparison.after, "difference", "")]
    rows += [
        (
            f"{row.metric}[{row.combination}]" if row.combination else row.metric,
            _side(row.before, row.counts[0]),
            _side(row.after, row.counts[1]),
            _difference(row.difference),
            _told(row),
        )
        for row in comparison.metrics
    ]
    return f"Final metrics (± is the 95 % interval)\n{_table(rows)}"


def _side(found: Estimate | None, count: int) -> str:
    if found is None:
        return "-"
    return f"{estimate(found)} (n={count})" if count > 1 else estimate(found)


def _difference(found: Estimate | None) -> str:
    if found is None:
        return ""
    text = estimate(found)
    return text if text.startswith("-") or not found.value else f"+{text}"


def _told(row: MetricRow) -> str:
    found = row.difference
    if found is None:
        return ""
    if found.low is None or found.high is None:
        return "no interval"
    if found.low <= 0 <= found.high:
        return "could be chance" if found.margin else "the same"
    return ""


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  "
        + "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.splitlines())
