"""The folder that a run's figures are saved into."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_labbook.runtime.figures import FigureFolder

ROOT = Path(__file__).parents[3]


def test_objects_are_numbered_and_leave_no_other_file(tmp_path: Path) -> None:
    folder = FigureFolder(tmp_path / "figures")
    assert folder.save({".png": b"1", ".html": b"2"}) == 1
    assert folder.save({".svg": b"3"}) == 2
    names = sorted(path.name for path in folder.path.iterdir())
    assert names == ["001.html", "001.png", "002.svg"]


def test_files_of_the_user_are_neither_counted_nor_overwritten(tmp_path: Path) -> None:
    (tmp_path / "my plot.png").write_bytes(b"mine")
    (tmp_path / "007.pdf").write_bytes(b"mine too")
    assert FigureFolder(tmp_path).save({".png": b"new"}) == 8
    assert (tmp_path / "my plot.png").read_bytes() == b"mine"
    assert (tmp_path / "007.pdf").read_bytes() == b"mine too"


def test_past_the_limit_of_files_one_sentence_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = FigureFolder(tmp_path, most_files=2)
    assert [folder.save({".png": b"x"}) for _ in range(5)] == [1, 2, None, None, None]
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "limit of 2 files" in said
    assert "the run goes on" in said


def test_past_the_limit_of_bytes_nothing_more_is_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = FigureFolder(tmp_path, most_bytes=2_000_000)
    assert folder.save({".png": b"x" * 1_500_000}) == 1
    assert folder.save({".png": b"x" * 600_000}) is None
    assert "2 MB" in capsys.readouterr().err
    # What replaces counts instead of what it replaces.
    assert folder.save({".png": b"y" * 1_900_000}, number=1) == 1


def test_a_folder_that_cannot_be_written_costs_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_the_way = tmp_path / "figures"
    in_the_way.write_text("a file")
    folder = FigureFolder(in_the_way)
    assert folder.save({".png": b"x"}) is None
    assert folder.save({".png": b"x"}) is None
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(in_the_way) in said


FULL_DISK = """
import sys
from pathlib import Path
from jupyter_labbook.runtime.figures import FigureFolder
folder = FigureFolder(Path(sys.argv[1]) / "figures")
assert folder.save({".png": b"x" * 1000}) == 1
assert folder.save({".png": b"x" * 4_000_000}) is None
assert folder.save({".png": b"x" * 4_000_000}) is None
names = [path.name for path in folder.path.iterdir()]
assert names == ["001.png"], names
print("run goes on")
"""


def test_a_full_disk_warns_and_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    script = tmp_path / "script.py"
    script.write_text(FULL_DISK)
    command = (
        f"mount -t tmpfs -o size=1m tmpfs {disk} && {sys.executable} {script} {disk}"
    )
    can_mount = subprocess.run(["unshare", "-rm", "true"], check=False).returncode == 0
    if not can_mount:
        pytest.skip("needs a mount namespace")
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", command],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == "run goes on\n"
    assert done.stderr.count("No space left") == 1
