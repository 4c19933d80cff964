"""The service: written where it is shown, taken away again, and of use at a restart.

`systemctl`, `loginctl` and `crontab` are the world outside: programs that write down
what they were told stand in for them.
"""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_labbook.actions import publishing
from jupyter_labbook.execution import launch
from jupyter_labbook.runtime import processes
from jupyter_labbook.storage.known_labbooks import known_labbooks
from jupyter_labbook.storage.settings import state_folder
from tests.integration.frozen import Project
from tests.integration.saying import refused, said

STAND_IN = """\
#!/bin/sh
echo "$(basename $0) $*" >> "{told}"
{acts}
"""
CRONTAB = """\
case "$1" in
-l) [ -f "{file}" ] && cat "{file}" || {{ echo "no crontab for me" >&2; exit 1; }} ;;
-) cat > "{file}" ;;
esac
"""


class World:
    """Programs of the system that stand in, and what they were told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.crontab = folder / "crontab.txt"
        self._told = folder / "told.txt"

    def stand_in(self, name: str, acts: str = "") -> None:
        program = self.folder / name
        program.write_text(STAND_IN.format(told=self._told, acts=acts))
        program.chmod(0o700)

    def logins(self, linger: str, kills: str) -> None:
        self.stand_in(
            "loginctl",
            f'case "$*" in *Linger*) echo {linger} ;; *) echo {kills} ;; esac',
        )

    def cron(self) -> None:
        self.stand_in("crontab", CRONTAB.format(file=self.crontab))

    @property
    def told(self) -> list[str]:
        return self._told.read_text().splitlines() if self._told.exists() else []


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Leave nothing on the path but what stands in, and git."""
    folder = tmp_path / "world"
    folder.mkdir()
    for name in ("sh", "cat", "basename", "git"):
        (folder / name).symlink_to(shutil.which(name) or name)
    monkeypatch.setenv("PATH", str(folder))
    for name in [name for name in os.environ if name.startswith("JUPYTERHUB_")]:
        monkeypatch.delenv(name)
    return World(folder)


def unit(user: Path) -> Path:
    return user / "config" / "systemd" / "user" / "labbook.service"


def test_a_unit_is_shown_first_and_written_when_one_agrees(
    world: World, user: Path, command
) -> None:
    world.stand_in("systemctl")
    world.logins("yes", "no")
    text = said(command("service", "install"))
    assert "Nothing is written until you agree" in text
    assert not unit(user).exists()
    assert world.told[0] == "systemctl --user show-environment"
    assert not any("enable" in line for line in world.told)
    text = said(command("service", "install", "--yes"))
    written = unit(user).read_text()
    for line in written.splitlines():
        assert line in text
    assert f'ExecStart="{sys.executable}" "-m" "jupyter_labbook.cli"' in written
    assert f"XDG_STATE_HOME={user / 'state'}" in written
    assert "!" not in text
    assert [line for line in world.told if "daemon" in line or "enable " in line] == [
        "systemctl --user daemon-reload",
        "systemctl --user enable --now labbook.service",
    ]
    assert f"Installed in {unit(user)}." in said(command("service", "status"))
    assert "It stays until you agree" in said(command("service", "remove"))
    assert unit(user).exists()
    assert "runs that execute go on" in said(command("service", "remove", "--yes"))
    assert not unit(user).exists()
    assert world.told[-2:] == [
        "systemctl --user disable --now labbook.service",
        "systemctl --user daemon-reload",
    ]
    assert "nothing of ours" in said(command("service", "remove", "--yes"))
    assert "Not installed." in said(command("service"))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_understands_the_unit(world: World, user: Path, command) -> None:
    checker = shutil.which("systemd-analyze", path=os.defpath) or "systemd-analyze"
    world.stand_in("systemctl")
    said(command("service", "install", "--yes"))
    checked = subprocess.run(
        [checker, "verify", "--user", str(unit(user))],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(user)},
    )
    assert "labbook.service" not in checked.stderr, checked.stderr


def test_without_systemd_a_line_of_cron_does_it_and_others_stay(
    world: World, command
) -> None:
    world.stand_in("systemctl", "exit 1")
    world.cron()
    others = "# mine\n@daily echo jupyter_labbook 50\\% done"
    world.crontab.write_text(others)
    assert "@reboot" in said(command("service", "install"))
    assert world.crontab.read_text() == others
    said(command("service", "install", "--yes"))
    said(command("service", "install", "--yes"))
    lines = world.crontab.read_text().splitlines()
    assert lines[:2] == others.splitlines()
    [ours] = lines[2:]
    assert ours.startswith("@reboot ")
    assert ours.endswith("service run # jupyter_labbook")
    assert "Installed in your crontab." in said(command("service", "status"))
    # What cron would execute does what it is for.
    line = ours.removeprefix("@reboot ").replace("\\%", "%")
    done = subprocess.run(
        ["sh", "-c", line], capture_output=True, text=True, check=True, cwd="/"
    )
    assert done.stdout == "Nothing waits in any labbook.\n"
    said(command("service", "remove", "--yes"))
    assert world.crontab.read_text() == others + "\n"


