"""Which process of a distributed run this is."""

from __future__ import annotations

import os
import sys

# The launcher nearest to the process decides: torchrun inside srun numbers its own
# workers, and mpirun inside a Slurm allocation inherits the batch step's SLURM_PROCID.
_VARIABLES = (
    "RANK",
    "OMPI_COMM_WORLD_RANK",
    "PMIX_RANK",
    "PMI_RANK",
    "MV2_COMM_WORLD_RANK",
    "JSM_NAMESPACE_RANK",
    "SLURM_PROCID",
)


def rank() -> int:
    """Find this process's place among all processes of its run.

    PyTorch is asked first if it has formed a process group. Otherwise the first of
    these variables that holds a number decides: ``RANK`` (torchrun, accelerate,
    DeepSpeed), ``OMPI_COMM_WORLD_RANK``, ``PMIX_RANK``, ``PMI_RANK``,
    ``MV2_COMM_WORLD_RANK``, ``JSM_NAMESPACE_RANK`` (MPI), ``SLURM_PROCID`` (srun).

    Returns
    -------
    int
        From 0; 0 for a process on its own.
    """
    group = sys.modules.get("torch.distributed")
    if group is not None and group.is_available() and group.is_initialized():
        return int(group.get_rank())
    for variable in _VARIABLES:
        value = os.environ.get(variable, "")
        if value.isdecimal():
            return int(value)
    return 0
