"""Measure what is promised: ``python -m tests.benchmarks [NAME ...]``.

Exits with 1 when a target is missed.
"""

from __future__ import annotations

import sys
from importlib import import_module

from tests.benchmarks.table import Table

BENCHMARKS = (
    "log_cost",
    "import_cost",
    "follow_cost",
    "load_cost",
    "experiment_cost",
    "queue_cost",
    "first_line_delay",
    "queue_drain",
    "dispatcher_cost",
    "kernel_latency",
    "page_size",
    "page_start",
    "page_live",
    "page_panel",
    "page_first_paint",
    "page_stop",
)
"""Modules here with a function ``measure() -> list[Line]``."""


def main(names: list[str]) -> int:
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        known = ", ".join(BENCHMARKS)
        sys.stderr.write(f"no benchmark {', '.join(unknown)}; there are {known}\n")
        return 2
    table = Table()
    for name in names or BENCHMARKS:
        sys.stderr.write(f"measuring {name}\n")
        table.lines += import_module(f"tests.benchmarks.{name}").measure()
    sys.stdout.write(table.markdown())
    return 0 if table.met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
