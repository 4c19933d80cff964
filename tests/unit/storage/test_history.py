"""The history of an experiment: written once, chained, and listed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from jupyter_labbook.errors import CorruptFileError, StorageError
from jupyter_labbook.storage.history import EventKind, History
from jupyter_labbook.storage.history_check import Severity, verify, verify_labbook
from jupyter_labbook.storage.history_list import (
    ListedEvent,
    digest_of,
    locked_list,
    read_list,
)

TIME = "2026-05-01T12:00:00+00:00"


@pytest.fixture
def labbook(tmp_path):
    folder = tmp_path / "labbook"
    (folder / "experiments" / "0007-wider-forest").mkdir(parents=True)
    return folder


@pytest.fixture
def history(labbook):
    return History(labbook / "experiments" / "0007-wider-forest")


@pytest.fixture
def filled(history):
    history.append(EventKind.REGISTERED, {"question": "Why? — \ud800 ünï"}, TIME)
    history.append(EventKind.AMENDED, {"why": "typo"}, TIME)
    history.append(EventKind.VERDICT, {"outcome": "supported"}, TIME)
    return history


def findings(problems):
    return [p for p in problems if p.severity is Severity.FINDING]


def test_events_come_back_in_order_and_name_the_one_before(filled):
    events = filled.events()
    assert [event.seq for event in events] == [1, 2, 3]
    assert [event.kind for event in events] == ["registered", "amended", "verdict"]
    assert events[0].previous is None
    assert events[1].previous == events[0].digest
    assert events[2].previous == digest_of(filled.paths()[1].read_bytes())
    assert events[0].data == {"question": "Why? — \ud800 ünï"}
    assert events[0].time == TIME
    assert verify(filled) == verify_labbook(filled.labbook) == []


def test_what_append_returns_is_what_is_read(history):
    event = history.append(EventKind.CONCLUDED, {"text": ("a", "b")}, TIME)
    assert history.events() == [event]
    assert event.data == {"text": ["a", "b"]}


def test_an_experiment_without_events_is_empty_and_sound(history):
    assert history.events() == []
    assert verify(history) == verify_labbook(history.labbook) == []


def test_the_list_is_checked_by_sha256sum_too(filled):
    command = ["sha256sum", "--check", "--strict", "history.sha256"]
    done = subprocess.run(
        command, cwd=filled.labbook, capture_output=True, text=True, check=True
    )
    assert done.stdout.count(": OK") == 3
    assert "experiments/0007-wider-forest/history/0001-registered.json" in done.stdout


def test_odd_folder_names_are_listed_as_sha256sum_does(labbook):
    folder = labbook / "experiments" / "0001-a\\b\nc"
    folder.mkdir()
    history = History(folder)
    history.append(EventKind.REGISTERED, {}, TIME)
    assert verify(history) == []
    command = ["sha256sum", "--check", "--strict", "history.sha256"]
    assert subprocess.run(command, cwd=labbook, check=False).returncode == 0


def test_concurrent_threads_all_succeed_with_consecutive_numbers(history):
    def append(index):
        return history.append(EventKind.AMENDED, {"index": index}, TIME)

    with ThreadPoolExecutor(8) as pool:
        events = list(pool.map(append, range(24)))
    assert sorted(event.seq for event in events) == list(range(1, 25))
    assert sorted(e.data["index"] for e in history.events()) == list(range(24))
    assert verify(history) == []


_APPENDER = """
import sys
from pathlib import Path
from jupyter_labbook.storage.history import EventKind, History
history = History(Path(sys.argv[1]))
for index in range(10):
    history.append(EventKind.AMENDED, {"by": sys.argv[2], "index": index}, "now")
