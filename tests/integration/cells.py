"""Executing cells that work, and what they leave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
HOLD = (
    "import pathlib, time\npathlib.Path('on').touch()\n"
    "while not pathlib.Path('go').exists():\n    time.sleep(0.01)\n"
)


def ok(result):
    assert result.reply["status"] == "ok", result.text
    assert not result.error
    return result


def shown(kernel, name: str) -> str:
    [text] = ok(kernel.run(f"%labbook show {name}")).mime("text/plain")
    return text


def registered(experiment: Path, number: int = 1) -> dict[str, object]:
    [event] = experiment.glob(f"history/{number:04d}-*.json")
    return json.loads(event.read_text())["data"]["declared"]
