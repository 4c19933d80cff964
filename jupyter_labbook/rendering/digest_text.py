"""The digest as plain text, for the terminal and for ``text/plain``."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from jupyter_labbook.rendering import digest_repeated as again
from jupyter_labbook.rendering import digest_words as words
from jupyter_labbook.rendering.backfill_words import search_words
from jupyter_labbook.rendering.escaping import one_line, visible
from jupyter_labbook.rendering.summary import OUTCOME_SIGNS
from jupyter_labbook.rendering.tables import text_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_labbook.model.digest import Digest, Failure, Result
    from jupyter_labbook.model.view import Verdict
    from jupyter_labbook.model.withdrawal import OldAgainstNew

_INDENT = "  "


def digest_text(digest: Digest, width: int = 80) -> str:
    """Write a digest for a terminal.

    Parameters
    ----------
    digest
        What happened.
    width
        Columns of the terminal.
    """
    shown = digest.unconcluded[: words.MOST_UNCONCLUDED]
    more = len(digest.unconcluded) - len(shown)
    blocks = [
        _heading(digest, width),
        _section("Ready", _results(digest, width)),
        _section("Run again", (_repeated(one, width) for one in digest.repeated)),
        _section("Failed", (_failure(one, width) for one in digest.failures)),
        _section(
            "Searched meanwhile",
            (_bullet(search_words(one), width) for one in digest.searches),
            gap="\n",
        ),
        _section("Did not start", _delays(digest, width)),
        _section(
            "Answered in your plan",
            (
                _bullet(f"{one.item.text} ({words.outcome_words(one.outcomes)})", width)
                + f"\n{_INDENT * 2}labbook plan tick {one.item.id}"
                for one in digest.answers
            ),
            gap="\n",
        ),
        _section(
            "Wants a conclusion",
            [
                *(
                    _bullet(f"{one.subject.name}: {one.subject.title}", width)
                    for one in shown
                ),
                *([f"{_INDENT}and {more} more: labbook list"] if more > 0 else []),
            ],
            gap="\n",
        ),
        _section("Your forecasts", _forecasts(digest, width), gap="\n"),
        "\n".join(_bullet(f"! {problem}", width, "") for problem in digest.problems),
        "\n".join(f"{why}  {do}" for why, do in words.next_steps(digest)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _heading(digest: Digest, width: int) -> str:
    left = f"{words.good(digest.moment)}. {words.headline(digest)}"
    lines = [_sides(left, words.day(digest.moment), width)]
    facts = [words.period(digest)]
    if digest.experiments:
        facts.append(f"night: {words.hours_words(digest.hours)}")
        facts.append(words.streak_words(digest.streak))
    facts.append(words.live_words(digest))
    return "\n".join([*lines, *wrapped(" · ".join(filter(None, facts)), width)])


def _results(digest: Digest, width: int) -> Iterator[str]:
    for line, result in words.batched(digest.results):
        yield "\n".join(wrapped(line, width, _INDENT))
        yield _result(result, digest, width)


def _result(result: Result, digest: Digest, width: int) -> str:
    subject = result.subject
    name = f"{one_line(subject.name)} · {words.kind(subject)}"
    facts = words.result_facts(result, digest)
    lines = [_sides(name, facts, width - 2), *wrapped(subject.title, width - 2)]
    for verdict in result.verdicts:
        lines += _verdict(verdict, width - 4)
    said = "; ".join(f"{name} {value}" for name, value in words.values(result))
    lines += wrapped(said, width - 4, _INDENT)
    pairs = (("impact", result.impact), ("learned", result.conclusion))
    for label, text in pairs:
        if text:
            lines += wrapped(f"{label}: {text}", width - 4, _INDENT)
    if not result.conclusion:
        lines.append(f"{_INDENT}What did you learn?  {words.conclude(subject.name)}")
    return _indented(lines)


def _verdict(verdict: Verdict, width: int) -> list[str]:
    sign = OUTCOME_SIGNS[verdict.outcome]
    head = f"{sign} {verdict.outcome.value.upper()}  {one_line(verdict.prediction)}"
    lines = [head] if text_width(head) <= width else wrapped(head, width)
    facts = words.observed(verdict)
    lines += wrapped(facts, width - 2, _INDENT) if facts else []
    lines += wrapped(verdict.reason, width - 2, _INDENT) if verdict.reason else []
    return [f"{_INDENT}{line}" for line in lines]


def _repeated(found: OldAgainstNew, width: int) -> str:
    lines = wrapped(again.why(found), width - 2)
    for prediction, change in again.changes(found):
        lines += wrapped(f"{prediction}: {change}", width - 4, _INDENT)
    for pair in again.pairs(found):
        lines += wrapped(pair, width - 4, _INDENT)
    left = again.more(found)
    lines += [f"{_INDENT}{left}"] if left else []
    return _indented([*lines, f"{_INDENT}{again.rest(found)}"])


def _failure(failure: Failure, width: int) -> str:
    name = failure.subject.name
    lines = [
        one_line(f"{name} · {words.kind(failure.subject)}"),
        *wrapped(words.failure_words(failure), width - 2),
        # Whole lines: what is cut off is the number of the line that failed.
        *(f"{_INDENT}| {visible(line)}".rstrip() for line in failure.tail),
        f"labbook tail {name}/{failure.runs[0]}",
    ]
    return _indented(lines)


def _delays(digest: Digest, width: int) -> list[str]:
    said = [
        _bullet(f"{one.subject.name} {words.delay_words(one, digest)}", width)
        for one in digest.delays
    ]
    return said + [
        _bullet(words.absence_words(one, digest), width) for one in digest.absences
    ]


def _forecasts(digest: Digest, width: int) -> list[str]:
    found = digest.calibration
    if not found.every.count:
        return []
    lines = [f"all: {words.score_words(found.every)}"]
    if found.late.count < found.every.count:
        lines.append(f"of late: {words.score_words(found.late)}")
    lines += [words.band_words(band) for band in found.bands if len(found.bands) > 1]
    lines.append(words.judgement(found.every, found.bands))
    return [_bullet(line, width) for line in lines if line]


def _section(title: str, parts: Iterable[str], gap: str = "\n\n") -> str:
    body = gap.join(filter(None, parts))
    return f"{title.upper()}\n{body}" if body else ""


def _sides(left: str, right: str, width: int) -> str:
    room = width - text_width(left) - text_width(right)
    if room > 1:
        return left + " " * room + right
    return "\n".join([*wrapped(left, width), *wrapped(right, width)])


def _bullet(text: str, width: int, indent: str = _INDENT) -> str:
    return "\n".join(wrapped(text, width, indent, hanging=indent + _INDENT))


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(
        f"{_INDENT}{part}".rstrip() for line in lines for part in line.split("\n")
    )


def wrapped(
    text: str, width: int, indent: str = "", *, hanging: str | None = None
) -> list[str]:
    """Break text into lines; what is longer than a line stays whole."""
    return textwrap.wrap(
        one_line(text),
        max(width, 20),
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_on_hyphens=False,
        break_long_words=False,
    )
