"""Contents are stored once, whole, privately, and by what they are."""

from __future__ import annotations

import hashlib
import pickle
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from jupyter_labbook.errors import StorageError
from jupyter_labbook.runtime.inputs import load
from jupyter_labbook.storage.contents import ContentStore, Sink, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterator


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_named_by_the_hash_of_its_bytes(tmp_path: Path) -> None:
    store = ContentStore(tmp_path)

    for name in (store.put_array(np.arange(5)), store.put_pickle({"a": 1})):
        data = (tmp_path / "inputs" / name).read_bytes()
        assert hashlib.sha256(data).hexdigest().startswith(name.split(".")[0])
        assert len(name.split(".")[0]) == 32


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(100)[::7],
        np.array(3.0),
        np.empty((0, 2)),
        np.array(["a", "ü"]),
        np.zeros(2, dtype=[("a", "i4"), ("b", "f8", (2,))]),
        np.ones(300_000),
        np.ones(300_000)[::2],
    ],
)
def test_arrays_come_back_equal_writable_and_plain(
    array: np.ndarray, tmp_path: Path
) -> None:
    name = ContentStore(tmp_path).put_array(array)

    found = load(tmp_path, name)

    assert type(found) is np.ndarray
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)
    before = (tmp_path / "inputs" / name).read_bytes()
    found[...] = np.zeros((), dtype=array.dtype)
    assert (tmp_path / "inputs" / name).read_bytes() == before


def test_the_same_content_is_stored_once(tmp_path: Path) -> None:
    store = ContentStore(tmp_path)
    first = store.put_array(np.arange(5))
    written = (tmp_path / "inputs" / first).stat().st_mtime_ns

    assert store.put_array(np.arange(5)) == first
    assert store.put_pickle([1]) == store.put_pickle([1])
    assert len(names(tmp_path / "inputs")) == 2
    assert (tmp_path / "inputs" / first).stat().st_mtime_ns == written


def test_contents_are_private(tmp_path: Path) -> None:
    store = ContentStore(tmp_path)
    file = tmp_path / "inputs" / store.put_pickle(1)
    folder = tmp_path / "code" / store.put_modules({"a/b.py": b"x"})

    assert mode(file) == mode(folder / "a" / "b.py") == 0o600
    for path in (file.parent, folder, folder.parent, folder / "a"):
        assert mode(path) == 0o700


def test_a_dry_store_tells_names_and_writes_nothing(tmp_path: Path) -> None:
    dry, wet = ContentStore(tmp_path / "x", dry=True), ContentStore(tmp_path / "y")

    for store in (dry, wet):
        store.put_array(np.arange(3))
    assert dry.put_array(np.arange(3)) == wet.put_array(np.arange(3))
    assert dry.put_pickle([1]) == wet.put_pickle([1])
    assert dry.put_modules({"a.py": b""}) == wet.put_modules({"a.py": b""})
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    "files",
    [
        {"a.py": b"x", "b.py": b"y"},
        {"a.py": b"xb.py", "y": b""},
        {"b.py": b"x", "a.py": b"y"},
        {"a.py": b"x"},
    ],
)
def test_modules_are_named_by_paths_and_contents(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    store = ContentStore(tmp_path)
    base = store.put_modules({"a.py": b"x", "b.py": b"y"})

    same = files == {"a.py": b"x", "b.py": b"y"}
    assert (store.put_modules(files) == base) is same
    assert store.put_modules(dict(reversed(files.items()))) == store.put_modules(files)
    for path, content in files.items():
        stored = tmp_path / "code" / store.put_modules(files) / path
        assert stored.read_bytes() == content


def test_writers_at_the_same_time_agree(tmp_path: Path) -> None:
    store = ContentStore(tmp_path)
    value = list(range(50_000))
    files = {f"m{i}.py": b"x" * 1000 for i in range(20)}

    with ThreadPoolExecutor(8) as pool:
        pickles = set(pool.map(lambda _: store.put_pickle(value), range(16)))
        folders = set(pool.map(lambda _: store.put_modules(files), range(16)))

    assert names(tmp_path / "inputs") == list(pickles)
    assert names(tmp_path / "code") == list(folders)
    assert pickle.loads((tmp_path / "inputs" / pickles.pop()).read_bytes()) == value


class Refuses:
    def __reduce__(self) -> str:
        raise ValueError("no")


def test_a_value_that_fails_halfway_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no"):
        ContentStore(tmp_path).put_pickle([["x"] * 10_000, Refuses()])

    assert names(tmp_path / "inputs") == []


def test_arrays_of_objects_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Object arrays"):
        ContentStore(tmp_path).put_array(np.array([None]))


def test_a_sink_counts_and_has_a_limit() -> None:
    sink = Sink(limit=5)
    sink.write(b"abc")

    assert (sink.size, len(sink.hash)) == (3, 32)
    with pytest.raises(TooLargeError):
        sink.write(b"def")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk can only be mounted by root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_said_and_leaves_nothing(small_disk: Path) -> None:
    store = ContentStore(small_disk)
    kept = store.put_pickle("small")

    for put in (
        lambda: store.put_array(np.random.default_rng(0).random(100_000)),
        lambda: store.put_pickle(bytes(1_000_000)),
        lambda: store.put_modules({"a.py": b"1", "b.py": bytes(1_000_000)}),
    ):
        with pytest.raises(StorageError, match=r"No space left on device.*make room"):
            put()

    assert names(small_disk / "inputs") == [kept]
    assert names(small_disk / "code") == []


def test_a_labbook_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "labbook").touch()

    with pytest.raises(StorageError, match="could not be written"):
        ContentStore(tmp_path / "labbook").put_modules({"a.py": b""})


def test_a_large_array_is_not_copied_to_be_stored(tmp_path: Path) -> None:
    # In a process of its own, whose peak is that of this one array.
    code = (
        "import resource, sys, numpy as np\nfrom pathlib import Path\n"
        "from jupyter_labbook.storage.contents import ContentStore\n"
        "a = np.ones(12_000_000)\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak()\n"
        "ContentStore(Path(sys.argv[1])).put_array(a)\n"
        "print(peak() - before)\n"
    )
    root = Path(__file__).parents[3]

    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )

    # The array has 96 MB; NumPy writes it in pieces of 16 MB.
    assert int(done.stdout) < 60_000
