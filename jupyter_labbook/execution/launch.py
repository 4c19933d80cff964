"""Starting a run's supervisor, and a labbook's dispatcher, as detached processes."""

from __future__ import annotations

import hashlib
import json
import os
import select
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jupyter_labbook
from jupyter_labbook.execution import environment
from jupyter_labbook.execution.sequel import may_go_on
from jupyter_labbook.model.run import AtEnd
from jupyter_labbook.runtime import processes, wake

if TYPE_CHECKING:
    from jupyter_labbook.execution.asking import Decision
    from jupyter_labbook.execution.forkserver import Forkserver
    from jupyter_labbook.execution.slots import Claim
    from jupyter_labbook.model.run import Launch, Ticket
    from jupyter_labbook.runtime.layout import RunFolder

_PACKAGE_PARENT = str(Path(jupyter_labbook.__file__).parents[1])
READY = b"1"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What supervisors and dispatchers of this user share.

    Attributes
    ----------
    state
        Folder of slots and dispatchers, local to this machine.
    on_end
        Command, completed by an experiment's folder, that is started when the last
        run of the experiment has ended.
    daily
        Command, completed by the labbook's folder, that is started when it is time to
        tell of the night.
    propose
        Command, completed by a labbook's folder and the name of a search, that is
        started when there is room for the next run of the search.
    """

    state: str
    on_end: tuple[str, ...] = ()
    daily: tuple[str, ...] = ()
    propose: tuple[str, ...] = ()

    @property
    def dispatchers(self) -> Path:
        """Folder of the dispatchers' locks and pipes."""
        return Path(self.state) / "dispatchers"


def script_command(python: str = "") -> list[str]:
    """Command that executes a run's script, with site packages, as a notebook would.

    Parameters
    ----------
    python
        The interpreter; this one if empty.
    """
    return boot("jupyter_labbook.runtime.runner", python=python)


def boot(module: str, *flags: str, python: str = "") -> list[str]:
    """Command that calls a module's ``main`` in a fresh interpreter."""
    # Ahead for this import alone, so that nothing else there shadows a module.
    code = (
        f"import sys; sys.path.insert(0, {_PACKAGE_PARENT!r}); "
        f"from {module} import main; del sys.path[0]; main()"
    )
    return [python or sys.executable, *flags, "-c", code]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for a run's execution beside what was submitted.

    Attributes
    ----------
    ticket
        Signature of the ticket that was decided upon: under any other one the run does
        not begin. Empty for a run that needs none.
    opens, closes
        Seconds since the epoch between which it may begin; None: at any time.
    until
        When it is asked to stop; None: it may go on to its end.
    goes_on
        Whether it may have to be gone on with if it does not finish.
    niceness
        By how much it gives way to others at least.
    cores
        How many threads libraries may use; 0: as many as they like.
    """

    ticket: str = ""
    opens: float | None = None
    closes: float | None = None
    until: float | None = None
    goes_on: bool = False
    niceness: int = 0
    cores: int = 0

    @classmethod
    def of(cls, ticket: Ticket, decision: Decision, niceness: int = 0) -> Terms:
        """Find the terms of a run that starts in a window.

        Parameters
        ----------
        ticket
            What it asks for.
        decision
            That it starts.
        niceness
            What these hours demand.
        """
        opens = decision.opens.timestamp() if decision.opens else None
        closes = decision.closes.timestamp() if decision.closes else None
        return cls(
            ticket=ticket.signature,
            opens=opens,
            closes=closes,
            until=closes if ticket.at_end is AtEnd.STOP else None,
            goes_on=may_go_on(ticket),
            niceness=niceness,
            cores=ticket.cores,
        )


class Starting:
    """A supervisor on its way: tells whether the run started.

    Nobody has to listen; a ticket whose supervisor never got there still waits.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def wait(self, seconds: float) -> bool | None:
        """Whether the run started; False if refused, None if not known in time."""
        readable, _, _ = select.select([self._descriptor], (), (), seconds)
        if not readable:
            return None
        return os.read(self._descriptor, 1) == READY

    def close(self) -> None:
        """Stop listening."""
        os.close(self._descriptor)


