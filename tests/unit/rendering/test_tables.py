"""Aligned plain-text tables."""

from __future__ import annotations

from jupyter_labbook.rendering.tables import (
    Column,
    Table,
    shorten,
    table_text,
    text_width,
)

TABLE = Table(
    (Column("name"), Column("accuracy", numeric=True)),
    (("forest", "0.97"), ("a much longer name than that", "0.9612")),
)


def test_numbers_stand_against_the_right_edge() -> None:
    assert table_text(TABLE).splitlines() == [
        "name                          accuracy",
        "────────────────────────────  ────────",
        "forest                            0.97",
        "a much longer name than that    0.9612",
    ]


def test_text_gives_way_before_numbers_do() -> None:
    lines = table_text(TABLE, width=20).splitlines()
    assert max(map(text_width, lines)) == 20
    assert lines[3] == "a much lo…    0.9612"


def test_a_table_that_cannot_fit_keeps_its_numbers() -> None:
    assert "0.9612" in table_text(TABLE, width=5)


def test_wide_and_combining_characters_keep_the_columns_straight() -> None:
    table = Table(
        (Column("名前"), Column("n", numeric=True)),
        (("森", "1"), ("e\u0301t", "22")),
    )
    widths = {text_width(line) for line in table_text(table).splitlines()}
    assert widths == {text_width("名前") + 4}


def test_a_cut_wide_text_never_exceeds_its_width() -> None:
    assert shorten("森森森森", 5) == "森森…"
    assert shorten("森森森森", 4) == "森…"
    assert shorten("abc", 3) == "abc"
    assert shorten("abcd", 1) == "…"
    assert shorten("abcd", 0) == ""


def test_cells_stay_on_their_line_and_send_nothing_to_the_terminal() -> None:
    table = Table((Column("x\ny"),), (("a\x1b[31m\nb\u202e",),))
    text = table_text(table)
    assert len(text.splitlines()) == 3
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_table_without_rows_is_its_head() -> None:
    assert table_text(Table((Column("run"),), ())) == "run\n───"
