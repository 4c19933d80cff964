"""The plan as text, on paper and as HTML."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.model.plan import Plan, PlanItem, PlanList, Priority
from jupyter_labbook.rendering.escaping import visible
from jupyter_labbook.rendering.plan import plan_html, plan_print, plan_text, short_ids

PLAN = Plan(
    items=(
        PlanItem(
            id="4b0b70af7981",
            list=PlanList.QUESTION,
            text="Does depth matter more than width?",
            priority=Priority.HIGH,
            expected="yes, by a point",
        ),
        PlanItem(
            id="4b0b9cf359c1",
            list=PlanList.QUESTION,
            text="Is <b>bold</b> & safe?",
            done=True,
            priority=Priority.LOW,
        ),
        PlanItem(id="ffff00001111", list=PlanList.TEST, text="the loader"),
    )
)

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1
).filter(str.split)
plans = st.lists(
    st.builds(
        PlanItem,
        id=st.integers(0, 16**12 - 1).map("{:012x}".format),
        list=st.sampled_from(PlanList),
        text=words,
        done=st.booleans(),
        priority=st.sampled_from(Priority),
        expected=st.just("") | words,
        setup=st.just("") | words,
        impact=st.just("") | words,
    ),
    max_size=6,
    unique_by=lambda item: item.id,
).map(lambda items: Plan(items=tuple(items)))


def test_the_terminal_shows_ids_to_type_ticks_priorities_and_details() -> None:
    assert plan_text(PLAN).splitlines() == [
        "Experiments",
        '  nothing yet: labbook plan add experiment "..."',
        "",
        "Questions (1 of 2 done)",
        "  4b0b7  [ ] (high) Does depth matter more than width?",
        "             expected: yes, by a point",
        "  4b0b9  [x] (low) Is <b>bold</b> & safe?",
        "",
        "Assumptions to dispute",
        '  nothing yet: labbook plan add assumption "..."',
        "",
        "Code that wants unit tests (0 of 1 done)",
        "  ffff   [ ] the loader",
        "",
        "Other ways to frame the problem",
        '  nothing yet: labbook plan add framing "..."',
    ]


def test_a_problem_comes_first_everywhere() -> None:
    plan = Plan(problem="plan.md is <odd>.")
    assert plan_text(plan).startswith("plan.md is <odd>.\n\n")
    assert 'role="alert"' in plan_html(plan)
    assert "plan.md is &lt;odd&gt;." in plan_html(plan)


@given(plans)
def test_short_ids_tell_items_apart(plan: Plan) -> None:
    short = short_ids(plan)
    for item in plan.items:
        fits = [one for one in plan.items if one.id.startswith(short[item.id])]
        assert fits == [item]
        assert len(short[item.id]) >= 4


def test_nothing_that_a_terminal_would_obey_comes_through() -> None:
    item = PlanItem(
        id="0" * 12, list=PlanList.TEST, text="a\x1b[2Jb\x9bc\u202ed", expected="\x07"
    )
    plan = Plan(items=(item,))
    for drawn in (plan_text(plan), plan_print(plan), plan_html(plan)):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", drawn)
        assert "a\u241b[2Jb\\x9bc<U+202E>d" in html.unescape(drawn)


def test_paper_has_boxes_and_room_to_write() -> None:
    sheet = plan_print(PLAN, 40)
    assert "☐ (high) Does depth matter more than\n  width?\n" in sheet
    assert "    expected: yes, by a point\n    setup: _____" in sheet
    assert "☑ (low) Is <b>bold</b> & safe?\n\n" in sheet
    assert sheet.count("\n☐ " + "_" * 38) == 3 * len(PlanList)
    assert sheet.count("answer: ___") == 1


def test_wide_characters_count_as_two_columns_on_paper() -> None:
    item = PlanItem(id="0" * 12, list=PlanList.TEST, text="森" * 30)
    lines = plan_print(Plan(items=(item,)), 41).splitlines()
    assert "☐ " + "森" * 19 in lines
    assert "  " + "森" * 11 in lines


@given(plans, st.integers(0, 100))
def test_no_line_on_paper_is_wider_than_the_sheet(plan: Plan, width: int) -> None:
    narrow = Plan(items=tuple(one for one in plan.items if is_ascii(one)))
    sheet = plan_print(narrow, width)
    assert max(map(len, sheet.splitlines())) <= max(width, 40)


def is_ascii(item: PlanItem) -> bool:
    return f"{item.text}{item.expected}{item.setup}{item.impact}".isascii()


class Text(HTMLParser):
    """Collects what a reader would see, and every tag."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  # the base's
        self.tags.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@given(plans)
def test_html_holds_every_word_as_text_and_closes_its_tags(plan: Plan) -> None:
    page = Text(plan_html(plan))
    assert page.open == []
    assert page.tags <= {
        *("section", "h4", "ul", "li", "span", "p", "s", "small", "br")
    }
    for item in plan.items:
        for word in (item.text, item.expected, item.setup, item.impact):
            # What nobody could see is spelled out.
            assert visible(word) in page.text


def test_html_follows_the_theme_and_says_ticks_to_screen_readers() -> None:
    html = plan_html(PLAN)
    assert "Is &lt;b&gt;bold&lt;/b&gt; &amp; safe?" in html
    assert 'aria-label="done">☑' in html
    assert 'aria-label="open">☐' in html
    assert all("," in use for use in re.findall(r"var\([^)]*\)", html))


def test_html_gives_no_room_to_lists_that_are_empty() -> None:
    assert PlanList.FRAMING.title not in plan_html(PLAN)
    assert Text(plan_html(Plan())).text.strip() == "Nothing is planned yet."
