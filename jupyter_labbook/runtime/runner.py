"""What executes ``script.py`` in the run's main process, and reports its outcome."""

from __future__ import annotations

import atexit
import json
import os
import sys
import types
from contextlib import suppress

from jupyter_labbook.runtime import exits
from jupyter_labbook.runtime.context import current_run
from jupyter_labbook.runtime.failpoints import reach
from jupyter_labbook.runtime.layout import CONTROL_VARIABLE, NICENESS_VARIABLE

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from jupyter_labbook.runtime.layout import RunFolder

_INTERRUPTED = 130


def main() -> None:
    """Execute the script of the run that the environment names."""
    run = current_run()
    if run is None:
        sys.exit("LABBOOK_RUN is not set: this is started by a labbook's supervisor")
    report = _Report(run, _take_descriptors())
    # Registered first, so it is called last: after the run's own handlers.
    atexit.register(report.send)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]  # real text streams here
    _install_hooks()
    reach("runner.begun")
    with suppress(OSError):
        os.nice(int(os.environ.pop(NICENESS_VARIABLE, "0")))
    report.outcome = execute(run.script)
    reach("runner.body-done")
    sys.exit(report.outcome["code"])


def execute(script: Path) -> dict[str, Any]:
    """Execute a file as ``__main__``; returns its exit code and error."""
    module = types.ModuleType("__main__")
    module.__file__ = str(script)
    module.__builtins__ = __builtins__  # type: ignore[attr-defined]  # as Python itself does
    # Kept alive: what the script defined must outlive it, for exit handlers.
    sys.modules["__main__"] = module
    sys.argv = [str(script)]
    try:
        code = compile(script.read_bytes(), str(script), "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102  # the run itself
    except SystemExit as request:
        return _exit_request(request)
    except BaseException as error:  # noqa: BLE001  # whatever ends the body is reported
        _print_traceback(error)
        interrupted = isinstance(error, KeyboardInterrupt)
        return {
            "code": _INTERRUPTED if interrupted else 1,
            "error": _describe(error),
        }
    return {"code": 0}


def _exit_request(request: SystemExit) -> dict[str, Any]:
    code = request.code
    if code is None or isinstance(code, int):
        return {"code": (code or 0) & 0xFF}
    sys.stderr.write(f"{code}\n")
    return {"code": 1, "error": f"SystemExit: {code}"}


def _print_traceback(error: BaseException) -> None:
    import traceback

    # The first two frames are ours and tell the reader nothing.
    trace = error.__traceback__
    error.__traceback__ = trace.tb_next if trace else None
    with suppress(Exception):
        traceback.print_exception(error)


def _describe(error: BaseException) -> str:
    with suppress(Exception):
        text = str(error)
        return f"{type(error).__name__}: {text}"[:2000].rstrip(": ")
    return type(error).__name__


def _install_hooks() -> None:
    """Send what the run displays and how far it is to the run folder."""
    from jupyter_labbook.runtime.display_hook import install
    from jupyter_labbook.runtime.progress import feed_from_tqdm

    install()
    feed_from_tqdm()


def _take_descriptors() -> int | None:
    """Keep lock, slots and control socket to this very process."""
    inherited = os.environ.pop(CONTROL_VARIABLE, "")
    descriptors = [int(word) for word in inherited.split(",") if word]
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    if not descriptors:
        return None

    def let_go() -> None:
        # A forked child that is left behind must not make the run seem alive.
        for descriptor in descriptors:
            with suppress(OSError):
                os.close(descriptor)

    os.register_at_fork(after_in_child=let_go)
    return descriptors[0]


class _Report:
    """Hands the outcome to the supervisor, or, without one, records it itself."""

    def __init__(self, run: RunFolder, control: int | None) -> None:
        self._run = run
        self._control = control
        self._pid = os.getpid()
        self.outcome: dict[str, Any] | None = None

    def send(self) -> None:
        """Report once everything else that the run does at its end is done."""
        if os.getpid() != self._pid or self.outcome is None:
            return
        import resource

        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        outcome = {**self.outcome, **exits.usage(resource.RUSAGE_SELF)}
        if not self._hand_over(outcome):
            record = exits.judge(outcome, exits.stop_reason(self._run))
            exits.write(self._run, record, "runner")

    def _hand_over(self, outcome: dict[str, Any]) -> bool:
        """Tell the supervisor and wait until it has recorded the end."""
        if self._control is None:
            return False
        import socket

        try:
            with socket.socket(fileno=self._control) as control:
                control.sendall(json.dumps(outcome).encode() + b"\n")
                reach("runner.outcome-sent")
                while control.recv(1):
                    pass
        except OSError:
            return False
        return self._run.exit.exists()
