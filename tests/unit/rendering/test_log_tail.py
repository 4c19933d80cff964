"""Output as a terminal would have left it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.rendering.log_tail import Span, plain, tail_lines


def texts(data: bytes | str, lines: int = 40, width: int = 400) -> list[str]:
    return [plain(line) for line in tail_lines(data, lines, width)]


def test_only_the_last_lines_are_kept() -> None:
    data = "".join(f"line {n}\n" for n in range(1000))
    assert texts(data, 3) == ["line 997", "line 998", "line 999"]


@pytest.mark.parametrize("data", [b"", ""])
def test_no_output_is_no_line(data: bytes | str) -> None:
    assert tail_lines(data) == []


def test_an_unfinished_line_is_a_line() -> None:
    assert texts("one\ntwo") == ["one", "two"]


def test_blank_lines_stay() -> None:
    assert texts("one\n\ntwo\n") == ["one", "", "two"]


def test_a_progress_bar_shows_its_last_state() -> None:
    bar = b"start\n  0%|    |\r 50%|##  |\r100%|####|\n\x1b[2K\rdone\r\n"
    assert texts(bar) == ["start", "100%|####|", "done"]


def test_a_bar_that_was_cleared_at_the_end_still_shows() -> None:
    assert texts(b"100%|####|\r\x1b[K\r") == ["100%|####|"]


def test_backspaces_take_back_what_they_took_on_a_terminal() -> None:
    assert texts(b"\b\bspin|\b/\b-\bx") == ["spinx"]


def test_colours_become_styles_and_go_on_over_lines() -> None:
    lines = tail_lines(b"\x1b[1;31mred\nstill\x1b[0m plain")
    assert lines[0] == (Span("red", colour="red", bold=True),)
    assert lines[1] == (Span("still", colour="red", bold=True), Span(" plain"))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("2", Span("x", dim=True)),
        ("3", Span("x", italic=True)),
        ("4", Span("x", underline=True)),
        ("1;22", Span("x")),
        ("3;23", Span("x")),
        ("4;24", Span("x")),
        ("31;39", Span("x")),
        ("31;0", Span("x")),
        ("31;", Span("x")),
        ("94", Span("x", colour="blue")),
        ("41", Span("x")),
        ("38;5;1", Span("x", colour="red")),
        ("38;5;46", Span("x", colour="green")),
        ("38;5;240", Span("x")),
        ("48;5;46;1", Span("x", bold=True)),
        ("38;2;20;30;250", Span("x", colour="blue")),
        ("48;2;1;2;3;4", Span("x", underline=True)),
        ("38", Span("x")),
        ("38;9", Span("x")),
        ("9999999999999", Span("x")),
    ],
)
def test_every_colour_code_is_understood_or_left_out(code: str, expected: Span) -> None:
    assert tail_lines(f"\x1b[{code}mx") == [(expected,)]


def test_other_escapes_leave_no_trace() -> None:
    data = b"a\x1b[2Kb\x1b[1Ac\x1b]8;;http://x\x1b\\d\x1b]0;title\x07e\x1b(Bf\x1b7g"
    assert texts(data) == ["abcdefg"]


def test_binary_output_is_visible_text() -> None:
    assert texts(b"\x00\x01\xff\xfe ok\x7f") == ["␀␁\\xff\\xfe ok␡"]


def test_bidirectional_controls_are_named() -> None:
    assert texts("a\u202eb") == ["a<U+202E>b"]


def test_a_line_of_a_megabyte_is_cut() -> None:
    (line,) = texts(b"x" * 1_000_000)
    assert len(line) == 401
    assert line.endswith("…")


def test_cutting_counts_over_styles() -> None:
    (line,) = tail_lines(b"abc\x1b[31mdefgh\x1b[0mij", width=5)
    assert line == (Span("abc"), Span("de…", colour="red"))


def test_text_with_lone_surrogates_is_taken() -> None:
    assert texts("bad \udc80 end")[0].endswith(" end")


@given(st.binary(max_size=400))
def test_no_output_breaks_it_or_passes_a_control_on(data: bytes) -> None:
    for text in texts(data):
        assert not any(ord(char) < 32 and char != "\t" for char in text)
        assert "\x7f" not in text
        text.encode()
