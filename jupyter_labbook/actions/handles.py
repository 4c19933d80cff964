"""Handles: an experiment and its runs as Python objects, also after a restart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions import observing, waiting
from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.actions.run_handle import RunHandle, shown_state
from jupyter_labbook.errors import (
    NotFoundError,
    RunError,
)
from jupyter_labbook.storage.labbook import LabbookFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_labbook.model.view import Verdict
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder


class ExperimentHandle:
    """An experiment's runs together, used like a `concurrent.futures.Future`.

    Parameters
    ----------
    labbook, experiment
        Where it is.
    runs
        The runs that count; by default those of the newest version.
    """

    def __init__(
        self,
        labbook: LabbookFolder,
        experiment: ExperimentFolder,
        runs: list[RunFolder] | None = None,
    ) -> None:
        self.folder = experiment
        self._labbook = labbook
        self._runs = runs
        self.shown = False
        """Whether an output shows it already, so that a cell need not end with it."""

    def __repr__(self) -> str:
        if not self.folder.path.is_dir():
            return f"<experiment {self.folder.path.name}: gone>"
        states = [shown_state(run) for run in self.runs]
        counted = ", ".join(f"{states.count(s)} {s}" for s in dict.fromkeys(states))
        return f"<experiment {self.folder.path.name}: {counted or 'no runs'}>"

    def _ipython_display_(self) -> None:
        """Show nothing the first time, if an output shows it already."""
        if not self.shown:
            raise NotImplementedError  # IPython's word for: ask `_repr_mimebundle_`
        self.shown = False

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """Draw the experiment as it stands now."""
        from jupyter_labbook.rendering.mimebundle import experiment_bundle

        view = observing.watch(self._labbook, self.folder).view()
        return experiment_bundle(view, final=view.ended)

    def __len__(self) -> int:
        return len(self.runs)

    def __iter__(self) -> Iterator[RunHandle]:
        return iter(self.runs)

    def __getitem__(self, label: str | int) -> RunHandle:
        if isinstance(label, int):
            return self.runs[label]
        return RunHandle(self.folder.run(label))

    @property
    def name(self) -> str:
        """The experiment's name."""
        return self.folder.name

    @property
    def path(self) -> Path:
        """The experiment's folder."""
        return self.folder.path

    @property
    def runs(self) -> list[RunHandle]:
        """Its runs, in the order of their submission.

        Raises
        ------
        NotFoundError
            The experiment's folder is gone.
        """
        if not self.folder.path.is_dir():
            raise NotFoundError(
                f"{self.folder.path} is gone; restore it from a backup or git, or "
                "submit the experiment again."
            )
        if self._runs is None:
            watch = ExperimentWatch(self._labbook, self.folder)
            watch.poll()
            return [RunHandle(found.run) for found in watch.runs()]
        return [RunHandle(run) for run in self._runs]

    @property
    def verdicts(self) -> list[Verdict]:
        """What the data say of each prediction by now."""
        watch = ExperimentWatch(self._labbook, self.folder)
        watch.poll()
        return watch.verdicts()

    @property
    def metrics(self) -> dict[str, list[Any]]:
        """Everything logged by all runs, as columns, with ``_run`` and parameters."""
        return _joined(self.runs)

    @property
    def output(self) -> str:
        """Output of all runs, one after the other."""
        return "".join(run.output for run in self.runs)

    @property
    def figures(self) -> list[Path]:
        """Pictures that the runs drew."""
        return [figure for run in self.runs for figure in run.figures]

    def frame(self) -> Any:  # noqa: ANN401  # a pandas frame, or columns without pandas
        """Everything logged, as a pandas frame; as columns where pandas is missing."""
        columns = self.metrics
        try:
            import pandas as pd
        except ImportError:
            return columns
        return pd.DataFrame(columns)

    def done(self) -> bool:
        """Whether every run has ended."""
        return all(run.done() for run in self.runs)

    def running(self) -> bool:
        """Whether any run executes now."""
        return any(run.running() for run in self.runs)

    def cancelled(self) -> bool:
        """Whether every run was cancelled before it started."""
        runs = self.runs
        return bool(runs) and all(run.cancelled() for run in runs)

    def cancel(self) -> bool:
        """Cancel the runs that have not started; True if that was all of them."""
        for run in self.runs:
            run.cancel()
        return self.cancelled()

    def stop(self, reason: str = "stopped from Python") -> None:
        """End every run, whether it waits or executes."""
        for run in self.runs:
            run.stop(reason)

    def wait(
        self,
        timeout: float | None = None,
        on_look: Callable[[], None] = lambda: None,
    ) -> bool:
        """Wait until every run has ended; False if the time was over first."""
        return waiting.wait([run.folder for run in self.runs], timeout, on_look)

    def result(self, timeout: float | None = None) -> dict[str, Any]:
        """Wait for the end; last value of each metric.

        Returns
        -------
        dict
            Metric to its value; to the list of the runs' values where there are
            several runs, None where a run did not log it.

        Raises
        ------
        TimeoutError, CancelledError, RunFailedError, RunLostError
            As `RunHandle.result`, for the first run concerned.
        """
        if not self.wait(timeout):
            raise TimeoutError(f"{self!r} goes on; nothing was stopped.")
        results = [run.result() for run in self.runs]
        if len(results) == 1:
            return dict(results[0])
        names = dict.fromkeys(name for result in results for name in result)
        return {name: [result.get(name) for result in results] for name in names}

    def exception(self, timeout: float | None = None) -> RunError | None:
        """Wait for the end; the first error of a run, or None."""
        if not self.wait(timeout):
            raise TimeoutError(f"{self!r} goes on; nothing was stopped.")
        for run in self.runs:
            error = run.exception()
            if error is not None:
                return error
        return None


class Labbook:
    """A labbook's experiments, by name: ``Labbook.find()["wider-forest"]``."""

    def __init__(self, path: str | Path) -> None:
        self._folder = LabbookFolder.find(Path(path))

    def __repr__(self) -> str:
        return f"<labbook {self.path}: {len(self)} experiments>"

    @classmethod
    def find(cls, start: str | Path | None = None) -> Labbook:
        """Find the labbook of a folder, or of the nearest folder above it."""
        return cls(start or Path.cwd())

    @property
    def path(self) -> Path:
        """The labbook's folder."""
        return self._folder.path

    def __len__(self) -> int:
        return len(self._folder.experiments())

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(found.name for found in self._folder.experiments()))

    def __contains__(self, name: object) -> bool:
        return any(found.name == name for found in self._folder.experiments())

    def __getitem__(self, name: str) -> ExperimentHandle:
        return ExperimentHandle(self._folder, self._folder.experiment(name))

    def keys(self) -> list[str]:
        """Names of all experiments."""
        return list(self)


def _joined(runs: list[RunHandle]) -> dict[str, list[Any]]:
    """Put the columns of several runs below each other."""
    joined: dict[str, list[Any]] = {}
    rows = 0
    for run in runs:
        columns = run.metrics
        count = len(columns["_row"])
        given: dict[str, list[Any]] = {
            "_run": [run.folder.label] * count,
            **{name: [value] * count for name, value in run.parameters.items()},
        }
        # A metric of the same name as a parameter stays what was logged.
        for name, values in {**given, **columns}.items():
            joined.setdefault(name, [None] * rows).extend(values)
        rows += count
        for values in joined.values():
            values.extend([None] * (rows - len(values)))
    return joined


__all__ = ["ExperimentHandle", "Labbook", "RunHandle"]
