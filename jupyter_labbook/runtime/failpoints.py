"""Named places where a test may kill or halt a process, to show what comes of it."""

from __future__ import annotations

import os
import signal

VARIABLE = "LABBOOK_FAILPOINT"
"""``NAME=TOKEN``: the first process to reach NAME creates the file TOKEN and is
killed; later ones, which find the file, go on. ``NAME~TOKEN`` halts it instead, until
somebody lets it go on; its id is in the file then."""

NAMES = (
    "submit.published",
    "going-on.published",
    "going-on.checkpoint-moved",
    "dispatcher.claimed",
    "dispatcher.launched",
    "dispatcher.before-exit",
    "supervisor.begun",
    "supervisor.forked",
    "supervisor.started-written",
    "supervisor.gate-opened",
    "supervisor.outcome-received",
    "supervisor.before-exit-record",
    "supervisor.exit-written",
    "runner.begun",
    "runner.body-done",
    "runner.outcome-sent",
)


def reach(name: str) -> None:
    """Say that a place has been reached; next to free unless a test is watching."""
    watched = os.environ.get(VARIABLE)
    if watched is None or not watched.startswith((name + "=", name + "~")):
        return
    token = watched[len(name) + 1 :]
    try:
        descriptor = os.open(token, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    os.write(descriptor, str(os.getpid()).encode())
    os.close(descriptor)
    halts = watched[len(name)] == "~"
    os.kill(os.getpid(), signal.SIGSTOP if halts else signal.SIGKILL)
