"""The colours of lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jupyter_labbook.rendering.palette import DISTINCT, MOST_NAMED, pens

LIVE_PENS = Path(__file__).parents[3] / "labextension/src/views/plot/pens.ts"


def luminance(colour: str) -> float:
    """Relative luminance, as the contrast of WCAG 2 takes it."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in channels
    ]
    return sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("back", ["#ffffff", "#111111"])
def test_every_colour_is_seen_on_white_and_on_black(back: str) -> None:
    for colour in DISTINCT:
        dark, light = sorted((luminance(colour), luminance(back)))
        assert (light + 0.05) / (dark + 0.05) >= 3, colour


def test_every_group_that_is_named_has_a_colour_of_its_own() -> None:
    assert len({pen.colour for pen in pens(MOST_NAMED)}) == MOST_NAMED
    assert len({pen.colour for pen in pens(MOST_NAMED, ordered=True)}) == MOST_NAMED
    assert {pen.faint for pen in pens(MOST_NAMED + 1)} == {True}


def test_a_run_keeps_its_colour_when_its_view_is_no_longer_live() -> None:
    distinct = LIVE_PENS.read_text("utf-8").partition("DISTINCT = [")[2]
    live = re.findall(r"#[0-9a-f]{6}", distinct.partition("]")[0])
    assert tuple(live) == DISTINCT
