"""Every form of the evening says the same."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

from jupyter_labbook.model.digest import Evening, Hours, Idea, Suggestion
from jupyter_labbook.rendering.evening import (
    evening_headline,
    evening_html,
    evening_json,
    evening_markdown,
    evening_page,
    evening_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

EVIL = "<img src=x onerror=alert(1)>*a* `b`\u202e\x1b[31m"
FORMS: list[Callable[[Evening], str]] = [
    evening_text,
    evening_markdown,
    evening_html,
    evening_page,
]


def evening(used: float = 0, **given: Any) -> Evening:
    given.setdefault("opens", "2026-11-22T22:00:00+01:00")
    return Evening(
        labbook="/labbook",
        moment="2026-11-22T17:30:00+01:00",
        closes="2026-11-23T07:00:00+01:00",
        hours=Hours("tonight", 9 * 3600, used * 3600),
        **{"experiments": 3, **given},
    )


def ideas(text: str = "Is it blue?") -> list[Suggestion]:
    return [
        Suggestion(idea=Idea.ABLATION, sentence=text, verb="labbook preflight deep"),
        Suggestion(
            idea=Idea.SEEDS,
            sentence=text,
            verb="%%experiment deep --seeds 5",
            where=text,
            seconds=5400.0,
        ),
        Suggestion(idea=Idea.QUESTION, sentence=text, verb="%%experiment blue"),
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Tonight is empty."),
        ({"used": 3, "runs": 4}, "3 of 9 hours used by 4 runs."),
        ({"used": 3, "runs": 1}, "3 of 9 hours used by 1 run."),
        (
            {"used": 3, "runs": 4, "unknown": 1},
            "3 of 9 hours used by 4 runs, 1 of unknown length.",
        ),
        (
            {"runs": 2, "unknown": 2},
            "Tonight has 2 runs; nobody can tell yet how long they take.",
        ),
        ({"opens": ""}, "Your settings give tonight no hours."),
    ],
)
def test_how_full_the_night_is(given: dict[str, Any], said: str) -> None:
    assert evening_headline(evening(**given)) == said
    assert evening_json(evening(**given))["headline"] == said


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_everything(form: Callable[[Evening], str]) -> None:
    text = html.unescape(re.sub(r"\\", "", form(evening(suggestions=ideas()))))
    for said in (
        *("Good afternoon", "Tonight is empty.", "today 22:00 to tomorrow 07:00"),
        *("An ablation is missing", "Too few seeds", "A question of your plan"),
        *("Is it blue?", "labbook preflight deep", "%%experiment deep --seeds 5"),
        *("about 1 h 30 min", "--when tonight"),
    ):
        assert said in text, said


@pytest.mark.parametrize("form", FORMS)
def test_text_of_files_stays_text(form: Callable[[Evening], str]) -> None:
    text = form(evening(suggestions=ideas(EVIL)))
    assert "\x1b" not in text
    assert "\u202e" not in text
    if form is evening_markdown:
        text = MarkdownIt("commonmark").render(text)
        assert "<em>" not in text
    if form is not evening_text:
        assert "<img" not in text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"experiments": 0}, ("labbook demo", "%load_ext jupyter_labbook")),
        ({}, ("labbook plan", "%%experiment NAME --when tonight")),
        ({"opens": ""}, ("labbook queue",)),
    ],
)
def test_an_empty_evening_says_what_to_do_next(
    form: Callable[[Evening], str], given: dict[str, Any], said: tuple[str, ...]
) -> None:
    text = form(evening(**given))
    for step in said:
        assert step in text


def test_commands_are_magics_in_a_notebook() -> None:
    fragment = evening_html(evening(suggestions=ideas()), prefix="%")
    assert "%labbook preflight deep" in fragment
    assert "<code>labbook" not in fragment
    assert "%%%" not in fragment
