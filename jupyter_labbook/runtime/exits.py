"""Exit records: how a run ended, in the words of whoever saw it end."""

from __future__ import annotations

import json
import os
import signal
import time

from jupyter_labbook.runtime import files

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from jupyter_labbook.runtime.layout import RunFolder

FINISHED, FAILED, STOPPED, CANCELLED = "finished", "failed", "stopped", "cancelled"


def timestamp() -> str:
    """Now, as ISO 8601 in UTC with microseconds."""
    seconds = time.time()
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds % 1 * 1e6):06d}+00:00"


def request_stop(run: RunFolder, reason: str, by: str) -> bool:
    """Record the wish that a run end; False if somebody wished it before."""
    request = {"time": timestamp(), "reason": reason, "by": by}
    return files.create(run.stop, files.encode(request))


def stop_reason(run: RunFolder) -> str | None:
    """Why the run was asked to end; None if it was not."""
    try:
        request = json.loads(run.stop.read_bytes())
        return str(request["reason"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return "it was asked to stop"


def judge(outcome: dict[str, Any], stopped: str | None) -> dict[str, Any]:
    """Complete an outcome with its state and a sentence for a person.

    Parameters
    ----------
    outcome
        ``code``, ``signal``, ``error`` as far as known.
    stopped
        Why the run was asked to end before it did; None if it was not.
    """
    code, number = outcome.get("code"), outcome.get("signal")
    if stopped is not None:
        return {**outcome, "state": STOPPED, "reason": f"stopped: {stopped}"}
    if code == 0:
        return {**outcome, "state": FINISHED, "reason": outcome.get("reason", "")}
    if not outcome.get("reason"):
        outcome = {**outcome, "reason": _why(code, number, outcome.get("error", ""))}
    return {**outcome, "state": FAILED}


def _why(code: int | None, number: int | None, error: str) -> str:
    if error:
        return error.splitlines()[0][:500]
    if number is not None:
        return f"killed by {signal_name(number)}"
    return f"ended with exit code {code}"


def signal_name(number: int) -> str:
    """Write a signal's name, such as SIGKILL."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def write(run: RunFolder, record: dict[str, Any], by: str) -> bool:
    """Write ``exit.json``; False if the run has its record already."""
    record = {"time": timestamp(), **record, "by": by, "host": os.uname().nodename}
    return files.create(run.exit, files.encode(record))


def oom_kills() -> int | None:
    """How many processes this machine has killed for want of memory since boot."""
    try:
        with open("/proc/vmstat", encoding="ascii") as lines:  # noqa: PTH123  # hot
            for line in lines:
                if line.startswith("oom_kill "):
                    return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return None


def usage(who: int) -> dict[str, Any]:
    """CPU seconds and peak memory of this process or its children."""
    import resource
    import sys

    used = resource.getrusage(who)
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 3),
        "peak_bytes": used.ru_maxrss * unit,
    }


def describe_wait(status: int) -> dict[str, Any]:
    """Turn what ``waitpid`` says into an outcome."""
    if os.WIFSIGNALED(status):
        return {"code": None, "signal": os.WTERMSIG(status)}
    return {"code": os.WEXITSTATUS(status), "signal": None}
