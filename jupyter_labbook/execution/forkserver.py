"""Supervisors that are there at once, for whoever starts many of them."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

from jupyter_labbook.execution import launch
from jupyter_labbook.runtime import forkserver

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

_SPARE_SECONDS: Final = 60.0
"""How long it is kept when nothing is started."""
_END_SECONDS: Final = 1.0


class Forkserver:
    """A process that forks supervisors; begun when the second run is about to start.

    If it cannot be had, or is gone, whoever asks starts a supervisor from scratch.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._requests: socket.socket | None = None
        self._used = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def begin(self) -> None:
        """See to it that the next run finds it ready; does not wait for that."""
        self._used = time.monotonic()
        if self._requests is not None:
            return
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  # our own module
                launch.boot("jupyter_labbook.runtime.forkserver", "-S"),
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                cwd="/",
            )
        self._requests = ours

    def start(self, spec: dict[str, Any], descriptors: Sequence[int]) -> bool:
        """Have a supervisor forked; False if there is nobody to do so.

        Parameters
        ----------
        spec
            What the supervisor is told.
        descriptors
            What it is to hold: ``slots``, then ``ready``.
        """
        if self._requests is None or len(descriptors) > forkserver.MOST_DESCRIPTORS:
            return False
        told = json.dumps(spec).encode()
        head = len(told).to_bytes(forkserver.HEAD, "big")
        try:
            socket.send_fds(self._requests, [head], descriptors)
            self._requests.sendall(told)
        except OSError:
            self.end()
            return False
        self._used = time.monotonic()
        return True

    def rest(self) -> None:
        """Let it end if nothing has been started for a while."""
        if time.monotonic() - self._used > _SPARE_SECONDS:
            self.end()

    def end(self) -> None:
        """Let it end; supervisors go on."""
        if self._requests is not None:
            self._requests.close()
            self._requests = None
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_END_SECONDS)
            self._process = None
