"""Where everything of a run lies: no other code spells these names."""

from __future__ import annotations

from pathlib import Path

RUN_VARIABLE = "LABBOOK_RUN"
"""Environment variable that tells a process which run folder it belongs to."""

CONTROL_VARIABLE = "LABBOOK_CONTROL"
"""Descriptors that the runner inherits: control socket, then lock and slots."""

NICENESS_VARIABLE = "LABBOOK_NICENESS"
"""By how much the runner gives way to others from the script's first line on."""

QUEUE = "queue.json"
"""In a labbook: what holds for all runs that wait."""

QUEUE_LOCK = ".queue.lock"
"""In a labbook: held alone by who changes that, together by runs that start.

Its time tells that something about what waits was changed.
"""


class RunFolder:
    """The files of one run, by name.

    Parameters
    ----------
    path
        ``labbook/experiments/NNNN-slug/runs/NNN``.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def __repr__(self) -> str:
        return f"RunFolder({str(self.path)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RunFolder) and other.path == self.path

    def __hash__(self) -> int:
        return hash(self.path)

    @property
    def label(self) -> str:
        """The folder's number, such as ``003``."""
        return self.path.name

    @property
    def experiment(self) -> Path:
        """The folder of the experiment that the run belongs to."""
        return self.path.parent.parent

    @property
    def labbook(self) -> Path:
        """The labbook's folder."""
        return self.path.parents[3]

    @property
    def queue(self) -> Path:
        """What holds for all runs of the labbook that wait."""
        return self.labbook / QUEUE

    @property
    def queue_lock(self) -> Path:
        """Held alone by who changes that, together by runs that start."""
        return self.labbook / QUEUE_LOCK

    @property
    def record(self) -> Path:
        """What is to be executed; written once."""
        return self.path / "run.json"

    @property
    def script(self) -> Path:
        """The whole run as a Python script."""
        return self.path / "script.py"

    @property
    def ticket(self) -> Path:
        """What the run asks for while it waits."""
        return self.path / "ticket.json"

    @property
    def started(self) -> Path:
        """Who executes it; exclusive."""
        return self.path / "started.json"

    @property
    def exit(self) -> Path:
        """How it ended; exclusive."""
        return self.path / "exit.json"

    @property
    def stop(self) -> Path:
        """The wish that it end; exclusive."""
        return self.path / "stop.json"

    @property
    def lock(self) -> Path:
        """Held (``flock``) by the supervisor and the main process."""
        return self.path / "lock"

    @property
    def output(self) -> Path:
        """Standard output and error, as they came."""
        return self.path / "output.log"

    @property
    def progress(self) -> Path:
        """How far the run has come; replaced whole."""
        return self.path / "progress.json"

    @property
    def sampled(self) -> Path:
        """How much of its data a smoke run took; replaced whole."""
        return self.path / "sampled.json"

    @property
    def cooperates(self) -> Path:
        """Exists once the run has asked `should_stop`: it is given time to end."""
        return self.path / "cooperates"

    @property
    def figures(self) -> Path:
        """What the run drew."""
        return self.path / "figures"

    @property
    def checkpoint(self) -> Path:
        """What the run saves to be continued."""
        return self.path / "checkpoint"

    @property
    def metrics(self) -> Path:
        """First file of the metrics; the others are beside it (`metric_files`)."""
        return self.path / "metrics.csv"

    def metric_files(self) -> list[Path]:
        """Every file of metrics that exists, in the order of their names."""
        return sorted(self.path.glob("metrics*.csv"))
