"""What is known of how long the runs of an experiment take."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_labbook.errors import LabbookError
from jupyter_labbook.insight import durations
from jupyter_labbook.insight.durations import Calibration, Past
from jupyter_labbook.model.run import RunRecord, RunState
from jupyter_labbook.storage import records, run_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from jupyter_labbook.model.experiment import Value
    from jupyter_labbook.model.run import Exit, Expected
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder

_MOST = 30
"""Finished runs that count, the newest: older ones tell of older code."""
_LOOKED_AT = 300
"""Runs that are looked at for them: whoever submits waits for it."""


@dataclass(frozen=True, slots=True)
class History:
    """The finished runs of an experiment on this machine."""

    labbook: Path
    past: tuple[Past, ...]

    @classmethod
    def of(cls, experiment: ExperimentFolder) -> History:
        """Read them; damaged ones are passed over."""
        host = socket.gethostname()
        past: list[Past] = []
        for run in experiment.runs()[:-_LOOKED_AT:-1]:
            if len(past) == _MOST:
                break
            ended = _finished(run)
            record = _record(run) if ended else None
            # A part of the work took a part of the time.
            if record is None or record.host != host or record.continues:
                continue
            assert ended is not None and ended.seconds is not None  # noqa: PT018
            past.append(
                Past(
                    parameters=record.parameters,
                    seconds=ended.seconds,
                    data=data_size(experiment.labbook, record.inputs),
                )
            )
        return cls(experiment.labbook, tuple(past))

    def expect(
        self, parameters: Mapping[str, Value], inputs: Mapping[str, str]
    ) -> Expected | None:
        """Predict how long a run will take; None without history.

        Parameters
        ----------
        parameters
            What the run is given.
        inputs
            What it carries along: name to file below ``inputs/``.
        """
        if not self.past:
            return None
        size = data_size(self.labbook, inputs)
        return durations.expect(self.past, parameters, data=size)


def data_size(labbook: Path, inputs: Mapping[str, str]) -> int:
    """Count the bytes of the values that come along."""
    total = 0
    for name in set(inputs.values()):
        try:
            total += (labbook / "inputs" / name).stat().st_size
        except OSError:
            continue
    return total


def held(experiments: Iterable[ExperimentFolder]) -> Calibration | None:
    """Compare what was expected of runs with how long they took; None without any."""
    pairs = []
    for experiment in experiments:
        for run in experiment.runs():
            ended = _finished(run)
            if ended is None or ended.seconds is None:
                continue
            try:
                ticket = run_state.read_ticket(run)
            except LabbookError:
                continue
            if ticket is not None and ticket.expected is not None:
                pairs.append((ticket.expected, ended.seconds))
    return durations.calibration(pairs)


def _finished(run: RunFolder) -> Exit | None:
    try:
        ended = run_state.read_exit(run)
    except LabbookError:
        return None
    if ended is None or ended.seconds is None:
        return None
    return ended if ended.state is RunState.FINISHED else None


def _record(run: RunFolder) -> RunRecord | None:
    try:
        return records.read(run.record, RunRecord)
    except LabbookError:
        return None
