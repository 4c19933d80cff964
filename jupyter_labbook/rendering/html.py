"""An experiment as a static fragment of HTML, for every place that shows notebooks."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from jupyter_labbook.model.run import RunState
from jupyter_labbook.rendering.composition import compose
from jupyter_labbook.rendering.escaping import escape, one_line
from jupyter_labbook.rendering.figures import FINAL_PICTURES, pictures
from jupyter_labbook.rendering.formats import format_left, format_value
from jupyter_labbook.rendering.grouping import TAINTED
from jupyter_labbook.rendering.log_tail import tail_lines
from jupyter_labbook.rendering.preflight import checked_html
from jupyter_labbook.rendering.style import CSS
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
from jupyter_labbook.rendering.tables import shorten

if TYPE_CHECKING:
    from jupyter_labbook.model.view import ExperimentView, RunView, Verdict
    from jupyter_labbook.rendering.log_tail import Line, Span

LARGEST = 60_000
"""Characters of a fragment, which is sent twice a second; pictures that stay in the
notebook come on top."""

_LONGEST_TEXT = 800
_LONGEST_PREDICTION = 300
_LONGEST_CELL = 40
_LONGEST_LOG = 9_000
_LOG_LINES = 40
_MOST_VERDICTS = 8
_MOST_BARS = 4
_MOST_PICTURES = 12
_MARGIN = 1_500
"""Room for the names of figures that do not come along."""

_BAD = {state.value for state in (RunState.FAILED, RunState.LOST, RunState.STOPPED)}


def experiment_html(view: ExperimentView, svg: str, *, final: bool) -> str:
    """Write an experiment as a fragment that needs no script and no other file.

    Whatever comes from the experiment is text; nothing of it is ever markup.

    Parameters
    ----------
    view
        The experiment.
    svg
        What `plot_svg` made of it.
    final
        Whether this stays in the notebook. The plot is then an ``<img>``, which
        also survives where inline SVG is taken out of untrusted pages; until
        then it is inline, since an image would flicker at every update.
    """
    label = _text(one_line(f"Experiment {view.number}: {title(view)}"))
    start = f'<style>{CSS}</style>\n<section class="lbk" aria-label="{label}">'
    before = [start, _heading(view), _asked(view), _verdicts(view)]
    checked = checked_html(view.checked, view.name) if view.checked else ""
    after = [_progress(view), _waits(view), checked, _runs(view)]
    last = [_learned(view), _next(view), "</section>"]
    room = LARGEST - sum(map(len, (*before, *after, *last))) - _MARGIN
    # What matters most takes its room first; what then has none is left out.
    extras = []
    for extra in (_plot(view, svg, final=final), _log(view)):
        extras.append(extra if len(extra) <= room else "")
        room -= len(extras[-1])
    plot, log = extras
    if final:
        room += FINAL_PICTURES
    parts = [*before, plot, *after, log, _figures(view, room), *last]
    return "\n".join(part for part in parts if part)


def _heading(view: ExperimentView) -> str:
    right = ", ".join(filter(None, (state_words(view), time_words(view))))
    note = f'<div class="lbk-note" role="note">{_text(view.note)}</div>'
    return (
        f'<div class="lbk-head"><span><b>{_text(view.name)}</b>'
        f'<span class="lbk-s"> · {_text(kind(view))}</span></span>'
        f'<span class="lbk-s" role="status">{_text(right)}</span></div>\n'
        f'<p class="lbk-q">{_text(title(view))}</p>' + (note if view.note else "")
    )


def _asked(view: ExperimentView) -> str:
    shared = ", ".join(
        f"{name} = {format_value(value)}"
        for name, value in shared_parameters(view).items()
    )
    pairs = (
        ("Hypothesis", view.hypothesis),
        ("Why", view.why if view.question else ""),
        ("Impact", view.impact),
        ("Tags", ", ".join(view.tags)),
        ("Parameters", shared),
    )
    rows = "".join(
        f"<span>{label}</span><span>{_text(content)}</span>"
        for label, content in pairs
        if content
    )
    return f'<div class="lbk-asked">{rows}</div>' if rows else ""


def _verdicts(view: ExperimentView) -> str:
    shown = view.verdicts[:_MOST_VERDICTS]
    more = len(view.verdicts) - len(shown)
    rest = f'<p class="lbk-s">and {more} more predictions</p>' if more else ""
    cards = "".join(map(_verdict, shown))
    return f"<div>{cards}{rest}</div>" if cards else ""


def _verdict(verdict: Verdict) -> str:
    outcome = verdict.outcome
    chip = f"{OUTCOME_SIGNS[outcome]} {outcome.value.capitalize()}"
    seen = _text(verdict.observed, _LONGEST_PREDICTION)
    observed = f"observed <b>{seen}</b>" if seen else ""
    facts = " · ".join(filter(None, (observed, _text(probability_words(verdict)))))
    reason = _text(verdict.reason, _LONGEST_PREDICTION)
    return (
        f'<div class="lbk-v lbk-{outcome.value}"><div class="lbk-row">'
        f'<span class="lbk-chip">{chip}</span>'
        f"<code>{_text(verdict.prediction, _LONGEST_PREDICTION)}</code></div>"
        + (f"<div>{facts}</div>" if facts else "")
        + (f'<div class="lbk-s">{reason}</div>' if reason else "")
        + "</div>"
    )


def _plot(view: ExperimentView, svg: str, *, final: bool) -> str:
    if not svg:
        return (
            '<div class="lbk-plot lbk-empty"><span class="lbk-s">Nothing was logged'
            " yet: <code>log(step=i, loss=loss)</code> in the cell draws here."
            "</span></div>"
        )
    if not final:
        return f'<div class="lbk-plot">{svg}</div>'
    encoded = base64.b64encode(svg.encode()).decode()
    words = escape(compose(view).words)
    return (
        f'<div class="lbk-plot"><img alt="{words}" '
        f'src="data:image/svg+xml;base64,{encoded}"></div>'
    )


def _waits(view: ExperimentView) -> str:
    told = "".join(f"<p>{_text(told)}</p>" for told in waiting_words(view))
    return f'<div class="lbk-s">{told}</div>' if told else ""


def _progress(view: ExperimentView) -> str:
    running = [run for run in view.runs if run.state is RunState.RUNNING]
    if not any(run.state.live for run in view.runs):
        return ""
    bars = []
    if len(view.runs) > 1:
        ended = sum(run.state.ended for run in view.runs)
        words = f"{ended} of {len(view.runs)} runs ended"
        bars.append(_bar("all runs", ended / len(view.runs), words))
    bars += [
        _bar(f"run {run.label}", progress_share(run), _progress_words(run))
        for run in running[:_MOST_BARS]
    ]
    return f'<div class="lbk-bars">{"".join(bars)}</div>'


def _bar(label: str, share: float | None, words: str) -> str:
    known = "" if share is None else f' aria-valuenow="{share:.0%}"'.replace("%", "")
    width = 0 if share is None else 100 * share
    return (
        f"<span>{_text(label)}</span>"
        f'<div class="lbk-bar" role="progressbar" aria-valuemin="0" '
        f'aria-valuemax="100"{known} aria-label="{escape(one_line(label))}">'
        f'<i style="width:{width:.1f}%"></i></div>'
        f'<span class="lbk-s">{_text(words)}</span>'
    )


def _progress_words(run: RunView) -> str:
    progress = run.progress
    if progress is None:
        return "running"
    share = progress_share(run)
    left = progress.remaining
    words = (
        f"{progress.done:g} done" if share is None else f"{share:.0%}",
        "" if left is None else f"{format_left(left)} left",
        shorten(one_line(progress.text), _LONGEST_CELL),
    )
    return " · ".join(filter(None, words))


def _runs(view: ExperimentView) -> str:
    if not view.runs:
        return ""
    table, note = runs_table(view)
    looks = [' class="lbk-n"' if column.numeric else "" for column in table.columns]
    head = "".join(
        f'<th scope="col"{look}>{_cell(column.title)}</th>'
        for column, look in zip(table.columns, looks, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{look}>{_cell(cell)}</td>"
            for cell, look in zip(row, looks, strict=True)
        )
        + "</tr>"
        for row in table.rows
    )
    caption = f'<p class="lbk-s">{_text(note)}</p>' if note else ""
    return (
        '<div class="lbk-scroll"><table class="lbk-t" aria-label="Runs">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{caption}</div>"
    )


def _cell(content: str) -> str:
    text = _text(one_line(content), _LONGEST_CELL)
    return f'<span class="lbk-bad">{text}</span>' if _is_bad(content) else text


def _is_bad(content: str) -> bool:
    return content in _BAD or content.endswith(f", {TAINTED}")


def _log(view: ExperimentView) -> str:
    """Show the output of the run that matters most now: a failed or running one."""
    bad = [run for run in view.runs if run.reason and run.state.value in _BAD]
    reasons = "".join(
        f'<p><span class="lbk-bad">{_text(run.label)}</span> {_text(run.reason)}</p>'
        for run in bad[:3]
    )
    speaking = [run for run in view.runs if run.tail]
    speaking.sort(key=lambda run: (run not in bad, run.state is not RunState.RUNNING))
    ended_well = bool(speaking) and speaking[0].state is RunState.FINISHED
    if not speaking or (ended_well and len(view.runs) > 1):
        return f"<div>{reasons}</div>" if reasons else ""
    run = speaking[0]
    opened = "" if ended_well else " open"
    return (
        f"<div>{reasons}<details{opened}><summary>Output of run {_text(run.label)}"
        f'</summary><pre class="lbk-log" tabindex="0">{_log_lines(run.tail)}</pre>'
        "</details></div>"
    )


def _log_lines(tail: str) -> str:
    lines = [_line(line) for line in tail_lines(tail, _LOG_LINES)]
    kept: list[str] = []
    room = _LONGEST_LOG
    for line in reversed(lines):
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join(reversed(kept))


def _line(line: Line) -> str:
    return "".join(map(_span, line))


def _span(span: Span) -> str:
    looks = [f"lbk-a-{span.colour}"] if span.colour else []
    styles = ("bold", "dim", "italic", "underline")
    looks += [f"lbk-a-{style}" for style in styles if getattr(span, style)]
    text = escape(span.text)
    return f'<span class="{" ".join(looks)}">{text}</span>' if looks else text


def _figures(view: ExperimentView, room: int) -> str:
    found = pictures(view, room - 200 * _MOST_PICTURES)
    shown = [picture for picture in found if picture.uri][:_MOST_PICTURES]
    named = [one_line(picture.name) for picture in found if picture not in shown]
    drawn = "".join(
        f'<figure><img alt="{escape(one_line(picture.name))}" src="{picture.uri}">'
        f"<figcaption>{_text(picture.name)}</figcaption></figure>"
        for picture in shown
    )
    rest = ", ".join(named[:6]) + (f" and {len(named) - 6} more" if named[6:] else "")
    images = f'<div class="lbk-figs">{drawn}</div>' if drawn else ""
    listed = f'<p class="lbk-s">In the run folder: {_text(rest)}</p>' if named else ""
    return f"<div>{images}{listed}</div>" if images or listed else ""


def _learned(view: ExperimentView) -> str:
    if not view.conclusion:
        return ""
    return f'<div class="lbk-learned"><b>Learned</b> {_text(view.conclusion)}</div>'


def _next(view: ExperimentView) -> str:
    steps = "".join(
        f"<span>{_text(why)}</span><code>%{_text(command)}</code>"
        for why, command in next_steps(view)
    )
    return f'<div class="lbk-next">{steps}</div>' if steps else ""


def _text(content: str, most: int = _LONGEST_TEXT) -> str:
    """Make prose safe; line ends are kept, and a novel is cut short.

    The limit holds for what is sent: a quotation mark is six characters there.
    """
    short = shorten(content, most)
    while len(escape(short)) > most + 1:
        short = shorten(short, len(short) * most // len(escape(short)))
    return escape(short).replace("\n", "<br>")
