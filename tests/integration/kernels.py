"""A real kernel, driven as a front end drives it."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass, field
from queue import Empty
from typing import TYPE_CHECKING, Any

from jupyter_client.manager import KernelManager

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS = 60


@dataclass
class Result:
    """What one cell gave."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""
    reply: dict[str, Any] = field(default_factory=dict)
    """What the front end is told of the end: ``status``, ``ename``, ``payload``."""

    @property
    def text(self) -> str:
        """Everything printed."""
        return "".join(o["text"] for o in self.outputs if "text" in o)

    def mime(self, kind: str) -> list[Any]:
        """All outputs of one MIME type."""
        return [o["data"][kind] for o in self.outputs if kind in o.get("data", {})]


class Kernel:
    """A notebook's kernel in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel(cwd=str(folder))
        self._connect()

    def _connect(self) -> None:
        self.client = self._manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=_SECONDS)

    @property
    def pid(self) -> int:
        return self._manager.provisioner.pid

    def submit(self, code: str, cell: str = "") -> str:
        """Execute without waiting; a page says which cell it is."""
        content = {"code": code, "silent": False, "store_history": True}
        content |= {"user_expressions": {}, "allow_stdin": False, "stop_on_error": True}
        metadata = {"cellId": cell} if cell else {}
        message = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def run(self, code: str, cell: str = "") -> Result:
        """Execute a cell and collect what it shows until it has ended."""
        return self.collect(self.submit(code, cell))

    def collect(self, request: str) -> Result:
        result = Result()
        while True:
            message = self.client.get_iopub_msg(timeout=_SECONDS)
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                result.reply = self._reply(request)
                return result
            if kind == "error":
                result.error = "\n".join(content["traceback"])
            elif kind in ("stream", "display_data", "execute_result"):
                result.outputs.append(content)

    def _reply(self, request: str) -> dict[str, Any]:
        while True:
            message = self.client.get_shell_msg(timeout=_SECONDS)
            if message["parent_header"].get("msg_id") == request:
                return dict(message["content"])

    def complete(self, code: str) -> list[str]:
        """Ask what may stand at the end of some code, as the Tab key does.

        Returns
        -------
        list of str
            The code as each match would complete it.
        """
        found = self._reply(self.client.complete(code, len(code)))
        return [code[: found["cursor_start"]] + match for match in found["matches"]]

    def wait_for_output(self, request: str) -> None:
        """Wait until a cell that goes on has printed something."""
        while True:
            message = self.client.get_iopub_msg(timeout=_SECONDS)
            parent = message["parent_header"].get("msg_id")
            if parent == request and message["msg_type"] == "stream":
                return

    def updates(self, seconds: float = 0.1) -> list[dict[str, Any]]:
        """Collect the display updates that arrive until none comes for a while."""
        found = []
        with contextlib.suppress(Empty):
            while True:
                message = self.client.get_iopub_msg(timeout=seconds)
                if message["msg_type"] == "update_display_data":
                    found.append(message["content"])
        return found

    def interrupt(self) -> None:
        self._manager.interrupt_kernel()

    def restart(self) -> None:
        self._manager.restart_kernel(now=False)
        self.client.wait_for_ready(timeout=_SECONDS)

    def kill(self) -> None:
        """Kill the kernel's process group, as a front end's last resort does."""
        os.killpg(os.getpgid(self.pid), signal.SIGKILL)

    def shutdown(self, *, now: bool = False) -> None:
        self.client.stop_channels()
        self._manager.shutdown_kernel(now=now)
        self._manager.cleanup_resources()
