"""The evening before as text, Markdown and HTML."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_labbook.model.digest import Idea
from jupyter_labbook.rendering.digest_html import page
from jupyter_labbook.rendering.digest_markdown import code, text
from jupyter_labbook.rendering.digest_strip import bar
from jupyter_labbook.rendering.digest_style import CSS
from jupyter_labbook.rendering.digest_text import wrapped
from jupyter_labbook.rendering.digest_words import day, good, hours_words
from jupyter_labbook.rendering.escaping import escape, one_line, visible
from jupyter_labbook.rendering.formats import counted, format_left, format_when
from jupyter_labbook.rendering.mimebundle import json_safe

if TYPE_CHECKING:
    from jupyter_labbook.model.digest import Evening, Suggestion

_TITLES = {
    Idea.ABLATION: "An ablation is missing",
    Idea.SEEDS: "Too few seeds",
    Idea.SEARCH: "A search to continue",
    Idea.QUESTION: "A question of your plan",
}


def evening_headline(evening: Evening) -> str:
    """Say how full tonight is, in one sentence."""
    if not evening.opens:
        return "Your settings give tonight no hours."
    if not evening.runs:
        return "Tonight is empty."
    runs = counted(evening.runs, "run")
    if evening.unknown == evening.runs:
        return f"Tonight has {runs}; nobody can tell yet how long they take."
    said = f"{hours_words(evening.hours)} used by {runs}"
    if evening.unknown:
        said += f", {evening.unknown} of unknown length"
    return f"{said[0].upper()}{said[1:]}."


def _window(evening: Evening) -> str:
    """Say when the night begins and ends."""
    if not evening.opens or not evening.closes:
        return ""
    now, opens, closes = map(
        datetime.fromisoformat, (evening.moment, evening.opens, evening.closes)
    )
    return f"tonight: {format_when(opens, now)} to {format_when(closes, now)}"


def evening_text(evening: Evening, width: int = 80) -> str:
    """Write it for a terminal, of so many columns."""
    lines = [f"{good(evening.moment)}. {evening_headline(evening)}"]
    lines += wrapped(_window(evening), width)
    if evening.suggestions:
        lines += ["", "WHAT COULD FILL IT"]
    for one in evening.suggestions:
        lines += wrapped(f"{_TITLES[one.idea]}: {one.sentence}", width, "  ")
        lines.append(f"    {one_line(one.verb)}{visible(_facts(one))}")
    lines += ["", *(f"{why}  {do}" for why, do in evening_steps(evening))]
    return "\n".join(lines) + "\n"


def evening_markdown(evening: Evening) -> str:
    """Write it as CommonMark; what comes from files stays text."""
    lines = [
        f"# {day(evening.moment)}, tonight",
        "",
        f"**{good(evening.moment)}. {text(evening_headline(evening))}**",
        "",
        text(_window(evening)),
        "",
    ]
    lines += [
        f"- {_TITLES[one.idea]}: {text(one.sentence)} {code(one.verb)}"
        f"{text(_facts(one))}"
        for one in evening.suggestions
    ]
    lines += ["", *(f"{text(w)} {code(do)}  " for w, do in evening_steps(evening))]
    return "\n".join(lines) + "\n"


def evening_html(evening: Evening, *, prefix: str = "") -> str:
    """Write it as a fragment; ``prefix`` stands before each command."""
    items = "".join(
        f"<li><b>{_TITLES[one.idea]}</b> {escape(one.sentence)}"
        f"<code>{escape(one_line(_spelled(one.verb, prefix)))}</code>"
        f'<span class="lbm-s">{escape(_facts(one))}</span></li>'
        for one in evening.suggestions
    )
    steps = "".join(
        f"<span>{escape(why)}</span><code>{escape(_spelled(do, prefix))}</code>"
        for why, do in evening_steps(evening)
    )
    return (
        f'<style>{CSS}</style>\n<article class="lbm" aria-label="Tonight">'
        f'<header><p class="lbm-s">{escape(day(evening.moment))} · '
        f"{escape(_window(evening))}</p><h1>{good(evening.moment)}. "
        f"<span>{escape(evening_headline(evening))}</span></h1></header>"
        + bar(evening.hours)
        + (f"<h2>What could fill it</h2><ul>{items}</ul>" if items else "")
        + f'<footer class="lbm-next">{steps}</footer></article>'
    )


def evening_page(evening: Evening) -> str:
    """Write it as a page of its own that needs no other file."""
    return page(evening_headline(evening), evening_html(evening))


def evening_json(evening: Evening) -> dict[str, object]:
    """Write it as plain data."""
    plain: dict[str, object] = json_safe(evening)
    return {"headline": evening_headline(evening), **plain}


def evening_steps(evening: Evening) -> list[tuple[str, str]]:
    """Say how tonight is filled: pairs of a sentence and the command for it."""
    if not evening.experiments:
        return [
            ("See how it works, in half a minute:", "labbook demo"),
            ("Begin in a notebook, in a cell of its own:", "%load_ext jupyter_labbook"),
        ]
    if not evening.opens:
        return [("See what the hours may be:", "labbook queue -h")]
    steps = [("Any cell runs tonight with:", "%%experiment NAME --when tonight")]
    if not evening.suggestions:
        steps.append(("Write down what you want to know:", "labbook plan"))
    return steps


def _facts(suggestion: Suggestion) -> str:
    took = format_left(suggestion.seconds) if suggestion.seconds else ""
    facts = [f"in {suggestion.where}" if suggestion.where else "", took]
    said = ", ".join(filter(None, facts))
    return f"  ({said})" if said else ""


def _spelled(command: str, prefix: str) -> str:
    return prefix + command if command.startswith("labbook ") else command
