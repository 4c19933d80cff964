from __future__ import annotations

from dataclasses import replace

from jupyter_labbook.model.backfill import BackfillView, Nominee, Progress
from jupyter_labbook.rendering.backfill import backfill_html, backfill_text
from jupyter_labbook.rendering.backfill_words import search_words

SEARCH = Progress(
    name="search-around-<b>depths",
    origin="<b>depths",
    metric="accuracy",
    higher=True,
    runs=7,
    failed=1,
    waiting=2,
    best={"depth": 5, "kind": None},
    value=0.93,
    before=0.91,
    when="tonight",
    most=20,
)
NOMINEE = Nominee(
    experiment="0002-widths",
    name="widths",
    title="Does <i>width</i> help?",
    space=["width: 30 to 300 (log)"],
    settings=3,
    signal=2.5,
    seconds=600.0,
    fitting=9,
    verb="labbook backfill accept widths --metric loss --max",
)


def test_a_search_is_told_with_what_it_found_against_the_best_before() -> None:
    assert search_words(SEARCH) == (
        "<b>depths (max accuracy): 7 runs, 1 of them failed. Best: 0.93 with depth=5, "
        "kind=null, better than 0.91 before. 2 runs on the way. It goes on tonight, "
        "with 20 runs at most each time."
    )
    assert "no better than 0.91" in search_words(replace(SEARCH, value=0.91))
    small = replace(SEARCH, higher=False, value=0.2)
    assert "(min accuracy)" in search_words(small)
    assert "0.2 with depth=5, kind=null, better than 0.91" in search_words(small)
    ended = replace(SEARCH, value=None, before=None, ended="It is done.")
    assert search_words(ended).endswith(
        "Nothing found yet; the best before is unknown. It is done."
    )
    assert not ended.better


def test_a_page_shows_files_as_text_and_commands_as_the_notebook_spells_them() -> None:
    view = BackfillView(accepted=[SEARCH], nominees=[NOMINEE], foreign="Not <yours>.")
    page = backfill_html(view, prefix="%")
    assert "<b>depths" not in page
    assert "<i>width" not in page
    assert "Not &lt;yours&gt;." in page
    assert "<code>%labbook backfill accept widths --metric loss --max</code>" in page
    assert "room for 9 runs of 10 min" in page


def test_an_empty_place_says_what_to_do_next() -> None:
    for said in (backfill_html(BackfillView()), backfill_text(BackfillView(), 200)):
        assert "There is no search to continue yet" in said


def test_the_text_stays_within_the_columns_but_for_commands() -> None:
    view = BackfillView(
        accepted=[SEARCH], nominees=[NOMINEE], foreign="Not yours. " * 9
    )
    text = backfill_text(view, 60)
    for line in text.splitlines():
        assert len(line) <= 60 or "labbook backfill" in line
    assert "Settings differ 2.5 times as much as seeds do." in " ".join(text.split())
