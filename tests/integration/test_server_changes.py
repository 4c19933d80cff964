"""What changes is told as it happens, and nothing is kept for those who left."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions.following import is_followed
from jupyter_labbook.actions.plan import add_item
from jupyter_labbook.storage.labbook import LabbookFolder
from tests import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder
    from tests.serving import Shown

LIVES = "import time\nprint('up', flush=True)\ntime.sleep(600)\n"


@pytest.fixture
def live(shown: Shown, until: Callable[..., None]) -> Iterator[RunFolder]:
    run = running.queue(
        shown.folder, running.experiment(shown.folder), LIVES, grace=0.2
    )
    assert running.start(run)
    until(lambda: run.output.exists() and run.output.read_bytes() == b"up\n")
    yield run
    shown.post("experiments/0001-trial/stop", {})
    until(run.exit.exists)


def descriptors(shown: Shown) -> int:
    return len(os.listdir(f"/proc/{shown.served.server.pid}/fd"))


def last_activity(shown: Shown) -> datetime:
    served = shown.served
    told = served.ask("GET", f"{served.base}api/status", headers=served.authorization)
    return datetime.fromisoformat(told.json["last_activity"])


def test_a_stream_tells_what_happens_to_a_run_from_its_output_to_its_end(
    shown: Shown, live: RunFolder
) -> None:
    with shown.stream() as events:
        kind, hello, cursor = events.next()
        assert (kind, hello["counts"]) == ("hello", {"running": 1})
        assert (hello["cursor"], hello["reset"]) == (cursor, True)
        with live.output.open("ab") as file:
            file.write(b"more\n")
        assert events.until("change")["experiments"] == {"0001-trial": ["output"]}
        live.metrics.write_text("_row,_time,loss\n0,1.000000,0.5\n")
        assert "lines" in events.until("change")["experiments"]["0001-trial"]
        shown.post("experiments/0001-trial/stop", {"reason": "seen"})
        ended = events.until("ended")
        assert (ended["run"], ended["state"], ended["last"]) == ("001", "stopped", True)
    counts = shown.get("changes").json["counts"]
    assert counts == {"stopped": 1}


def test_a_change_of_the_plan_is_told_with_the_version_that_the_plan_has(
    shown: Shown,
) -> None:
    with shown.stream() as events:
        events.next()
        add_item(shown.folder.path, "test", "the loader")
        told = events.until("change")["plan"]
        assert told == shown.get("plan").json["version"]


def test_who_comes_back_is_told_what_was_missed(shown: Shown) -> None:
    with shown.stream() as events:
        _, hello, _ = events.next()
        running.experiment(shown.folder, "first")
        _, _, cursor = events.next()
    running.experiment(shown.folder, "second")
    with shown.stream(since=cursor) as events:
        _, again, _ = events.next()
        assert again["reset"] is False
        assert events.until("change")["experiments"] == {"0002-second": ["view"]}
    with shown.stream(since=hello["cursor"]) as events:
        events.next()
        assert events.until("change")["experiments"] == {"0001-first": ["view"]}
        assert events.until("change")["experiments"] == {"0002-second": ["view"]}


@pytest.mark.parametrize("cursor", ["", "0", "other.3", "²", "a.b.c", "x" * 5000])
def test_a_cursor_of_another_server_says_to_look_at_everything_again(
    shown: Shown, cursor: str
) -> None:
    polled = shown.get("changes", since=cursor).json
    assert (polled["reset"], polled["changes"]) == (True, [])
    with shown.stream(since=cursor) as events:
        assert events.next()[1]["reset"] is True


def test_who_only_polls_sees_the_same_changes(
    shown: Shown, until: Callable[..., None]
) -> None:
    first = shown.get("changes").json
    running.experiment(shown.folder)
    found = []

    def told() -> bool:
        polled = shown.get("changes", since=first["cursor"]).json
        assert polled["reset"] is False
        found[:] = polled["changes"]
        return bool(found)

    until(told)
    assert found[0]["event"] == "change"
    assert found[0]["data"]["experiments"] == {"0001-trial": ["view"]}


def test_a_labbook_that_vanishes_is_trouble_until_it_is_back(
    shown: Shown, until: Callable[..., None]
) -> None:
    away = shown.folder.path.with_name("away")
    with shown.stream() as events:
        events.next()
        shown.folder.path.rename(away)
        trouble = events.until("trouble")
        assert trouble["reason"] == "no-labbook"
        assert shown.get("overview").json["reason"] == "no-labbook"
        away.rename(shown.folder.path)
        assert "counts" in events.until("recovered")
        running.experiment(shown.folder)
        assert "0001-trial" in events.until("change")["experiments"]
    assert shown.get("overview").status == 200


def test_who_comes_during_trouble_is_told_of_it(
    shown: Shown, until: Callable[..., None]
) -> None:
    path = shown.folder.path
    with shown.stream() as events:
        events.next()
        running.experiment(shown.folder)
        events.until("change")
        (path / "experiments").rename(path / "away")
        (path / "experiments").write_text("no folder")
        assert events.until("trouble")["message"]
        cursor = shown.get("changes").json["cursor"]
        with shown.stream(since=cursor) as late:
            assert late.next()[0] == "hello"
            kind, data, *_ = late.next()
            assert (kind, bool(data["message"])) == ("trouble", True)
        (path / "experiments").unlink()
        (path / "away").rename(path / "experiments")
        events.until("recovered")


def test_kernels_are_told_that_a_page_follows(
    shown: Shown, until: Callable[..., None]
) -> None:
    assert not is_followed(shown.folder.path)
    with shown.stream() as events:
        events.next()
        until(lambda: is_followed(shown.folder.path))


def test_closing_the_connection_frees_all_that_the_page_held(
    shown: Shown, until: Callable[..., None]
) -> None:
    shown.get("changes")
    before = descriptors(shown)
    for _ in range(8):
        with shown.stream() as events:
            events.next()
    until(lambda: descriptors(shown) <= before)


def test_too_many_pages_are_asked_to_come_later(shown: Shown) -> None:
    opened = []
    try:
        for _ in range(100):
            stream = shown.stream()
            opened.append(stream)
            stream.__enter__().next()
        refused = shown.get("stream")
        assert (refused.status, refused.json["reason"]) == (503, "slow")
        assert int(refused.headers["retry-after"]) > 0
    finally:
        for stream in opened:
            stream.__exit__(None, None, None)


def test_polling_keeps_no_server_up_but_what_a_person_does_counts(shown: Shown) -> None:
    before = last_activity(shown)
    for route in ("overview", "plan", "changes", "experiments"):
        shown.get(route)
    with shown.stream() as events:
        events.next()
        assert last_activity(shown) == before
    shown.post("plan", {"id": "1", "op": "add", "list": "test", "text": "x"})
    assert last_activity(shown) > before


def test_a_request_for_a_pipe_does_not_hang_the_server(shown: Shown) -> None:
    run = running.queue(shown.folder, running.experiment(shown.folder))
    os.mkfifo(run.output)
    run.figures.mkdir()
    os.mkfifo(run.figures / "001-drawn.png")
    route = "experiments/0001-trial/runs/001"
    for part in ("output", "figures/001-drawn.png"):
        assert shown.get(f"{route}/{part}").status == 404


def _begin_to_write(fifo: Path, opened: list[int]) -> bool:
    with suppress(OSError):
        opened.append(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
    return bool(opened)


def test_a_disk_that_hangs_holds_up_no_other_labbook(
    shown: Shown, until: Callable[..., None], tmp_path: Path
) -> None:
    """A history that is a pipe hangs whoever reads it, as a dead disk does."""
    other = LabbookFolder.create(shown.served.root / tmp_path.name)
    hanging = running.experiment(other)
    events = hanging.path / "history" / "0001-registered.json"
    os.mkfifo(events)
    pipe: list[int] = []
    name = f"{tmp_path.name}/labbook"
    answers = []
    asking = threading.Thread(
        target=lambda: answers.append(
            shown.served.get("experiments/0001-trial", labbook=name)
        )
    )
    asking.start()
    # Who writes to a pipe is refused until somebody reads it, and then waits for more.
    until(lambda: _begin_to_write(events, pipe))
    for _ in range(5):
        assert shown.get("plan").status == 200
        assert shown.served.get("plan", labbook=name).status == 200
    assert answers == []
    asking.join(60)
    [slow] = answers
    assert (slow.status, slow.json["reason"]) == (503, "slow")
    assert int(slow.headers["retry-after"]) > 0
    # Let the thread go on.
    os.close(pipe.pop())
