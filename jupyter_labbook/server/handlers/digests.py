"""The digest of a morning, and how full the next night is."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_labbook.server.answering import LabbookHandler, encoded, invalid
from jupyter_labbook.server.handlers.verbs import VerbHandler

if TYPE_CHECKING:
    from jupyter_labbook.model.digest import Digest as DigestModel
    from jupyter_labbook.server.open_labbooks import OpenLabbook

_MOST: Final = 100
"""Of each kind; more is no morning's reading, and `labbook morning` has it."""
_LISTS: Final = (
    *("results", "failures", "delays", "absences", "unconcluded", "answers"),
    "problems",
)


class Reading(msgspec.Struct, forbid_unknown_fields=True):
    """What ``digest/read`` is sent: of which time the digest told."""

    since: str
    moment: str


class Digest(LabbookHandler):
    """``GET digest``."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Tell what happened since the last digest was read."""
        labbook = self.labbook
        found = await self.do(labbook, lambda: _read(labbook))
        lasting = {name: of for name, of in found.items() if name != "moment"}
        self.answer(found, tag=hashlib.sha256(encoded(lasting)).hexdigest()[:16])


class DigestRead(VerbHandler):
    """``POST digest/read``."""

    @authenticated
    @authorized
    async def post(self) -> None:
        """Remember that a person has seen it."""
        labbook, sent = self.labbook, self.wish(Reading)
        since, moment = _moment("since", sent.since), _moment("moment", sent.moment)
        if not since <= moment <= datetime.now(UTC):
            raise invalid("A digest tells of a time that has passed: read it again.")

        def mark() -> dict[str, str]:
            from jupyter_labbook.storage.reading_mark import (
                ReadingMark,
                read_mark,
                write_mark,
            )

            folder = labbook.folder()
            before = read_mark(folder.path)
            # Another page may have read a later one.
            if before is None or before.read_moment < moment:
                mark = ReadingMark(since=sent.since, read=sent.moment)
                write_mark(folder.path, mark)
            now = read_mark(folder.path)
            return {"since": now.since, "read": now.read} if now else _UNREAD

        self.count_as_activity()
        self.answer(await self.do(labbook, mark))


_UNREAD: Final = {"since": "", "read": ""}


class Evening(LabbookHandler):
    """``GET evening``."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Tell how full tonight is, and what could fill it."""
        labbook = self.labbook
        found = await self.do(labbook, lambda: _look_ahead(labbook))
        lasting = {name: of for name, of in found.items() if name != "moment"}
        self.answer(found, tag=hashlib.sha256(encoded(lasting)).hexdigest()[:16])


def _read(labbook: OpenLabbook) -> dict[str, Any]:
    from jupyter_labbook.actions.digest import read_digest
    from jupyter_labbook.execution.clock import SystemClock
    from jupyter_labbook.rendering import digest_words as words
    from jupyter_labbook.rendering.backfill_words import search_words
    from jupyter_labbook.rendering.digest_html import small_plot
    from jupyter_labbook.rendering.digest_json import digest_json
    from jupyter_labbook.rendering.digest_repeated import in_words
    from jupyter_labbook.storage.settings import user_settings

    with labbook.digesting() as folder:
        digest = read_digest(folder, user_settings(), SystemClock().now())
        told: dict[str, Any] = digest_json(digest)
        totals = {name: len(told[name]) for name in _LISTS}
        told |= {name: told[name][:_MOST] for name in _LISTS}
        for result, plain in zip(digest.results, told["results"], strict=False):
            plain["svg"] = small_plot(result.view) if result.view else ""
            plain["values"] = words.values(result)
        # In words, as every other form has them.
        told["repeated"] = [in_words(one) for one in digest.repeated[:_MOST]]
        told["searches"] = [search_words(one) for one in digest.searches[:_MOST]]
        return {
            **told,
            "labbook": labbook.name,
            "totals": totals,
            "unread": _unread(digest),
            "good": words.good(digest.moment),
            "judgement": words.judgement(
                digest.calibration.every, digest.calibration.bands
            ),
        }


def _unread(digest: DigestModel) -> bool:
    """Whether something came that nobody has read of."""
    return bool(digest.results or digest.failures) and not digest.read


def _look_ahead(labbook: OpenLabbook) -> dict[str, Any]:
    from jupyter_labbook.actions.evening import look_ahead
    from jupyter_labbook.execution.clock import SystemClock
    from jupyter_labbook.rendering.evening import evening_json
    from jupyter_labbook.storage.settings import user_settings

    with labbook.digesting() as folder:
        found = look_ahead(folder, user_settings(), SystemClock().now())
    return {**evening_json(found), "labbook": labbook.name}


def _moment(name: str, text: str) -> datetime:
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    raise invalid(f"{name} is a moment with its zone, such as the digest has.")
