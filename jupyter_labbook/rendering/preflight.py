"""What was found before the night, for a terminal and for a page."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jupyter_labbook.model.preflight import Checking, Severity
from jupyter_labbook.rendering.digest_markdown import code, text
from jupyter_labbook.rendering.escaping import escape, one_line, visible
from jupyter_labbook.rendering.formats import counted
from jupyter_labbook.rendering.style import CSS
from jupyter_labbook.rendering.tables import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_labbook.model.preflight import Checked, Finding, Preflight

_MOST: Final = 6
"""Findings that a view of the experiment shows."""
_LONGEST: Final = 600
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
    blocks = [preflight_headline(found)]
    blocks += [_finding(one, width, prog) for one in found.findings]
    return "\n\n".join(blocks)


def preflight_html(found: Preflight, prog: str = "%labbook") -> str:
    """Write what was found as a fragment that needs no script and no other file."""
    parts = [f"<p><b>{escape(preflight_headline(found))}</b></p>"]
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


def preflight_headline(found: Preflight) -> str:
    """Say how much was found, in one line."""
    if not found.experiments:
        return "Nothing waits, so there is nothing to look into."
    subject = one_line(found.subject) or "Everything that waits"
    experiments = counted(len(found.experiments), "experiment")
    looked = f"nothing was found by looking into {', '.join(found.checks)}"
    told = counts(found.findings) or looked
    return f"{subject}: {counted(found.runs, 'run')} of {experiments}; {told}"


def counts(findings: Iterable[Finding]) -> str:
    """Count findings: ``1 problem, 2 warnings``; empty if there are none."""
    found = Counter(one.severity for one in findings)
    return ", ".join(
        counted(found[severity], severity.value)
        for severity in Severity
        if found[severity]
    )


def preflight_markdown(found: Preflight) -> str:
    """Write what was found as CommonMark; what comes from files stays text."""
    lines = [f"**{text(preflight_headline(found))}**", ""]
    for one in found.findings:
        lines.append(f"- **{one.severity}**: {text(one.sentence)}")
        if one.remedy is not None:
            lines.append(f"  {code(f'labbook {one.remedy.verb}')}")
    return "\n".join(lines).rstrip() + "\n"


def checked_text(checked: Checked, name: str, width: int = 80) -> str:
    """Write what is known before the runs of an experiment start.

    Parameters
    ----------
    checked
        What is known.
    name
        Of the experiment.
    width
        Columns of the terminal.
    """
    head = textwrap.wrap(visible(_told(checked, name, "labbook")), max(width, 20))
    shown = checked.findings[:_MOST]
    blocks = [_finding(one, width, "labbook") for one in shown]
    return "\n".join(["\n".join(head), *blocks, *_more(checked)])


def checked_html(checked: Checked, name: str) -> str:
    """Write the same as a fragment, of a length that is bounded."""
    parts = [f"<p>{escape(_told(checked, name, '%labbook'))}</p>"]
    parts += [_html(_short(one), "%labbook") for one in checked.findings[:_MOST]]
    parts += [f"<p>{escape(line)}</p>" for line in _more(checked)]
    return f'<div class="lbk-checked">{"".join(parts)}</div>'


def _told(checked: Checked, name: str, prog: str) -> str:
    found = counts(checked.findings)
    earlier = f" Found before: {found}." if found else ""
    match checked.state:
        case Checking.UNDER_WAY:
            return f"It is being looked into before it starts.{earlier}"
        case Checking.BROKEN_OFF:
            why = f" ({one_line(checked.reason).rstrip('.')})" if checked.reason else ""
            again = f"Look again: {prog} preflight {name}."
            return f"Checking did not end{why}. {again}{earlier}"
        case Checking.DONE:
            return f"Before it starts: {found or 'nothing was found'}."


def _short(one: Finding) -> Finding:
    return replace(
        one,
        sentence=shorten(one.sentence, _LONGEST),
        detail=one.detail[-_LONGEST:],
    )


def _more(checked: Checked) -> list[str]:
    more = len(checked.findings) - _MOST
    return [f"and {more} more"] if more > 0 else []


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
