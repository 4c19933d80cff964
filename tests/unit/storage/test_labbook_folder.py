from __future__ import annotations

import errno
import os
import threading
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.errors import (
    CorruptFileError,
    InvalidInputError,
    NoLabbookError,
    NotFoundError,
    StorageError,
)
from jupyter_labbook.storage import settings, trust
from jupyter_labbook.storage.labbook import LabbookFolder

if TYPE_CHECKING:
    from pathlib import Path


def test_a_labbook_is_found_from_any_folder_below(tmp_path: Path) -> None:
    labbook = LabbookFolder.create(tmp_path)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert LabbookFolder.find(below).path == labbook.path
    assert LabbookFolder.find(labbook.path / "experiments").path == labbook.path


def test_without_a_labbook_the_message_says_how_to_begin_one(tmp_path: Path) -> None:
    with pytest.raises(NoLabbookError, match="labbook init"):
        LabbookFolder.find(tmp_path)


def test_beginning_again_changes_nothing(tmp_path: Path) -> None:
    labbook = LabbookFolder.create(tmp_path)
    (labbook.path / "labbook.toml").write_text("[runs]\ngrace = 3.0\n")
    LabbookFolder.create(tmp_path)
    assert settings.labbook_settings(labbook.path).runs.grace == 3.0


def test_folders_are_private(tmp_path: Path) -> None:
    labbook = LabbookFolder.create(tmp_path)
    experiment = labbook.add_experiment("one", {"experiment.md": b"x"})
    for path in (labbook.path, experiment.path, experiment.path / "runs"):
        assert path.stat().st_mode & 0o077 == 0


def test_experiments_are_numbered_in_the_order_they_come(labbook) -> None:
    for name in ("one", "two", "one"):
        labbook.add_experiment(name, {"experiment.md": name.encode()})
    names = [found.path.name for found in labbook.experiments()]
    assert names == ["0001-one", "0002-two", "0003-one"]
    assert labbook.experiment("one").number == 3
    assert labbook.experiment("0001-one").number == 1
    assert labbook.experiment("2").name == "two"


def test_an_unknown_name_shows_the_nearest(labbook) -> None:
    with pytest.raises(NotFoundError, match="none yet"):
        labbook.experiment("wider")
    labbook.add_experiment("wider-forest", {"experiment.md": b""})
    with pytest.raises(NotFoundError, match="Did you mean wider-forest"):
        labbook.experiment("wider-forrest")
    with pytest.raises(NotFoundError, match="labbook list"):
        labbook.experiment("zzz")


def test_a_name_that_is_no_folder_name_is_refused(labbook) -> None:
    for name in ("", "a/b"):
        with pytest.raises(InvalidInputError):
            labbook.add_experiment(name, {})
    assert labbook.experiments() == []


def test_many_who_add_at_once_get_numbers_of_their_own(labbook) -> None:
    def add(name: str) -> None:
        with labbook.lock():
            labbook.add_experiment(name, {"experiment.md": b""})

    threads = [threading.Thread(target=add, args=(f"n{i}",)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [found.number for found in labbook.experiments()]
    assert numbers == list(range(1, 21))


def test_nothing_half_written_is_left_when_preparing_fails(labbook) -> None:
    def prepare() -> None:
        with labbook.aside() as aside:
            (aside / "part").write_text("x")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageError, match="the disk is full"):
        prepare()
    assert list((labbook.path / ".aside").iterdir()) == []


def test_a_run_is_found_by_its_number_with_or_without_zeros(labbook) -> None:
    experiment = labbook.add_experiment("one", {"experiment.md": b""})
    with pytest.raises(NotFoundError, match="none yet"):
        experiment.run("1")
    for number in (1, 2, 10):
        (experiment.path / "runs" / f"{number:03d}").mkdir()
    assert experiment.run("2").label == "002"
    assert experiment.run("010").label == "010"
    assert experiment.next_run() == 11
    with pytest.raises(NotFoundError, match="001 to 010"):
        experiment.run("7")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_place_is_named_with_its_cure(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="may not write there"):
        LabbookFolder.create(tmp_path)


def test_a_file_in_the_way_of_the_labbook_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "labbook").write_text("mine")
    with pytest.raises(StorageError, match="Nothing was stored"):
        LabbookFolder.create(tmp_path)
    assert (tmp_path / "labbook").read_text() == "mine"


@pytest.mark.parametrize(
    "text",
    ["[runs\n", "[runs]\ngrace = 'long'\n", "\xff"],
    ids=["syntax", "type", "bytes"],
)
def test_damaged_settings_are_named_and_left_alone(labbook, text: str) -> None:
    path = labbook.path / "labbook.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(CorruptFileError, match=r"labbook\.toml"):
        settings.labbook_settings(labbook.path)
    assert path.read_bytes() == text.encode("latin-1")


def test_the_written_defaults_are_the_defaults(labbook) -> None:
    import re
    import tomllib

    path = labbook.path / "labbook.toml"
    assert settings.labbook_settings(labbook.path) == settings.LabbookSettings()
    shown = tomllib.loads(
        re.sub(r"^# (\w+ = )", r"\1", path.read_text(), flags=re.MULTILINE)
    )
    from jupyter_labbook.storage.records import to_builtins

    assert shown == to_builtins(settings.LabbookSettings())


def test_slots_default_to_the_cores_but_one(user: Path) -> None:
    assert settings.user_settings().slots == max(1, (os.cpu_count() or 2) - 1)
    (user / "config/jupyter_labbook").mkdir(exist_ok=True)
    (user / "config/jupyter_labbook/settings.toml").write_text("slots = 0\n")
    with pytest.raises(CorruptFileError, match="at least 1"):
        settings.user_settings()


@pytest.mark.parametrize("variable", ["XDG_STATE_HOME", "XDG_CONFIG_HOME"])
def test_a_home_that_cannot_be_written_is_told_with_the_way_out(
    variable: str, labbook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(variable, str(tmp_path / "file"))
    with pytest.raises(StorageError, match=f"cannot be made .*; set {variable} to"):
        trust.user_key() if "CONFIG" in variable else settings.state_folder()
