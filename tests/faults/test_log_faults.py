"""What becomes of logged rows when a run is killed or its disk is full."""

from __future__ import annotations

import atexit
import os
import resource
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.runtime.layout import RunFolder
from jupyter_labbook.runtime.metric_log import MetricLog
from jupyter_labbook.storage.metrics import read
from tests.run_script import environment, execute

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TRIALS = 40

LOGS_FOR_EVER = """
import os
from jupyter_labbook import log
i = 0
while True:
    if i % 7 == 3:
        log({f"rare {i % 140}\\n": i}, step=i)
    else:
        log(step=i, loss=1 / (i + 1), accuracy=i / 3)
    i += 1
    os.write(1, b".")
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real filesystem of 1 MB, which fills up."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if shutil.which("mount") is None:
        pytest.skip("there is no mount command here")
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"mounting a small disk is not permitted: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path, leave: int = 0) -> Path:
    """Take all room on a disk but some bytes, to the granularity of a page."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(b"x" * 4096)
        except OSError:
            stream.truncate(max(0, stream.tell() - leave) // 4096 * 4096)
    return ballast


@pytest.mark.parametrize("after", [0, 1, 2, 3, 5, 10, 100, 1000])
def test_kill_9_loses_no_acknowledged_row(tmp_path: Path, after: int) -> None:
    for trial in range(TRIALS // 8):
        run = RunFolder(tmp_path / str(trial))
        run.path.mkdir()
        process = subprocess.Popen(
            [sys.executable, "-c", LOGS_FOR_EVER],
            env=environment(run),
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        acknowledged = 0
        while acknowledged <= after:
            acknowledged += len(os.read(process.stdout.fileno(), after + 1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        while rest := os.read(process.stdout.fileno(), 1 << 16):
            acknowledged += len(rest)
        process.stdout.close()
        metrics = read(run)
        assert metrics.problems == ()
        columns = metrics.columns()
        # One more can be there: written, and killed before it was acknowledged.
        assert len(metrics) - acknowledged in (0, 1)
        assert columns["_row"] == list(range(len(metrics)))
        assert columns["step"] == list(range(len(metrics)))


def test_a_full_disk_cuts_no_row_and_stops_no_training(small_disk: Path) -> None:
    ballast = fill(small_disk, leave=3 * 4096)
    run = RunFolder(small_disk)
    done = execute(
        f"""
        import os
        from jupyter_labbook import log
        for i in range(400):
            log(step=i, loss=1 / (i + 3))
        os.unlink({str(ballast)!r})
        for i in range(400, 800):
            log(step=i, loss=1 / (i + 3))
        """,
        run,
    )
    warning, count = done.stderr.splitlines()
    assert "No space left on device" in warning
    assert "make room on the disk" in warning
    metrics = read(run)
    assert metrics.problems == ()
    steps = metrics.columns()["step"]
    assert steps[-400:] == list(range(400, 800))
    kept = steps[:-400]
    assert 0 < len(kept) < 400
    assert kept == list(range(len(kept)))
    assert f"{400 - len(kept)} rows of metrics could not be written" in count
    # The gap in the numbers shows where rows are missing.
    assert metrics.columns()["_row"] == steps


def test_a_disk_that_is_full_from_the_start_leaves_no_half_made_file(
    small_disk: Path,
) -> None:
    ballast = fill(small_disk)
    run = RunFolder(small_disk)
    done = execute(
        f"""
        import os
        from jupyter_labbook import log
        log(loss=1)
        assert not [name for name in os.listdir({str(small_disk)!r}) if "csv" in name]
        os.unlink({str(ballast)!r})
        log(loss=2)
        """,
        run,
    )
    assert "1 row of metrics could not be written" in done.stderr
    assert read(run).columns()["loss"] == [2]
    assert [path.name for path in run.metric_files()] == ["metrics.csv"]


@pytest.mark.parametrize("room", range(1, 70, 4))
def test_a_row_that_fits_in_part_is_taken_back_whole(tmp_path: Path, room: int) -> None:
    """A limit on the size of files cuts a write short at any byte, as a disk may."""
    run = RunFolder(tmp_path)
    done = execute(
        f"""
        import os, resource
        from jupyter_labbook import log
        log(step=0, loss=0.123456789)
        size = os.path.getsize({str(run.metrics)!r})
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + {room}, hard))
        for i in range(1, 4):
            log(step=i, loss=0.123456789)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        log(step=4, loss=0.5)
        """,
        run,
    )
    lines = run.metrics.read_text().splitlines()
    assert [line.count(",") for line in lines] == [3] * len(lines)
    steps = read(run).columns()["step"]
    assert (steps[0], steps[-1]) == (0, 4)
    assert f"{5 - len(steps)} row" in done.stderr
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_a_torn_part_that_cannot_be_cut_at_once_is_cut_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunFolder(tmp_path)
    log = MetricLog(run)
    log.log({"loss": 1}, 0)
    real_write, real_truncate = os.write, os.ftruncate

    def write_some(descriptor: int, data: bytes) -> int:
        if len(data) < 9:
            raise OSError(28, "No space left on device")
        return real_write(descriptor, data[: len(data) - 5])

    def refuse(descriptor: int, size: int) -> None:
        raise OSError(5, "Input/output error")

    # No disk fails in this way on demand, so the two calls to the system do.
    monkeypatch.setattr(os, "write", write_some)
    monkeypatch.setattr(os, "ftruncate", refuse)
    log.log({"loss": 2}, 1)
    assert not run.metrics.read_bytes().endswith(b"\n")
    log.log({"loss": 3}, 2)
    monkeypatch.setattr(os, "write", real_write)
    monkeypatch.setattr(os, "ftruncate", real_truncate)
    log.log({"loss": 4}, 3)
    log.close()
    atexit.unregister(log._say_lost)
    metrics = read(run)
    assert metrics.problems == ()
    assert metrics.columns()["loss"] == [1, 4]


def test_closed_descriptors_are_opened_again(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    done = execute(
        """
        import os
        from jupyter_labbook import log
        log(loss=1)
        os.closerange(3, 256)
        log(loss=2)
        """,
        run,
    )
    assert done.stderr == ""
    assert read(run).values("loss") == [1, 2]


def test_rows_never_go_into_a_file_of_the_users(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.path.mkdir()
    model = tmp_path / "model.bin"
    done = execute(
        f"""
        import os
        from jupyter_labbook import log
        log(loss=1)
        os.closerange(3, 256)
        mine = open({str(model)!r}, "wb", buffering=0)
        mine.write(b"weights")
        log(loss=2)
        mine.write(b", all of them")
        """,
        run,
    )
    assert done.stderr == ""
    assert model.read_bytes() == b"weights, all of them"
    assert read(run).values("loss") == [1, 2]


@pytest.mark.parametrize(
    "again", ["", "os.mkdir(run); open(run + '/metrics.csv', 'w')"]
)
def test_a_removed_run_folder_warns_and_does_not_raise(
    tmp_path: Path, again: str
) -> None:
    run = RunFolder(tmp_path / "run")
    run.path.mkdir()
    done = execute(
        f"""
        import os, shutil
        from jupyter_labbook import log
        run = os.environ["LABBOOK_RUN"]
        log(loss=1)
        shutil.rmtree(run)
        {again}
        for i in range(3):
            log(loss=2)
            log(other=3)
        """,
        run,
    )
    assert done.stderr.count("could not be written") == 2
    assert "rows of metrics could not be written" in done.stderr


def test_a_run_folder_that_never_was_warns_and_does_not_raise(tmp_path: Path) -> None:
    done = execute(
        "from jupyter_labbook import log; log(loss=1)", RunFolder(tmp_path / "absent")
    )
    assert "No such file or directory" in done.stderr


@pytest.mark.parametrize(
    "gone", ["sys.stderr = None", "os.close(2)", "sys.stderr.close()"]
)
def test_a_closed_standard_error_does_not_raise_either(
    tmp_path: Path, gone: str
) -> None:
    done = execute(
        f"import os, sys; from jupyter_labbook import log; {gone}; log(loss=1)\n"
        "print('went on')",
        RunFolder(tmp_path / "absent"),
    )
    assert done.stdout == "went on\n"


def test_a_forked_child_does_not_count_its_parents_losses(tmp_path: Path) -> None:
    done = execute(
        """
        import os, sys
        from jupyter_labbook import log
        log(loss=1)
        if not os.fork():
            sys.exit()
        os.wait()
        """,
        RunFolder(tmp_path / "absent"),
    )
    assert done.stderr.count("1 row of metrics") == 1
