"""Every error that is meant for a person becomes an answer; a bug does not."""

from __future__ import annotations

import errno

import pytest

from jupyter_labbook.errors import (
    CorruptFileError,
    InvalidInputError,
    NoLabbookError,
    NotFoundError,
)
from jupyter_labbook.server.refusals import Reason, Refusal, refusal


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (NotFoundError("x"), 404, Reason.NOT_FOUND),
        (InvalidInputError("x"), 400, Reason.INVALID),
        (NoLabbookError("x"), 404, Reason.NO_LABBOOK),
        (CorruptFileError("x"), 500, Reason.UNREADABLE),
        (Refusal(409, Reason.CONFLICT, "x"), 409, Reason.CONFLICT),
    ],
)
def test_our_errors_keep_their_sentence(
    error: Exception, status: int, reason: Reason
) -> None:
    found = refusal(error)
    assert found is not None
    assert (found.status, found.reason, str(found)) == (status, reason, "x")


def test_a_file_that_vanishes_while_it_is_read_is_gone() -> None:
    found = refusal(FileNotFoundError(errno.ENOENT, "No such file", "/secret/place"))
    assert found is not None
    assert (found.status, found.reason) == (404, Reason.GONE)
    assert "/secret" not in str(found)


def test_a_disk_that_fails_is_named_with_its_reason() -> None:
    found = refusal(OSError(errno.EIO, "Input/output error", "metrics.csv"))
    assert found is not None
    assert (found.status, found.reason) == (500, Reason.UNREADABLE)
    assert str(found).startswith("metrics.csv cannot be read (Input/output error)")


def test_a_bug_is_no_answer() -> None:
    assert refusal(KeyError("x")) is None
