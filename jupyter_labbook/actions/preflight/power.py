"""Whether the machine will suspend itself in the middle of the night."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyter_labbook.model.preflight import Check, Finding, Severity
from jupyter_labbook.rendering.formats import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_labbook.actions.preflight.scope import Scope

_SECONDS: Final = 5.0
_GNOME: Final = "org.gnome.settings-daemon.plugins.power"
_SUSPENDS: Final = ("suspend", "hibernate", "hybrid-sleep", "suspend-then-hibernate")
_IDLE_ACTION: Final = re.compile(r"^\s*IdleAction\s*=\s*(\S+)", re.MULTILINE)
_MAC_SLEEP: Final = re.compile(r"^\s*sleep\s+(\d+)", re.MULTILINE)


def findings(scope: Scope, root: Path = Path("/")) -> Iterator[Finding]:
    """Say what would put the machine to sleep, if anything waits for later.

    Parameters
    ----------
    scope
        What waits.
    root
        Where the system's files are.
    """
    later = [
        one.label(known)
        for one, known in scope.waiting()
        if known.ticket is not None and known.ticket.when != "now"
    ]
    if not later:
        return
    for sentence in reasons(root):
        yield Finding(
            kind=Check.POWER,
            severity=Severity.WARNING,
            sentence=f"{sentence} Runs that wait then wait until it is awake.",
            runs=tuple(later),
        )


def reasons(root: Path = Path("/")) -> Iterator[str]:
    """Say in a sentence each what would put the machine to sleep."""
    if _on_battery(root):
        yield "The machine runs on its battery: plug it in."
    if sys.platform == "darwin":
        yield from _of_macos(_ask("pmset", "-g"))
        return
    yield from _of_logind(root)
    kind = _ask("gsettings", "get", _GNOME, "sleep-inactive-ac-type").strip("'\n ")
    after = _ask("gsettings", "get", _GNOME, "sleep-inactive-ac-timeout")
    yield from _of_gnome(kind, after.split()[-1] if after.split() else "")


def _on_battery(root: Path) -> bool:
    """Whether there is a plug, and it is out."""
    plugs = []
    for supply in root.glob("sys/class/power_supply/*"):
        try:
            if (supply / "type").read_text().strip() == "Mains":
                plugs.append((supply / "online").read_text().strip())
        except OSError:
            continue
    return bool(plugs) and all(online == "0" for online in plugs)


def _of_logind(root: Path) -> Iterator[str]:
    """Read what the session manager does when nobody types; the last file counts."""
    action = ""
    folders = ("usr/lib/systemd", "etc/systemd")
    paths = [root / folder / "logind.conf" for folder in folders]
    for folder in folders:
        paths += sorted((root / folder / "logind.conf.d").glob("*.conf"))
    for path in paths:
        try:
            told = _IDLE_ACTION.findall(path.read_text(errors="replace"))
        except OSError:
            continue
        action = told[-1] if told else action
    if action in _SUSPENDS:
        yield (
            f"The machine will {action} when nobody uses it: set IdleAction=ignore in "
            "/etc/systemd/logind.conf."
        )


def _of_gnome(kind: str, after: str) -> Iterator[str]:
    if kind not in _SUSPENDS or not after.isdecimal() or after == "0":
        return
    yield (
        f"GNOME will {kind} the machine after {format_duration(float(after))} without "
        "use: gsettings set "
        f"{_GNOME} sleep-inactive-ac-type nothing."
    )


def _of_macos(told: str) -> Iterator[str]:
    matched = _MAC_SLEEP.search(told)
    if matched is not None and matched[1] != "0":
        after = format_duration(60.0 * int(matched[1]))
        yield f"The machine sleeps after {after} without use: sudo pmset -c sleep 0."


def _ask(*command: str) -> str:
    program = shutil.which(command[0])
    if program is None:
        return ""
    try:
        told = subprocess.run(  # noqa: S603  # a fixed command
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return "" if told.returncode else told.stdout
