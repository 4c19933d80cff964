"""``plan.md`` on disk: several writers, editors, files not as they should be."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jupyter_labbook.errors import (
    CorruptFileError,
    InvalidInputError,
    NoLabbookError,
    NotFoundError,
    StorageError,
)
from jupyter_labbook.model.plan import PlanItem, PlanList, Priority
from jupyter_labbook.storage import hand_edited
from jupyter_labbook.storage.hand_edited import HandEditedFile
from jupyter_labbook.storage.plan import PlanFile
from tests.run_script import UNMEASURED


@pytest.fixture
def labbook(tmp_path: Path) -> Path:
    folder = tmp_path / "labbook"
    folder.mkdir()
    return folder


def item(text: str, which: PlanList = PlanList.QUESTION, **fields: str) -> PlanItem:
    return PlanItem(id="", list=which, text=text, **fields)


def texts(labbook: Path) -> list[str]:
    return [one.text for one in PlanFile(labbook).load().items]


def test_before_the_first_item_there_is_an_empty_plan_and_no_file(
    labbook: Path,
) -> None:
    plan = PlanFile(labbook).read()
    assert plan.items == ()
    assert plan.problem == ""
    assert list(labbook.iterdir()) == []


def test_the_first_item_makes_a_file_that_explains_itself(labbook: Path) -> None:
    PlanFile(labbook).add(item("does depth matter?", expected="yes"))
    text = (labbook / "plan.md").read_text()
    assert text.startswith("# Plan\n")
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        f"## {which.title}" for which in PlanList
    ]
    assert "- [ ] does depth matter?\n  - expected: yes\n" in text


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_an_empty_file_is_filled_like_a_new_one(labbook: Path, content: str) -> None:
    (labbook / "plan.md").write_text(content)
    PlanFile(labbook).add(item("a"))
    assert (labbook / "plan.md").read_text().startswith("# Plan\n")


def test_every_change_returns_the_plan_and_its_item(labbook: Path) -> None:
    file = PlanFile(labbook)
    first = file.add(item("first"))
    second = file.add(item("second")).item
    assert first.plan.of(PlanList.QUESTION) == (first.item,)
    ticked = file.tick(first.item.id).item
    assert (ticked.id, ticked.done) == (first.item.id, True)
    high = file.set_priority(first.item.id, Priority.HIGH).item
    assert (high.id, high.done, high.priority) == (ticked.id, True, Priority.HIGH)
    edited = file.edit(first.item.id, text="First?", setup="look").item
    assert (edited.text, edited.setup, edited.done) == ("First?", "look", True)
    assert edited.id != first.item.id
    moved = file.move(second.id, PlanList.QUESTION, before=edited.id)
    assert [one.text for one in moved.plan.items] == ["second", "First?"]
    framing = file.move(edited.id, PlanList.FRAMING).item
    assert (framing.list, framing.text) == (PlanList.FRAMING, "First?")
    assert texts(labbook) == ["second", "First?"]


def test_what_a_person_wrote_around_the_items_stays(labbook: Path) -> None:
    text = (
        b"\xef\xbb\xbfMy own title\r\n=====\r\n\r\n### TESTS\r\n1. [X] loader  \r\n"
        b"\t- why not\r\n\r\n    - [ ] code\r\n\r\n## Notes\r\n- [ ] not ours\r\n\r\n"
        b"# question #\r\n* [ ] (High) depth?\r\n  - Expected: no"
    )
    (labbook / "plan.md").write_bytes(text)
    file = PlanFile(labbook)
    assert [one.text for one in file.load().items] == ["loader", "depth?"]
    file.tick(file.load().items[1].id)
    assert (labbook / "plan.md").read_bytes() == text.replace(
        b"* [ ] (High)", b"* [x] (High)"
    )


def test_the_file_keeps_its_permissions(labbook: Path) -> None:
    PlanFile(labbook).add(item("a"))
    (labbook / "plan.md").chmod(0o664)
    PlanFile(labbook).add(item("b"))
    assert (labbook / "plan.md").stat().st_mode & 0o777 == 0o664


def test_nothing_to_change_writes_nothing(labbook: Path) -> None:
    file = PlanFile(labbook)
    added = file.add(item("a", expected="b")).item
    stamp = file.stamp()
    file.tick(added.id, done=False)
    file.set_priority(added.id, Priority.NORMAL)
    file.edit(added.id, text="a", expected="b", setup="")
    assert file.stamp() == stamp


def test_an_item_changed_meanwhile_is_named_and_nothing_is_done(labbook: Path) -> None:
    mine, other = PlanFile(labbook), PlanFile(labbook)
    added = mine.add(item("does depth matter?")).item
    other.edit(added.id, text="does width matter?")
    before = (labbook / "plan.md").read_bytes()
    with pytest.raises(NotFoundError, match=r"“does depth matter\?” was changed"):
        mine.delete(added.id)
    with pytest.raises(NotFoundError, match="no item 'nonsense'"):
        mine.tick("nonsense")
    assert (labbook / "plan.md").read_bytes() == before
    with pytest.raises(NotFoundError, match="no deleted item"):
        mine.undo()


def test_deleted_items_come_back_where_they_stood_latest_first(labbook: Path) -> None:
    file = PlanFile(labbook)
    for text in "abcd":
        file.add(item(text, setup=f"with {text}"))
    before = (labbook / "plan.md").read_bytes()
    plan = file.load()
    for one in plan.items[1:3]:
        file.delete(one.id)
    assert texts(labbook) == ["a", "d"]
    assert PlanFile(labbook).undo().item == plan.items[2]
    assert PlanFile(labbook).undo().plan == plan
    assert (labbook / "plan.md").read_bytes() == before
    with pytest.raises(NotFoundError, match="no deleted item"):
        file.undo()


def test_a_certain_deletion_is_undone_once(labbook: Path) -> None:
    file = PlanFile(labbook)
    a, b = file.add(item("a")).item, file.add(item("b")).item
    first, _ = file.delete(a.id), file.delete(b.id)
    assert file.restore(first).item == a
    with pytest.raises(NotFoundError, match="“a” was put back already"):
        PlanFile(labbook).restore(first)
    assert PlanFile(labbook).undo().item == b
    assert sorted(texts(labbook)) == ["a", "b"]


def test_an_undo_goes_near_when_its_place_is_gone(labbook: Path) -> None:
    file = PlanFile(labbook)
    for text in "abc":
        file.add(item(text))
    plan = file.load()
    file.delete(plan.items[1].id)
    file.edit(plan.items[2].id, text="c!")
    file.undo()
    assert texts(labbook) == ["a", "b", "c!"]
    (labbook / "plan.md").unlink()
    file.add(item("z", PlanList.TEST))
    file.delete(file.load().items[0].id)
    (labbook / "plan.md").write_text("Nothing of the old page.\n")
    file.undo()
    assert texts(labbook) == ["z"]


def test_an_unreadable_memory_of_deletions_is_passed_over(labbook: Path) -> None:
    file = PlanFile(labbook)
    file.delete(file.add(item("a")).item.id)
    log = labbook / ".plan-deleted.jsonl"
    log.write_bytes(b'{"item": 3}\n[]\nnot json\n' + log.read_bytes() + b"\xff\n")
    assert file.undo().item.text == "a"
    log.unlink()
    log.mkdir()
    with pytest.raises(StorageError, match=r"plan-deleted.jsonl cannot be read"):
        file.undo()
    before = (labbook / "plan.md").read_bytes()
    with pytest.raises(StorageError, match=r"plan-deleted.jsonl"):
        file.delete(file.load().items[0].id)
    assert (labbook / "plan.md").read_bytes() == before


def test_a_task_above_every_heading_is_pointed_out(labbook: Path) -> None:
    (labbook / "plan.md").write_text("intro\n\n- [ ] where to?\n\n## Tests\n- [ ] a\n")
    plan = PlanFile(labbook).read()
    assert [one.text for one in plan.items] == ["a"]
    assert "line 3" in plan.problem
    assert "below one of them" in plan.problem


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"## Tests\n\n- [ ] caf\xe9\n", "is not UTF-8 text .line 3."),
        (b"\xff\xfe#\x00", "is not UTF-8 text .line 1."),
        (b"## Tests\n- [ ] a\0b\n", "holds binary data .line 2."),
    ],
)
def test_a_file_that_is_no_text_is_left_as_it_is(
    labbook: Path, content: bytes, sentence: str
) -> None:
    path = labbook / "plan.md"
    path.write_bytes(content)
    with pytest.raises(CorruptFileError, match=sentence):
        PlanFile(labbook).add(item("a"))
    assert path.read_bytes() == content
    assert str(path) in PlanFile(labbook).read().problem


def test_what_is_no_file_is_named(labbook: Path, tmp_path: Path) -> None:
    path = labbook / "plan.md"
    for make, kind in (
        (path.mkdir, "a folder"),
        (lambda: path.symlink_to(tmp_path / "elsewhere"), "a link"),
        (lambda: os.mkfifo(path), "a device or pipe"),
    ):
        make()
        with pytest.raises(StorageError, match=f"is {kind} and not a file"):
            PlanFile(labbook).add(item("a"))
        path.rmdir() if path.is_dir() else path.unlink()
    assert not (tmp_path / "elsewhere").exists()


def test_a_missing_labbook_is_not_made_by_the_way(tmp_path: Path) -> None:
    file = PlanFile(tmp_path / "nowhere")
    with pytest.raises(NoLabbookError, match="labbook init"):
        file.add(item("a"))
    assert "labbook init" in file.read().problem
    assert list(tmp_path.iterdir()) == []


def test_a_file_made_read_only_stays_as_it_is(labbook: Path) -> None:
    file = PlanFile(labbook)
    file.add(item("a"))
    (labbook / "plan.md").chmod(0o444)
    with pytest.raises(StorageError, match=r"cannot be written \(it is read-only\)"):
        file.add(item("b"))
    assert texts(labbook) == ["a"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    # This folder refuses new files to everybody, root included.
    kernel = Path("/proc/self/net")
    if not kernel.is_dir():
        pytest.skip("no /proc here")
    with pytest.raises(StorageError, match="cannot be written"):
        PlanFile(kernel).add(item("a"))


FULL_DISK = """
import resource, sys
from pathlib import Path
from jupyter_labbook.errors import StorageError
from jupyter_labbook.model.plan import PlanItem, PlanList
from jupyter_labbook.storage.plan import PlanFile

