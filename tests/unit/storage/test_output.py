"""A run's output comes in parts that never cut a character."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.storage.output import Part, read_part

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("output")


def escaped(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


@given(st.text(), st.integers(4, 9))
def test_parts_one_after_another_are_the_whole(
    folder: Path, text: str, limit: int
) -> None:
    path = folder / "output.log"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    data = path.read_bytes()
    at, parts = 0, []
    while at < len(data):
        part = read_part(path, at, limit)
        assert (part.start, part.size) == (at, len(data))
        assert at < part.end <= at + limit
        parts.append(part.text)
        at = part.end
    assert "".join(parts) == escaped(data)


@given(st.binary(max_size=60), st.integers(4, 9))
def test_bytes_that_are_no_text_are_all_shown_and_reading_ends(
    folder: Path, data: bytes, limit: int
) -> None:
    path = folder / "output.log"
    path.write_bytes(data)
    at, shown = 0, ""
    while at < len(data):
        part = read_part(path, at, limit)
        assert at < part.end <= len(data)
        shown += part.text
        at = part.end
    assert shown.encode().isascii() or any(byte >= 0x80 for byte in data)
    assert escaped(data).replace("\\", "") == shown.replace("\\", "")


@given(st.text(min_size=1), st.integers(4, 9))
def test_the_end_begins_with_a_whole_character(
    folder: Path, text: str, limit: int
) -> None:
    path = folder / "output.log"
    path.write_bytes(text.encode("utf-8", "replace"))
    data = path.read_bytes()
    part = read_part(path, None, limit)
    assert part.end == part.size == len(data)
    assert data[part.start :].decode() == part.text
    assert len(data) - limit <= part.start or part.start == 0


def test_a_character_that_is_still_being_written_waits_for_its_rest(
    tmp_path: Path,
) -> None:
    path = tmp_path / "output.log"
    path.write_bytes("loss ↓".encode()[:-1])
    part = read_part(path, None, 100)
    assert (part.text, part.end) == ("loss ", 5)
    path.write_bytes("loss ↓".encode())
    assert read_part(path, part.end, 100) == Part(5, 8, 8, "↓")


def test_a_missing_file_is_empty(tmp_path: Path) -> None:
    assert read_part(tmp_path / "no" / "output.log", None, 100) == Part(0, 0, 0, "")
    assert read_part(tmp_path / "output.log", 7, 100) == Part(0, 0, 0, "")
    (tmp_path / "file").touch()
    assert read_part(tmp_path / "file" / "output.log", 7, 100) == Part(0, 0, 0, "")


def test_a_file_that_was_cut_says_where_it_ends_now(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_text("short")
    assert read_part(path, 1000, 100) == Part(5, 5, 5, "")
    assert read_part(path, -3, 100) == Part(0, 5, 5, "short")


def test_a_line_of_a_megabyte_comes_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_text("é" * (1 << 19))
    part = read_part(path, None, 65_536)
    assert (part.start, part.end) == ((1 << 20) - 65_536, 1 << 20)
    assert part.text == "é" * 32_768
    assert len(read_part(path, 3, 65_536).text.encode()) > 65_000


def test_a_limit_is_never_less_than_a_character(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_text("😀😀")
    assert read_part(path, 0, 0) == Part(0, 4, 8, "😀")
    assert read_part(path, None, 1) == Part(4, 8, 8, "😀")


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read_part(tmp_path, None, 100)
