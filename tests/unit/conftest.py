"""Fixtures for tests of single modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.runtime.layout import RunFolder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.delenv("LABBOOK_METRICS_OWNER", raising=False)
    return RunFolder(tmp_path)
