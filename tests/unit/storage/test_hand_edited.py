"""Files that people edit too."""

from __future__ import annotations

import os

import pytest

from jupyter_labbook.errors import StorageError
from jupyter_labbook.storage.hand_edited import HandEditedFile


def test_an_edit_in_between_is_not_overwritten(tmp_path):
    path = tmp_path / "file.md"
    path.write_text("one\n")
    seen = []

    def change(text):
        seen.append(text)
        if len(seen) == 1:
            path.write_text("edited\n")
        return f"{text}two\n"

    HandEditedFile(path).change(change)
    assert seen == ["one\n", "edited\n"]
    assert path.read_text() == "edited\ntwo\n"


def test_a_file_that_appears_in_between_is_not_overwritten(tmp_path):
    path = tmp_path / "file.md"

    def change(text):
        if text is None:
            path.write_text("theirs\n")
            return "mine\n"
        return f"{text}mine\n"

    HandEditedFile(path).change(change)
    assert path.read_text() == "theirs\nmine\n"


def test_a_file_that_never_rests_is_left_to_its_writer(tmp_path):
    path = tmp_path / "file.md"
    path.write_text("0")

    def change(text):
        path.write_text(f"{int(text) + 1}")
        return "mine"

    with pytest.raises(StorageError, match="another program"):
        HandEditedFile(path).change(change)
    assert path.read_text().isdigit()


def test_a_link_is_not_followed_wherever_it_may_lead(tmp_path):
    target = tmp_path / "target.md"
    target.write_text("one")
    link = tmp_path / "link.md"
    link.symlink_to(target)
    with pytest.raises(StorageError, match="is a link and not a file"):
        HandEditedFile(link).change(lambda text: f"{text} two")
    assert target.read_text() == "one"


def test_a_failing_change_leaves_the_file_and_lets_go_of_the_lock(tmp_path):
    path = tmp_path / "file.md"
    path.write_text("one")

    def fail(text):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        HandEditedFile(path).change(fail)
    HandEditedFile(path).change(lambda text: f"{text} two")
    assert path.read_text() == "one two"


def test_trouble_is_one_sentence_with_the_name(tmp_path):
    with pytest.raises(StorageError, match="nowhere"):
        HandEditedFile(tmp_path / "nowhere" / "file.md").change(str)
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(StorageError, match=r"folder\.md is a folder"):
        HandEditedFile(tmp_path / "folder.md").read()
    assert HandEditedFile(tmp_path / "missing.md").read() is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_without_permission_is_one_sentence(tmp_path):
    path = tmp_path / "file.md"
    path.write_text("one")
    HandEditedFile(path).change(lambda text: f"{text}.")
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="cannot be written"):
        HandEditedFile(path).change(lambda text: f"{text}!")
    assert path.read_text() == "one."
