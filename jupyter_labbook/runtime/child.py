"""The main process of a run, from fork to exec, held at a gate in between."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import suppress

from jupyter_labbook.runtime.layout import CONTROL_VARIABLE, NICENESS_VARIABLE

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from jupyter_labbook.runtime.layout import RunFolder

NOT_FOUND = 127


class Child:
    """A forked process that waits for its gate to open.

    Attributes
    ----------
    control
        Over it the run reports its outcome; end of file says that the run's
        process, or the supervisor, is gone.
    """

    # No dataclass: importing those would hold up every run by some milliseconds.
    def __init__(self, pid: int, control: socket.socket, gate: int) -> None:
        self.pid = pid
        self.control = control
        self._gate = gate

    def open_gate(self) -> None:
        """Let the process execute."""
        os.write(self._gate, b"1")
        os.close(self._gate)


def fork(run: RunFolder, spec: dict[str, Any], held: list[int]) -> Child:
    """Fork the run's process; it executes once its gate is opened, else never.

    Parameters
    ----------
    run
        The run.
    spec
        ``argv``, ``cwd``, ``env``, ``niceness``, ``reports`` (whether the program
        is our runner, which speaks over the control socket).
    held
        Descriptors of lock and slots, which the process holds as long as it lives.
    """
    gate_read, gate_write = os.pipe()
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid:
        os.close(gate_read)
        theirs.close()
        return Child(pid, ours, gate_write)
    try:
        os.close(gate_write)
        ours.close()
        if os.read(gate_read, 1) != b"1":
            os._exit(0)
        os.close(gate_read)
        _execute(run, spec, held, theirs)
    except BaseException as error:  # noqa: BLE001  # a forked child must not return
        with suppress(OSError):
            os.write(2, f"labbook: this run could not start: {error}\n".encode())
    os._exit(NOT_FOUND)


def _execute(
    run: RunFolder, spec: dict[str, Any], held: list[int], control: socket.socket
) -> NoReturn:
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    output = os.open(run.output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.chdir(spec["cwd"])
    env = dict(spec["env"])
    kept = list(held)
    if spec["reports"]:
        kept.insert(0, control.detach())
        env[CONTROL_VARIABLE] = ",".join(map(str, kept))
        # Not yet: on a busy machine the first line would be long in coming.
        env[NICENESS_VARIABLE] = str(spec["niceness"])
    else:
        with suppress(OSError):
            os.nice(spec["niceness"])
    for descriptor in kept:
        os.set_inheritable(descriptor, True)
    os.execvpe(spec["argv"][0], spec["argv"], env)  # noqa: S606  # no shell is meant
