"""What was read is remembered where that is possible, and harms nothing where not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.storage.reading_mark import (
    FILE,
    ReadingMark,
    read_mark,
    write_mark,
)

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.storage.labbook import LabbookFolder

MARK = ReadingMark(
    since="2026-11-20T18:00:00+01:00", read="2026-11-21T08:00:00.123456+01:00"
)


def test_a_mark_is_found_again(labbook: LabbookFolder) -> None:
    assert read_mark(labbook.path) is None
    write_mark(labbook.path, MARK)
    assert read_mark(labbook.path) == MARK
    assert MARK.since_moment < MARK.read_moment


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[]",
        b'{"since": "x", "read": "y"}',
        b'{"since": "2026-11-20T18:00:00", "read": "2026-11-20T18:00:00"}',
        b'{"since": "2026-11-20T18:00:00+01:00"}',
    ],
)
def test_a_damaged_mark_counts_as_none(labbook: LabbookFolder, content: bytes) -> None:
    (labbook.path / FILE).write_bytes(content)
    assert read_mark(labbook.path) is None


def test_where_nothing_can_be_stored_nothing_fails(tmp_path: Path) -> None:
    write_mark(tmp_path / "gone", MARK)
    assert read_mark(tmp_path / "gone") is None


def test_git_does_not_see_it(labbook: LabbookFolder) -> None:
    assert FILE in (labbook.path / ".gitignore").read_text().splitlines()
