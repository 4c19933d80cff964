"""The digest as Markdown, to be kept, mailed, or put into a chat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_labbook.rendering import digest_repeated as again
from jupyter_labbook.rendering import digest_words as words
from jupyter_labbook.rendering.backfill_words import search_words
from jupyter_labbook.rendering.escaping import one_line, visible
from jupyter_labbook.rendering.summary import OUTCOME_SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_labbook.model.digest import Digest, Failure, Result
    from jupyter_labbook.model.view import Verdict
    from jupyter_labbook.model.withdrawal import OldAgainstNew

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+|~!>-])")


def digest_markdown(digest: Digest) -> str:
    """Write a digest as CommonMark; what comes from files stays text."""
    shown = digest.unconcluded[: words.MOST_UNCONCLUDED]
    more = len(digest.unconcluded) - len(shown)
    parts = [
        _heading(digest),
        _section("Ready", _results(digest)),
        _section("Run again", map(_repeated, digest.repeated)),
        _section("Failed", map(_failure, digest.failures)),
        _section(
            "Searched meanwhile",
            ["\n".join(f"- {text(search_words(one))}" for one in digest.searches)],
        ),
        _section("Did not start", ["\n".join(_delays(digest))]),
        _section(
            "Answered in your plan",
            [
                "\n".join(
                    f"- {text(one.item.text)} ({words.outcome_words(one.outcomes)}): "
                    f"{code(f'labbook plan tick {one.item.id}')}"
                    for one in digest.answers
                )
            ],
        ),
        _section(
            "Wants a conclusion",
            [
                "\n".join(
                    [
                        *(
                            f"- **{text(one.subject.name)}**: {text(one.subject.title)}"
                            for one in shown
                        ),
                        *([f"- and {more} more: `labbook list`"] if more > 0 else []),
                    ]
                )
            ],
        ),
        _section("Your forecasts", ["\n".join(_forecasts(digest))]),
        "\n".join(f"- {text(problem)}" for problem in digest.problems),
        "\n".join(f"{text(why)} {code(do)}  " for why, do in words.next_steps(digest)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def text(content: str) -> str:
    """Write text from a file on one line, so that none of it is markup."""
    plain = _SPECIAL.sub(r"\\\1", one_line(content))
    return plain.replace("&", "&amp;").replace("<", "&lt;")


def code(content: str) -> str:
    """Write text as code, whatever backticks are in it."""
    plain = one_line(content)
    longest = max(map(len, re.findall(r"`+", plain)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {plain} {fence}" if longest else f"`{plain}`"


def _heading(digest: Digest) -> str:
    facts = [words.period(digest)]
    if digest.experiments:
        facts.append(f"night: {words.hours_words(digest.hours)}")
        facts.append(words.streak_words(digest.streak))
    return (
        f"# {words.day(digest.moment)}\n\n"
        f"**{words.good(digest.moment)}. {words.headline(digest)}**\n\n"
        + text(" · ".join(facts))
    )


def _results(digest: Digest) -> Iterator[str]:
    for line, result in words.batched(digest.results):
        yield f"**{text(line)}**" if line else ""
        yield _result(result, digest)


def _result(result: Result, digest: Digest) -> str:
    subject = result.subject
    facts = text(words.result_facts(result, digest))
    lines = [
        f"### {text(subject.title)}",
        "",
        f"{text(subject.name)}, {words.kind(subject)} · {facts}",
        "",
        *map(_verdict, result.verdicts),
        *(f"- {text(name)}: {text(value)}" for name, value in words.values(result)),
    ]
    if result.impact:
        lines.append(f"- Impact: {text(result.impact)}")
    if result.conclusion:
        lines.append(f"- Learned: {text(result.conclusion)}")
    else:
        lines.append(f"- What did you learn? {code(words.conclude(subject.name))}")
    return "\n".join(lines)


def _verdict(verdict: Verdict) -> str:
    outcome = f"{OUTCOME_SIGNS[verdict.outcome]} {verdict.outcome.value}"
    facts = "; ".join(filter(None, (words.observed(verdict), verdict.reason)))
    said = f": {text(facts)}" if facts else ""
    return f"- **{outcome}** {code(verdict.prediction)}{said}"


def _repeated(found: OldAgainstNew) -> str:
    lines = [f"### {text(again.why(found))}", ""]
    lines += [
        f"- {code(prediction)}: {text(change)}"
        for prediction, change in again.changes(found)
    ]
    lines += [f"- {text(pair)}" for pair in again.pairs(found)]
    left = again.more(found)
    lines += [f"- {text(left)}"] if left else []
    return "\n".join([*lines, "", code(again.rest(found))])


def _failure(failure: Failure) -> str:
    name = failure.subject.name
    lines = [
        f"### {text(failure.subject.title)}",
        "",
        f"{text(name)}: {text(words.failure_words(failure))}",
    ]
    if failure.tail:
        tail = "\n".join(map(visible, failure.tail))
        longest = max(map(len, re.findall(r"`+", tail)), default=0)
        fence = "`" * max(3, longest + 1)
        lines += ["", f"{fence}text", tail, fence]
    return "\n".join([*lines, "", code(f"labbook tail {name}/{failure.runs[0]}")])


def _delays(digest: Digest) -> list[str]:
    said = [
        f"- **{text(one.subject.name)}** {text(words.delay_words(one, digest))}"
        for one in digest.delays
    ]
    return said + [
        f"- {text(words.absence_words(one, digest))}" for one in digest.absences
    ]


def _forecasts(digest: Digest) -> list[str]:
    found = digest.calibration
    if not found.every.count:
        return []
    lines = [f"- {text(words.score_words(found.every))}"]
    if found.late.count < found.every.count:
        lines.append(f"- of late: {text(words.score_words(found.late))}")
    said = words.judgement(found.every, found.bands)
    return [*lines, *([f"- {said}"] if said else [])]


def _section(title: str, parts: Iterable[str]) -> str:
    body = "\n\n".join(filter(None, parts))
    return f"## {title}\n\n{body}" if body else ""
