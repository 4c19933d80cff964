"""The plan as text for a terminal, as a sheet for paper, and as static HTML."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from jupyter_labbook.model.plan import Plan, PlanItem, PlanList, Priority
from jupyter_labbook.rendering.escaping import escape, visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MIME_TYPE: Final = "application/vnd.jupyter-labbook.plan+json"
"""What the JupyterLab extension draws, by asking the server; its ``version`` is 1."""

_DETAILS: Final = ("expected", "setup", "impact")
_SHORTEST_ID: Final = 4
_NARROWEST: Final = 40
_NEW_ITEMS: Final = 3
"""Empty lines under each list on paper."""

_STYLE: Final = (
    "font-family:var(--jp-ui-font-family,system-ui,sans-serif);"
    "font-size:var(--jp-ui-font-size1,13px);"
    "color:var(--jp-ui-font-color1,inherit)"
)
_FAINT: Final = "color:var(--jp-ui-font-color2,#767676)"
_STRONG: Final = "color:var(--jp-error-color1,#c62828);font-weight:600"


def short_ids(plan: Plan) -> dict[str, str]:
    """Shorten each id to what still tells it from the others; at least 4 letters."""
    ids = sorted(item.id for item in plan.items)
    short = {}
    for place, one in enumerate(ids):
        around = ids[max(place - 1, 0) : place] + ids[place + 1 : place + 2]
        shared = max((_shared(one, other) for other in around), default=0)
        short[one] = one[: max(shared + 1, _SHORTEST_ID)]
    return short


def plan_text(plan: Plan) -> str:
    """Draw the plan for a terminal: ids short enough to type, then the items."""
    short = short_ids(plan)
    width = max(map(len, short.values()), default=_SHORTEST_ID)
    lines = [plan.problem, ""] if plan.problem else []
    for which in PlanList:
        items = plan.of(which)
        lines.append(_heading(which, items))
        if not items:
            lines.append(f'  nothing yet: labbook plan add {which.value} "..."')
        for item in items:
            box = "[x]" if item.done else "[ ]"
            head = f"  {short[item.id]:{width}}  {box} "
            lines.append(head + _marked(item))
            lines += [f"{'':{len(head)}}{line}" for line in _details(item)]
        lines.append("")
    return "\n".join(lines[:-1])


def plan_print(plan: Plan, width: int = 80) -> str:
    """Draw the plan as a sheet for paper, with room to write by hand.

    Parameters
    ----------
    plan
        What is to be printed.
    width
        Columns of the sheet, 40 at least; wide characters count as two.
    """
    width = max(width, _NARROWEST)
    lines = ["Plan", "═" * width, ""]
    for which in PlanList:
        lines += [which.title, "─" * width]
        for item in plan.of(which):
            box = "☑" if item.done else "☐"
            lines += _wrapped(_marked(item), width, f"{box} ", "  ")
            for name in _DETAILS:
                value = _plain(getattr(item, name))
                if value:
                    lines += _wrapped(f"{name}: {value}", width, "    ", "      ")
                elif which is PlanList.QUESTION and not item.done:
                    lines.append(_room(f"    {name}: ", width))
            if which is PlanList.QUESTION and not item.done:
                lines.append(_room("    answer: ", width))
        lines += ["", *["\n" + _room("☐ ", width)] * _NEW_ITEMS, "", ""]
    return "\n".join(lines[:-2])


def plan_bundle(plan: Plan, labbook: Path, *, resting: bool) -> dict[str, object]:
    """Render the plan for ``display(..., raw=True)``.

    Parameters
    ----------
    plan
        The lists, as they are now.
    labbook
        Folder of the labbook, where a page with the extension finds them later.
    resting
        Whether nobody works on it here, so that a page shows it closed.
    """
    return {
        MIME_TYPE: {"version": 1, "path": str(labbook), "resting": resting},
        "text/html": plan_html(plan),
        "text/plain": plan_text(plan),
    }


def plan_html(plan: Plan) -> str:
    """Draw the plan as a static fragment, for places where no widget lives."""
    parts = [f'<section class="labbook-plan" style="{_STYLE}">']
    if plan.problem:
        parts.append(f'<p role="alert" style="{_STRONG}">{escape(plan.problem)}</p>')
    # It stays below each experiment of a notebook: what is empty takes no room.
    for which in PlanList:
        if items := plan.of(which):
            parts.append(f"<h4>{escape(_heading(which, items))}</h4>")
            parts += ["<ul style='list-style:none;padding-left:0'>"]
            parts += [f"<li>{_item_html(item)}</li>" for item in items]
            parts += ["</ul>"]
    if not plan.items:
        parts.append(f'<p style="{_FAINT}">Nothing is planned yet.</p>')
    return "\n".join([*parts, "</section>"])


def _heading(which: PlanList, items: tuple[PlanItem, ...]) -> str:
    done = sum(item.done for item in items)
    return f"{which.title} ({done} of {len(items)} done)" if items else which.title


def _marked(item: PlanItem) -> str:
    text = _plain(item.text)
    if item.priority is Priority.NORMAL:
        return text
    return f"({item.priority.value}) {text}"


def _details(item: PlanItem) -> list[str]:
    pairs = ((name, _plain(getattr(item, name))) for name in _DETAILS)
    return [f"{name}: {value}" for name, value in pairs if value]


def _item_html(item: PlanItem) -> str:
    box, word = ("☑", "done") if item.done else ("☐", "open")
    parts = [f'<span role="img" aria-label="{word}">{box}</span>']
    if item.priority is not Priority.NORMAL:
        style = _STRONG if item.priority is Priority.HIGH else _FAINT
        parts.append(f'<span style="{style}">({item.priority.value})</span>')
    text = f'<span dir="auto">{escape(item.text)}</span>'
    parts.append(f"<s>{text}</s>" if item.done else text)
    details = "".join(f"<br>&emsp;{escape(line)}" for line in _details(item))
    return " ".join(parts) + (
        f'<small style="{_FAINT}">{details}</small>' if details else ""
    )


def _plain(text: str) -> str:
    """Spell out what a terminal would obey, and what would reorder its line."""
    return visible(text).replace("\n", " ").replace("\t", " ")


def _room(label: str, width: int) -> str:
    return label + "_" * (width - _columns(label))


def _wrapped(text: str, width: int, first: str, rest: str) -> Iterator[str]:
    indent, line = first, ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and _columns(indent + longer) > width:
            yield indent + line
            indent, longer = rest, word
        while _columns(indent + longer) > width:
            cut = _fitting(longer, width - _columns(indent))
            yield indent + longer[:cut]
            indent, longer = rest, longer[cut:]
        line = longer
    yield indent + line


def _fitting(text: str, width: int) -> int:
    """Count the characters that fit into so many columns."""
    used = 0
    for place, character in enumerate(text):
        used += _columns(character)
        if used > width:
            return place
    return len(text)


def _columns(text: str) -> int:
    """Count columns on paper or screen; Unicode Standard Annex 11."""
    return sum(
        0
        if unicodedata.combining(c) or unicodedata.category(c) == "Cf"
        else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


def _shared(one: str, other: str) -> int:
    """Count the letters with which both begin."""
    pairs = zip(one, other, strict=False)
    return next(
        (n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other))
    )
