"""The demonstration, from the question to the page."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.timeout(600)
def test_the_demonstration_tells_what_came_out_and_where_it_is(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "jupyter_labbook.cli", "demo", "--json"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["question"].endswith("?")
    assert told["prediction"] == (
        "accuracy[augment=true] - accuracy[augment=false] > 0.005"
    )
    assert "(4 seeds)" in told["observed"]
    assert told["verdict"] in ("supported", "refuted", "inconclusive")
    folder = tmp_path / "labbook-demo"
    assert told["page"] == str(folder / "01_first_experiment.html")
    page = (folder / "01_first_experiment.html").read_text()
    assert told["question"] in page
    # The live view became final, and no widget is left that a page cannot draw.
    assert page.casefold().count(told["verdict"]) >= 2
    assert re.search(rf'class="[^"]*lbk-{told["verdict"]}', page)
    assert not re.search(r'class="[^"]*lbk-pending', page)
    assert "application/vnd.jupyter.widget-view+json" not in page
    assert (folder / "labbook/journal.md").read_text().count(told["question"]) == 1
    metrics = sorted((folder / "labbook").glob("experiments/*/runs/*/metrics.csv"))
    assert len(metrics) == 8
