"""An experiment as plain text, for the terminal and for ``text/plain``."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from jupyter_labbook.model.run import RunState
from jupyter_labbook.rendering.escaping import one_line, visible
from jupyter_labbook.rendering.formats import format_left, format_value
from jupyter_labbook.rendering.log_tail import plain, tail_lines
from jupyter_labbook.rendering.preflight import checked_text
from jupyter_labbook.rendering.summary import (
    OUTCOME_SIGNS,
    kind,
    next_steps,
    probability_words,
    progress_share,
    runs_table,
    shared_parameters,
    state_words,
    time_words,
    title,
    waiting_words,
)
from jupyter_labbook.rendering.tables import shorten, table_text, text_width

if TYPE_CHECKING:
    from jupyter_labbook.model.view import ExperimentView, RunView, Verdict

_LABEL_WIDTH = 12
_BAR_WIDTH = 20
_TAIL_OF_FAILED = 8
_MOST_LIVE = 6


def experiment_text(view: ExperimentView, width: int = 80) -> str:
    """Write an experiment for a terminal.

    Parameters
    ----------
    view
        The experiment.
    width
        Columns of the terminal; only tables of many columns may go beyond it.
    """
    blocks = [
        _heading(view, width),
        _asked(view, width),
        "\n".join(_verdict(verdict, width) for verdict in view.verdicts),
        _live(view, width),
        _runs(view, width),
        _waits(view, width),
        checked_text(view.checked, view.name, width) if view.checked else "",
        _failure(view, width),
        _learned(view, width),
        "\n".join(f"{one_line(why)}  {one_line(do)}" for why, do in next_steps(view)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _heading(view: ExperimentView, width: int) -> str:
    left = f"{one_line(view.name)} · {kind(view)}"
    right = ", ".join(filter(None, (state_words(view), time_words(view))))
    gap = width - text_width(left) - text_width(right)
    first = (
        left + " " * gap + right
        if gap > 1
        else "\n".join([left, *_wrapped(right, width)])
    )
    lines = [first, *_wrapped(title(view), width)]
    if view.note:
        for sentence in view.note.splitlines():
            lines += ["", *_wrapped(f"! {sentence}", width, whole=True)]
    return "\n".join(lines)


def _asked(view: ExperimentView, width: int) -> str:
    shared = ", ".join(
        f"{one_line(name)} = {format_value(value)}"
        for name, value in shared_parameters(view).items()
    )
    why = view.why if view.question else ""
    pairs = (
        ("hypothesis", view.hypothesis),
        ("why", why),
        ("impact", view.impact),
        ("parameters", shared),
    )
    return "\n".join(_labelled(label, text, width) for label, text in pairs if text)


def _verdict(verdict: Verdict, width: int) -> str:
    head = f"{OUTCOME_SIGNS[verdict.outcome]} {verdict.outcome.value.upper()}"
    gave = probability_words(verdict)
    lines = [f"{head}  {one_line(verdict.prediction)}"]
    if text_width(lines[0]) > width:
        lines = [head, *_wrapped(verdict.prediction, width, "  ")]
    said = [f"observed {verdict.observed}" if verdict.observed else "", gave]
    facts = "; ".join(filter(None, said))
    lines += _wrapped(facts, width, "  ") if facts else []
    lines += _wrapped(verdict.reason, width, "  ") if verdict.reason else []
    return "\n".join(lines)


def _live(view: ExperimentView, width: int) -> str:
    running = [run for run in view.runs if run.state is RunState.RUNNING]
    return "\n".join(_progress(run, width) for run in running[:_MOST_LIVE])


def _progress(run: RunView, width: int) -> str:
    share = progress_share(run)
    if run.progress is None:
        return f"{run.label}  running"
    if share is None:
        words = run.progress.text or f"{run.progress.done:g} done"
        return shorten(f"{run.label}  {one_line(words)}", width)
    filled = round(share * _BAR_WIDTH)
    bar = "█" * filled + "░" * (_BAR_WIDTH - filled)
    left = run.progress.remaining
    said = [f"{share:4.0%}", "" if left is None else f"{format_left(left)} left"]
    said.append(one_line(run.progress.text))
    return shorten(f"{run.label}  {bar} {'  '.join(filter(None, said))}", width)


def _runs(view: ExperimentView, width: int) -> str:
    if not view.runs:
        return ""
    table, note = runs_table(view)
    text = table_text(table, width)
    return f"{text}\n({note})" if note else text


def _waits(view: ExperimentView, width: int) -> str:
    lines = [line for told in waiting_words(view) for line in _wrapped(told, width)]
    return "\n".join(lines)


def _failure(view: ExperimentView, width: int) -> str:
    """Show the reasons of runs that did not end well, and the end of one output."""
    well = (RunState.FINISHED, RunState.WAITING)
    bad = [run for run in view.runs if run.reason and run.state not in well]
    lines: list[str] = []
    for run in bad[:3]:
        lines += _wrapped(f"{run.label}: {run.reason}", width)
    if bad and bad[0].state is RunState.FAILED:
        # Whole lines: what is cut off is the number of the line that failed.
        tail = tail_lines(bad[0].tail, _TAIL_OF_FAILED)
        lines += [f"  | {plain(line)}".rstrip() for line in tail]
    return "\n".join(lines)


def _learned(view: ExperimentView, width: int) -> str:
    return _labelled("learned", view.conclusion, width) if view.conclusion else ""


def _labelled(label: str, content: str, width: int) -> str:
    lines = _wrapped(content, width, " " * _LABEL_WIDTH)
    return label.ljust(_LABEL_WIDTH) + "\n".join(lines).lstrip()


def _wrapped(
    content: str, width: int, indent: str = "", *, whole: bool = False
) -> list[str]:
    return [
        line
        for paragraph in visible(content).splitlines()
        for line in textwrap.wrap(
            paragraph,
            max(width, 20),
            initial_indent=indent,
            subsequent_indent=indent,
            break_on_hyphens=False,
            # A path that is broken cannot be copied.
            break_long_words=not whole,
        )
    ]
