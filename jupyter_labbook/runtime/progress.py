"""`progress`: how far the run has come, told by the run or read off a tqdm bar."""

from __future__ import annotations

import math
import os
import sys
import time
from contextlib import suppress
from threading import Lock

from jupyter_labbook.runtime.context import current_run
from jupyter_labbook.runtime.rank import rank
from jupyter_labbook.runtime.scalars import number

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any, Final

_SECONDS_BETWEEN: Final = 0.5
_BURST: Final = 10
"""Reports written at once after a pause: slow steps follow fast ones."""
_MOST: Final = sys.float_info.max


def progress(i: Any, n: Any = None, text: str = "") -> None:  # noqa: ANN401
    """Say how far the run has come: ``progress(epoch, epochs)``.

    Cheap enough for every step: it is written down about twice a second, the first
    reports and the last one always. Outside a run, and in all but rank 0 of a
    distributed run, it does nothing. From the first call on, tqdm bars are ignored.

    Parameters
    ----------
    i
        What is done; a number.
    n
        What there is to do; None if it is not known.
    text
        A few words for a person, such as the name of the phase.
    """
    _reporter.explicit = True
    _reporter.report(number("i", i), None if n is None else number("n", n), text)


class _Reporter:
    """Replaces ``progress.json`` now and then."""

    def __init__(self) -> None:
        self.explicit = False
        self._begin()

    def _begin(self) -> None:
        self._lock = Lock()
        self._pending = False
        self._completed = False
        self._known = False
        self._saved = float(_BURST)
        self._counted = -math.inf
        self._began: tuple[float, float] | None = None
        self._done: float = 0
        self._total: float | None = None
        self._text = ""
        self._time = 0.0

    def report(self, done: float, total: float | None, text: str) -> None:
        """Take note of where the run stands, and write it if it is time to."""
        if not abs(done) <= _MOST or not abs(total or 0) <= _MOST:
            return
        now = time.time()
        with self._lock:
            if self._began is None or done < self._done or total != self._total:
                # Another loop: the pace of the one before says nothing about it.
                self._began = (now, done)
            self._done, self._total, self._text, self._time = done, total, text, now
            self._pending = True
            complete = total is not None and done >= total
            if self._due() or (complete and not self._completed):
                self._completed = complete
                self._write()

    def flush(self) -> None:
        """Write what was held back; the last state must not be lost."""
        with self._lock:
            if self._pending:
                self._write()

    def after_fork(self) -> None:
        """Leave the file to the parent, unless this child reports by itself."""
        self._begin()
        self.explicit = True

    def _due(self) -> bool:
        """Whether a write is affordable: one for each half second, saved up to ten.

        Ten fast steps and then a slow one would otherwise show the first for hours.
        """
        now = time.monotonic()
        if not self._known:
            import atexit

            atexit.register(self.flush)
            self._known = True
        else:
            earned = max(0.0, now - self._counted) / _SECONDS_BETWEEN
            self._saved = min(_BURST, self._saved + earned)
        self._counted = now
        if self._saved < 1:
            return False
        self._saved -= 1
        return True

    def _write(self) -> None:
        self._pending = False
        run = current_run()
        if run is None or rank() != 0:
            return
        import json

        started, begin = self._began or (self._time, self._done)
        record = {
            "done": self._done,
            "total": self._total,
            "time": self._time,
            "text": self._text,
            "started": started,
            "from": begin,
        }
        # Not synced and never fatal: this is worth less than the run itself.
        aside = run.progress.with_name(f".progress.json.{os.getpid()}")
        try:
            aside.write_text(json.dumps(record) + "\n", encoding="utf-8")
            aside.replace(run.progress)
        except OSError:
            with suppress(OSError):
                aside.unlink()


_reporter = _Reporter()
os.register_at_fork(after_in_child=_reporter.after_fork)


def feed_from_tqdm() -> None:
    """Let tqdm's outermost bar report the run's progress.

    For whoever starts a run, once and early. tqdm is not imported; if the run does,
    its bars are listened to, and work as always.
    """
    module = sys.modules.get("tqdm.std")
    if module is not None:
        _listen(module)
    else:
        sys.meta_path.insert(0, _TqdmWatch())


class _TqdmWatch:
    """Notices that tqdm is being imported, and is gone after that."""

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Find ``tqdm.std`` as everyone else does, and listen to it once loaded."""
        if name != "tqdm.std":
            return None
        sys.meta_path.remove(self)
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = find(name, path, target) if find else None
            if spec is not None:
                _listen_once_loaded(spec)
                return spec
        return None


def _listen_once_loaded(spec: ModuleSpec) -> None:
    loader = spec.loader
    if loader is None:
        return
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        execute(module)
        _listen(module)

    # A loader that does not take the attribute is one we do without.
    with suppress(AttributeError):
        loader.exec_module = exec_module  # type: ignore[method-assign]  # this one


class _Bars:
    """The bars that are open, the outermost first."""

    def __init__(self) -> None:
        import weakref

        self._reference = weakref.ref
        self._open: list[weakref.ref[Any]] = []

    def show(self, bar: Any, *, closing: bool = False) -> None:  # noqa: ANN401
        """Report a bar if no other is around it; it may not break the bar."""
        with suppress(Exception):
            if getattr(bar, "disable", True):
                return
            self._open = [known for known in self._open if self._alive(known, bar)]
            if not any(known() is bar for known in self._open):
                self._open.append(self._reference(bar))
            outermost = self._open[0]() is bar
            if closing:
                self._open = [known for known in self._open if known() is not bar]
            if outermost and not _reporter.explicit:
                text = str(getattr(bar, "desc", "") or "").rstrip(": ")
                _reporter.report(bar.n, bar.total, text)

    @staticmethod
    def _alive(known: Any, bar: Any) -> bool:  # noqa: ANN401
        """Whether a bar can still be around another: not if full and forgotten."""
        other = known()
        if other is None or other.disable:
            return False
        return other is bar or other.total is None or other.n < other.total


def _listen(module: ModuleType) -> None:
    """Have every bar of tqdm tell when it appears, moves, and closes."""
    from functools import wraps

    kind: Any = getattr(module, "tqdm", None)
    if not hasattr(kind, "update") or hasattr(kind, "_labbook_listens"):
        return
    bars = _Bars()
    begin, update, close = kind.__init__, kind.update, kind.close

    @wraps(begin)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401, N807
        begin(self, *args, **kwargs)
        bars.show(self)

    @wraps(update)
    def updated(self: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        shown = update(self, *args, **kwargs)
        if shown:
            bars.show(self)
        return shown

    @wraps(close)
    def closed(self: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        bars.show(self, closing=True)
        return close(self, *args, **kwargs)

    kind.__init__, kind.update, kind.close = __init__, updated, closed
    kind._labbook_listens = True  # noqa: SLF001  # our own mark
