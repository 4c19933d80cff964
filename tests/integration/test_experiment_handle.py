"""What the handle of an experiment does in a notebook."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.integration.cells import HOLD, ok

if TYPE_CHECKING:
    from pathlib import Path


def test_the_handle_is_like_a_future(kernel, project: Path, until) -> None:
    ok(kernel.run(f"%%experiment held\n#| why: it\nlog(x=1)\nprint('hi')\n{HOLD}"))
    kernel.run("handle = _")
    assert kernel.run("print(handle)").text == "<experiment 0001-held: 1 running>\n"
    until((project / "on").exists)
    live = kernel.run(
        "print(handle.done(), handle.running(), handle.cancel(), handle.metrics['x'])"
    )
    assert live.text == "False True False [1.0]\n"
    impatient = kernel.run("handle.result(timeout=0.01)")
    assert "TimeoutError" in impatient.error
    (project / "go").touch()
    ended = kernel.run(
        "print(handle.result(60), handle.exception(), handle.done(), "
        "handle.output, handle.figures)"
    )
    assert ended.text == "{'x': 1.0} None True hi\n []\n"
    frame = kernel.run("print(type(handle.frame()).__name__, list(handle.frame()))")
    assert frame.text == "DataFrame ['_run', 'seed', '_row', '_time', 'x']\n"


def test_stop_and_cancel(kernel, project: Path, until, user: Path) -> None:
    folder = user / "config" / "jupyter_labbook"
    folder.mkdir(exist_ok=True)
    (folder / "settings.toml").write_text("slots = 1\n")
    ok(kernel.run(f"%%experiment held\n#| why: it\n{HOLD}"))
    kernel.run("held = _")
    until((project / "on").exists)
    ok(kernel.run("%%experiment queued\n#| why: it\nlog(x=1)"))
    kernel.run("queued = _")
    assert kernel.run("print(queued)").text == "<experiment 0002-queued: 1 waiting>\n"
    cancelled = kernel.run("print(queued.cancel(), queued.cancelled(), queued.done())")
    assert cancelled.text == "True True True\n"
    assert "CancelledError" in kernel.run("queued.result()").error
    kernel.run("held.stop('enough'); held.wait(30)")
    assert kernel.run("print(held)").text == "<experiment 0001-held: 1 stopped>\n"
    assert "CancelledError: 0001-held/001: stopped: enough" in re.sub(
        r"\x1b\[[0-9;]*m", "", kernel.run("held.result()").error
    )


def test_a_handle_is_found_again_by_name_after_a_restart(kernel, project) -> None:
    ok(kernel.run("%%experiment kept --wait\n#| why: it\n#| seeds: 2\nlog(x=seed)"))
    kernel.restart()
    again = kernel.run(
        "from jupyter_labbook import Labbook\nkept = Labbook.find()['kept']\n"
        "print(kept.result(), len(kept), kept['002'].parameters)"
    )
    assert again.text == "{'x': [0.0, 1.0]} 2 {'seed': 1}\n"
    assert "kept · experiment 1" in kernel.run("kept").mime("text/plain")[0]


def test_without_pandas_a_frame_is_columns(kernel, project: Path, command) -> None:
    ok(kernel.run("%%experiment kept --wait\n#| why: it\nlog(x=1)\nlog(x=2)"))
    without = (
        "import sys; sys.modules['pandas'] = None\n"
        "from jupyter_labbook import Labbook\n"
        f"kept = Labbook.find({str(project)!r})['kept']\n"
        "print(kept.frame()['x'], kept[0].frame()['x'])"
    )

    told = subprocess.run(
        [sys.executable, "-c", without], capture_output=True, text=True, check=True
    )
    assert told.stdout == "[1.0, 2.0] [1.0, 2.0]\n"
