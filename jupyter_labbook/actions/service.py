"""Serving every labbook of the user: what waits there, and what would end it."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_labbook.actions import publishing
from jupyter_labbook.actions.startup import ask
from jupyter_labbook.errors import LabbookError
from jupyter_labbook.execution import launch
from jupyter_labbook.execution.clock import SystemClock
from jupyter_labbook.execution.dispatcher import Dispatcher
from jupyter_labbook.execution.queue_folder import QueueFolder
from jupyter_labbook.execution.reminding import Reminder
from jupyter_labbook.runtime import wake
from jupyter_labbook.storage.known_labbooks import known_labbooks
from jupyter_labbook.storage.labbook import LabbookFolder

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One labbook, as a service sees it."""

    path: Path
    there: bool = True
    """Whether it can be found now."""
    waiting: int = 0
    """Runs that wait under a ticket of this user."""
    served: bool = False
    """Whether somebody is there to start them."""


def revive_all() -> list[Path]:
    """See to it that somebody serves each labbook in which anything waits.

    Returns
    -------
    list of Path
        Those labbooks. One that cannot be read keeps nobody from the others.
    """
    around = publishing.surroundings()
    revived = []
    for path in known_labbooks():
        labbook = LabbookFolder(path)
        with suppress(LabbookError, OSError):
            if _there(path) and Dispatcher(labbook, around).needed():
                publishing.revive(labbook)
                revived.append(path)
    return revived


def remind_all() -> None:
    """See to it that the owner is told of the night in each labbook, if it is time."""
    around, clock = publishing.surroundings(), SystemClock()
    for path in known_labbooks():
        if _there(path):
            Reminder(path, around, clock).look()


def labbooks() -> list[Served]:
    """Look at every labbook that this user has submitted runs in."""
    return [_look(path) for path in known_labbooks()]


def _look(path: Path) -> Served:
    if not _there(path):
        return Served(path=path, there=False)
    waiting = 0
    with suppress(LabbookError, OSError):
        waiting = len(QueueFolder(LabbookFolder(path), SystemClock()).waiting())
    pipe = launch.dispatcher_file(path, publishing.surroundings(), wake.SUFFIX)
    return Served(path=path, waiting=waiting, served=wake.wake(pipe))


def _there(path: Path) -> bool:
    return (path / "labbook.toml").is_file()


def limits(kind: str) -> list[str]:
    """Say plainly where logging out, or somebody else, ends everything.

    Parameters
    ----------
    kind
        ``systemd`` or ``cron``: what starts the labbooks again.
    """
    said = []
    lingers = _property("Linger", str(os.getuid()))
    if kind == "systemd" and lingers != "yes":
        said.append(
            "When you log out, systemd ends your services, and every run that they "
            "started, until you log in again. To let them go on: loginctl enable-linger"
        )
    kills = _property("KillUserProcesses")
    if kills == "yes":
        said.append(
            "This machine ends whatever you started in a session when you log out of "
            "it (KillUserProcesses=yes), runs included that were started from a "
            "terminal or from Jupyter. To let them go on, start Jupyter with: "
            "systemd-run --user --scope jupyter lab"
        )
    if not kills:
        said.append(
            "Whether this machine ends your processes when you log out could not be "
            "found out; ask its administrator about KillUserProcesses."
        )
    if any(name.startswith("JUPYTERHUB_") for name in os.environ):
        said.append(
            "This is a server of a JupyterHub: when it is stopped, or culled for its "
            "age, every run in it ends, and no service starts before it does. Runs "
            "that execute or wait keep it from being culled as idle."
        )
    return said


def _property(name: str, *of: str) -> str:
    """Ask the login manager; empty if it does not say."""
    found = ask("loginctl", "show-user", *of, f"--property={name}", "--value")
    return found.stdout.strip() if found and not found.returncode else ""
