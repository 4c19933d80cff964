"""Experiments whose runs wait, published as a submission does it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions import publishing, submit
from jupyter_labbook.actions.publishing import Origin, RunPlan
from jupyter_labbook.model.experiment import Header, Variant, variants
from jupyter_labbook.model.queue import Wishes
from jupyter_labbook.model.run import Exit, RunState
from jupyter_labbook.runtime.exits import timestamp
from jupyter_labbook.snapshot import script
from jupyter_labbook.storage import records

if TYPE_CHECKING:
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder

_IMPORTS = "from jupyter_labbook import log, progress, run_dir, sample, smoke"


def asked(when: str = "tonight", **more: Any) -> Wishes:
    """What runs wait for."""
    return Wishes(when=when, **more)


def ask(
    labbook: LabbookFolder,
    name: str,
    body: str = "log(accuracy=0.5)",
    *,
    like: Wishes | None = None,
    origin: dict[str, Any] | None = None,
    only: list[Variant] | None = None,
    **header: Any,
) -> tuple[ExperimentFolder, list[RunFolder]]:
    """Register an experiment and publish its runs; nobody begins them.

    Parameters
    ----------
    labbook, name, body
        Where, under which name, and what is executed.
    like
        What they wait for.
    origin
        More of what the runs share: `Origin`.
    only
        The variants; by default those of the header.
    **header
        More of the header.
    """
    declared = Header(name=name, **{"question": "Does it help?", **header})
    work = hashlib.sha256(body.encode()).hexdigest()
    experiment, version, _ = submit.register(labbook, declared, work)
    plans = [
        RunPlan(variant=variant, script=spell(variant, body))
        for variant in only or variants(declared)
    ]
    shared = Origin(
        cwd=labbook.path.parent,
        version=version,
        wishes=like or asked(),
        **(origin or {}),
    )
    return experiment, publishing.publish(labbook, experiment, plans, shared)


def spell(variant: Variant, body: str, title: str = "A run.") -> str:
    """Write a script as a cell's snapshot does."""
    parts = (
        script.docstring(title),
        _IMPORTS,
        script.parameters({**variant.parameters, "seed": variant.seed}),
        f"# --- The cell\n\n{body}",
    )
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def end(
    run: RunFolder,
    state: RunState = RunState.FINISHED,
    *,
    seconds: float = 60.0,
    **metrics: float,
) -> None:
    """Let a run have ended, with the last values of some metrics."""
    ended = Exit(time=timestamp(), state=state, seconds=seconds)
    if metrics:
        values = ",".join(map(str, metrics.values()))
        run.metrics.write_text(f"_row,_time,{','.join(metrics)}\n0,1.0,{values}\n")
    run.exit.write_bytes(records.encode(ended))


def change(run: RunFolder, **fields: Any) -> None:
    """Let a run's record say something else."""
    record = json.loads(run.record.read_bytes())
    run.record.write_text(json.dumps({**record, **fields}))