resource.setrlimit(resource.RLIMIT_FSIZE, (400, 400))
file = PlanFile(Path(sys.argv[1]))
question = PlanItem(id="", list=PlanList.QUESTION, text="x" * 2000)
a = file.load().items[0]
for change in (lambda: file.add(question), lambda: file.delete(a.id)):
    try:
        change()
    except StorageError as error:
        print(error)
"""


def test_a_write_that_is_cut_short_changes_nothing(labbook: Path) -> None:
    PlanFile(labbook).add(item("a"))
    before = (labbook / "plan.md").read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(labbook)],
        # Coverage could not write what it measured either.
        env={**os.environ, **UNMEASURED},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    first, second = done.stdout.splitlines()
    assert first.startswith(f"{labbook / 'plan.md'} cannot be written (")
    assert "make room" in first
    assert "cannot be written" in second
    assert (labbook / "plan.md").read_bytes() == before
    kept = {path.name for path in labbook.iterdir()}
    assert kept <= {"plan.md", ".plan.md.lock", ".plan-deleted.jsonl"}
    with pytest.raises(NotFoundError):
        PlanFile(labbook).undo()


def test_an_edit_between_our_read_and_our_write_is_not_lost(labbook: Path) -> None:
    path = labbook / "plan.md"
    path.write_text("## Tests\n- [ ] a\n")
    file = HandEditedFile(path)
    saves = iter([path.write_text, lambda text: replace_like_an_editor(path, text)])

    def change(text: str | None) -> str:
        assert text is not None
        for save in saves:
            save(text + "- [ ] by hand\n")
            break
        return text + "- [ ] ours\n"

    with file.locked():
        file.rewrite(change)
    assert texts(labbook) == ["a", "by hand", "by hand", "ours"]


def replace_like_an_editor(path: Path, text: str) -> None:
    aside = path.with_suffix(".swp")
    aside.write_text(text)
    aside.replace(path)


def test_a_file_that_appears_or_vanishes_meanwhile_is_read_again(labbook: Path) -> None:
    path = labbook / "plan.md"
    seen = []

    def change(text: str | None) -> str:
        seen.append(text)
        if len(seen) == 1:
            path.write_text("by hand\n")
        if len(seen) == 2:
            path.unlink()
        return (text or "") + "ours\n"

    file = HandEditedFile(path)
    with file.locked():
        file.rewrite(change)
    assert seen == [None, "by hand\n", None]
    assert path.read_text() == "ours\n"


def test_a_file_that_never_rests_is_given_up(labbook: Path) -> None:
    path = labbook / "plan.md"
    path.write_text("")

    def change(text: str | None) -> str:
        path.write_text(f"{text}again\n")
        return "ours"

    file = HandEditedFile(path)
    with (
        file.locked(),
        pytest.raises(StorageError, match="written by another program"),
    ):
        file.rewrite(change)
    assert "ours" not in path.read_text()


def test_a_lock_that_is_never_let_go_ends_in_a_sentence(
    labbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_edited, "_LOCK_SECONDS", 0.05)
    file = PlanFile(labbook)
    hold = (
        "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX);"
        "print(flush=True); sys.stdin.read()"
    )
    lock = labbook / ".plan.md.lock"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(StorageError, match="locked by another program"):
            file.add(item("a"))
        holder.communicate()
    assert file.add(item("a")).item.text == "a"
    with HandEditedFile(file.path).locked(), ThreadPoolExecutor(1) as thread:
        late = thread.submit(file.add, item("b"))
        with pytest.raises(StorageError, match="locked by another program"):
            late.result()


OPERATIONS = """
import random, sys
from pathlib import Path
from jupyter_labbook.errors import NotFoundError
from jupyter_labbook.model.plan import PlanItem, PlanList, Priority
from jupyter_labbook.storage.plan import PlanFile

