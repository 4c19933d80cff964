"""Where the rows of one process go: which file, which columns, and what if not."""

from __future__ import annotations

import os
from itertools import count
from threading import RLock
from time import time

from jupyter_labbook.runtime.metric_files import (
    FIRST,
    LONG,
    MetricFile,
    encoded,
    file_name,
    parse_name,
    quoted,
)
from jupyter_labbook.runtime.saying import say
from jupyter_labbook.runtime.scalars import check_names, text

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Final

    from jupyter_labbook.runtime.layout import RunFolder

    Key = tuple[bool, *tuple[str, ...]]
    Plan = tuple[MetricFile, tuple[int, ...] | None]

_MOST_FILES: Final = 16
"""Wide files before the long one takes every further combination of names."""
_MOST_PLANS: Final = 1000
_OWNER_VARIABLE: Final = "LABBOOK_METRICS_OWNER"


class MetricLog:
    """Writes the metrics of one process of a run.

    Parameters
    ----------
    run
        The run's folder.
    forked
        Whether this process was forked from another of the run, which has
        ``metrics.csv`` for itself.
    """

    def __init__(self, run: RunFolder, *, forked: bool = False) -> None:
        self._folder = run.path
        self._forked = forked
        self._process: str | None = None
        self._files: list[MetricFile] = []
        self._long: MetricFile | None = None
        self._plans: dict[Key, Plan] = {}
        self._rows = count()
        # Reentrant: a signal handler may log while a row is being written.
        self._lock = RLock()
        self._opening = False
        self._waiting: list[tuple[Key, list[str]]] = []
        """Rows that a signal handler logged while a file was being opened."""
        self._lost = 0

    def log(self, metrics: Mapping[str, Any], step: Any) -> None:  # noqa: ANN401
        """Append one row; see the function of that name."""
        texts = [
            repr(value) if type(value) is float else text(name, value)
            for name, value in metrics.items()
        ]
        if step is not None:
            texts.insert(0, text("step", step))
        key: Key = (step is not None, *metrics)
        with self._lock:
            if key not in self._plans:
                check_names(metrics)
            if self._opening:
                self._waiting.append((key, texts))
            else:
                self._write(key, texts)

    def close(self) -> None:
        """Let go of every file."""
        for file in (*self._files, self._long):
            if file is not None:
                file.close()

    def _write(self, key: Key, texts: list[str]) -> None:
        try:
            try:
                file, slots = self._plans[key]
            except KeyError:
                file, slots = self._open(key)
            row = next(self._rows)
            if file is self._long:
                file.append(_long_lines(row, key, texts))
                return
            if slots is not None:
                cells = [""] * len(file.columns)
                for slot, cell in zip(slots, texts, strict=True):
                    cells[slot] = cell
                texts = cells
            file.append(f"{row},{time():.6f},{','.join(texts)}\n".encode())
        except OSError as error:
            self._lose(error)

    def _open(self, key: Key) -> Plan:
        """Plan for a new kind of call, undisturbed by what signal handlers log."""
        self._opening = True
        try:
            if self._process is None:
                self._resume()
            plan = self._new_plan(key)
        except OSError:
            next(self._rows)  # a gap in the numbers shows that a row is missing
            raise
        finally:
            self._opening = False
            while self._waiting:
                self._write(*self._waiting.pop(0))
        if len(self._plans) >= _MOST_PLANS:
            self._plans.clear()
        self._plans[key] = plan
        return plan

    def _new_plan(self, key: Key) -> Plan:
        """Choose the file for calls with these names, and their columns in it."""
        stepped, *names = key
        wanted = ["step", *names] if stepped else names
        fitting = [file for file in self._files if set(wanted) <= {*file.columns}]
        if fitting:
            file = min(fitting, key=lambda file: len(file.columns))
        elif len(self._files) < _MOST_FILES:
            file = self._widen(wanted)
        else:
            if self._long is None:
                self._long = self._create(LONG[len(FIRST) :], ["long"])
            return self._long, None
        slots = tuple(file.columns.index(name) for name in wanted)
        return file, None if slots == tuple(range(len(file.columns))) else slots

    def _widen(self, wanted: list[str]) -> MetricFile:
        """Open a file with all columns so far and those that are wanted now."""
        known = self._files[-1].columns if self._files else ()
        names = dict.fromkeys((*known, *wanted))
        columns = sorted(names, key=lambda name: name != "step")
        first = len(self._files) + 1
        file = self._create(columns, map(str, range(first, first + _MOST_FILES)))
        self._files.append(file)
        return file

    def _create(self, columns: Iterable[str], parts: Iterable[str]) -> MetricFile:
        """Make a file under the first of its possible names that is free.

        The first file's name settles what this process is called in all others.
        """
        columns = tuple(columns)
        if self._process is None:
            own = f"p{os.getpid()}"
            more = (f"{own}-{number}" for number in range(2, _MOST_FILES))
            processes = [own, *more] if self._forked else ["", own, *more]
            names = [(process, "") for process in processes]
        else:
            names = [(self._process, part) for part in parts]
        for process, part in names:
            path = self._folder / file_name(process, part)
            try:
                file = MetricFile.create(path, columns)
            except FileExistsError:
                continue
            self._process = process
            os.environ[_OWNER_VARIABLE] = self._claim(process)
            return file
        raise FileExistsError(17, "another file has that name", str(path))

    def _claim(self, process: str) -> str:
        return f"{os.getpid()}:{process}:{self._folder}"

    def _resume(self) -> None:
        """Go on in the files that this very process wrote before it was replaced.

        A program that executes itself anew (``os.execv``) keeps its pid and its
        environment, where the claim is noted; no other process has both.
        """
        claim = os.environ.get(_OWNER_VARIABLE, "")
        process = claim.partition(":")[2].partition(":")[0]
        if claim != self._claim(process):
            return
        last = -1
        for path in sorted(self._folder.glob("metrics*.csv")):
            name = parse_name(path.name)
            if name is None or name[0] != process:
                continue
            file, row = MetricFile.resume(path)
            last = max(last, row)
            if name[1] == "long":
                self._long = file
            else:
                self._files.append(file)
        self._files.sort(key=lambda file: len(file.columns))
        self._rows = count(last + 1)
        self._process = process

    def _lose(self, error: OSError) -> None:
        """Count a lost row; say so once now, and how many at the end."""
        self._lost += 1
        if self._lost > 1:
            return
        import atexit

        say(
            f"a row of metrics could not be written to {self._folder} "
            f"({error.strerror}); the program goes on, and writing is tried again "
            f"with every row, so make room on the disk"
        )
        atexit.register(self._say_lost, os.getpid())

    def _say_lost(self, pid: int) -> None:
        # A forked child inherits the registration, but not the loss.
        if pid == os.getpid():
            rows = "1 row" if self._lost == 1 else f"{self._lost} rows"
            say(f"{rows} of metrics could not be written to {self._folder}")


def _long_lines(row: int, key: Key, texts: list[str]) -> bytes:
    """One call as a line a value."""
    stepped, *names = key
    step = texts.pop(0) if stepped else ""
    head = f"{row},{time():.6f},{step},"
    cells = zip(names, texts, strict=True)
    return encoded("".join(f"{head}{quoted(name)},{cell}\n" for name, cell in cells))
