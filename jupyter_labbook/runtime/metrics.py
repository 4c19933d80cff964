"""`log`: one call, one row in the run's files, whatever happens next."""

from __future__ import annotations

import os

from jupyter_labbook.runtime.context import current_run
from jupyter_labbook.runtime.metric_log import MetricLog
from jupyter_labbook.runtime.rank import rank
from jupyter_labbook.runtime.scalars import check_names, joined, number, text

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Sink = Callable[[Mapping[str, Any], Any], None]


def log(
    values: Mapping[str, Any] | None = None,
    /,
    *,
    step: Any = None,  # noqa: ANN401  # any library's number
    **metrics: Any,  # noqa: ANN401  # likewise
) -> None:
    """Record numbers: ``log(step=i, loss=0.3)`` or ``log({"loss": 0.3}, step=i)``.

    Inside a run one call appends one row to the run's metrics; when it returns, the
    row outlives the process. Only rank 0 of a distributed run logs (see
    `jupyter_labbook.runtime.rank`). Outside a run the numbers are printed. A full
    disk never raises: it is said once on standard error, and lost rows are counted.

    Parameters
    ----------
    values
        Metrics by name, for names that are not Python words.
    step
        What the metrics are drawn over; the number of the row if left out.
    **metrics
        Python numbers, or scalars and one-element arrays of NumPy, PyTorch or JAX.
        NaN and infinities are kept.

    Raises
    ------
    MetricError
        A value is not one number, or a name cannot be a metric's. It is a
        `TypeError`, and nothing of the call was logged.
    """
    if values is not None:
        metrics = joined(values, metrics)
    if metrics:
        _here.sink(metrics, step)


class _Here:
    """How this process logs: settled at its first call, and anew after a fork."""

    def __init__(self) -> None:
        self._begin(forked=False)

    def after_fork(self) -> None:
        """Begin anew in a forked child; the files belong to its parent."""
        log = getattr(self.sink, "__self__", None)
        if isinstance(log, MetricLog):
            log.close()
        self._begin(forked=True)

    def _begin(self, *, forked: bool) -> None:
        self.sink: Sink = self._first
        self._forked = forked
        self._settled: dict[str, Sink] = {}

    def _first(self, metrics: Mapping[str, Any], step: Any) -> None:  # noqa: ANN401
        # Atomic: of several threads, or a signal handler amid, the first one settles.
        self.sink = self._settled.setdefault("sink", self._choose())
        self.sink(metrics, step)

    def _choose(self) -> Sink:
        run = current_run()
        if rank() != 0:
            return _pass_over
        if run is None:
            return _print
        return MetricLog(run, forked=self._forked).log


def _pass_over(metrics: Mapping[str, Any], step: Any) -> None:  # noqa: ANN401
    """Leave logging to rank 0, without even looking: it may wait for a GPU."""


def _print(metrics: Mapping[str, Any], step: Any) -> None:  # noqa: ANN401
    check_names(metrics)
    words = [f"{name}={_brief(name, value)}" for name, value in metrics.items()]
    if step is not None:
        words.insert(0, f"step {_brief('step', step)}")
    print("  ".join(words))  # noqa: T201  # what log does outside a run


def _brief(name: str, value: Any) -> str:  # noqa: ANN401
    plain = number(name, value)
    return text(name, plain) if isinstance(plain, int) else f"{plain:.6g}"


_here = _Here()
os.register_at_fork(after_in_child=_here.after_fork)
