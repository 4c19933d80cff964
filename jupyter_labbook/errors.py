"""The tree of errors.

::

    LabbookError                 everything this package raises on purpose
    ├── InvalidInputError        what a person typed cannot be used
    │   ├── HeaderError          the header of a cell (line and column)
    │   ├── PredictionError      a prediction that does not parse
    │   ├── TransferError        a name or value that cannot come along
    │   ├── MetricError          a name or value that cannot be logged
    │   └── NotFoundError        no experiment, run or item of that name
    ├── StorageError             a labbook's files cannot be read or written
    │   ├── NoLabbookError       there is no labbook here
    │   └── CorruptFileError     a file does not hold what it should
    ├── ConflictError            it was changed elsewhere since it was read
    └── RunError                 a run did not end well
        ├── RunFailedError       it raised, was killed, or ran out of something
        └── RunLostError         it vanished without an exit record

Every message says what happened, to which file or name, and what to do next, in
one sentence that needs no traceback.
"""

from __future__ import annotations


class LabbookError(Exception):
    """Base of everything this package raises on purpose."""

    exit_code = 1
    """What the ``labbook`` command exits with."""


class InvalidInputError(LabbookError, ValueError):
    """What a person typed cannot be used; nothing was stored."""

    exit_code = 2


class HeaderError(InvalidInputError):
    """The header of an experiment's cell does not parse.

    Parameters
    ----------
    message
        One sentence: what is wrong and what to write instead.
    line, column
        Where, counted from 1 in the cell as typed; None where the fault is an
        absence, such as a missing question.
    """

    def __init__(
        self, message: str, *, line: int | None = None, column: int | None = None
    ) -> None:
        place = "" if line is None else f"line {line}, column {column or 1}: "
        super().__init__(place + message)
        self.line = line
        self.column = column


class PredictionError(InvalidInputError):
    """A prediction does not parse, or names something that does not exist."""


class TransferError(InvalidInputError):
    """A name or value that the cell needs cannot come along with it."""


class MetricError(InvalidInputError, TypeError):
    """A name or value that cannot be logged; nothing of the call was."""


class NotFoundError(InvalidInputError):
    """No experiment, run or item goes by that name."""

    exit_code = 3


class StorageError(LabbookError, OSError):
    """A labbook's files cannot be read or written."""

    exit_code = 4


class NoLabbookError(StorageError):
    """There is no labbook here or in a folder above."""


class CorruptFileError(StorageError):
    """A file of the labbook does not hold what it should."""


class ConflictError(LabbookError):
    """What was to be changed was changed elsewhere meanwhile; nothing was stored.

    Parameters
    ----------
    message
        One sentence: what was changed, and what to do.
    now
        What it holds at present.
    """

    def __init__(self, message: str, *, now: str) -> None:
        super().__init__(message)
        self.now = now


class RunError(LabbookError, RuntimeError):
    """A run did not end well."""

    exit_code = 5


class RunFailedError(RunError):
    """A run raised, was killed, or ran out of something."""


class RunLostError(RunError):
    """A run vanished without an exit record."""
