"""One thread looks for all who listen, and for nobody it ends."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_labbook.errors import StorageError
from jupyter_labbook.server import watching as module
from jupyter_labbook.server.refusals import Refusal
from jupyter_labbook.server.watching import Watching

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


class Files:
    """A labbook whose changes a test makes up."""

    def __init__(self) -> None:
        self.told: list[list[dict[str, Any]]] = []
        self.error: Exception | None = None
        self.hold = threading.Event()
        self.hold.set()
        self.looks = 0

    def look(self) -> list[dict[str, Any]]:
        self.looks += 1
        self.hold.wait()
        if self.error:
            raise self.error
        return self.told.pop(0) if self.told else []

    def change(self, **data: Any) -> None:
        self.told.append([{"event": "change", "data": data}])


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    monkeypatch.setattr(module, "_BETWEEN_LOOKS", 0.005)
    return Files()


@pytest.fixture
def watching(files: Files) -> Watching:
    return Watching(lambda: files, lambda: {"running": 1})


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(test, 30))


def watchers() -> int:
    return sum(each.name == "labbook-watch" for each in threading.enumerate())


async def news(watching: Watching, cursor: str) -> list[tuple[str, dict[str, Any]]]:
    """Wait for what comes after a cursor."""
    with watching.listener() as listener:
        while not (found := watching.since(cursor)):
            await listener.wait(0.05)
    return [(event.kind, event.data) for event in found]


async def come_about(condition: Callable[[], object]) -> None:
    """Let the loop go on until something is so."""
    while not condition():  # noqa: ASYNC110  # threads tell no event
        await asyncio.sleep(0.005)


async def ended() -> None:
    await come_about(lambda: not watchers())


def test_all_listeners_are_told_by_one_thread(files: Files, watching: Watching) -> None:
    async def test() -> None:
        watching.awake()
        await watching.ready()
        cursor = watching.cursor
        asking = [asyncio.ensure_future(news(watching, cursor)) for _ in range(5)]
        await asyncio.sleep(0)
        assert watchers() == 1
        files.change(counts={"running": 2})
        told = await asyncio.gather(*asking)
        assert told == [[("change", {"counts": {"running": 2}})]] * 5
        assert watching.counts == {"running": 2}
        watching.stop()
        await ended()

    run(test())


def test_counts_are_known_from_the_first_look_on(watching: Watching) -> None:
    async def test() -> None:
        watching.awake()
        await watching.ready()
        assert watching.counts == {"running": 1}
        watching.stop()
        await ended()

    run(test())


def test_the_thread_ends_a_while_after_the_last_listener_left(
    files: Files, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        monkeypatch.setattr(module, "LINGER_SECONDS", 0.0)
        with watching.listener():
            with watching.listener():
                await watching.ready()
            looked = files.looks
            await come_about(lambda: files.looks >= looked + 3)
            monkeypatch.setattr(module, "LINGER_SECONDS", 3600.0)
        looked = files.looks
        await come_about(lambda: files.looks >= looked + 3)
        before = watching.cursor
        monkeypatch.setattr(module, "LINGER_SECONDS", 0.0)
        with watching.listener():
            pass
        await ended()
        assert not watching.running
        with watching.listener():
            await watching.ready()
            # What happened meanwhile is unknown.
            assert watching.since(before) is None
        await ended()

    run(test())


def test_who_comes_back_in_time_goes_on_where_they_were(
    files: Files, watching: Watching
) -> None:
    async def test() -> None:
        with watching.listener():
            await watching.ready()
        cursor = watching.cursor
        files.change(n=1)
        assert await news(watching, cursor) == [("change", {"n": 1})]
        watching.stop()
        await ended()

    run(test())


def test_trouble_is_told_once_and_so_is_its_end(
    files: Files, watching: Watching
) -> None:
    async def test() -> None:
        watching.awake()
        await watching.ready()
        cursor = watching.cursor
        files.error = StorageError("The disk is gone.")
        [(kind, data)] = await news(watching, cursor)
        assert kind == "trouble"
        assert data == {"message": "The disk is gone.", "reason": "unreadable"}
        looked = files.looks
        await come_about(lambda: files.looks >= looked + 5)
        files.change(n=1)
        cursor, files.error = watching.cursor, None
        assert (await news(watching, cursor))[0][0] == "recovered"
        kinds = [event.kind for event in watching.since(cursor) or ()]
        assert kinds.count("recovered") == 1
        watching.stop()
        await ended()

    run(test())


def test_a_bug_is_told_too_and_the_thread_goes_on(
    files: Files, watching: Watching
) -> None:
    async def test() -> None:
        files.error = KeyError("oops")
        watching.awake()
        await watching.ready()
        [event] = watching.since(watching.cursor.partition(".")[0] + ".0") or ()
        assert (event.kind, "KeyError" in event.data["message"]) == ("trouble", True)
        watching.stop()
        await ended()

    run(test())


def test_a_disk_that_hangs_is_told_although_nobody_can_look(
    files: Files, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        watching.awake()
        await come_about(lambda: watching.counts)
        cursor = watching.cursor
        files.hold.clear()
        # Not before: a look that is merely interrupted is none that hangs.
        monkeypatch.setattr(module, "SECONDS", 0.02)
        [(kind, data)] = await news(watching, cursor)
        assert (kind, data["reason"]) == ("trouble", "slow")
        cursor = watching.cursor
        files.hold.set()
        assert (await news(watching, cursor))[0][0] == "recovered"
        watching.stop()
        await ended()

    run(test())


def test_where_not_even_the_first_look_ends_pages_are_asked_to_come_later(
    files: Files, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.02)
    files.hold.clear()

    async def test() -> None:
        watching.awake()
        with pytest.raises(Refusal):
            await watching.ready()
        watching.stop()
        files.hold.set()
        await ended()
        # What the stopped thread still had to say is not heard.
        await asyncio.sleep(0)
        assert watching.counts == {}

    run(test())


def test_only_so_many_may_listen(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LISTENERS", 1)

    async def test() -> None:
        with watching.listener(), pytest.raises(Refusal), watching.listener():
            pass
        with watching.listener():
            pass
        watching.stop()
        await ended()

    run(test())
