from __future__ import annotations

import errno
import os
import threading
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.runtime import files

if TYPE_CHECKING:
    from pathlib import Path


def test_of_many_writers_exactly_one_creates_the_file(tmp_path: Path) -> None:
    told: list[tuple[int, bool]] = []
    barrier = threading.Barrier(16)

    def write(number: int) -> None:
        barrier.wait()
        told.append((number, files.create(tmp_path / "one", b"%d" % number)))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = [number for number, won in told if won]
    assert (tmp_path / "one").read_bytes() == b"%d" % winner
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_replacing_leaves_the_old_file_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan"
    files.replace(path, b"old")
    real = os.write

    def full(descriptor: int, data: bytes) -> int:
        if len(data) > 2:
            return real(descriptor, bytes(data)[:2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left"):
        files.replace(path, b"newer")
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["plan"]


def test_where_there_are_no_hard_links_one_writer_wins_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    assert files.create(tmp_path / "one", b"first")
    assert not files.create(tmp_path / "one", b"second")
    assert (tmp_path / "one").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_a_record_keeps_every_character(tmp_path: Path) -> None:
    import json

    text = 'a "quoted" \n línea ☃ \udc80'
    data = files.encode({"text": text})
    assert json.loads(data.decode("utf-8", "surrogatepass"))["text"] == text
