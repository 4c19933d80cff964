from __future__ import annotations

import pytest

from jupyter_labbook.server.event_log import EventLog


def kinds(log: EventLog, cursor: str) -> list[str] | None:
    found = log.since(cursor)
    return None if found is None else [event.kind for event in found]


def test_what_came_after_a_cursor_is_told_in_order() -> None:
    log = EventLog()
    cursors = [log.cursor]
    for kind in "abc":
        log.append(kind, {})
        cursors.append(log.cursor)
    assert [kinds(log, cursor) for cursor in cursors] == [
        list("abc"),
        list("bc"),
        ["c"],
        [],
    ]
    assert [event.cursor for event in log.since(cursors[0]) or ()] == cursors[1:]


def test_who_is_too_far_behind_is_told_so_and_no_more_is_kept() -> None:
    log = EventLog(most=3)
    first = log.cursor
    log.append("a", {})
    second = log.cursor
    for kind in "bcd":
        log.append(kind, {})
    assert kinds(log, first) is None
    assert kinds(log, second) == list("bcd")


@pytest.mark.parametrize("number", ["", "-1", "²", "1.0", "1", "9" * 5000])
def test_a_cursor_that_was_never_given_is_unknown(number: str) -> None:
    log = EventLog()
    name = log.cursor.partition(".")[0]
    assert kinds(log, f"{name}.{number}") is None


def test_a_cursor_of_another_log_is_unknown() -> None:
    assert EventLog().since(EventLog().cursor) is None
