"""The other ways of logging five scalars, each as its makers document it."""

from __future__ import annotations

import os
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack
    from pathlib import Path

    Log = Callable[[int, dict[str, float]], Any]


def one_write(folder: Path, end: ExitStack) -> Log:
    """Format a line and give it to the system: the least that keeps a row."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    descriptor = os.open(folder / "baseline.csv", flags, 0o600)
    end.callback(os.close, descriptor)

    def log(step: int, values: dict[str, float]) -> None:
        cells = ",".join([repr(value) for value in values.values()])
        line = f"{step},{time.time():.6f},{step},{cells}\n"
        os.write(descriptor, line.encode())

    return log


def wandb_offline(folder: Path, end: ExitStack) -> Log | None:
    """``wandb.log`` with everything that needs a network switched off."""
    os.environ |= {"WANDB_ERROR_REPORTING": "false", "WANDB_SILENT": "true"}
    if find_spec("wandb") is None:
        return None
    import wandb

    run = wandb.init(project="benchmark", mode="offline", dir=str(folder))
    end.callback(run.finish)

    def log(step: int, values: dict[str, float]) -> None:
        run.log(values, step=step)

    return log


def tensorboard(folder: Path, end: ExitStack) -> Log | None:
    """``SummaryWriter.add_scalar``, once a metric."""
    if find_spec("tensorboardX") is None:
        return None
    from tensorboardX import SummaryWriter

    writer = SummaryWriter(str(folder / "tensorboard"))
    end.callback(writer.close)

    def log(step: int, values: dict[str, float]) -> None:
        for name, value in values.items():
            writer.add_scalar(name, value, step)

    return log
