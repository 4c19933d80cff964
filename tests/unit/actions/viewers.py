"""Somebody who looks at lines, and runs that log them."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_labbook.model.run import RunRecord
from jupyter_labbook.runtime.layout import RunFolder
from jupyter_labbook.storage import records
from jupyter_labbook.storage.history import EventKind, History

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.actions.series import SeriesReader
    from jupyter_labbook.storage.labbook import ExperimentFolder

FIELDS = ("x", "time", "y")


class Viewer:
    """Somebody who asks for changes and puts them together."""

    def __init__(self, points: int) -> None:
        self.points = points
        self.cursor = ""
        self.lines: dict[tuple[str, str], dict[str, Any]] = {}
        self.received = 0

    def ask(self, reader: SeriesReader) -> dict[str, Any]:
        """Ask until there is nothing left to be read."""
        while True:
            answer = json.loads(
                json.dumps(reader.read(self.points, self.cursor), allow_nan=False)
            )
            self.cursor = answer["cursor"]
            if answer["reset"]:
                self.lines = {}
            for line in answer["lines"]:
                self._take(line)
            self.lines = {
                key: line
                for key, line in self.lines.items()
                if key[0] in answer["runs"] and line["x"]
            }
            if not answer["behind"]:
                return answer

    def _take(self, line: dict[str, Any]) -> None:
        key = line["run"], line["metric"]
        before = self.lines.get(key, {"x": [], "time": [], "y": [], "mean": None})
        self.received += len(line["x"])
        mean = line["mean"]
        self.lines[key] = {
            **joined(before, line),
            "x_name": line["x_name"],
            "mean": mean
            and joined(before["mean"] or {name: [] for name in FIELDS}, mean),
        }


def joined(before: dict[str, Any], piece: dict[str, Any]) -> dict[str, Any]:
    assert all(piece["keep"] <= len(before[field]) for field in FIELDS)
    found = {field: before[field][: piece["keep"]] + piece[field] for field in FIELDS}
    assert len({len(values) for values in found.values()}) == 1
    return found


def same(first: dict[str, Any] | None, second: dict[str, Any] | None) -> bool:
    """Whether two lines are one: exactly, but for the rounding of their means."""
    if first is None or second is None:
        return first is second
    return all(
        np.allclose(
            np.array(first[field], dtype=float),
            np.array(second[field], dtype=float),
            rtol=1e-12,
            atol=0,
            equal_nan=True,
        )
        if len(first[field]) == len(second[field])
        else False
        for field in FIELDS
    )


def add_run(target: ExperimentFolder, version: int = 1) -> RunFolder:
    run = RunFolder(target.path / "runs" / f"{target.next_run():03d}")
    run.path.mkdir()
    record = RunRecord(id=run.label, created="2026-01-01T00:00:00Z", version=version)
    run.record.write_bytes(records.encode(record))
    return run


def write(path: Path, names: str, rows: list[str]) -> None:
    path.write_text(f"_row,_time,{names}\n" + "".join(f"{row}\n" for row in rows))


# -- what a viewer is given -------------------------------------------------------


def fill(run: RunFolder, size: int, *, names: str = "step,loss") -> None:
    rows = [f"{i},{i / 10 + 1e9},{i},{math.sin(i / 50)}" for i in range(size)]
    write(run.metrics, names, rows)


def append(run: RunFolder, start: int, size: int) -> None:
    with run.metrics.open("a") as stream:
        stream.writelines(
            f"{i},{i / 10 + 1e9},{i},{math.sin(i / 50)}\n"
            for i in range(start, start + size)
        )


def declare(target: ExperimentFolder, version: int) -> None:
    kind = EventKind.AMENDED if version > 1 else EventKind.REGISTERED
    data = {"version": version, "declared": {"question": "?"}, "changed": []}
    History(target.path).append(kind, data, "2026-01-01T00:00:00Z")
