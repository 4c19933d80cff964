"""The digest as HTML: a fragment for a notebook, and a page to read over coffee."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_labbook.rendering import digest_repeated as again
from jupyter_labbook.rendering import digest_words as words
from jupyter_labbook.rendering.backfill_words import search_words
from jupyter_labbook.rendering.composition import compose
from jupyter_labbook.rendering.digest_strip import strip
from jupyter_labbook.rendering.digest_style import CSS, PAGE_CSS
from jupyter_labbook.rendering.escaping import escape, one_line
from jupyter_labbook.rendering.grouping import metric_names
from jupyter_labbook.rendering.panels import Kind
from jupyter_labbook.rendering.summary import OUTCOME_SIGNS, probability_words
from jupyter_labbook.rendering.svg import plot_svg
from jupyter_labbook.rendering.tables import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_labbook.model.digest import Digest, Failure, Result, Subject
    from jupyter_labbook.model.view import ExperimentView, Verdict
    from jupyter_labbook.model.withdrawal import OldAgainstNew

_PLOT_WIDTH = 320
_PLOT_HEIGHT = 190
_LONGEST = 600


def digest_page(digest: Digest) -> str:
    """Write a digest as a page of its own that needs no other file."""
    title = f"{words.day(digest.moment)}: {words.headline(digest)}"
    return page(title, digest_html(digest))


def page(title: str, fragment: str) -> str:
    """Put a fragment into a page of its own that needs no other file."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>{PAGE_CSS}</style>\n</head>\n"
        f"<body>\n<main>\n{fragment}\n</main>\n</body>\n</html>\n"
    )


def digest_html(digest: Digest, *, prefix: str = "") -> str:
    """Write a digest as a fragment that needs no script and no other file.

    Whatever comes from the labbook is text; nothing of it is ever markup.

    Parameters
    ----------
    digest
        What happened.
    prefix
        What stands before each command: a percent sign in a notebook.
    """
    parts = [
        f'<style>{CSS}</style>\n<article class="lbm" aria-label="Digest">',
        _heading(digest),
        strip(digest),
        _section("Ready", list(_results(digest, prefix))),
        _section("Run again", [_repeated(one, prefix) for one in digest.repeated]),
        _section("Failed", [_failure(one, prefix) for one in digest.failures]),
        _section(
            "Searched meanwhile",
            _listed(_text(search_words(one)) for one in digest.searches),
        ),
        _section("Did not start", _listed(_delays(digest))),
        _section("Answered in your plan", _listed(_answers(digest, prefix))),
        _section("Wants a conclusion", _listed(_unconcluded(digest, prefix))),
        _section("", _listed(map(_text, digest.problems))),
        _next(digest, prefix),
        "</article>",
    ]
    return "\n".join(part for part in parts if part)


def small_plot(view: ExperimentView) -> str:
    """Draw the metric that matters most; empty if there is no picture in it."""
    logged = {series.metric for run in view.runs for series in run.series}
    logged.update(name for run in view.runs for name in run.final)
    names = [name for name in metric_names(view) if name in logged][:1]
    runs = [
        replace(
            run,
            series=[series for series in run.series if series.metric in names],
            final={name: run.final[name] for name in names if name in run.final},
        )
        for run in view.runs
    ]
    thresholds = [one for one in view.thresholds if one.metric in names]
    small = replace(view, runs=runs, thresholds=thresholds)
    panels = compose(small).panels
    rows = bool(panels) and panels[0].kind is Kind.ROWS
    if rows and len(runs) == 1:
        return ""  # a single number is said in words
    return plot_svg(small, width=_PLOT_WIDTH, height=None if rows else _PLOT_HEIGHT)


def _heading(digest: Digest) -> str:
    parts = (words.day(digest.moment), words.period(digest), words.live_words(digest))
    facts = " · ".join(filter(None, parts))
    return (
        f'<header><p class="lbm-s">{_text(facts)}</p><h1>{words.good(digest.moment)}. '
        f"<span>{_text(words.headline(digest))}</span></h1></header>"
    )


def _results(digest: Digest, prefix: str) -> Iterator[str]:
    for line, result in words.batched(digest.results):
        if line:
            yield f'<p class="lbm-s">{_text(line)}</p>'
        yield _result(result, digest, prefix)


def _result(result: Result, digest: Digest, prefix: str) -> str:
    plot = small_plot(result.view) if result.view is not None else ""
    said = [
        f'<p class="lbm-s">{_text(result.hypothesis)}</p>' if result.hypothesis else "",
        *map(_verdict, result.verdicts),
        _pairs(
            (_text(name), f"<b>{value}</b>") for name, value in words.values(result)
        ),
        f'<p class="lbm-impact">{_text(result.impact)}</p>' if result.impact else "",
    ]
    body = f"<div>{''.join(said)}</div>"
    body += f'<div class="lbm-plot">{plot}</div>' if plot else ""
    return (
        '<section class="lbm-card">'
        f"{_title(result.subject, words.result_facts(result, digest))}"
        f'<div class="lbm-body">{body}</div>{_learned(result, prefix)}</section>'
    )


