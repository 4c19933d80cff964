"""The queue as text and as a page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from jupyter_labbook.model.queue import QueueEntry, QueueView
from jupyter_labbook.model.run import RunState
from jupyter_labbook.rendering.queue import clock, queue_text
from jupyter_labbook.rendering.queue_html import queue_bundle, queue_html
from jupyter_labbook.rendering.queue_svg import timeline_svg

NOW = "2026-03-27T18:30:00+01:00"


def entry(number: int = 1, **fields) -> QueueEntry:
    defaults = {
        "place": f"experiments/0001-wider-forest/runs/{number:03d}",
        "experiment": "0001-wider-forest",
        "run": f"{number:03d}",
        "name": f"wider-forest/{number:03d}",
        "state": RunState.WAITING,
        "when": "tonight",
        "reason": "window",
        "sentence": "It waits for tonight, 22:00 to 07:00.",
    }
    return QueueEntry(**{**defaults, **fields})


@pytest.fixture
def view() -> QueueView:
    night = "2026-03-27T22:{:02d}:00+01:00".format
    return QueueView(
        moment=NOW,
        zone="Europe/Berlin",
        window="tonight",
        opens=night(0),
        closes="2026-03-28T07:00:00+01:00",
        entries=[
            entry(1, state=RunState.RUNNING, begins=NOW, when="now", reason=""),
            entry(2, begins=night(0), ends=night(40)),
            entry(3, begins=night(40)),
            entry(
                4,
                held=True,
                reason="held",
                sentence="It is held until you release it.",
            ),
        ],
        slots=2,
        hours_used=3.25,
        hours_there=9.0,
    )


def test_the_text_says_what_executes_what_waits_and_when_it_begins(view) -> None:
    assert (
        queue_text(view)
        == """\
Queue: 1 running, 3 waiting (2 slots)
tonight, 22:00 to 07:00: 3.2 of 9 hours used

begins  ends   run               when     state
──────  ─────  ────────────────  ───────  ───────
18:30   ?      wider-forest/001  now      running
22:00   22:40  wider-forest/002  tonight  window
22:40   ?      wider-forest/003  tonight  window
?       ?      wider-forest/004  tonight  held

wider-forest/004: It is held until you release it.
"""
    )


def test_an_empty_queue_says_what_to_do_next(view) -> None:
    empty = replace(view, entries=[])

    for told in (queue_text(empty), queue_html(empty)):
        assert "Nothing waits." in told
        assert "#| when: tonight" in told


def test_a_paused_queue_says_how_to_go_on(view) -> None:
    paused = replace(view, paused="a demo at noon.")

    assert "! The queue is paused: a demo at noon. Go on: labbook queue resume" in (
        queue_text(paused, 100)
    )
    assert "a demo at noon. <code>%labbook queue resume</code>" in queue_html(paused)


def test_priority_and_batch_take_room_only_where_they_say_something(view) -> None:
    assert "priority" not in queue_text(view)
    told = queue_text(replace(view, entries=[entry(priority=3, batch="night-1")]))
    assert re.search(r"priority +batch", told)
    assert re.search(r" 3 +night-1", told)


def test_one_reason_is_told_once(view) -> None:
    sentence = "It waits for baseline/001 to end."
    several = [entry(n, reason="after", sentence=sentence) for n in range(1, 7)]

    told = queue_text(replace(view, entries=several), 120)

    assert told.count(sentence) == 1
    assert "wider-forest/001, wider-forest/002, wider-forest/003 and 3 more: It" in told


def test_a_long_queue_is_cut_short_and_says_so(view) -> None:
    told = queue_text(replace(view, entries=[entry(n) for n in range(10_000)]))

    assert "and 9,960 more: labbook queue --json" in told
    assert len(told.splitlines()) < 60


def test_the_page_shows_the_time_line_and_the_same_words(view) -> None:
    bundle = queue_bundle(view)

    assert bundle["text/plain"] == queue_text(view)
    page = str(bundle["text/html"])
    assert "<svg" in page
    assert "1 running, 3 waiting (2 slots)" in page
    assert "wider-forest/004: It is held until you release it." in page


def bars(svg: str) -> dict[str, tuple[float, float, float]]:
    """Find each bar by its title: left edge, width, top."""
    root = ET.fromstring(svg)
    name = "{http://www.w3.org/2000/svg}"
    return {
        group.findtext(f"{name}title"): tuple(
            float(group.find(f"{name}rect").attrib[key]) for key in ("x", "width", "y")
        )
        for group in root.iter(f"{name}g")
    }


def test_bars_stand_where_their_hours_are(view) -> None:
    drawn = bars(timeline_svg(view))

    first = drawn["wider-forest/001: 18:30 to nobody knows when"]
    second = drawn["wider-forest/002: 22:00 to 22:40"]
    third = drawn["wider-forest/003: 22:40 to nobody knows when"]
    hour = 640 / 12.5
    assert first[0] == 0
    assert second[0] == pytest.approx(3.5 * hour, abs=0.1)
    assert second[1] == pytest.approx(hour * 2 / 3 - 1, abs=0.1)
    assert third[0] == pytest.approx(second[0] + hour * 2 / 3, abs=0.1)
    # What follows takes the row that is left.
    assert first[2] != second[2] == third[2]


def test_there_is_no_picture_where_nothing_can_be_told(view) -> None:
    assert timeline_svg(replace(view, entries=[entry(1)])) == ""


def test_ten_thousand_runs_make_a_small_picture(view) -> None:
    many = [entry(n, begins=NOW, ends=view.closes) for n in range(10_000)]

    assert len(bars(timeline_svg(replace(view, entries=many)))) == 12


def test_a_hostile_name_stays_text(view) -> None:
    hostile = entry(
        1,
        name="<script>alert(1)</script>/001",
        batch='"><img src=x>',
        reason="after",
        sentence="<b>\x1b[31m</b>",
        begins=NOW,
    )

    page = queue_html(replace(view, entries=[hostile], problems=["<i>\u202e"]))
    text = queue_text(replace(view, entries=[hostile], problems=["<i>\u202e"]))

    assert not re.search(r"<script|<img|<b>␛|<i>&", page)
    assert "\x1b" not in page + text
    assert "\u202e" not in page + text


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-03-27T22:00:00+01:00", "22:00"),
        ("2026-03-28T07:00:00+01:00", "07:00"),
        ("2026-03-28T19:00:00+01:00", "tomorrow 19:00"),
        ("2026-03-29T07:00:00+02:00", "Sun 07:00"),
        ("2026-05-01T07:00:00+02:00", "2026-05-01 07:00"),
    ],
)
def test_a_day_is_named_where_it_is_another(moment: str, told: str) -> None:
    assert clock(moment, NOW) == told
