from __future__ import annotations

import os
import resource
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.model.night import NightEvent, NightKind
from jupyter_labbook.storage.night_log import NightLog, read_nights

if TYPE_CHECKING:
    from pathlib import Path

BEGIN = datetime(2026, 5, 5, 22, tzinfo=UTC)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
RUN = "experiments/0007-x/runs/003"


def blocked(detail: str, hours: int = 0) -> NightEvent:
    moment = BEGIN + timedelta(hours=hours)
    return NightEvent(moment, NightKind.BLOCKED, RUN, detail, "window")


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    events = [
        NightEvent(BEGIN, NightKind.BEGIN),
        blocked('It waits for "tonight", which opens: at 22:00.'),
        NightEvent(BEGIN, NightKind.STARTED, RUN),
        NightEvent(BEGIN, NightKind.GAP, detail=EPOCH.isoformat()),
    ]
    log = NightLog(tmp_path)
    assert log.append(*events[:2])
    assert log.append(*events[2:])
    assert read_nights(tmp_path, EPOCH) == events
    assert log.last() == events[-1]
    lines = (tmp_path / "nights.csv").read_text().splitlines()
    assert lines[0] == "_time,event,run,detail"
    assert lines[1] == "2026-05-05T22:00:00.000+00:00,begin,,"


def test_only_what_happened_since_is_read(tmp_path: Path) -> None:
    NightLog(tmp_path).append(*(blocked("", hours) for hours in range(5)))
    assert len(read_nights(tmp_path, BEGIN + timedelta(hours=3))) == 2


def test_nothing_was_written_yet(tmp_path: Path) -> None:
    assert read_nights(tmp_path, EPOCH) == []
    assert NightLog(tmp_path).last() is None


@pytest.mark.parametrize(
    "torn",
    ['2026-05-05T22:00:00.000+00:00,blocked,x,"window: to', "\x00\xff", "a,b,c,d", ","],
)
def test_a_torn_line_costs_itself_alone(tmp_path: Path, torn: str) -> None:
    log = NightLog(tmp_path)
    log.append(blocked("first"))
    with (tmp_path / "nights.csv").open("a", encoding="latin-1") as file:
        file.write(torn)
    log.append(blocked("second"), blocked("third"))
    found = [event.detail for event in read_nights(tmp_path, EPOCH)]
    assert found == ["first", "second", "third"]
    last = log.last()
    assert last is not None
    assert last.detail == "third"


@given(detail=st.text(), reason=st.sampled_from(["window", "gpu"]))
def test_any_sentence_stays_in_its_line(
    tmp_path_factory: pytest.TempPathFactory, detail: str, reason: str
) -> None:
    folder = tmp_path_factory.mktemp("log")
    event = NightEvent(BEGIN, NightKind.BLOCKED, RUN, detail, reason)
    NightLog(folder).append(event, NightEvent(BEGIN, NightKind.END))
    first, second = read_nights(folder, EPOCH)
    assert (first.reason, first.run) == (reason, RUN)
    assert second.kind is NightKind.END


def test_a_line_that_finds_no_room_leaves_what_there_was(tmp_path: Path) -> None:
    log = NightLog(tmp_path)
    log.append(blocked("kept"))
    before = (tmp_path / "nights.csv").read_bytes()
    pid = os.fork()
    if pid == 0:
        # Only a process of its own may be kept from writing any more.
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        size = len(before) + 10
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        os._exit(int(log.append(blocked("lost"))))
    assert os.waitpid(pid, 0)[1] == 0
    assert (tmp_path / "nights.csv").read_bytes() == before


def test_a_folder_that_is_gone_stops_nothing(tmp_path: Path) -> None:
    assert not NightLog(tmp_path / "gone").append(blocked(""))


def test_the_last_line_of_a_long_file_is_found(tmp_path: Path) -> None:
    log = NightLog(tmp_path)
    log.append(*(blocked("x" * 500, hours) for hours in range(400)))
    last = log.last()
    assert last is not None
    assert last.time == BEGIN + timedelta(hours=399)
