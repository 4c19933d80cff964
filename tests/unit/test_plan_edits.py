"""Properties of changes to the text of ``plan.md``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_labbook.errors import CorruptFileError, InvalidInputError
from jupyter_labbook.model.plan import PlanItem, PlanList, Priority
from jupyter_labbook.storage import plan_edits
from jupyter_labbook.storage.plan_markdown import DETAILS, one_line, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_labbook.storage.plan_markdown import Page

HAND_WRITTEN = [
    "# Plan",
    "## Questions",
    "### questions:",
    "# TESTS #",
    "## Other ways to frame the problem",
    "Assumptions\n===",
    "## Notes",
    "#### **Experiment**",
    "A paragraph.",
    "",
    "",
    "---",
    "===",
    "<!--\n- [ ] commented\n-->",
    "-->",
    "```\n- [ ] fenced\n```",
    "> - [ ] quoted",
    "- [ ] plain",
    "- [ ] plain",
    "- [x] done  ",
    "* [X] star",
    "+ [ ] plus",
    "1. [ ] one",
    "9) [ ] nine",
    "-\t[ ]\ttabs",
    " - [ ] (high) indented",
    "- [ ] (LOW)   spaces",
    "- [ ] (normal) (high) text",
    "- [ ]",
    "- [ ] ",
    "- [x] (high)",
    "- no box",
    "  - expected: yes",
    "  - **Setup:** by hand",
    "\t- impact: tab",
    "  - expected:",
    "    - deeper",
    "  - [ ] nested",
    "      continued",
    "lazy",
    "    - [ ] code",
    "[x]: reference",
    "- [x]: no space",
    "- - [ ] twice",
    "| a | b |",
    "\x0c- [ ] form feed",
    "- [ ] \u2028 separator",
    "- [ ] 森は広い",
]

NEVER_CLOSED = ["<!-- a comment", "<details>", "```", "~~~"]


def files_of(lines: st.SearchStrategy[list[str]]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda bom, lines, ending, last: (
            bom + ("\n".join(lines) + "\n" * last).replace("\n", ending)
        ),
        st.sampled_from(["", "\ufeff"]),
        lines,
        st.sampled_from(["\n", "\r\n", "\r"]),
        st.booleans(),
    )


pages = files_of(st.lists(st.sampled_from(HAND_WRITTEN + NEVER_CLOSED), max_size=16))
sound_pages = files_of(st.lists(st.sampled_from(HAND_WRITTEN), max_size=16))
planned = files_of(
    st.lists(st.sampled_from(HAND_WRITTEN), max_size=16).map(
        lambda lines: ["## Questions", *lines, "# Experiment", "- [ ] last"]
    )
)
texts = st.text(min_size=1).filter(one_line) | st.sampled_from(
    [
        "- [ ] a task",
        "# a heading",
        "(high) is not a priority",
        "(Normal) either",
        "(low)",
        "expected: nothing",
        "<!-- open",
        "```",
        ": colon",
        "]: x",
        "one\n\n- two\r\nthree",
        "\x1b[31mred\x00",
        "\ud800",
        "ends with \\",
        "1. one",
        "\ufeffmark",
        "é ﷽ 👩‍🔬",
    ]
)
details = st.just("") | texts
items = st.builds(
    PlanItem,
    id=st.just(""),
    list=st.sampled_from(PlanList),
    text=texts,
    done=st.booleans(),
    priority=st.sampled_from(Priority),
    expected=details,
    setup=details,
    impact=details,
)


def plain(item: PlanItem) -> PlanItem:
    """Without id, and with text as it is stored."""
    fields = {name: one_line(getattr(item, name)) for name in ("text", *DETAILS)}
    return replace(item, id="", **fields)


def plains(page: Page) -> list[PlanItem]:
    return [replace(item, id="") for item in page.items]


def assert_only_own_lines_change(before: Page, after: Page, index: int) -> None:
    """Compare what stands above and below an item that is in both pages."""
    old, new = before.entries[index], after.entries[index]
    assert after.lines[: new.start] == before.lines[: old.start]
    above = "".join(after.lines[: new.end])
    below = "".join(before.lines[old.end :])
    rest = after.text[len(above) :]
    assert rest.endswith(below)
    assert not rest.removesuffix(below).strip()  # a blank line may keep them apart
    assert bool(below) <= above.endswith(("\n", "\r"))


@given(pages)
def test_a_page_is_its_lines(text: str) -> None:
    assert parse(text).text == text


@given(pages)
def test_ids_are_unique_and_do_not_change_when_read_again(text: str) -> None:
    ids = [item.id for item in parse(text).items]
    assert len(set(ids)) == len(ids)
    assert ids == [item.id for item in parse(text).items]


@given(st.lists(items, max_size=8))
@example([])
def test_items_added_to_a_new_plan_are_read_back(added: list[PlanItem]) -> None:
    page = parse(plan_edits.TEMPLATE)
    for item in added:
        edited = plan_edits.add(page, item)
        assert plain(edited.item) == plain(item)
        page = parse(edited.page.text)
    for which in PlanList:
        stored = [one for one in plains(page) if one.list is which]
        assert stored == [plain(one) for one in added if one.list is which]


@given(sound_pages, items)
def test_adding_keeps_every_line_that_was_there(text: str, item: PlanItem) -> None:
    before = parse(text)
    edited = plan_edits.add(before, item)
    entry = edited.page.entries[edited.index]
    head, tail = edited.page.lines[: entry.start], edited.page.lines[entry.end :]
    kept = "".join(head) + "".join(tail)
    # Only line endings, and the heading of a list that was not there, come along.
    assert without_blanks(text) in (
        without_blanks(kept),
        without_blanks(kept.replace(f"## {item.list.title}", "")),
    )
    others = list(edited.page.items)
    del others[edited.index]
    assert [plain(one) for one in others] == plains(before)


def without_blanks(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip())


@given(planned, texts, st.data())
def test_an_edit_of_the_text_touches_only_its_item(
    text: str, new: str, data: st.DataObject
) -> None:
    before, index = pick(text, data)
    edited = plan_edits.edit(before, index, {"text": new})
    assert edited.item.text == one_line(new)
    assert_only_own_lines_change(before, edited.page, index)


@given(planned, st.sampled_from(DETAILS), details, st.data())
def test_an_edit_of_a_detail_touches_only_its_item(
    text: str, name: str, value: str, data: st.DataObject
) -> None:
    before, index = pick(text, data)
    edited = plan_edits.edit(before, index, {name: value})
    assert getattr(edited.item, name) == one_line(value)
    assert edited.item.id == before.entries[index].item.id
    assert_only_own_lines_change(before, edited.page, index)


@given(planned, st.sampled_from(Priority), st.data())
def test_a_priority_touches_only_its_item(
    text: str, priority: Priority, data: st.DataObject
) -> None:
    before, index = pick(text, data)
    edited = plan_edits.set_priority(before, index, priority)
    assert edited.item == replace(before.entries[index].item, priority=priority)
    assert_only_own_lines_change(before, edited.page, index)


@given(planned, st.booleans(), st.data())
def test_a_tick_changes_one_character_at_most(
    text: str,
    done: bool,  # noqa: FBT001  # drawn by hypothesis
    data: st.DataObject,
) -> None:
    before, index = pick(text, data)
    edited = plan_edits.tick(before, index, done=done)
    assert edited.item == replace(before.entries[index].item, done=done)
    pairs = zip(text, edited.page.text, strict=True)
    changed = [pair for pair in pairs if pair[0] != pair[1]]
    assert len(changed) == (before.entries[index].item.done is not done)


@given(planned, st.data())
def test_delete_and_restore_give_the_same_items(text: str, data: st.DataObject) -> None:
    before, index = pick(text, data)
    entry = before.entries[index]
    page, deleted = plan_edits.delete(before, index)
    rest = "".join([*before.lines[: entry.start], *before.lines[entry.end :]])
    assert without_blanks(page.text.replace("<!-- -->", "")) == without_blanks(rest)
    restored = plan_edits.restore(parse(page.text), deleted)
    assert restored.item.text == entry.item.text
    assert plains(restored.page) == plains(before)
    assert restored.page.text == text


@given(planned, sound_pages, st.data())
def test_a_deleted_item_goes_into_any_other_page(
    text: str, other: str, data: st.DataObject
) -> None:
    before, index = pick(text, data)
    _, deleted = plan_edits.delete(before, index)
    restored = plan_edits.restore(parse(other), deleted)
    assert plain(restored.item) == plain(deleted.item)
    assert len(restored.page.items) == len(parse(other).items) + 1


@given(planned, st.sampled_from(PlanList), st.data())
def test_a_moved_item_is_the_last_of_its_list(
    text: str, which: PlanList, data: st.DataObject
) -> None:
    before, index = pick(text, data)
    item = before.entries[index].item
    edited = plan_edits.move(before, index, which)
    assert replace(edited.item, id="") == replace(item, id="", list=which)
    assert len(edited.page.items) == len(before.items)
    last = [one for one in edited.page.items if one.list is which][-1]
    assert last == edited.item


@given(planned, st.data())
def test_a_moved_item_stands_before_the_one_it_was_put_before(
    text: str, data: st.DataObject
) -> None:
    before, index = pick(text, data)
    target = data.draw(st.integers(0, len(before.entries) - 1))
    item, other = before.entries[index].item, before.entries[target].item
    edited = plan_edits.move(before, index, item.list, target)
    assert plain(edited.item) == plain(replace(item, list=other.list))
    if target != index:
        assert plain(edited.page.entries[edited.index + 1].item) == plain(other)


def pick(text: str, data: st.DataObject) -> tuple[Page, int]:
    page = parse(text)
    return page, data.draw(st.integers(0, len(page.entries) - 1))


@given(pages, items, st.data())
def test_what_a_page_cannot_take_is_refused_and_never_half_done(
    text: str, item: PlanItem, data: st.DataObject
) -> None:
    page = parse(text)
    changes: list[Callable[[], object]] = [lambda: plan_edits.add(page, item)]
    if page.entries:
        index = data.draw(st.integers(0, len(page.entries) - 1))
        changes += [
            lambda: plan_edits.edit(page, index, {"text": item.text, "setup": "s"}),
            lambda: plan_edits.delete(page, index),
            lambda: plan_edits.move(page, index, item.list),
        ]
    for change in changes:
        try:
            change()
        except CorruptFileError as error:
            assert "never closed" in str(error)  # noqa: PT017  # it may also succeed


def test_a_code_block_that_is_never_closed_is_named_and_nothing_is_added() -> None:
    page = parse("## Questions\n\n```\nfor ever\n")
    item = PlanItem(id="", list=PlanList.TEST, text="sum of weights")
    with pytest.raises(CorruptFileError, match="code block or comment"):
        plan_edits.add(page, item)


def test_an_item_needs_a_text() -> None:
    item = PlanItem(id="", list=PlanList.TEST, text=" \n\t")
    with pytest.raises(InvalidInputError, match="needs a text"):
        plan_edits.add(parse(""), item)


def test_lines_that_an_item_kept_apart_do_not_become_a_heading() -> None:
    page = parse("## Tests\n- [ ] a\nand b\n\n===\n- [ ] c\n---\n")
    rest, deleted = plan_edits.delete(page, 1)
    assert rest.text == "## Tests\n- [ ] a\nand b\n\n===\n\n---\n"
    assert plan_edits.restore(rest, deleted).page.text == page.text


def test_a_line_ending_of_another_page_does_not_eat_a_blank_line() -> None:
    item = PlanItem(id="", list=PlanList.TEST, text="a")
    page = plan_edits.add(parse("## Tests\r\r"), item).page
    _, deleted = plan_edits.delete(page, 0)
    restored = plan_edits.restore(parse("## Tests\nMy own words.\n"), deleted)
    assert restored.page.text == "## Tests\nMy own words.\n\n- [ ] a\n"


def test_a_paragraph_is_never_drawn_into_an_item_above_it() -> None:
    text = "## Tests\n- [ ] a\n\n      code\nMy own words.\n"
    edited = plan_edits.edit(parse(text), 0, {"setup": "s"})
    assert edited.page.text == text.replace("code\n", "code\n  - setup: s\n\n")