def start_run(  # noqa: PLR0913  # the last two are for dispatchers
    run: RunFolder,
    launch: Launch,
    claim: Claim,
    surroundings: Surroundings,
    *,
    terms: Terms | None = None,
    through: Forkserver | None = None,
) -> Starting:
    """Start the supervisor of a run, and hand what was claimed to it.

    Parameters
    ----------
    run, launch
        The run, and what is executed.
    claim
        What it holds from now on; released here.
    surroundings, terms
        What it shares with others, and what holds for its execution.
    through
        Who has supervisors ready; one is started from scratch without.
    """
    terms = terms or Terms()
    read, write = os.pipe()
    spec = {
        "run": str(run.path),
        "argv": launch.argv,
        "cwd": launch.cwd,
        "env": environment.complete(launch.env)
        | environment.for_run(str(run.path))
        | environment.for_share(claim.gpus, terms.cores, launch.env),
        "timeout": launch.timeout,
        "ticket": terms.ticket,
        "opens": terms.opens,
        "closes": terms.closes,
        "until": terms.until,
        "goes_on": terms.goes_on,
        "grace": launch.grace,
        "niceness": max(launch.niceness, terms.niceness),
        "reports": launch.reports,
        "wake": str(surroundings.dispatchers),
        "on_end": list(surroundings.on_end),
        "slots": list(claim.descriptors),
        "ready": write,
    }
    with claim:
        try:
            keep = (*claim.descriptors, write)
            if through is None or not through.start(spec, keep):
                # Standard library alone; site packages cost more than the rest.
                detach(boot("jupyter_labbook.runtime.supervisor", "-S"), spec, keep)
        finally:
            os.close(write)
    return Starting(read)


def follow_up(experiment: Path, surroundings: Surroundings) -> None:
    """Start what follows when a run of an experiment has ended, if anything does."""
    if surroundings.on_end:
        with suppress(OSError):
            detach([*surroundings.on_end, str(experiment)], {}, keep=())


def remind(labbook: Path, surroundings: Surroundings) -> None:
    """Start what tells of the night, if anything does."""
    if surroundings.daily:
        with suppress(OSError):
            detach([*surroundings.daily, str(labbook)], {}, keep=())


def propose(labbook: Path, search: str, surroundings: Surroundings) -> None:
    """Start what queues the next run of a search, if anything does."""
    if surroundings.propose:
        with suppress(OSError):
            detach([*surroundings.propose, str(labbook), search], {}, keep=())


def ensure_dispatcher(labbook: Path, surroundings: Surroundings) -> None:
    """Wake the dispatcher of a labbook, or start one if none listens."""
    surroundings.dispatchers.mkdir(mode=0o700, parents=True, exist_ok=True)
    if wake.wake(dispatcher_file(labbook, surroundings, wake.SUFFIX)):
        return
    beginning = processes.lock(dispatcher_file(labbook, surroundings, ".begin"))
    if beginning is None:
        # One is on its way, and has not looked yet.
        return
    spec = {
        "labbook": str(labbook),
        "surroundings": asdict(surroundings),
        "beginning": beginning,
    }
    try:
        detach(boot("jupyter_labbook.execution.dispatcher"), spec, keep=(beginning,))
    finally:
        os.close(beginning)


def dispatcher_file(labbook: Path, surroundings: Surroundings, suffix: str) -> Path:
    """Name a file of a labbook's dispatcher; the same for every path to it."""
    digest = hashlib.sha256(os.path.realpath(labbook).encode()).hexdigest()[:16]
    return surroundings.dispatchers / f"{digest}{suffix}"


def detach(command: list[str], spec: dict[str, Any], keep: tuple[int, ...]) -> None:
    """Start a process in a session of its own, which nobody has to wait for.

    Parameters
    ----------
    command
        What to start.
    spec
        What it reads from its standard input.
    keep
        Descriptors that it holds open, and locks with them.

    Raises
    ------
    OSError
        No process could be started.
    """
    process = _Detached(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=keep,
        close_fds=True,
        cwd="/",
    )
    assert process.stdin is not None
    with process.stdin as stdin:
        stdin.write(json.dumps(spec).encode())
    _children.append(process)
    _collect()


class _Detached(subprocess.Popen[bytes]):
    """A process that is meant to go on after its parent."""

    def __del__(self) -> None:
        """Say nothing of it: the parent's end is no reason for a warning."""


_children: list[_Detached] = []


def _collect() -> None:
    """Bury children that have ended; a kernel would keep them as zombies."""
    _children[:] = [process for process in _children if process.poll() is None]
