"""One run: what it was given, how it ended, what it printed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_labbook.model.run import RunRecord
from jupyter_labbook.server.answering import LabbookHandler
from jupyter_labbook.server.places import regular
from jupyter_labbook.snapshot.credentials import looks_secret
from jupyter_labbook.storage import records, run_state
from jupyter_labbook.storage.output import Part, read_part

if TYPE_CHECKING:
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.server.open_labbooks import OpenLabbook

_MOST_OUTPUT = 65_536
_LEAST_OUTPUT = 16
_WITHHELD = "(looks like a credential)"


class RunHandler(LabbookHandler):
    """Answers about one run."""

    def find(self, labbook: OpenLabbook, experiment: str, run: str) -> RunFolder:
        """Find a run; for a thread of the labbook's."""
        found = labbook.experiment(experiment).checked().folder
        return self.labbooks.places.run(found, run)


class Run(RunHandler):
    """``GET experiments/{experiment}/runs/{run}``."""

    @authenticated
    @authorized
    async def get(self, experiment: str, run: str) -> None:
        """Tell everything that is recorded of a run."""
        labbook = self.labbook

        def read() -> dict[str, Any]:
            folder = self.find(labbook, experiment, run)
            with labbook.experiment(experiment).turn() as found:
                view = found.run(folder.label)
            record = records.read(folder.record, RunRecord)
            return {
                "view": view,
                "record": {} if record is None else shareable(record),
                "exit": run_state.read_exit(folder),
            }

        self.answer(await self.do(labbook, read))


class Output(RunHandler):
    """``GET experiments/{experiment}/runs/{run}/output``."""

    @authenticated
    @authorized
    async def get(self, experiment: str, run: str) -> None:
        """Give the end of a run's output, or what follows an offset."""
        labbook = self.labbook
        start = self.whole("from", 0, 0, 1 << 60) if self.word("from") else None
        limit = self.whole("limit", _MOST_OUTPUT, _LEAST_OUTPUT, _MOST_OUTPUT)

        def read() -> Part:
            folder = self.find(labbook, experiment, run)
            if not os.path.lexists(folder.output):
                return Part(start=0, end=0, size=0, text="")
            return read_part(regular(folder.path, folder.output), start, limit)

        self.answer(await self.do(labbook, read))


def shareable(record: RunRecord) -> dict[str, Any]:
    """Write a record without what looks like a credential."""
    plain = records.to_builtins(record)
    plain["parameters"] = {
        name: _WITHHELD if looks_secret(name, value) else value
        for name, value in plain["parameters"].items()
    }
    plain["command"] = [
        _shareable_word(before, word)
        for before, word in zip(["", *record.command], record.command, strict=False)
    ]
    return plain


def _shareable_word(before: str, word: str) -> str:
    """Write a word of a command: ``--api-key KEY`` or ``--api-key=KEY``."""
    flag, given, value = word.partition("=")
    if given and looks_secret(_as_name(flag), value):
        return f"{flag}={_WITHHELD}"
    return _WITHHELD if looks_secret(_as_name(before), word) else word


def _as_name(flag: str) -> str:
    return flag.strip("-").replace("-", "_") if flag.startswith("-") else ""
