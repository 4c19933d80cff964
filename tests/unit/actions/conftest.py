"""Fixtures for tests of what is done with a labbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions.overview import Overview
from jupyter_labbook.actions.series import SeriesReader
from jupyter_labbook.storage import block_index, follow, metric_reader
from tests.running import experiment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder


@pytest.fixture
def overview(labbook: LabbookFolder) -> Overview:
    return Overview(labbook)


@pytest.fixture
def target(labbook: LabbookFolder) -> ExperimentFolder:
    return experiment(labbook)


@pytest.fixture
def reader(labbook: LabbookFolder, target: ExperimentFolder) -> SeriesReader:
    return SeriesReader(labbook, target)


@pytest.fixture
def small_portions(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(metric_reader, "BLOCK_BYTES", 2000)
    monkeypatch.setattr(block_index, "_SPAN_BYTES", 2000)
    monkeypatch.setattr(follow, "_MOST_BYTES", 4000)
    return
