"""A page that follows a labbook is known to the user's kernels, for a while."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from jupyter_labbook.actions.following import (
    GOOD_FOR_SECONDS,
    is_followed,
    mark_followed,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from jupyter_labbook.storage.labbook import LabbookFolder


def marks(user: Path) -> list[Path]:
    return [path for path in user.rglob("followed/*") if path.is_file()]


def test_a_mark_counts_for_its_labbook_alone(
    labbook: LabbookFolder, tmp_path: Path
) -> None:
    assert not is_followed(labbook.path)
    mark_followed(labbook.path)
    assert is_followed(labbook.path)
    assert not is_followed(tmp_path)


def test_a_mark_counts_on_every_way_to_the_labbook(
    labbook: LabbookFolder, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(labbook.path)
    mark_followed(link)
    assert is_followed(labbook.path)


def test_a_mark_counts_for_a_while_and_again_when_it_is_renewed(
    labbook: LabbookFolder, user: Path
) -> None:
    mark_followed(labbook.path)
    [mark] = marks(user)
    for shift in (-GOOD_FOR_SECONDS - 1, GOOD_FOR_SECONDS + 1):
        os.utime(mark, (time.time() + shift,) * 2)
        assert not is_followed(labbook.path)
    mark_followed(labbook.path)
    assert is_followed(labbook.path)


def test_the_labbook_is_not_written_to(labbook: LabbookFolder, user: Path) -> None:
    before = sorted(labbook.path.rglob("*"))
    mark_followed(labbook.path)
    assert sorted(labbook.path.rglob("*")) == before
    [mark] = marks(user)
    assert mark.stat().st_mode & 0o077 == 0


def test_a_mark_that_cannot_be_left_hinders_nobody(
    labbook: LabbookFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    mark_followed(labbook.path)
    assert not is_followed(labbook.path)
