"""Other runs made after one that is there: its script, with other parameters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_labbook.actions import publishing
from jupyter_labbook.actions.publishing import Origin, RunPlan
from jupyter_labbook.errors import InvalidInputError, LabbookError
from jupyter_labbook.model.run import Launch, Ticket
from jupyter_labbook.snapshot.reparametrize import reparametrize
from jupyter_labbook.storage import run_state, trust

if TYPE_CHECKING:
    from jupyter_labbook.model.experiment import Variant
    from jupyter_labbook.model.run import RunRecord
    from jupyter_labbook.runtime.layout import RunFolder


def plan_like(
    run: RunFolder, record: RunRecord, variant: Variant, do_instead: str
) -> RunPlan:
    """Plan a run that differs from another one in its parameters alone.

    Parameters
    ----------
    run, record
        The one that is there.
    variant
        What the other one is given.
    do_instead
        What a person can do if this is not possible.

    Raises
    ------
    InvalidInputError
        It is a program whose words nobody can fill in again, or its script is not
        what was submitted.
    """
    return RunPlan(
        variant=variant,
        script=reparametrize(
            script_of(run, record, do_instead),
            {**record.parameters, "seed": record.seed},
            {**variant.parameters, "seed": variant.seed},
        ),
    )


def script_of(run: RunFolder, record: RunRecord, do_instead: str) -> str:
    """Read the script of a run as it was submitted; raises as `plan_like`."""
    if record.command:
        raise InvalidInputError(
            f"{run.experiment.name} runs a program, and which of its words stand "
            f"for parameters is not kept; {do_instead}."
        )
    try:
        text = run.script.read_text("utf-8", "surrogatepass")
    except OSError as error:
        raise InvalidInputError(
            f"{run.script} cannot be read ({error.strerror}); submit its cell again."
        ) from error
    if trust.file_digest(run.script) != record.script:
        raise InvalidInputError(
            f"{run.script} was changed since it was submitted; submit its cell again."
        )
    return text


def asked_by(run: RunFolder) -> Ticket:
    """Read what a run waits or waited for; nothing special if nobody can tell."""
    nothing = Ticket(run="", submitted="", launch=Launch(argv=[], cwd=""))
    try:
        return run_state.read_ticket(run) or nothing
    except LabbookError:
        return nothing


def origin_like(record: RunRecord, asked: Ticket) -> Origin:
    """Share with new runs what a run was submitted with.

    Parameters
    ----------
    record
        Of that run.
    asked
        What the new ones ask for.
    """
    return Origin(
        cwd=Path(record.cwd),
        code=record.code,
        inputs=record.inputs,
        git=record.git,
        versions=record.versions,
        notebook=record.notebook,
        cell=record.cell,
        resumable=record.resumable,
        timeout=asked.launch.timeout,
        version=record.version,
        python=record.python,
        wishes=publishing.wishes_of(asked),
    )
