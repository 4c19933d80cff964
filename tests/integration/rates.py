"""A small program with two runs, as the routes show it."""

from __future__ import annotations

PNG = b"\x89PNG\r\n\x1a\nnot much of a picture"
PROGRAM = f"""\
import sys
from jupyter_labbook import log, run_dir
rate = float(sys.argv[1])
for step in range(4):
    log(step=step, loss=rate / (step + 1))
log(step=3, accuracy=float("nan") if rate > 1 else rate)
figures = run_dir() / "figures"
figures.mkdir()
(figures / "001-drawn.png").write_bytes({PNG!r})
(figures / "002-drawn.svg").write_text("<svg><script>alert(1)</script></svg>")
(figures / "003-table.html").write_text("<script>alert(1)</script>")
print("trained with", rate, "\\x1b[31mred\\x1b[0m")
"""
