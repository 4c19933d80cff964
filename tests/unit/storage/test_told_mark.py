"""Of several who want to tell, one does, once for each half of a day."""

from __future__ import annotations

import subprocess
import sys

from jupyter_labbook.model.half_day import Half, HalfDay
from jupyter_labbook.storage import told_mark
from jupyter_labbook.storage.told_mark import claim, is_due

MORNING = HalfDay(Half.MORNING, "2026-11-22")
EVENING = HalfDay(Half.EVENING, "2026-11-22")
CLAIMS = """
import sys
from pathlib import Path
from jupyter_labbook.model.half_day import Half, HalfDay
from jupyter_labbook.storage.told_mark import claim
sys.stdin.readline()
print(claim(Path(sys.argv[1]), HalfDay(Half.MORNING, "2026-11-22")))
"""


def test_it_is_told_once(labbook) -> None:
    assert is_due(labbook.path, MORNING)
    assert claim(labbook.path, MORNING)
    assert not is_due(labbook.path, MORNING)
    assert not claim(labbook.path, MORNING)
    assert claim(labbook.path, EVENING)
    assert not claim(labbook.path, MORNING)
    assert claim(labbook.path, HalfDay(Half.MORNING, "2026-11-23"))


def test_of_many_that_come_at_once_one_tells(labbook) -> None:
    many = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIMS, str(labbook.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for one in many:
        one.stdin.write("now\n")
        one.stdin.flush()
    said = [one.communicate()[0].strip() for one in many]
    assert sorted(said) == ["False"] * 5 + ["True"]


def test_a_clock_that_goes_back_tells_nothing_twice(labbook) -> None:
    claim(labbook.path, HalfDay(Half.MORNING, "2026-11-23"))
    assert not claim(labbook.path, MORNING)


def test_a_clock_that_was_years_ahead_silences_nothing(labbook) -> None:
    claim(labbook.path, HalfDay(Half.MORNING, "2031-01-01"))
    assert claim(labbook.path, MORNING)
    assert not claim(labbook.path, MORNING)


def test_a_damaged_mark_is_none(labbook) -> None:
    mark = labbook.path / told_mark.FILE
    for text in ("{", '{"morning": 7}', '{"morning": "soon"}'):
        mark.write_text(text)
        assert is_due(labbook.path, MORNING)
    assert claim(labbook.path, MORNING)


def test_where_it_cannot_be_noted_nobody_tells(labbook, tmp_path) -> None:
    assert not claim(tmp_path / "gone", MORNING)
    (labbook.path / told_mark.FILE).mkdir()
    assert not claim(labbook.path, MORNING)


def test_git_ignores_it(labbook) -> None:
    ignored = (labbook.path / ".gitignore").read_text().splitlines()
    assert told_mark.FILE in ignored
