"""Runs keep a server up; a labbook without any does not."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_labbook.server.activity import SETTING, Activity
from jupyter_labbook.server.open_labbooks import OpenLabbooks
from jupyter_labbook.server.places import Places
from tests import running

if TYPE_CHECKING:
    from jupyter_labbook.storage.labbook import LabbookFolder


def reported(labbook: LabbookFolder) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    labbooks = OpenLabbooks(Places(str(labbook.path.parent)))
    labbooks.take("labbook")
    labbooks.take("gone")
    asyncio.run(Activity(labbooks, settings).report())
    return settings


def test_a_run_that_waits_or_executes_is_activity(labbook: LabbookFolder) -> None:
    begun = datetime.now(UTC)
    running.queue(labbook, running.experiment(labbook))
    assert reported(labbook)[SETTING] >= begun


def test_runs_that_have_ended_are_none(labbook: LabbookFolder, until) -> None:
    run = running.queue(labbook, running.experiment(labbook))
    assert running.start(run)
    until(run.exit.exists)
    assert reported(labbook) == {}


def test_the_server_takes_the_setting_into_account() -> None:
    assert SETTING.endswith("_last_activity")
