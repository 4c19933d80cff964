"""Going on with runs that were broken off: each by a new run that names the old one."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_labbook.actions import publishing
from jupyter_labbook.errors import CorruptFileError
from jupyter_labbook.execution.sequel import Sequel, Sequels
from jupyter_labbook.model.run import RunRecord, Ticket
from jupyter_labbook.runtime import files
from jupyter_labbook.runtime.exits import timestamp
from jupyter_labbook.runtime.failpoints import reach
from jupyter_labbook.storage import records, trust
from jupyter_labbook.storage.labbook import writing_failed

if TYPE_CHECKING:
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder


def go_on(labbook: LabbookFolder, experiment: ExperimentFolder) -> list[RunFolder]:
    """Queue what goes on with the runs of an experiment that were broken off.

    Which those are is read from the files, and whoever is killed while doing this
    leaves what the next one completes; doing it again changes nothing.

    Returns
    -------
    list of RunFolder
        The new runs.

    Raises
    ------
    StorageError
        Not all could be stored.
    """
    new = []
    with labbook.lock():
        sequels = Sequels(experiment.runs())
        for run in experiment.runs():
            how = sequels.wanted(run)
            if how is not None:
                begun = sequels.next(run)
                new.append(_queue(labbook, experiment, run, begun, how))
    if new:
        publishing.revive(labbook)
    return new


def _queue(
    labbook: LabbookFolder,
    experiment: ExperimentFolder,
    run: RunFolder,
    begun: RunFolder | None,
    how: Sequel,
) -> RunFolder:
    """Publish a run without its ticket, hand it the checkpoint, then let it wait."""
    old = records.read(run.record, RunRecord)
    asked = records.read(run.ticket, Ticket)
    if old is None or asked is None:
        raise CorruptFileError(f"{run.path} has lost its record; submit it again.")
    if begun is None:
        begun = _publish(labbook, experiment, run, old)
    reach("going-on.published")
    try:
        if old.resumable:
            # In one step, and nothing is copied; the old run needs it no more.
            with suppress(FileNotFoundError):
                run.checkpoint.rename(begun.checkpoint)
        reach("going-on.checkpoint-moved")
        record = records.read(begun.record, RunRecord)
        assert record is not None
        ticket = replace(
            asked,
            run=record.id,
            submitted=asked.submitted,
            retries=asked.retries - (how is Sequel.RETRY),
            after=[],
            place=os.path.realpath(begun.path),
        )
        files.create(begun.ticket, records.encode(trust.sign(ticket)))
    except OSError as error:
        raise writing_failed(begun.path, error) from error
    return begun


def _publish(
    labbook: LabbookFolder,
    experiment: ExperimentFolder,
    run: RunFolder,
    old: RunRecord,
) -> RunFolder:
    record = replace(
        old,
        id=uuid.uuid4().hex,
        created=timestamp(),
        continues=old.id if old.resumable else "",
        reruns="" if old.resumable else old.id,
    )
    contents = {"run.json": records.encode(record)}
    if run.script.exists():
        contents["script.py"] = run.script.read_bytes()
    with labbook.aside() as aside:
        folder = aside / f"{experiment.next_run():03d}"
        publishing.write_run(folder, contents)
        publishing.sync([folder])
        return experiment.publish_runs([folder])[0]