def _title(subject: Subject, facts: str) -> str:
    return (
        f'<div class="lbm-head"><span><b>{_text(subject.name)}</b> · '
        f"{_text(words.kind(subject))}</span><span>{_text(facts)}</span></div>"
        f"<h3>{_text(subject.title)}</h3>"
    )


def _verdict(verdict: Verdict) -> str:
    outcome = verdict.outcome
    rows = (
        ("predicted", f"<code>{_text(verdict.prediction)}</code>"),
        ("", _text(probability_words(verdict))),
        ("observed", f"<b>{_text(verdict.observed)}</b>" if verdict.observed else ""),
        ("", _text(verdict.reason)),
    )
    word = f"{OUTCOME_SIGNS[outcome]} {outcome.value.capitalize()}"
    return f'<div class="lbm-v">{_chip(outcome.value, word)}{_pairs(rows)}</div>'


def _chip(kind: str, word: str) -> str:
    return f'<span class="lbm-chip lbm-{kind}">{word}</span>'


def _pairs(rows: Iterable[tuple[str, str]]) -> str:
    cells = "".join(
        f"<span>{label}</span><span>{content}</span>"
        for label, content in rows
        if content
    )
    return f'<div class="lbm-pairs">{cells}</div>' if cells else ""


def _learned(result: Result, prefix: str) -> str:
    if result.conclusion:
        said = f"<b>Learned</b> {_text(result.conclusion)}"
    else:
        verb = _code(prefix + words.conclude(result.subject.name))
        said = f"<b>What did you learn?</b> {verb}"
    return f'<p class="lbm-learn">{said}</p>'


def _repeated(found: OldAgainstNew, prefix: str) -> str:
    rows = [
        (f"<code>{_text(prediction)}</code>", _text(change))
        for prediction, change in again.changes(found)
    ]
    lines = [_text(one) for one in (*again.pairs(found), again.more(found)) if one]
    return (
        f'<section class="lbm-card"><h3>{_text(again.why(found))}</h3>'
        f"{_pairs(rows)}{''.join(_listed(lines))}"
        f'<p class="lbm-learn">{_code(prefix + again.rest(found))}</p></section>'
    )


def _failure(failure: Failure, prefix: str) -> str:
    name = failure.subject.name
    tail = "\n".join(map(escape, failure.tail))
    log = f'<pre tabindex="0">{tail}</pre>' if failure.tail else ""
    verb = _code(f"{prefix}labbook tail {name}/{failure.runs[0]}")
    return (
        '<section class="lbm-card">'
        f"{_title(failure.subject, words.labels(failure.runs))}"
        f"{_chip('refuted', f'✗ {failure.state.value.capitalize()}')}"
        f"<p>{_text(words.failure_words(failure))}</p>{log}"
        f'<p class="lbm-learn"><b>All of it</b> {verb}</p></section>'
    )


def _delays(digest: Digest) -> Iterable[str]:
    for delay in digest.delays:
        said = _text(words.delay_words(delay, digest))
        yield f"<b>{_text(delay.subject.name)}</b> {said}"
    for absence in digest.absences:
        yield _text(words.absence_words(absence, digest))


def _answers(digest: Digest, prefix: str) -> Iterable[str]:
    for one in digest.answers:
        said = _text(one.conclusion or words.outcome_words(one.outcomes))
        verb = _code(f"{prefix}labbook plan tick {one.item.id}")
        yield f"{_text(one.item.text)}<br><b>{said}</b> {verb}"


def _unconcluded(digest: Digest, prefix: str) -> Iterable[str]:
    shown = digest.unconcluded[: words.MOST_UNCONCLUDED]
    for one in shown:
        outcome = _text(words.outcome_words(one.outcomes))
        verb = _code(prefix + words.conclude(one.subject.name))
        yield f'{_text(one.subject.title)} <span class="lbm-s">{outcome}</span> {verb}'
    if more := len(digest.unconcluded) - len(shown):
        yield f"and {more} more: {_code(f'{prefix}labbook list')}"


def _listed(items: Iterable[str]) -> list[str]:
    rows = "".join(f"<li>{item}</li>" for item in items)
    return [f"<ul>{rows}</ul>"] if rows else []


def _section(title: str, parts: list[str]) -> str:
    if not parts:
        return ""
    heading = f"<h2>{title}</h2>" if title else ""
    return heading + "".join(parts)


def _next(digest: Digest, prefix: str) -> str:
    steps = "".join(
        f"<span>{_text(why)}</span>{_code(_spelled(do, prefix))}"
        for why, do in words.next_steps(digest)
    )
    return f'<footer class="lbm-next">{steps}</footer>'


def _spelled(command: str, prefix: str) -> str:
    return prefix + command if command.startswith("labbook ") else command


def _code(command: str) -> str:
    return f"<code>{escape(one_line(command))}</code>"


def _text(content: str) -> str:
    return escape(shorten(content, _LONGEST)).replace("\n", "<br>")
