"""Logging rows for tests, and the tables that come of it."""

from __future__ import annotations

import csv
import os
from typing import TYPE_CHECKING, Any

from jupyter_labbook.runtime.metric_log import MetricLog

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder


def write(run: RunFolder, *calls: tuple[dict[str, Any], Any]) -> None:
    log = MetricLog(run)
    for metrics, step in calls:
        log.log(metrics, step)
    log.close()
    os.environ.pop("LABBOOK_METRICS_OWNER", None)


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", errors="surrogatepass", newline="") as lines:
        return list(csv.reader(lines))


def names(run: RunFolder) -> list[str]:
    return [path.name for path in run.metric_files()]
