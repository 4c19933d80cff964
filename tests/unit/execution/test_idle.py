from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jupyter_labbook.execution.idle import IdleWatch, load
from jupyter_labbook.storage.settings import IdleSettings

BEGIN = datetime(2026, 5, 5, 12, tzinfo=UTC)
SETTINGS = IdleSettings(load=0.25, gpu=0.1, minutes=10)


def observe(
    watch: IdleWatch, minutes: float, load: float = 0.0, gpu: float = 0.0
) -> bool:
    return watch.observe(BEGIN + timedelta(minutes=minutes), SETTINGS, load, gpu)


def test_little_to_do_for_long_enough_is_idle() -> None:
    watch = IdleWatch()
    assert [observe(watch, minute) for minute in range(12)] == [False] * 10 + [True] * 2


@pytest.mark.parametrize("busy", [{"load": 0.3}, {"gpu": 0.2}])
def test_any_work_in_between_begins_the_count_anew(busy) -> None:
    watch = IdleWatch()
    for minute in range(9):
        assert not observe(watch, minute)
    assert not observe(watch, 9, **busy)
    assert not any(observe(watch, minute) for minute in range(10, 20))
    assert observe(watch, 20)
    assert not observe(watch, 21, **busy)


def test_nobody_knows_what_happened_while_nobody_looked() -> None:
    watch = IdleWatch()
    observe(watch, 0)
    assert not observe(watch, 60)
    # Nor after the clock was set back.
    assert not observe(watch, 30)
    assert not observe(watch, 31)


def test_own_runs_are_no_load() -> None:
    assert load(10**6) == 0.0
    assert load(0) >= load(1)
