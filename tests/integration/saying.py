"""What commands say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess


def said(result: subprocess.CompletedProcess[str]) -> str:
    """What a command that went well printed."""
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return result.stdout


def told(result: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """What a command that went well wrote for other programs."""
    return json.loads(said(result))


def refused(result: subprocess.CompletedProcess[str], code: int) -> str:
    """The one sentence of a command that did not do what was asked."""
    assert result.returncode == code, result
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    return line
