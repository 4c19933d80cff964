"""The tiny process that owns one run from its start to its exit record.

It is started detached, with a specification (JSON) on standard input, and outlives
kernel, server and dispatcher. Run alone: ``python -c BOOT``, see `execution.launch`.
"""

from __future__ import annotations

import errno
import json
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress

from jupyter_labbook.runtime import child, exits, files, permission, processes
from jupyter_labbook.runtime.failpoints import reach
from jupyter_labbook.runtime.layout import RunFolder
from jupyter_labbook.runtime.stopping import Stopping
from jupyter_labbook.runtime.wake import wake_all

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

READY, REFUSED = b"1", b"0"
_LOOK_SECONDS = 0.5
"""How often a wish to stop is looked for that came without a signal."""
_ACK_SECONDS = 10.0
"""How long a process that has reported its outcome may take to vanish."""
_RETRY_SECONDS = 60.0
"""How long an exit record is tried again that fails for want of more than room."""


def main() -> None:
    """Supervise the run that standard input specifies."""
    supervise(json.loads(sys.stdin.buffer.read()))


def supervise(spec: dict[str, Any]) -> None:
    """Supervise a run, in a process of its own.

    Parameters
    ----------
    spec
        What `execution.launch.start_run` says of it.
    """
    os.umask(0o077)
    run = RunFolder(spec["run"])
    output = os.open(run.output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor, target in ((null, 0), (null, 1), (output, 2)):
        os.dup2(descriptor, target)
    Supervisor(run, spec).supervise()


class Supervisor:
    """Starts a run's process, waits, stops it when asked, and records its end."""

    def __init__(self, run: RunFolder, spec: dict[str, Any]) -> None:
        self._run = run
        self._spec = spec
        self._held: list[int] = list(spec.get("slots", ()))
        self._stopping = Stopping(run, spec["grace"])
        self._outcome: dict[str, Any] | None = None
        self._begun = time.monotonic()
        self._oom_kills = exits.oom_kills()
        self._signalled = False
        self._state = ""

    def supervise(self) -> None:
        """Execute the run, unless somebody else has or does."""
        reach("supervisor.begun")
        wakeup = _catch_signals(self._on_terminate)
        started = self._start()
        if started is None:
            self._answer(REFUSED)
            return
        self._answer(READY)
        self._wait(started, wakeup)
        for descriptor in self._held:
            os.close(descriptor)
        wake_all(self._spec["wake"])
        self._spawn_on_end()

    def _on_terminate(self) -> None:
        self._signalled = True

    def _answer(self, word: bytes) -> None:
        ready = self._spec.get("ready")
        if ready is not None:
            with suppress(OSError):
                os.write(ready, word)
            os.close(ready)

    def _start(self) -> child.Child | None:
        # Whoever changes a ticket holds this lock meanwhile.
        lock = processes.lock(self._run.lock)
        if lock is None:
            return None
        if permission.ticket_changed(self._run, self._spec) or any(
            path.exists() for path in (self._run.exit, self._run.stop)
        ):
            # Before anybody is answered, who may want to change it again.
            os.close(lock)
            return None
        self._held.append(lock)
        begun = child.fork(self._run, self._spec, self._held)
        reach("supervisor.forked")
        processes.become_subreaper()
        record = {
            "time": exits.timestamp(),
            "host": socket.gethostname(),
            "boot": processes.boot_id(),
            "namespace": processes.pid_namespace(),
            "supervisor": _identify(os.getpid()),
            "main": _identify(begun.pid),
        }
        if not permission.take(self._run, self._spec, files.encode(record)):
            return None
        reach("supervisor.started-written")
        begun.open_gate()
        reach("supervisor.gate-opened")
        self._begun = time.monotonic()
        return begun

    def _wait(self, main: child.Child, wakeup: int) -> None:
        """Wait for the end of the main process, and record it."""
        main.control.setblocking(False)
        watched = [wakeup, main.control.fileno()]
        acknowledged: float | None = None
        while True:
            readable, _, _ = select.select(watched, (), (), self._patience())
            if wakeup in readable:
                with suppress(BlockingIOError):
                    os.read(wakeup, 4096)
            if main.control.fileno() in readable:
                watched.remove(main.control.fileno())
                self._outcome = _receive(main.control)
                reach("supervisor.outcome-received")
                if self._outcome is not None:
                    self._record(self._outcome, keep=main.pid)
                    acknowledged = time.monotonic()
                    main.control.close()
            status = _reap(main.pid)
            if status is not None:
                if self._outcome is None:
                    self._record(self._without_word(status), keep=None)
                _end_all(keep=None)
                return
            if acknowledged is None:
                self._enforce(main.pid)
            elif time.monotonic() - acknowledged > _ACK_SECONDS:
                os.kill(main.pid, signal.SIGKILL)

    def _patience(self) -> float:
        deadline = self._stopping.next_step
        timeout = self._spec.get("timeout")
        if timeout is not None and not self._stopping.asked:
            deadline = min(deadline, self._begun + timeout)
        return max(0.0, min(_LOOK_SECONDS, deadline - time.monotonic()))

    def _enforce(self, pid: int) -> None:
        """Take the next step towards an end, if one is due."""
        timeout = self._spec.get("timeout")
        if timeout is not None and time.monotonic() - self._begun >= timeout:
            self._stopping.ask(
                f"it ran longer than its timeout of {timeout:g} s", "timeout"
            )
        elif self._over():
            self._stopping.ask("its window closed", "window")
        elif self._signalled:
            # A person's wish comes with its file; a bare signal is a shutdown.
            self._stopping.advance(pid)
            self._stopping.ask("its supervisor was told to end", "system")
        self._stopping.advance(pid)

    def _over(self) -> bool:
        """Whether its hours are over; by the wall, since it may have slept."""
        until = self._spec.get("until")
        return until is not None and time.time() >= until

    def _without_word(self, status: int) -> dict[str, Any]:
        """Outcome of a process that ended without reporting one."""
        import resource

        outcome = exits.describe_wait(status) | exits.usage(resource.RUSAGE_CHILDREN)
        before, after = self._oom_kills, exits.oom_kills()
        if outcome["signal"] == signal.SIGKILL and not self._stopping.asked:
            ran_out = None not in (before, after) and before != after
            outcome["reason"] = (
                "killed by the system, which had run out of memory (SIGKILL)"
                if ran_out
                else "killed by SIGKILL, from outside or for want of memory"
            )
        return outcome

    def _record(self, outcome: dict[str, Any], keep: int | None) -> None:
        """Write the exit record once nothing that the run started lives on."""
        left = _end_all(keep)
        stopped = self._stopping.reason or exits.stop_reason(self._run)
        record = exits.judge(outcome, stopped)
        if left and record["state"] == exits.FINISHED:
            noun = "process" if left == 1 else "processes"
            record["reason"] = f"{left} {noun} that it left behind had to be ended"
        record["seconds"] = round(time.monotonic() - self._begun, 3)
        self._state = record["state"]
        reach("supervisor.before-exit-record")
        _persist(self._run, record)
        reach("supervisor.exit-written")

    def _spawn_on_end(self) -> None:
        """Start the follow-up, if this was the last run or may be gone on with."""
        command = self._spec.get("on_end")
        broken_off = self._spec.get("goes_on") and self._state != exits.FINISHED
        if not command or not (broken_off or self._last()):
            return
        import subprocess

        with suppress(OSError):
            subprocess.Popen(  # noqa: S603  # handed over by who submitted the run
                [*command, str(self._run.experiment)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def _last(self) -> bool:
        siblings = self._run.path.parent
        return all(
            (siblings / name / "exit.json").exists()
            for name in os.listdir(siblings)
            if not name.startswith(".")
        )


def _identify(pid: int) -> dict[str, int]:
    return {"pid": pid, "ticks": processes.start_ticks(pid)}


def _catch_signals(on_terminate: Callable[[], None]) -> int:
    """Let signals wake the loop; returns the descriptor that becomes readable."""
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: on_terminate())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return read


def _receive(control: socket.socket) -> dict[str, Any] | None:
    """Read the outcome that the run reports; None if it vanished instead."""
    control.setblocking(True)
    control.settimeout(_ACK_SECONDS)
    data = b""
    with suppress(OSError):
        while not data.endswith(b"\n"):
            part = control.recv(65536)
            if not part:
                return None
            data += part
        return dict(json.loads(data))
    return None


def _reap(main: int) -> int | None:
    """Collect ended children, adopted ones too; the main one's status if it ended."""
    found = None
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == main:
                found = status
    return found


def _end_all(keep: int | None) -> int:
    """End every descendant but one: ask first, then kill. Returns how many."""
    seen: set[int] = set()
    asked_until = time.monotonic() + 1.0
    number = signal.SIGTERM
    while True:
        for pid in seen:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        if processes.alone(os.getpid(), keep):
            return len(seen)
        left = [pid for pid in processes.descendants(os.getpid()) if pid != keep]
        if not left:
            return len(seen)
        if time.monotonic() > asked_until:
            number = signal.SIGKILL
        for pid in left:
            if pid not in seen or number == signal.SIGKILL:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
        seen.update(left)
        time.sleep(0.01)


def _persist(run: RunFolder, record: dict[str, Any]) -> None:
    """Write the exit record, waiting for room as long as the disk is full."""
    give_up = time.monotonic() + _RETRY_SECONDS
    while run.path.exists():
        try:
            exits.write(run, record, "supervisor")
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            if not full and time.monotonic() > give_up:
                return
            time.sleep(1)
        else:
            return