"""


def test_concurrent_processes_all_succeed_and_keep_their_own_order(history):
    processes = [
        subprocess.Popen([sys.executable, "-c", _APPENDER, history.folder, name])
        for name in ("a", "b", "c")
    ]
    assert [process.wait() for process in processes] == [0, 0, 0]
    events = history.events()
    assert [event.seq for event in events] == list(range(1, 31))
    for name in ("a", "b", "c"):
        own = [e.data["index"] for e in events if e.data["by"] == name]
        assert own == list(range(10))
    assert verify(history) == []


# What verify finds


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_changed_event_is_found(filled, index):
    path = filled.paths()[index]
    path.write_bytes(path.read_bytes().replace(b'"data"', b'"data" '))
    found = findings(verify(filled))
    assert any("was changed" in p.message and path.name in p.path for p in found)
    if index < 2:
        assert any("follows another event" in p.message for p in found)


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_deleted_event_is_found_the_newest_too(filled, index):
    path = filled.paths()[index]
    path.unlink()
    found = findings(verify(filled))
    assert any("was deleted" in p.message and path.name in p.path for p in found)
    if index < 2:
        assert any(f"number {index + 1} is missing" in p.message for p in found)


def test_several_missing_events_are_one_gap(filled):
    for path in filled.paths()[:2]:
        path.unlink()
    messages = [p.message for p in verify(filled)]
    assert "Before this event, number 1 to 2 is missing." in messages


def test_a_number_is_never_given_twice(filled):
    filled.paths()[-1].unlink()
    event = filled.append(EventKind.CONCLUDED, {}, TIME)
    assert event.seq == 4
    found = findings(verify(filled))
    assert any("number 3 is missing" in p.message for p in found)
    assert any("0003-verdict.json" in p.path for p in found)


def test_an_event_that_was_slipped_in_is_found(filled):
    other = filled.events_folder / "0003-amended.json"
    record = json.loads(filled.paths()[2].read_bytes())
    other.write_text(json.dumps({**record, "kind": "amended"}))
    messages = [p.message for p in findings(verify(filled))]
    assert any("two events with the number 3" in message for message in messages)
    assert any("slipped in" in message for message in messages)


def test_a_chain_that_begins_elsewhere_is_found(filled):
    first = filled.paths()[0]
    record = json.loads(first.read_bytes())
    first.write_text(json.dumps({**record, "previous": "ab" * 32}))
    messages = [p.message for p in findings(verify(filled))]
    assert any("nothing stands before it" in message for message in messages)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"seq": 1, "kind": "odd"}']
)
def test_a_damaged_event_is_found_and_named(filled, content):
    path = filled.paths()[1]
    path.write_bytes(content)
    with pytest.raises(CorruptFileError, match=path.name):
        filled.events()
    found = findings(verify(filled))
    assert any("is damaged" in p.message for p in found)
    assert any("was changed" in p.message for p in found)


def test_an_event_under_another_name_is_found(filled):
    path = filled.paths()[2]
    path.rename(path.with_name("0003-concluded.json"))
    messages = [p.message for p in findings(verify(filled))]
    assert any("its name denies" in message for message in messages)


def test_an_event_that_cannot_be_read_is_a_finding(filled):
    path = filled.paths()[2]
    path.unlink()
    path.mkdir()
    assert any("cannot be read" in p.message for p in findings(verify(filled)))


def test_a_file_that_is_no_event_is_found(filled):
    (filled.events_folder / "notes.txt").write_text("mine")
    (problem,) = verify(filled)
    assert problem.severity is Severity.FINDING
    assert problem.path.endswith("history/notes.txt")


def test_what_a_killed_writer_left_is_only_a_note(filled):
    (filled.events_folder / ".0004-verdict.json.123.0a1b2c3d").write_text("{")
    (problem,) = verify(filled)
    assert problem.severity is Severity.NOTE


# The list


def test_an_event_that_a_crash_kept_off_the_list_is_a_note_and_is_mended(filled):
    listed = filled.labbook / "history.sha256"
    lines = listed.read_text().splitlines(keepends=True)
    listed.write_text("".join(lines[:-1]))
    (problem,) = verify(filled)
    assert problem.severity is Severity.NOTE
    assert problem.path.endswith("0003-verdict.json")
    filled.append(EventKind.CONCLUDED, {}, TIME)
    assert verify(filled) == []
    assert listed.read_text().splitlines()[2] == lines[2].strip()


def test_a_torn_line_is_mended(filled):
    listed = filled.labbook / "history.sha256"
    data = listed.read_bytes()
    listed.write_bytes(data[:-30])
    assert any("is damaged" in p.message for p in verify_labbook(filled.labbook))
    filled.append(EventKind.CONCLUDED, {}, TIME)
    assert verify_labbook(filled.labbook) == []
    assert listed.read_bytes().startswith(data)


def test_a_last_line_without_its_end_is_finished(filled):
    listed = filled.labbook / "history.sha256"
    listed.write_bytes(listed.read_bytes().rstrip(b"\n"))
    filled.append(EventKind.CONCLUDED, {}, TIME)
    assert verify_labbook(filled.labbook) == []


def test_several_unlisted_events_are_no_crash(filled):
    listed = filled.labbook / "history.sha256"
    listed.write_text(listed.read_text().splitlines(keepends=True)[0])
    assert len(findings(verify(filled))) == 2
    filled.append(EventKind.CONCLUDED, {}, TIME)
    assert len(findings(verify(filled))) == 2


def test_a_missing_list_is_found(filled):
    (filled.labbook / "history.sha256").unlink()
    (problem,) = findings(verify(filled))
    assert "is missing" in problem.message


def test_a_damaged_line_is_found(filled):
    with (filled.labbook / "history.sha256").open("a") as file:
        file.write("not a line\n\n")
    (problem,) = verify_labbook(filled.labbook)
    assert "not a line" in problem.message


def test_lines_of_an_editor_on_windows_are_read(filled):
    listed = filled.labbook / "history.sha256"
    listed.write_bytes(listed.read_bytes().replace(b"\n", b"\r\n"))
    assert verify_labbook(filled.labbook) == []


def test_a_labbook_that_is_read_only_can_be_verified(filled):
    listed = filled.labbook / "history.sha256"
    listed.chmod(0o400)
    assert verify(filled) == []


def test_a_list_that_cannot_be_read_is_an_error_with_its_name(labbook, history):
    (labbook / "history.sha256").mkdir()
    with pytest.raises(StorageError, match=r"history\.sha256"):
        read_list(labbook)
    with pytest.raises(StorageError, match="Nothing was recorded"):
        history.append(EventKind.REGISTERED, {}, TIME)
    assert history.paths() == []


def test_readers_wait_for_a_writer(labbook):
    event = ListedEvent("a" * 64, "experiments/x/history/0001-verdict.json")
    with ThreadPoolExecutor(1) as pool:
        with locked_list(labbook) as listed:
            reading = pool.submit(read_list, labbook)
            listed.add([event])
        assert reading.result() == ([event], [])


# Folders moved by hand


def test_a_renamed_folder_is_reported_and_still_verified(filled):
    renamed = History(filled.folder.with_name("0007-forest"))
    filled.folder.rename(renamed.folder)
    (problem,) = verify(renamed)
    assert "renamed by hand from 0007-wider-forest" in problem.message
    assert len(verify_labbook(filled.labbook)) == 1

    renamed.append(EventKind.CONCLUDED, {}, TIME)
    assert [p.message for p in verify(renamed)] == [problem.message]
    renamed.paths()[1].unlink()
    assert any("was deleted" in p.message for p in verify(renamed))

    renamed.folder.rename(filled.folder)
    assert any("was deleted" in p.message for p in verify(filled))


def test_a_copied_folder_is_reported_and_the_original_is_not(filled):
    copy = filled.folder.with_name("0008-copy")
    shutil.copytree(filled.folder, copy)
    (problem,) = verify_labbook(filled.labbook)
    assert "copied by hand from 0007-wider-forest" in problem.message
    assert "0008-copy" in problem.path


def test_a_deleted_experiment_is_found(filled):
    other = History(filled.folder.with_name("0008-other"))
    other.folder.mkdir()
    other.append(EventKind.REGISTERED, {"id": "8"}, TIME)
    shutil.rmtree(filled.folder)
    (problem,) = verify_labbook(filled.labbook)
    assert problem.path == "experiments/0007-wider-forest"
    assert "was deleted" in problem.message


def test_an_experiment_whose_events_are_all_deleted_is_found(filled):
    shutil.rmtree(filled.events_folder)
    assert len(findings(verify(filled))) == 3
    assert filled.append(EventKind.AMENDED, {}, TIME).seq == 4


# Trouble


def test_an_event_is_not_acknowledged_when_it_cannot_be_stored(history, tmp_path):
    history.events_folder.write_text("in the way")
    with pytest.raises(StorageError, match="Nothing was recorded"):
        history.append(EventKind.REGISTERED, {}, TIME)
    missing = History(tmp_path / "nowhere" / "experiments" / "0001-x")
    with pytest.raises(StorageError):
        missing.append(EventKind.REGISTERED, {}, TIME)
    assert not (tmp_path / "nowhere").exists()


def test_a_history_that_cannot_be_listed_is_an_error_with_its_name(history):
    history.events_folder.write_text("in the way")
    with pytest.raises(StorageError, match="history cannot be read"):
        history.events()


def test_data_that_is_no_json_is_refused_and_nothing_is_stored(history):
    with pytest.raises(TypeError):
        history.append(EventKind.REGISTERED, {"x": object()}, TIME)
    assert history.paths() == []
    assert verify(history) == []


def test_a_dangling_link_among_the_events_is_left_and_stops_an_append(filled):
    link = filled.events_folder / "0004-verdict.json"
    link.symlink_to("nowhere")
    with pytest.raises(StorageError, match="Nothing was recorded"):
        filled.append(EventKind.VERDICT, {}, TIME)
    assert link.is_symlink()
    assert len(filled.paths()) == 4
