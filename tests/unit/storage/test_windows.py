from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from jupyter_labbook.errors import CorruptFileError, InvalidInputError, StorageError
from jupyter_labbook.model.window import Idle, Now, Weekly
from jupyter_labbook.storage import windows
from jupyter_labbook.storage.queue_state import QueueState, read_queue, write_queue
from jupyter_labbook.storage.settings import FocusSettings, UserSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = datetime(2026, 6, 3, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    windows.refresh()
    yield
    windows.refresh()


def test_everybody_has_some_names_and_may_change_them() -> None:
    plain = UserSettings(zone="Europe/Berlin")
    assert windows.window(plain, "lunch").stretch(NOON, NOON).begin == NOON
    own = UserSettings(
        zone="Europe/Berlin", windows={"Lunch": "13:00-14:00", "siesta": "14:00-16:00"}
    )
    begin = windows.window(own, "lunch").stretch(NOON, NOON).begin
    assert begin == datetime(2026, 6, 3, 11, tzinfo=UTC)
    assert isinstance(windows.window(own, "Siesta"), Weekly)
    assert isinstance(windows.window(own, "tonight"), Weekly)


def test_hours_are_those_of_the_users_zone() -> None:
    kolkata = windows.window(UserSettings(zone="Asia/Kolkata"), "15:30-16:00")
    assert kolkata.stretch(NOON, NOON).begin == NOON
    assert windows.zone(UserSettings(zone="Asia/Kolkata")) == ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize("name", ["Europe/Atlantis", "Europe", "../passwd", "a\0b"])
def test_a_zone_that_does_not_exist_is_refused(name: str) -> None:
    settings = UserSettings(zone=name)
    for ask in (windows.zone, lambda user: windows.window(user, "tonight")):
        with pytest.raises(InvalidInputError, match="There is no time zone"):
            ask(settings)


def test_now_and_idle_need_no_zone() -> None:
    settings = UserSettings(zone="Europe/Atlantis")
    assert isinstance(windows.window(settings, "now"), Now)
    assert isinstance(windows.window(settings, " IDLE"), Idle)


def test_without_a_zone_the_machines_own_is_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Australia/Lord_Howe")
    assert windows.zone(UserSettings()).key == "Australia/Lord_Howe"
    # A laptop travels; it is asked anew when somebody says so.
    monkeypatch.setenv("TZ", "America/New_York")
    assert windows.zone(UserSettings()).key == "Australia/Lord_Howe"
    windows.refresh()
    assert windows.zone(UserSettings()).key == "America/New_York"


def test_a_machine_that_names_no_zone_of_the_database_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Middle/Earth")
    with pytest.raises(InvalidInputError, match="set `zone` in your settings"):
        windows.zone(UserSettings())


def test_focus_hours_are_a_window_or_none() -> None:
    assert windows.focus(UserSettings(zone="UTC")) is None
    protected = UserSettings(zone="UTC", focus=FocusSettings(hours="09:00-17:00"))
    found = windows.focus(protected)
    assert found is not None
    assert found.stretch(NOON, NOON).holds(NOON)
    nonsense = UserSettings(zone="UTC", focus=FocusSettings(hours="when I work"))
    with pytest.raises(InvalidInputError, match="There is no window 'when I work'"):
        windows.focus(nonsense)


def test_a_queue_is_not_paused_until_somebody_says_so(tmp_path: Path) -> None:
    assert read_queue(tmp_path) == QueueState()
    write_queue(tmp_path, QueueState(paused="I need the machine."))
    assert read_queue(tmp_path).paused == "I need the machine."
    write_queue(tmp_path, QueueState())
    assert read_queue(tmp_path).paused == ""
    assert [path.name for path in tmp_path.iterdir()] == ["queue.json"]


def test_a_damaged_queue_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "queue.json").write_text('{"paused": 7}')
    with pytest.raises(CorruptFileError, match=r"queue\.json is damaged"):
        read_queue(tmp_path)


def test_a_queue_that_cannot_be_stored_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="Nothing was stored"):
        write_queue(tmp_path / "gone", QueueState())
    assert os.listdir(tmp_path) == []
