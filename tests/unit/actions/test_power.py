"""What would put the machine to sleep."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions.preflight import power, scope
from tests.waiting import ask, asked

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a system of its own, whose programs are in ``bin``."""
    root = tmp_path / "system"
    (root / "bin").mkdir(parents=True)
    monkeypatch.setenv("PATH", str(root / "bin"))
    monkeypatch.setattr(sys, "platform", "linux")
    return root


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def program(system: Path, name: str, text: str) -> None:
    put(system / "bin" / name, f"#!/bin/sh\n{text}\n").chmod(0o755)


def test_a_machine_that_says_nothing_stays_awake(system) -> None:
    assert list(power.reasons(system)) == []


@pytest.mark.parametrize(
    ("plugs", "told"), [(["0"], True), (["1"], False), (["0", "1"], False)]
)
def test_a_battery_is_told_where_every_plug_is_out(system, plugs, told) -> None:
    supplies = system / "sys/class/power_supply"
    put(supplies / "BAT0/type", "Battery\n")
    put(supplies / "odd/other", "")
    for number, online in enumerate(plugs):
        put(supplies / f"AC{number}/type", "Mains\n")
        put(supplies / f"AC{number}/online", f"{online}\n")
    assert bool(list(power.reasons(system))) is told


def test_a_battery_alone_is_no_sign_of_a_plug(system) -> None:
    put(system / "sys/class/power_supply/mouse/type", "Battery\n")
    assert list(power.reasons(system)) == []


def test_the_session_manager_is_asked_and_the_last_word_counts(system) -> None:
    put(system / "etc/systemd/logind.conf", "[Login]\n#IdleAction=suspend\n")
    assert list(power.reasons(system)) == []
    put(system / "etc/systemd/logind.conf.d/1.conf", "IdleAction=hibernate\n")
    [told] = power.reasons(system)
    assert "will hibernate" in told
    put(system / "etc/systemd/logind.conf.d/2.conf", "IdleAction = ignore\n")
    assert list(power.reasons(system)) == []


@pytest.mark.parametrize(
    ("kind", "after", "told"),
    [
        ("'suspend'", "900", True),
        ("'suspend'", "uint32 900", True),
        ("'suspend'", "0", False),
        ("'nothing'", "900", False),
        ("", "", False),
    ],
)
def test_the_desktop_is_asked(system, kind, after, told) -> None:
    program(
        system,
        "gsettings",
        f'case "$3" in *type) echo "{kind}";; *) echo "{after}";; esac',
    )
    found = list(power.reasons(system))
    assert bool(found) is told
    assert all("after 15 min 00 s" in one for one in found)


def test_a_desktop_that_fails_is_passed_over(system) -> None:
    program(system, "gsettings", "echo suspend; exit 1")
    assert list(power.reasons(system)) == []


@pytest.mark.parametrize(("minutes", "told"), [("10", True), ("0", False)])
def test_macos_is_asked(system, monkeypatch, minutes, told) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    program(system, "pmset", f"echo ' displaysleep 5'; echo ' sleep  {minutes} (x)'")
    found = list(power.reasons(system))
    assert bool(found) is told
    assert all("pmset -c sleep 0" in one for one in found)


def test_only_runs_for_later_mind(system, labbook) -> None:
    put(system / "etc/systemd/logind.conf", "IdleAction=suspend\n")
    ask(labbook, "soon", like=asked("now"))
    assert list(power.findings(scope.find(labbook), system)) == []
    ask(labbook, "later", seeds=(0, 1))
    [found] = power.findings(scope.find(labbook), system)
    assert found.runs == ("later/001", "later/002")
