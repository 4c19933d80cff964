"""Forks supervisors from a process that has loaded them already.

Starting Python costs a run more than all else does. Whoever starts many runs in a row
keeps this process beside it (`execution.forkserver`) and hands it a specification for
each, with the descriptors that the run is to hold; it ends when its caller does.
"""

from __future__ import annotations

import ctypes  # noqa: F401  # what supervisors need, loaded once
import json
import os
import resource  # noqa: F401
import signal
import socket
import sys

from jupyter_labbook.runtime import supervisor

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

HEAD = 8
"""Bytes that say how long the specification behind them is."""
MOST_DESCRIPTORS = 250
"""What Linux hands over at once is little more."""


def main() -> None:
    """Fork a supervisor for each specification that comes over standard input."""
    requests = socket.socket(fileno=os.dup(0))
    # So that supervisors which end leave no zombies.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while (request := _receive(requests)) is not None:
        spec, descriptors = request
        if os.fork() == 0:
            requests.close()
            _supervise(spec)
        for descriptor in descriptors:
            os.close(descriptor)


def _receive(requests: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    head, descriptors, _, _ = socket.recv_fds(requests, HEAD, MOST_DESCRIPTORS)
    if len(head) < HEAD:
        return None
    left, parts = int.from_bytes(head, "big"), []
    while left:
        part = requests.recv(min(left, 1 << 16))
        if not part:
            return None
        parts.append(part)
        left -= len(part)
    spec = json.loads(b"".join(parts))
    return spec | {"slots": descriptors[:-1], "ready": descriptors[-1]}, descriptors


def _supervise(spec: dict[str, Any]) -> NoReturn:
    """Be a supervisor, as one that was started by itself would be."""
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        supervisor.supervise(spec)
    except BaseException:  # noqa: BLE001  # a forked child must not return
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)
