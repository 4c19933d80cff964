"""Telling processes apart, also after a pid was used again or the machine restarted."""

from __future__ import annotations

import fcntl
import os
import signal
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def boot_id() -> str:
    """Name of this boot of the machine; empty where the system has none."""
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def pid_namespace() -> str:
    """Name of the namespace in which pids here are counted (a container's own)."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _stat_fields(pid: int) -> list[str] | None:
    """Fields 3 and later of ``/proc/PID/stat``; None if there is no such process."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    # The name, field 2, may hold spaces and brackets.
    return text.rpartition(")")[2].split()


def start_ticks(pid: int) -> int:
    """Clock ticks from boot to the start of a process; 0 where unknown."""
    fields = _stat_fields(pid)
    return int(fields[19]) if fields else 0


def alive(pid: int, ticks: int) -> bool:
    """Whether that very process executes; a zombie does not."""
    fields = _stat_fields(pid)
    if not fields:
        return False
    return int(fields[19]) == ticks and fields[0] not in "ZX"


def send(pid: int, ticks: int, number: int) -> bool:
    """Signal that very process; False if it is gone.

    The descriptor pins the process between looking and signalling.
    """
    if not hasattr(os, "pidfd_open"):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
            return True
        return False
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        if start_ticks(pid) != ticks:
            return False
        signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        return False
    finally:
        os.close(descriptor)
    return True


def descendants(root: int) -> list[int]:
    """Every living process below another one, without zombies."""
    children: dict[int, list[int]] = {}
    zombies = set()
    for entry in os.listdir(_PROC) if _PROC.exists() else ():
        if not entry.isdigit():
            continue
        fields = _stat_fields(int(entry))
        if fields is None:
            continue
        children.setdefault(int(fields[1]), []).append(int(entry))
        if fields[0] in "ZX":
            zombies.add(int(entry))
    found: list[int] = []
    waiting = [root]
    while waiting:
        for pid in children.get(waiting.pop(), ()):
            waiting.append(pid)
            if pid not in zombies:
                found.append(pid)
    return found


def alone(root: int, keep: int | None) -> bool:
    """Whether a process has no descendants, but for one child that has none itself.

    Much faster than `descendants`, and exact, since the first of a process's children
    is always named (``/proc/PID/task/TID/children``, proc(5)); False if not known.
    """
    try:
        below = _children(root)
        return not below or (below == [keep] and not _children(below[0]))
    except OSError:
        return False


def _children(pid: int) -> list[int]:
    """Children of a process; of several, some may be missing that exist."""
    tasks = f"/proc/{pid}/task"
    found = []
    for thread in os.listdir(tasks):
        with open(f"{tasks}/{thread}/children", "rb") as file:  # noqa: PTH123  # hot
            found += [int(word) for word in file.read().split()]
    return found


def become_subreaper() -> bool:
    """Adopt orphans among this process's descendants (Linux)."""
    import ctypes

    pr_set_child_subreaper = 36
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        return bool(libc.prctl(pr_set_child_subreaper, 1, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        return False


def lock(path: Path) -> int | None:
    """Take a lock file; the open descriptor holds it until its last copy closes.

    Returns None if somebody else holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def locked(path: Path) -> bool:
    """Whether somebody holds a lock file."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        # Shared, so that two who look at once do not take each other for holders.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
