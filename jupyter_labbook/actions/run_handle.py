"""A run as a Python object, also after a restart."""

from __future__ import annotations

from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions import ending, outputs, publishing, waiting
from jupyter_labbook.errors import (
    RunError,
    RunFailedError,
    RunLostError,
    StorageError,
)
from jupyter_labbook.model.run import RunRecord, RunState
from jupyter_labbook.storage import metrics, records, run_state, trust

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.model.experiment import Value
    from jupyter_labbook.runtime.layout import RunFolder

_ERROR_LINES = 20


class RunHandle:
    """One run, used like a `concurrent.futures.Future`."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    def __repr__(self) -> str:
        return f"<run {self._place}: {shown_state(self)}>"

    @property
    def _place(self) -> str:
        return f"{self.folder.experiment.name}/{self.folder.label}"

    @property
    def path(self) -> Path:
        """The run's folder."""
        return self.folder.path

    @property
    def state(self) -> RunState:
        """Where the run stands now."""
        return run_state.derive(self.folder, trust.trusted)

    @property
    def parameters(self) -> dict[str, Value]:
        """What the run was given, its seed included."""
        record = records.read(self.folder.record, RunRecord)
        return {**record.parameters, "seed": record.seed} if record else {}

    @property
    def metrics(self) -> dict[str, list[Any]]:
        """Everything logged, as columns of equal length; None where nothing was."""
        return metrics.read(self.folder).columns()

    @property
    def output(self) -> str:
        """Standard output and error."""
        try:
            return self.folder.output.read_bytes().decode("utf-8", "backslashreplace")
        except FileNotFoundError:
            return ""

    @property
    def figures(self) -> list[Path]:
        """Pictures that the run drew."""
        return [self.path / name for name in outputs.figures(self.folder)]

    def frame(self) -> Any:  # noqa: ANN401  # a pandas frame, or columns without pandas
        """Everything logged, as a pandas frame; as columns where pandas is missing."""
        try:
            return metrics.read(self.folder).frame()
        except ImportError:
            return self.metrics

    def done(self) -> bool:
        """Whether the run has ended, in whatever way."""
        return self.state.ended

    def running(self) -> bool:
        """Whether the run executes now."""
        return self.state is RunState.RUNNING

    def cancelled(self) -> bool:
        """Whether the run was cancelled before it started."""
        return self.state is RunState.CANCELLED

    def cancel(self) -> bool:
        """Cancel the run if it has not started; False if it is too late."""
        if self.state in (RunState.WAITING, RunState.HELD, RunState.REGISTERED):
            self.stop("cancelled from Python")
        return self.cancelled()

    def stop(self, reason: str = "stopped from Python") -> None:
        """End the run, whether it waits or executes."""
        ending.stop(self.folder, reason, "python", publishing.surroundings())

    def result(self, timeout: float | None = None) -> dict[str, float]:
        """Wait for the end; last value of each metric.

        Parameters
        ----------
        timeout
            Seconds; None waits for ever.

        Raises
        ------
        TimeoutError
            The run goes on.
        CancelledError
            The run was cancelled or stopped.
        RunFailedError, RunLostError
            It did not end well; the message ends with its last lines of output.
        """
        error = self.exception(timeout)
        if error is not None:
            raise error
        return {
            name: summary.last
            for name, summary in metrics.summaries(self.folder).items()
        }

    def exception(self, timeout: float | None = None) -> RunError | None:
        """Wait for the end; what `result` would raise, or None.

        Raises
        ------
        TimeoutError
            The run goes on.
        CancelledError
            The run was cancelled or stopped.
        """
        if not waiting.wait([self.folder], timeout):
            raise TimeoutError(f"{self!r} goes on; nothing was stopped.")
        state = self.state
        ended = run_state.read_exit(self.folder)
        reason = ended.reason if ended is not None else ""
        name = self._place
        if state is RunState.FINISHED:
            return None
        if state in (RunState.CANCELLED, RunState.STOPPED):
            raise CancelledError(f"{name}: {reason}")
        if state is RunState.FAILED:
            tail = "\n".join(self.output.splitlines()[-_ERROR_LINES:])
            return RunFailedError(f"{name} failed: {reason}\n{tail}")
        if state is RunState.LOST:
            return RunLostError(f"{name} was lost: it left no exit record.")
        return RunError(f"{name} is {state}: nobody here can say how it ends.")


def shown_state(run: RunHandle) -> str:
    """Say where a run stands; a damaged file must not break what is only shown."""
    try:
        return str(run.state)
    except StorageError:
        return "damaged"
