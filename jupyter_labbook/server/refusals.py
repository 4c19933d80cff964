"""What a page is told when it does not get what it asked for."""

from __future__ import annotations

from enum import StrEnum

from jupyter_labbook.errors import (
    InvalidInputError,
    LabbookError,
    NoLabbookError,
    NotFoundError,
)


class Reason(StrEnum):
    """Why a request was refused, for the page to act upon."""

    NOT_FOUND = "not-found"
    NO_LABBOOK = "no-labbook"
    GONE = "gone"
    INVALID = "invalid"
    CONFLICT = "conflict"
    OUTSIDE = "outside"
    UNREADABLE = "unreadable"
    SLOW = "slow"
    UNAUTHORIZED = "unauthorized"


GONE = (
    "What was shown is gone: moved, deleted, or on a disk that vanished; restore it, "
    "or look at the list of experiments."
)


class Refusal(Exception):  # noqa: N818  # an answer, not a fault
    """An answer other than what was asked for.

    Parameters
    ----------
    status
        HTTP's number for it.
    reason, message
        The word for the page, and one sentence for a person.
    **more
        What else the page needs, such as the plan as it is now.
    """

    def __init__(
        self, status: int, reason: Reason, message: str, **more: object
    ) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.more = more

    def told(self) -> dict[str, object]:
        """Write it for the page."""
        return {"message": str(self), "reason": self.reason, **self.more}


def slow(message: str) -> Refusal:
    """Say that the disk does not answer in time."""
    return Refusal(503, Reason.SLOW, message)


def refusal(error: Exception) -> Refusal | None:
    """Turn an error that is meant for a person into an answer; None for a bug."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, LabbookError):
        status, reason = _status(error)
        return Refusal(status, reason, str(error))
    if isinstance(error, FileNotFoundError):
        return Refusal(404, Reason.GONE, GONE)
    if isinstance(error, OSError):
        name = error.filename or "A file of the labbook"
        message = (
            f"{name} cannot be read ({error.strerror or error}); look whether its disk "
            "is there and you may read it."
        )
        return Refusal(500, Reason.UNREADABLE, message)
    return None


def _status(error: LabbookError) -> tuple[int, Reason]:
    for kind, answer in (
        (NotFoundError, (404, Reason.NOT_FOUND)),
        (InvalidInputError, (400, Reason.INVALID)),
        (NoLabbookError, (404, Reason.NO_LABBOOK)),
    ):
        if isinstance(error, kind):
            return answer
    return 500, Reason.UNREADABLE