name, labbook = sys.argv[1], Path(sys.argv[2])
draw = random.Random(name)
file = PlanFile(labbook)
mine = {}
print(flush=True)
sys.stdin.readline()
for number in range(100):
    which = draw.choice(list(PlanList))
    text = f"{name} {number}"
    mine[text] = file.add(PlanItem(id="", list=which, text=text)).item
    chosen = draw.choice(sorted(mine))
    verb = draw.choice(["tick", "edit", "priority", "delete", "undo", "move"])
    item = mine[chosen].id
    if verb == "tick":
        mine[chosen] = file.tick(item).item
    elif verb == "edit":
        changed = file.edit(item, text=chosen + "!", impact="later").item
        del mine[chosen]
        mine[changed.text] = changed
    elif verb == "priority":
        mine[chosen] = file.set_priority(item, Priority.HIGH).item
    elif verb == "move":
        mine[chosen] = file.move(item, which).item
    elif verb == "delete":
        file.delete(item)
        del mine[chosen]
    else:
        mine[chosen] = file.restore(file.delete(item)).item
for item in mine.values():
    print(item)
"""


def test_two_processes_lose_none_of_each_others_items(labbook: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", OPERATIONS, name, str(labbook)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("left", "right")
    ]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.readline()
    outputs = []
    with ThreadPoolExecutor(2) as threads:
        outputs = list(threads.map(lambda one: one.communicate("go\n"), writers))
    assert [errors for _, errors in outputs] == ["", ""]
    expected = sorted(line for out, _ in outputs for line in out.splitlines())
    assert sorted(map(str, PlanFile(labbook).load().items)) == expected
    assert len(expected) > 100


def test_threads_of_one_process_lose_nothing(labbook: Path) -> None:
    file = PlanFile(labbook)
    start = threading.Barrier(4)

    def add(name: str) -> None:
        start.wait()
        for number in range(20):
            file.add(item(f"{name}{number}"))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, "abcd"))
    assert sorted(texts(labbook)) == sorted(
        f"{name}{number}" for name in "abcd" for number in range(20)
    )


def test_an_empty_text_is_refused_before_anything_is_written(labbook: Path) -> None:
    with pytest.raises(InvalidInputError, match="needs a text"):
        PlanFile(labbook).add(item(" \n "))
    assert not (labbook / "plan.md").exists()
