"""What was found before the night, for a terminal and for a page."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from jupyter_labbook.model.preflight import Severity
from jupyter_labbook.rendering.escaping import escape, one_line, visible
from jupyter_labbook.rendering.formats import counted
from jupyter_labbook.rendering.style import CSS

if TYPE_CHECKING:
    from jupyter_labbook.model.preflight import Finding, Preflight

_SIGNS = {Severity.PROBLEM: "✗", Severity.WARNING: "!", Severity.NOTE: "·"}
_CLASSES = {
    Severity.PROBLEM: "lbk-refuted",
    Severity.WARNING: "lbk-inconclusive",
    Severity.NOTE: "lbk-pending",
}


def preflight_text(found: Preflight, width: int = 80, prog: str = "labbook") -> str:
    """Write what was found for a terminal.

    Parameters
    ----------
    found
        What was found.
    width
        Columns of the terminal; commands and outputs are not broken.
    prog
        What stands before the verbs.
    """
    blocks = [_heading(found)]
    blocks += [_finding(one, width, prog) for one in found.findings]
    return "\n\n".join(blocks)


def preflight_html(found: Preflight, prog: str = "%labbook") -> str:
    """Write what was found as a fragment that needs no script and no other file."""
    parts = [f"<p><b>{escape(_heading(found))}</b></p>"]
    parts += [_html(one, prog) for one in found.findings]
    return f'<style>{CSS}</style><div class="lbk">{"".join(parts)}</div>'


def _html(one: Finding, prog: str) -> str:
    return (
        f'<div class="lbk-v {_CLASSES[one.severity]}"><div class="lbk-row">'
        f'<span class="lbk-chip">{escape(one.severity)}</span>'
        f"<b>{escape(one.kind)}</b></div>"
        f"<p>{escape(one.sentence)}</p>{_below(one, prog)}</div>"
    )


def _below(one: Finding, prog: str) -> str:
    """Write what mends a finding, and what there is to read about it."""
    remedy = one.remedy and escape(f"{prog} {one.remedy.verb}")
    mends = f"<p><code>{remedy}</code></p>" if remedy else ""
    if not one.detail:
        return mends
    lines = f'<pre class="lbk-log">{escape(one.detail)}</pre>'
    return f"{mends}<details><summary>Output</summary>{lines}</details>"


def _heading(found: Preflight) -> str:
    if not found.experiments:
        return "Nothing waits, so there is nothing to look into."
    subject = one_line(found.subject) or "Everything that waits"
    experiments = counted(len(found.experiments), "experiment")
    counts = [
        counted(number, severity.value)
        for severity in Severity
        if (number := sum(one.severity is severity for one in found.findings))
    ]
    looked = f"nothing was found by looking into {', '.join(found.checks)}"
    told = ", ".join(counts) or looked
    return f"{subject}: {counted(found.runs, 'run')} of {experiments}; {told}"


def _finding(one: Finding, width: int, prog: str) -> str:
    lines = textwrap.wrap(
        visible(one.sentence),
        max(width, 20),
        initial_indent=f"{_SIGNS[one.severity]} ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    lines += [f"  | {line}".rstrip() for line in visible(one.detail).splitlines()]
    if one.remedy is not None:
        lines.append(f"  -> {prog} {one_line(one.remedy.verb)}")
    return "\n".join(lines)