def test_a_first_crontab_is_begun(world: World, command) -> None:
    world.cron()
    said(command("service", "install", "--yes"))
    assert len(world.crontab.read_text().splitlines()) == 1


def test_what_does_not_go_well_is_said_in_a_sentence(
    world: World, user: Path, command
) -> None:
    refusal = refused(command("service", "install"), 4)
    assert "no systemd for users here, and no cron" in refusal
    assert "no systemd" in said(command("service", "status"))
    world.stand_in("crontab", "echo 'you may not' >&2; exit 1")
    assert "you may not" in refused(command("service", "install", "--yes"), 4)
    world.stand_in(
        "systemctl", 'case "$*" in *enable*) echo "no bus" >&2; exit 1 ;; esac'
    )
    assert "no bus" in refused(command("service", "install", "--yes"), 4)
    shutil.rmtree(user / "config" / "systemd")
    (user / "config" / "systemd").write_text("")
    assert "cannot be written" in refused(command("service", "install", "--yes"), 4)


@pytest.mark.parametrize(
    ("linger", "kills", "hub", "told", "untold"),
    [
        ("no", "no", "", ["enable-linger"], ["KillUserProcesses"]),
        ("yes", "yes", "", ["KillUserProcesses=yes"], ["enable-linger"]),
        ("yes", "no", "x", ["server of a JupyterHub"], ["enable-linger"]),
    ],
)
def test_what_would_end_everything_is_said_plainly(
    world: World, command, monkeypatch, linger, kills, hub, told, untold
) -> None:
    world.stand_in("systemctl")
    world.logins(linger, kills)
    if hub:
        monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", hub)
    limits = " ".join(
        json.loads(said(command("service", "install", "--json")))["limits"]
    )
    assert all(word in limits for word in told)
    assert not any(word in limits for word in untold)


def test_without_a_login_manager_it_says_that_it_does_not_know(
    world: World, command
) -> None:
    world.stand_in("systemctl")
    text = said(command("service", "install"))
    assert "could not be found out" in text


@pytest.mark.parametrize(("answer", "written"), [("y", True), ("", False)])
def test_a_person_at_a_terminal_is_asked(
    world: World, user: Path, project: Path, answer, written
) -> None:
    world.stand_in("systemctl")
    master, slave = pty.openpty()
    asked = subprocess.Popen(
        [sys.executable, "-m", "jupyter_labbook.cli", "service", "install"],
        cwd=project,
        stdin=slave,
        stdout=subprocess.PIPE,
        text=True,
    )
    os.write(master, f"{answer}\n".encode())
    text, _ = asked.communicate(timeout=60)
    os.close(slave)
    os.close(master)
    assert "Write it? [y/N]" in text
    assert unit(user).exists() is written


def test_what_waits_is_served_again_after_a_restart(
    project: Path, command, hold, until, tmp_path: Path
) -> None:
    handle = hold("busy")
    made = Project(project)
    made.submit(seeds=(0, 1), wait=False, timeout=300.0)
    mark = ("invalidate", "--runs", "forest", "--reason", "r", "--yes")
    said(command(*mark, "--rerun", "idle"))
    [labbook] = known_labbooks()
    assert labbook == made.labbook.path
    around = publishing.surroundings()
    lock = launch.dispatcher_file(labbook, around, ".lock")

    def free() -> bool:
        held = processes.lock(lock)
        if held is not None:
            os.close(held)
        return held is not None

    until(lambda: not free())
    kill_dispatchers(labbook)
    until(free)
    status = json.loads(said(command("service", "status", "--json", cwd=tmp_path)))
    [one] = status["labbooks"]
    assert (one["path"], one["there"], one["served"]) == (str(labbook), True, False)
    assert one["waiting"] >= 2
    text = said(command("service", "status", cwd=tmp_path))
    assert "wait, and nobody serves them" in text
    assert f"{labbook} is served." in said(command("service", "run", cwd=tmp_path))
    until(lambda: not free())
    (project / "go").touch()
    handle.wait(timeout=60)
    said(command("stop", "forest"))
    until(free)
    text = said(command("service", "status", cwd=tmp_path))
    assert f"{labbook}: nothing waits." in text
    labbook.rename(tmp_path / "moved")
    assert "it is not there now" in said(command("service", "status", cwd=tmp_path))
    assert "Nothing waits" in said(command("service", "run", cwd=tmp_path))
    for path in (state_folder() / "labbooks").iterdir():
        path.write_text("/somewhere/else")
    assert known_labbooks() == []


def kill_dispatchers(labbook: Path) -> None:
    """Kill what serves this labbook, as the end of a machine does."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
            open_files = [str(one.readlink()) for one in (folder / "fd").iterdir()]
        except OSError:
            continue
        around = publishing.surroundings()
        pipe = str(launch.dispatcher_file(labbook, around, ".wake"))
        if b"execution.dispatcher" in words and pipe in open_files:
            os.kill(int(folder.name), 9)
