"""Every form of the digest says the same, and nothing of a file is ever markup."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

from jupyter_labbook.model.digest import (
    Absence,
    AnsweredItem,
    Band,
    Calibration,
    Delay,
    Digest,
    Failure,
    Hours,
    Result,
    Score,
    Streak,
    Subject,
    Unconcluded,
)
from jupyter_labbook.model.plan import PlanItem, PlanList
from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.view import Outcome
from jupyter_labbook.model.withdrawal import (
    OldAgainstNew,
    RepeatedMetric,
    RepeatedRun,
    VerdictChange,
)
from jupyter_labbook.rendering import digest_repeated as again
from jupyter_labbook.rendering import digest_words as words
from jupyter_labbook.rendering.digest_html import digest_html, digest_page, small_plot
from jupyter_labbook.rendering.digest_json import digest_json
from jupyter_labbook.rendering.digest_markdown import digest_markdown
from jupyter_labbook.rendering.digest_repeated import in_words
from jupyter_labbook.rendering.digest_text import digest_text
from jupyter_labbook.rendering.tables import text_width
from tests.unit.rendering.samples import single

if TYPE_CHECKING:
    from collections.abc import Callable

MOMENT = "2026-11-22T08:12:00+01:00"
EVIL = '<img src=x onerror="alert(1)">\u202e*a* [b](c) `d` # | \x1b[31m'
FORMS: list[Callable[[Digest], str]] = [
    digest_text,
    digest_markdown,
    digest_html,
    digest_page,
]


def subject(name: str = "deep", question: str = "Is deeper better?") -> Subject:
    return Subject(experiment=f"0007-{name}", number=7, name=name, question=question)


def repeated(text: str = "", runs: int = 5) -> OldAgainstNew:
    """Make a result of several runs that was withdrawn, and is there again."""
    metrics = (
        RepeatedMetric(metric="loss", old=1.0, new=2.0),
        RepeatedMetric(metric=text or "accuracy", old=0.1, new=0.25),
    )
    return OldAgainstNew(
        experiment="0007-deep",
        name="deep",
        number=7,
        question=text or "Is deeper better?",
        reason=text or "off by one",
        verdicts=(
            VerdictChange(
                prediction=text or "accuracy > 0.2",
                old=Outcome.REFUTED,
                old_observed=text or "0.1",
                new=Outcome.SUPPORTED,
                new_observed="0.25",
            ),
        ),
        runs=tuple(
            RepeatedRun(
                old=f"{number:03d}",
                new=f"{number + runs:03d}",
                state=RunState.FINISHED,
                reason="",
                parameters={"depth": text or 3},
                seed=number,
                metrics=metrics,
            )
            for number in range(1, runs + 1)
        ),
    )


@pytest.mark.parametrize("form", FORMS)
def test_what_was_repeated_is_told_old_against_new_in_a_few_lines(form) -> None:
    digest = Digest(
        labbook="", moment=MOMENT, since=MOMENT, experiments=1, repeated=[repeated()]
    )
    text = html.unescape(re.sub(r"<[^>]+>|\\\\", " ", form(digest)))
    text = " ".join(text.replace("\\", "").split())
    assert "deep was run again: off by one" in text
    assert "was refuted (0.1), is supported (0.25)" in text
    assert "001 → 006 (depth=3, seed=1): accuracy 0.10 → 0.25" in text
    assert "003 → 008" in text
    assert "004 → 009" not in text
    assert "and 2 more runs" in text
    assert "labbook compare deep" in text
    # Of two metrics the one that was predicted.
    assert "loss" not in text


def test_without_a_prediction_what_was_logged_first_is_told() -> None:
    found = replace(repeated(runs=1), verdicts=())
    one = found.runs[0]
    gone = replace(one.metrics[0], new=None)
    found = replace(found, runs=(replace(one, metrics=(gone, one.metrics[1])),))
    assert again.pairs(found) == [
        "001 → 002 (depth=3, seed=1): loss 1 → not logged, accuracy 0.10 → 0.25"
    ]
    assert again.more(found) == ""
    failed = replace(one, metrics=(), state=RunState.FAILED)
    assert again.pairs(replace(found, runs=(failed,)))[0].endswith(": failed")


def full(text: str = "") -> Digest:
    """Make a digest with one of everything, in the words of whoever is hostile."""
    view = single()
    verdicts = [replace(view.verdicts[0], reason=text or "One run.")]
    item = PlanItem(id="71a9", list=PlanList.QUESTION, text=text or "Is it blue?")
    about = subject(question=text or "Is deeper better?")
    return Digest(
        labbook="/labbook",
        moment=MOMENT,
        since="2026-11-21T18:00:00+01:00",
        experiments=9,
        running=1,
        waiting=4,
        results=[
            Result(
                subject=about,
                ended="2026-11-22T03:00:00+01:00",
                hypothesis=text or "It is.",
                impact=text or "Then go on.",
                verdicts=verdicts,
                states={"finished": 3},
                seconds=5400.0,
                view=view,
            ),
            Result(
                subject=subject("told"),
                ended="2026-11-22T02:00:00+01:00",
                conclusion=text or "It is not.",
            ),
        ],
        repeated=[repeated(text)],
        failures=[
            Failure(
                subject=about,
                state=RunState.FAILED,
                runs=[f"{i:03d}" for i in range(1, 10)],
                reason=text or "ValueError: no",
                ended=MOMENT,
                tail=["Traceback", text or "ValueError: no", "```", "</pre>"],
                followed=["010"],
            )
        ],
        delays=[
            Delay(
                subject=about,
                state=RunState.WAITING,
                runs=["001", "002"],
                when="tonight",
                sentence=text or "It may take 4 h.",
                told="2026-11-22T04:00:00+01:00",
            )
        ],
        absences=[Absence("2026-11-22T04:31:00+01:00", "2026-11-22T06:00:00+01:00")],
        unconcluded=[
            Unconcluded(
                subject=subject(f"old-{i}", text or "Was it?"),
                ended=MOMENT,
                outcomes=[Outcome.SUPPORTED],
            )
            for i in range(11)
        ],
        answers=[
            AnsweredItem(item=item, subject=about, outcomes=[Outcome.REFUTED]),
            AnsweredItem(item=item, subject=about, conclusion=text or "It is."),
        ],
        calibration=Calibration(
            Score(22, 17, 0.8, 0.15),
            Score(20, 15, 0.8, 0.16),
            [
                Band(0.5, 0.7, Score(4, 2, 0.6, 0.25)),
                Band(0.85, 0.95, Score(18, 15, 0.9, 0.1)),
            ],
        ),
        streak=Streak(8, 12, today=False, recent=[1] * 13 + [0]),
        hours=Hours("tonight", 9 * 3600, 3.6 * 3600),
        problems=[text or "run.json is damaged."],
    )


def empty(**given: Any) -> Digest:
    return Digest(labbook="/labbook", moment=MOMENT, since=MOMENT, **given)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_everything(form: Callable[[Digest], str]) -> None:
    text = re.sub(r"[\\*]|\s+", " ", html.unescape(form(full())))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))
    for said in (
        *(
            "Good morning",
            "2 results are ready",
            "9 runs failed",
            "2 runs did not start",
        ),
        *("yesterday 18:00", "3.6 of 9 hours", "8 days in a row", "12 at best"),
        *("Is deeper better?", "Then go on.", "accuracy > 0.96", "0.971"),
        *("you gave it 80 %", "One run.", "3 finished", "1 h 30 min", "today 03:00"),
        *("It is not.", "ValueError: no", "Traceback", "and 3 more", "run 010 went on"),
        *("It may take 4 h.", "As of today 04:00", "today 04:31", "1 h 29 min"),
        *("Is it blue?", "refuted", "labbook plan tick 71a9", "run.json is damaged."),
        *("Was it?", 'labbook conclude deep "..."', "labbook tail deep/001"),
        *("17 of 22 predictions came true", "15 of 20", "labbook evening"),
    ):
        plain = re.sub(r"[\\*]|\s+", " ", said)
        assert plain in text, said


@pytest.mark.parametrize("width", [40, 80, 100])
def test_text_keeps_to_its_width(width: int) -> None:
    plain = replace(full(), failures=[])
    for line in digest_text(plain, width).splitlines():
        # What is copied stays whole.
        if "labbook " not in line and "accuracy" not in line:
            assert text_width(line) <= width, line


def test_text_of_files_is_never_html() -> None:
    page = digest_page(full(EVIL))
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert page.count("</pre>") == 1
    for tag in re.findall(r"<(\w+)", page):
        assert tag in {
            *("html", "head", "meta", "title", "style", "body", "main", "article"),
            *(
                "p",
                "h1",
                "h2",
                "h3",
                "span",
                "section",
                "div",
                "b",
                "code",
                "pre",
                "ul",
            ),
            *("li", "footer", "svg", "path", "circle", "text", "g", "i", "small", "br"),
            "header",
        }, tag


def test_text_of_files_is_never_markdown() -> None:
    marked = digest_markdown(full(EVIL))
    rendered = MarkdownIt("commonmark").render(marked)
    assert "<img" not in rendered
    assert "<a " not in rendered
    assert "<em>" not in rendered
    plain = MarkdownIt("commonmark").render(digest_markdown(full()))
    tags = re.compile(r"</?\w+")
    assert tags.findall(rendered) == tags.findall(plain)


def test_text_of_files_obeys_no_terminal() -> None:
    text = digest_text(full(EVIL))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_page_needs_nothing_else_and_knows_light_and_dark() -> None:
    page = digest_page(full())
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in page
    assert "prefers-color-scheme:dark" in page


def test_commands_are_magics_in_a_notebook() -> None:
    fragment = html.unescape(digest_html(full(), prefix="%"))
    assert "<code>labbook" not in fragment
    assert '<code>%labbook conclude deep "..."</code>' in fragment
    assert "<code>%labbook evening</code>" in fragment
    begin = html.unescape(digest_html(empty(), prefix="%"))
    assert "<code>%load_ext jupyter_labbook</code>" in begin


def test_programs_get_everything_but_the_points_of_plots() -> None:
    data = json.loads(json.dumps(digest_json(full()), allow_nan=False))
    assert data["headline"].startswith("2 results are ready")
    assert "view" not in data["results"][0]
    assert data["results"][0]["verdicts"][0]["outcome"] == "supported"
    assert data["calibration"]["every"]["brier"] == 0.15
    assert data["hours"] == {"window": "tonight", "there": 32400, "used": 12960.0}


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_labbook_is_told_how_to_begin(form: Callable[[Digest], str]) -> None:
    text = html.unescape(form(empty()))
    assert "This labbook is still empty." in text
    assert "labbook demo" in text
    assert "%load_ext jupyter_labbook" in text
    assert "night" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("form", FORMS)
def test_a_quiet_night_says_what_to_do_next(form: Callable[[Digest], str]) -> None:
    old = Unconcluded(subject=subject("old"), ended=MOMENT)
    text = html.unescape(form(empty(experiments=3, unconcluded=[old])))
    assert "Nothing new has come in." in text
    assert 'labbook conclude old "..."' in text
    assert "labbook plan" in text
    assert "labbook evening" in text


def test_what_was_read_before_is_called_that() -> None:
    again = replace(full(), read="2026-11-22T08:00:00+01:00")
    assert words.headline(again) == "Nothing new since today 08:00."
    assert "Is deeper better?" in digest_text(again)


def test_the_first_digest_says_how_far_it_reaches() -> None:
    assert words.period(empty(first=True)) == "the last seven days"


@pytest.mark.parametrize(
    ("hour", "said"),
    [
        (4, "morning"),
        (11, "morning"),
        (12, "afternoon"),
        (18, "evening"),
        (3, "evening"),
    ],
)
def test_one_is_greeted_by_the_clock(hour: int, said: str) -> None:
    assert words.good(f"2026-11-22T{hour:02d}:00:00+01:00") == f"Good {said}"


@pytest.mark.parametrize(
    ("days", "longest", "today", "said"),
    [
        (0, 5, False, "no experiment yesterday or today"),
        (1, 1, True, "1 day in a row"),
        (3, 3, False, "3 days in a row; today is still to come"),
        (3, 9, True, "3 days in a row, 9 at best"),
    ],
)
def test_a_streak_in_words(days: int, longest: int, today: object, said: str) -> None:
    assert words.streak_words(Streak(days, longest, today=bool(today))) == said


@pytest.mark.parametrize(
    ("hits", "said"),
    [
        (40, "more sure than you are right"),
        (48, "about as right"),
        (60, "dare to give"),
    ],
)
def test_what_chance_explains_is_not_blamed(hits: int, said: str) -> None:
    # 48 of 60 are to be expected, give or take 3.1.
    score = Score(60, hits, 0.8, 0.2)
    assert said in words.judgement(score, [Band(0.7, 0.85, score)])


def test_of_few_predictions_nothing_is_said() -> None:
    score = Score(9, 1, 0.8, 0.2)
    assert words.judgement(score, [Band(0.7, 0.85, score)]) == ""


def test_certain_predictions_divide_by_nothing() -> None:
    score = Score(20, 20, 1.0, 0.0)
    assert words.judgement(score, [Band(0.95, 1.0, score)])


def test_hours_in_words() -> None:
    assert words.hours_words(Hours("tonight")) == "no night lies in between"
    assert words.hours_words(Hours("tonight", 63 * 3600, 1800)) == "0.5 of 63 hours"


def test_a_single_number_is_said_and_not_drawn() -> None:
    view = single()
    [run] = view.runs
    bare = replace(run, series=[], final={"loss": 0.5})
    assert small_plot(replace(view, runs=[bare])) == ""
    shown = replace(full().results[0], verdicts=[], view=replace(view, runs=[bare]))
    digest = empty(experiments=1, results=[shown])
    assert "loss 0.5" in digest_text(digest)
    assert "- loss: 0.5" in digest_markdown(digest)
    assert "<b>0.5</b>" in digest_html(digest)


def test_values_of_several_runs_are_said_as_a_range() -> None:
    view = single()
    runs = [replace(view.runs[0], final={"loss": value}) for value in (0.5, 0.25)]
    several = replace(full().results[0], verdicts=[], view=replace(view, runs=runs))
    assert ("loss", "0.25 to 0.5") in words.values(several)


def test_the_plot_shows_what_was_predicted() -> None:
    svg = small_plot(single())
    assert svg.startswith("<svg")
    assert 'height="190"' in svg
    assert "accuracy" in svg
    assert "loss" not in svg


def test_a_digest_without_forecasts_says_how_to_give_them() -> None:
    page = html.unescape(digest_html(empty(experiments=1)))
    assert "accuracy > 0.9 (80%)" in page
    assert "FORECASTS" not in digest_text(empty(experiments=1))


def test_old_against_new_is_told_in_words_to_whoever_draws_it() -> None:
    told = in_words(repeated(runs=5))
    assert told["why"] == "deep was run again: off by one"
    assert told["changes"] == [
        ("accuracy > 0.2", "was refuted (0.1), is supported (0.25)")
    ]
    assert len(told["pairs"]) == 3
    assert told["more"] == "and 2 more runs"
    assert told["verb"] == "labbook compare deep"
