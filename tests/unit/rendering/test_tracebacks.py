"""Tracebacks without the frames of libraries."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from jupyter_labbook.rendering.tracebacks import own_frames

if TYPE_CHECKING:
    from pathlib import Path


def test_own_lines_and_the_error_stay(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import json\n"
        "def parse(text):\n"
        "    return json.loads(text)\n"
        "print('before')\n"
        "parse('{')\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    assert "json/decoder.py" in done.stderr
    told = own_frames(done.stderr)
    assert "json/decoder.py" not in told
    # Three frames of the library, and one line in their place.
    assert told.count("  ...") == 1
    assert "return json.loads(text)" in told
    assert "in parse" in told
    assert told.splitlines()[0] == "Traceback (most recent call last):"
    assert told.splitlines()[-1].startswith("json.decoder.JSONDecodeError: Expecting")


def test_own_code_that_a_library_calls_stays() -> None:
    text = """\
Traceback (most recent call last):
  File "/p/script.py", line 3, in <module>
    minimize(f, 0)
  File "/v/lib/python3.12/site-packages/scipy/optimize/_m.py", line 9, in minimize
    fun(x)
    ~~~^^^
  File "/p/script.py", line 2, in f
    return 1 / x
  File "<frozen importlib._bootstrap>", line 1, in g
ZeroDivisionError: division by zero
after"""
    assert (
        own_frames(text)
        == """\
Traceback (most recent call last):
  File "/p/script.py", line 3, in <module>
    minimize(f, 0)
  ...
  File "/p/script.py", line 2, in f
    return 1 / x
  ...
ZeroDivisionError: division by zero
after"""
    )


def test_other_text_stays_as_it_is() -> None:
    text = 'epoch 1\n    indented\n  File "x"\n\n'
    assert own_frames(text) == text
