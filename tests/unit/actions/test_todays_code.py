"""Where the files of a project are today that a run was frozen with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions.todays_code import todays_file

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("place", ["notebooks/deep", "notebooks", ".", "src"])
def test_a_file_is_found_beside_the_notebook_above_it_or_in_src(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "pyproject.toml").touch()
    cwd = tmp_path / "notebooks" / "deep"
    cwd.mkdir(parents=True)
    package = tmp_path / place / "labkit"
    package.mkdir(parents=True)
    assert todays_file(cwd, "labkit/data.py") is None
    (package / "data.py").touch()
    assert todays_file(cwd, "labkit/data.py") == package / "data.py"


def test_nothing_outside_of_the_project_is_taken(tmp_path: Path) -> None:
    (tmp_path / "data.py").touch()
    inside = tmp_path / "project"
    inside.mkdir()
    (inside / "pyproject.toml").touch()
    assert todays_file(inside, "data.py") is None
