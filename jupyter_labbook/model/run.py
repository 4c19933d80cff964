"""A run: one execution of an experiment's script, and what its files record."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from jupyter_labbook.model.experiment import Value


class RunState(StrEnum):
    """Where a run stands; always derived from its files, never stored."""

    REGISTERED = "registered"
    WAITING = "waiting"
    HELD = "held"
    """Waiting under a ticket that this user did not sign: it never executes."""
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    LOST = "lost"
    UNKNOWN = "unknown"
    """Started on another machine, which alone can tell."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to the run."""
        return self in _ENDED

    @property
    def live(self) -> bool:
        """Whether the run waits or executes."""
        return self in (RunState.WAITING, RunState.RUNNING)


_ENDED = frozenset(
    {
        RunState.FINISHED,
        RunState.FAILED,
        RunState.STOPPED,
        RunState.CANCELLED,
        RunState.LOST,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GitState:
    """The commit that the notebook's folder stood at, and whether it was edited."""

    commit: str
    branch: str = ""
    dirty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """``run.json``: what is to be executed; written once, at submission."""

    id: str
    created: str
    """ISO 8601, UTC."""
    parameters: dict[str, Value] = field(default_factory=dict)
    seed: int = 0
    engine: str = "local"
    command: list[str] = field(default_factory=list)
    """Empty: ``script.py`` is executed."""
    cwd: str = ""
    python: str = ""
    script: str = ""
    """SHA-256 of ``script.py``; empty for a command."""
    code: str = ""
    """Folder below ``code/`` with the frozen project modules, if any."""
    inputs: dict[str, str] = field(default_factory=dict)
    """Name in the script to file below ``inputs/``."""
    host: str = ""
    git: GitState | None = None
    versions: dict[str, str] = field(default_factory=dict)
    notebook: str = ""
    cell: str = ""
    resumable: bool = False
    version: int = 1
    """Version of the experiment's header that the run belongs to."""
    continues: str = ""
    """Id of the run whose checkpoint this one takes over."""
    reruns: str = ""
    """Id of the run that this one repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How to execute a run; all that a supervisor needs to know."""

    argv: list[str]
    cwd: str
    env: dict[str, str] = field(default_factory=dict)
    """Added to the cleaned environment of the submitter."""
    timeout: float | None = None
    """Seconds from the start."""
    grace: float = 10.0
    """Seconds that a stopped run has for its own ending before it is killed."""
    niceness: int = 10
    reports: bool = True
    """Whether the program is our own runner, which reports how it ended."""


class AtEnd(StrEnum):
    """What happens to a run that still executes when its window closes."""

    FINISH = "finish"
    STOP = "stop"
    """It is asked to stop; if it is resumable, it waits to be continued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """How long a run will probably take, in seconds: never one number alone."""

    low: float
    middle: float
    high: float
    """Nine of ten runs take no longer."""
    basis: str = ""
    """What it was learned from, as a person would say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Predecessor:
    """A run that must have ended before another one starts."""

    run: str
    """Its folder below the labbook: ``experiments/0007-x/runs/003``."""
    success: bool = True
    """Whether it must have finished; otherwise any end will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """``ticket.json``: what a waiting run asks for, signed by who asked."""

    run: str
    """Id of the run."""
    submitted: str
    launch: Launch
    when: str = "now"
    """A window, by its name in the user's settings or by its hours."""
    since: str = ""
    """When it was moved to that window; empty: when it was submitted."""
    at_end: AtEnd = AtEnd.FINISH
    priority: int = 0
    """Higher first."""
    rank: float = 0.0
    """Order by hand among those of one priority: lower first."""
    batch: str = ""
    """Those of one batch are checked and read together."""
    after: list[Predecessor] = field(default_factory=list)
    held: bool = False
    """By hand: it waits until it is released."""
    slots: int = 1
    gpus: int = 0
    cores: int = 0
    """0: whatever there is."""
    memory: int = 0
    """Bytes; 0: whatever there is."""
    resumable: bool = False
    """Whether a new run may go on from the checkpoint of this one."""
    retries: int = 0
    """How many times it is tried again if it fails; each is a run of its own."""
    backfill: bool = False
    """Gives way at once when anything else may start."""
    expected: Expected | None = None
    place: str = ""
    """The run folder that was signed for: a copied labbook executes nothing."""
    files: dict[str, str] = field(default_factory=dict)
    """Path relative to the run folder to SHA-256: what the signature vouches for."""
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process that can be told from a later one with the same pid."""

    pid: int
    ticks: int
    """Start time in clock ticks after boot: field 22 of ``/proc/PID/stat``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """``started.json``: who executes the run; its creation is the right to."""

    time: str
    host: str
    boot: str
    namespace: str
    supervisor: Process
    main: Process


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """``exit.json``: how the run ended; written once, by whoever is first."""

    time: str
    state: RunState
    """One of finished, failed, stopped, cancelled."""
    code: int | None = None
    signal: int | None = None
    reason: str = ""
    """One sentence for a person."""
    error: str = ""
    """``TypeName: message`` of the exception that ended the script."""
    by: str = ""
    """``runner``, ``supervisor`` or ``labbook``: who wrote this record."""
    seconds: float | None = None
    cpu_seconds: float | None = None
    peak_bytes: int | None = None
