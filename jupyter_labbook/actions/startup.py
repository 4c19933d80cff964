"""What starts labbooks again after the machine has: a systemd unit, or cron."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from jupyter_labbook.errors import StorageError
from jupyter_labbook.runtime import files

UNIT = "labbook.service"
_MARK = "# jupyter_labbook"
_SECONDS = 30.0
_KEPT = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "PYTHONPATH")
"""Variables without which it would look for labbooks elsewhere."""


class Startup(Protocol):
    """A way to have something started with the machine."""

    @property
    def kind(self) -> str:
        """``systemd`` or ``cron``."""

    @property
    def place(self) -> str:
        """Where it is written."""

    def content(self) -> str:
        """Give what is written there."""

    def commands(self) -> list[str]:
        """Name the commands that follow."""

    def installed(self) -> bool:
        """Whether it is there."""

    def install(self) -> None:
        """Write it, and let it begin."""

    def remove(self) -> None:
        """Take it away; runs that execute go on."""


def find_startup() -> Startup:
    """Choose what this machine has.

    Raises
    ------
    StorageError
        It has neither.
    """
    if _answers("systemctl", "--user", "show-environment"):
        return SystemdUnit()
    if shutil.which("crontab"):
        return CronLine()
    raise StorageError(
        "There is no systemd for users here, and no cron: have `labbook service run` "
        "executed at each start, such as by your login shell."
    )


@dataclass(frozen=True, slots=True)
class SystemdUnit:
    """A unit of the user's own service manager."""

    @property
    def kind(self) -> str:
        """Name what it is."""
        return "systemd"

    @property
    def _path(self) -> Path:
        config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        return Path(config) / "systemd" / "user" / UNIT

    @property
    def place(self) -> str:
        """Path of the unit."""
        return str(self._path)

    def content(self) -> str:
        """Spell the unit."""
        variables = "".join(
            f"Environment={_unit_word(f'{name}={value}')}\n"
            for name, value in _environment().items()
        )
        return (
            "[Unit]\n"
            "Description=Start again what waits in your labbooks\n\n"
            "[Service]\n"
            "Type=oneshot\n"
            "RemainAfterExit=yes\n"
            f"ExecStart={' '.join(_unit_word(w, '$') for w in _command())}\n"
            f"{variables}"
            "# Runs go on when this is stopped, and when one of them needs too much.\n"
            "KillMode=process\n"
            "OOMPolicy=continue\n\n"
            "[Install]\n"
            "WantedBy=default.target\n"
        )

    def commands(self) -> list[str]:
        """Name the commands that follow."""
        return [
            "systemctl --user daemon-reload",
            f"systemctl --user enable --now {UNIT}",
        ]

    def installed(self) -> bool:
        """Whether the unit is there."""
        return self._path.exists()

    def install(self) -> None:
        """Write the unit, and start it."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            files.replace(self._path, self.content().encode())
        except OSError as error:
            raise StorageError(
                f"{self._path} cannot be written ({error.strerror})."
            ) from error
        for command in self.commands():
            _do(*command.split())

    def remove(self) -> None:
        """Stop the unit, and delete it."""
        _do("systemctl", "--user", "disable", "--now", UNIT)
        self._path.unlink(missing_ok=True)
        _do("systemctl", "--user", "daemon-reload")


@dataclass(frozen=True, slots=True)
class CronLine:
    """A line of the user's crontab."""

    @property
    def kind(self) -> str:
        """Name what it is."""
        return "cron"

    @property
    def place(self) -> str:
        """Where the line stands."""
        return "your crontab"

    def content(self) -> str:
        """Spell the line."""
        words = [
            *(f"{name}={shlex.quote(value)}" for name, value in _environment().items()),
            *map(shlex.quote, _command()),
        ]
        # cron ends a command at the first bare percent sign.
        command = " ".join(words).replace("%", "\\%")
        return f"@reboot {command} {_MARK}\n"

    def commands(self) -> list[str]:
        """Name the commands that follow: none."""
        return []

    def installed(self) -> bool:
        """Whether the line is there."""
        return any(map(_is_ours, _crontab()))

    def install(self) -> None:
        """Add the line, in place of one from before."""
        others = [line for line in _crontab() if not _is_ours(line)]
        if others and not others[-1].endswith("\n"):
            others[-1] += "\n"
        _do("crontab", "-", given="".join([*others, self.content()]))

    def remove(self) -> None:
        """Take the line away; all others stay as they are."""
        others = [line for line in _crontab() if not _is_ours(line)]
        _do("crontab", "-", given="".join(others))


def _is_ours(line: str) -> bool:
    return line.rstrip().endswith(_MARK) and line.startswith("@reboot")


def _crontab() -> list[str]:
    found = ask("crontab", "-l")
    if found is None or (found.returncode and "no crontab" not in found.stderr):
        said = found.stderr.strip() if found else "there is no such program"
        raise StorageError(f"Your crontab cannot be read: {said or 'it does not say'}.")
    return [] if found.returncode else found.stdout.splitlines(keepends=True)


def _command() -> list[str]:
    return [sys.executable, "-m", "jupyter_labbook.cli", "service", "run"]


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in _KEPT if os.environ.get(name)}


def _unit_word(word: str, doubled: str = "") -> str:
    """Quote a word as systemd reads it, with nothing in it that it replaces."""
    word = word.replace("\\", "\\\\").replace('"', '\\"')
    for sign in f"%{doubled}":
        word = word.replace(sign, sign * 2)
    return f'"{word}"'


def _answers(*command: str) -> bool:
    found = ask(*command)
    return found is not None and not found.returncode


def _do(*command: str, given: str | None = None) -> None:
    found = ask(*command, given=given)
    if found is None or found.returncode:
        said = found.stderr.strip() if found else "it cannot be executed"
        raise StorageError(
            f"`{shlex.join(command)}` did not go well: {said or 'it does not say why'}."
        )


def ask(
    *command: str, given: str | None = None
) -> subprocess.CompletedProcess[str] | None:
    """Execute a program of the system; None if it is not there, or hangs."""
    try:
        return subprocess.run(  # noqa: S603  # no shell, and words of our own
            command,
            input=given,
            stdin=None if given is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
