"""What commands say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess


def said(result: subprocess.CompletedProcess[str]) -> str:
    """What a command that went well printed."""
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return result.stdout


def refused(result: subprocess.CompletedProcess[str], code: int) -> str:
    """The one sentence of a command that did not do what was asked."""
    assert result.returncode == code, result
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    return line
