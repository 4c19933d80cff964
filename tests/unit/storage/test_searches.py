from __future__ import annotations

import pytest

from jupyter_labbook.errors import StorageError
from jupyter_labbook.storage import searches, trust
from jupyter_labbook.storage.searches import distrust, read_searches, write_searches


def test_without_the_file_nothing_is_accepted(labbook) -> None:
    assert read_searches(labbook.path) == []
    assert distrust(labbook.path) == ""


def test_a_damaged_file_accepts_nothing_and_says_so(labbook) -> None:
    (labbook.path / searches.FILE).write_text("{torn")
    assert read_searches(labbook.path) == []
    assert "is damaged" in distrust(labbook.path)


def test_what_another_user_signed_accepts_nothing(labbook, user) -> None:
    write_searches(labbook.path, [])
    assert distrust(labbook.path) == ""
    key = user / "config" / "jupyter_labbook" / "key"
    key.write_bytes(b"\0" * 32)
    trust._read_key.cache_clear()
    assert "was not signed by you" in distrust(labbook.path)


def test_what_cannot_be_stored_is_an_error(labbook) -> None:
    (labbook.path / searches.FILE).mkdir()
    with pytest.raises(StorageError):
        write_searches(labbook.path, [])
