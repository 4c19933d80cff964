"""Lines of several experiments for one request."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.server.handlers.experiments import read_together
from jupyter_labbook.server.open_labbooks import OpenLabbook
from jupyter_labbook.server.places import Places
from jupyter_labbook.storage.labbook import LabbookFolder
from tests import running

if TYPE_CHECKING:
    from pathlib import Path

NAME = "0001-trial"


@pytest.fixture
def labbook(tmp_path: Path) -> OpenLabbook:
    folder = LabbookFolder.create(tmp_path)
    run = running.queue(folder, running.experiment(folder))
    run.metrics.write_text("_row,_time,step,loss\n0,1.000000,0,0.5\n")
    return OpenLabbook(Places(str(tmp_path)), "labbook")


def test_what_there_is_no_time_for_is_left_for_the_next_request(
    labbook: OpenLabbook,
) -> None:
    seconds = count()
    first, *others = read_together(
        labbook, [(NAME, 16, "")] * 3, clock=lambda: next(seconds)
    )
    assert first is not None
    assert first["runs"] == ["001"]
    assert others == [None, None]


def test_a_bug_is_not_told_as_an_answer(
    labbook: OpenLabbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(name: str) -> None:
        raise ZeroDivisionError(name)

    monkeypatch.setattr(labbook, "experiment", fail)
    with pytest.raises(ZeroDivisionError):
        read_together(labbook, [(NAME, 16, "")])
