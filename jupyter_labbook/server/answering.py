"""What all routes have in common: who may ask, how is answered, who waits for what."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError

from jupyter_labbook.server.lanes import DISK_IS_SLOW
from jupyter_labbook.server.refusals import Reason, Refusal, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_labbook.server.open_labbooks import OpenLabbook, OpenLabbooks

T = TypeVar("T")

RESOURCE: Final = "labbook"
_LARGEST_BODY: Final = 1 << 20
_DIGITS: Final = 20
_RETRY_SECONDS: Final = "5"
_MAYBE_DONE = (
    "The labbook's disk does not answer, and it may still be done when it does; look "
    "again before you repeat it."
)
_CANNOT = {
    403: "Log in again: this session may not do that.",
    404: "This cannot be asked for from that page.",
    405: "This cannot be asked for in that way.",
}
_REASONS = {
    400: Reason.INVALID,
    401: Reason.UNAUTHORIZED,
    403: Reason.UNAUTHORIZED,
    404: Reason.NOT_FOUND,
}


class LabbookHandler(APIHandler):
    """Answers in JSON, with an error as one sentence.

    A page that polls is no sign that anybody is there, so reading is not counted as
    activity; see `jupyter_labbook.server.activity` for what is.
    """

    auth_resource = RESOURCE
    _track_activity = False

    def initialize(self, labbooks: OpenLabbooks) -> None:
        """Take what `app.load` hands to each route."""
        self.labbooks = labbooks
        self._tag = ""

    @property
    def labbook(self) -> OpenLabbook:
        """The labbook that the request is about."""
        return self.labbooks.take(self.word("labbook", None))

    async def do(self, labbook: OpenLabbook, work: Callable[[], T]) -> T:
        """Do something with a labbook's files, in a thread of its own."""
        reading = self.request.method in ("GET", "HEAD")
        message = DISK_IS_SLOW if reading else _MAYBE_DONE
        return await labbook.lane.do(work, message=message)

    def answer(self, value: object, tag: str = "") -> None:
        """Send JSON; a page that has the same already is told only that.

        Parameters
        ----------
        value
            Words of the model; what is no number becomes null.
        tag
            Names this state of things; by default it is made from the content.
        """
        self._tag = tag
        self.set_header("Cache-Control", "no-cache")
        self.finish(encoded(value))

    def compute_etag(self) -> str | None:
        """Name the content for conditional requests."""
        return f'"{self._tag}"' if self._tag else super().compute_etag()

    def word(self, name: str, default: str | None = "") -> str:
        """Take a parameter of the address; required if its default is None."""
        found = self.get_query_arguments(name, strip=False)
        if found:
            return found[-1]
        if default is None:
            raise invalid(f"The address lacks {name}=.")
        return default

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        """Take a parameter that is a whole number."""
        return whole(name, self.word(name, str(default)), least, most)

    def number(self, name: str) -> float:
        """Take a parameter that is any number."""
        text = self.word(name, None)
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise invalid(f"{name}= is a number.")
        return number

    def body(self) -> dict[str, Any]:
        """Take the JSON object that was sent."""
        if len(self.request.body) > _LARGEST_BODY:
            raise invalid("The request is longer than 1 MiB.", 413)
        try:
            found = msgspec.json.decode(self.request.body or b"{}")
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise invalid("The request's body is no JSON.") from None
        if not isinstance(found, dict):
            raise invalid("The request's body is a JSON object.")
        return found

    def count_as_activity(self) -> None:
        """Tell the server that a person did something."""
        self._track_activity = True

    def drop(self) -> None:
        """Close the connection, so that the page notices that something is missing."""
        stream = getattr(self.request.connection, "stream", None)
        if stream is not None:
            stream.close()

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:  # noqa: ANN401  # as tornado has it
        """Leave out of the log what is told to the page."""
        if refusal(value) is None:
            super().log_exception(typ, value, tb)

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401  # as tornado has it
        """Send one sentence for a person and one word for the page."""
        error = kwargs.get("exc_info", (None, None))[1]
        known = refusal(error) if isinstance(error, Exception) else None
        if known is None:
            known = _of_jupyter(status_code, error)
        self.set_status(known.status)
        if known.status == 503:  # noqa: PLR2004  # what `slow` answers
            self.set_header("Retry-After", _RETRY_SECONDS)
        self.set_header("Cache-Control", "no-store")
        self.finish(encoded(known.told()))


def _of_jupyter(status: int, error: object) -> Refusal:
    message = error.log_message if isinstance(error, HTTPError) else None
    if status == 500:  # noqa: PLR2004  # what any bug becomes
        message = "The labbook's server failed; its log says at which line."
    reason = _REASONS.get(status, Reason.INVALID)
    shown = message or _CANNOT.get(status, "This request cannot be answered.")
    return Refusal(status, reason, shown)


def whole(name: str, text: str, least: int, most: int) -> int:
    """Read a parameter that is a whole number."""
    digits = text.isascii() and text.isdigit() and len(text) < _DIGITS
    number = int(text) if digits else -1
    if not least <= number <= most:
        raise invalid(f"{name}= is a whole number from {least} to {most}.")
    return number


def invalid(message: str, status: int = 400) -> Refusal:
    """Say what is wrong with a request."""
    return Refusal(status, Reason.INVALID, message)


def encoded(value: object) -> bytes:
    """Write JSON, whatever texts and numbers there are."""
    try:
        return msgspec.json.encode(value)
    except (UnicodeEncodeError, TypeError):
        from jupyter_labbook.rendering.mimebundle import json_safe

        return msgspec.json.encode(json_safe(value))
