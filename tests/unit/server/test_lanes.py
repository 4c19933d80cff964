"""Threads of a labbook: few, bounded, and never waited for at the end."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time

import pytest

from jupyter_labbook.server import lanes
from jupyter_labbook.server.lanes import Lane, Recent
from jupyter_labbook.server.refusals import Reason, Refusal


def test_work_is_done_in_a_thread_and_its_result_or_error_comes_back() -> None:
    async def ask() -> str:
        lane = Lane()
        with pytest.raises(ZeroDivisionError):
            await lane.do(lambda: 1 / 0)
        with pytest.raises(TimeoutError, match="its own"):
            await lane.do(lambda: _raise(TimeoutError("its own")))
        return await lane.do(lambda: threading.current_thread().name)

    assert asyncio.run(ask()) == "labbook-lane"


def _raise(error: Exception) -> None:
    raise error


def test_work_that_hangs_is_given_up_and_others_go_on() -> None:
    hold = threading.Event()

    async def ask() -> int:
        lane = Lane(threads=2)
        with pytest.raises(Refusal) as refused:
            await lane.do(hold.wait, seconds=0.01)
        assert (refused.value.status, refused.value.reason) == (503, Reason.SLOW)
        return await lane.do(lambda: 7)

    try:
        assert asyncio.run(ask()) == 7
    finally:
        hold.set()


def drained(lane: Lane) -> None:
    while not lane._work.empty():
        time.sleep(0.001)


def test_where_all_threads_hang_requests_are_refused_and_not_collected() -> None:
    hold, began = threading.Event(), threading.Event()
    done: list[int] = []

    def hang() -> None:
        began.set()
        hold.wait()

    async def ask() -> None:
        lane = Lane(threads=1, waiting=2)
        waiting = [asyncio.ensure_future(lane.do(hang, seconds=60))]
        await asyncio.to_thread(began.wait)
        waiting += [
            asyncio.ensure_future(lane.do(lambda: done.append(1), seconds=0.05))
            for _ in range(2)
        ]
        await asyncio.sleep(0)
        with pytest.raises(Refusal):
            await lane.do(lambda: done.append(2))
        for given_up in waiting[1:]:
            with pytest.raises(Refusal):
                await given_up
        hold.set()
        await waiting[0]
        # What nobody waits for any more is passed over, and not done.
        await asyncio.to_thread(drained, lane)
        assert await lane.do(lambda: 3) == 3

    asyncio.run(ask())
    assert done == []


def test_threads_that_hang_are_replaced_within_bounds(
    monkeypatch: pytest.MonkeyPatch, until
) -> None:
    monkeypatch.setattr(lanes, "_MOST_HUNG", 3)
    hold = threading.Event()

    async def ask() -> Lane:
        lane = Lane(threads=2)
        for given_up in range(5):
            with pytest.raises(Refusal):
                await lane.do(hold.wait, seconds=0.05)
            if given_up < 4:
                assert await lane.do(lambda: 7) == 7
        # Two of its own and three more hang: no thread is left.
        with pytest.raises(Refusal):
            await lane.do(lambda: 7, seconds=0.05)
        hold.set()
        assert await lane.do(lambda: 7) == 7
        return lane

    try:
        lane = asyncio.run(ask())
        until(lambda: lane._alive <= 2)
        until(lambda: not lane._hung)
    finally:
        hold.set()


def test_many_requests_share_few_threads() -> None:
    names: set[int] = set()

    async def ask() -> None:
        lane = Lane(threads=3)
        await asyncio.gather(
            *(lane.do(lambda: names.add(threading.get_ident())) for _ in range(50))
        )

    asyncio.run(ask())
    assert 1 <= len(names) <= 3


def test_threads_end_when_there_is_nothing_to_do(
    monkeypatch: pytest.MonkeyPatch, until
) -> None:
    monkeypatch.setattr(lanes, "_IDLE_SECONDS", 0.01)

    async def ask() -> None:
        lane = Lane()
        for _ in range(3):
            assert await lane.do(lambda: 1) == 1
            until(lambda: lane._alive == 0)

    asyncio.run(ask())


def test_a_server_can_be_stopped_while_a_disk_hangs() -> None:
    program = (
        "import asyncio, threading\n"
        "from jupyter_labbook.server.lanes import Lane\n"
        "from jupyter_labbook.server.refusals import Refusal\n"
        "async def main():\n"
        "    try: await Lane().do(threading.Event().wait, seconds=0.01)\n"
        "    except Refusal: print('given up')\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "given up\n"


def test_only_what_was_used_lately_is_kept() -> None:
    made: list[str] = []
    recent: Recent[int] = Recent(2)
    for key in ("a", "b", "a", "c", "a", "b"):
        recent.take(key, lambda key=key: made.append(key) or len(made))
    assert made == ["a", "b", "c", "b"]
    assert list(recent) == ["a", "b"]
