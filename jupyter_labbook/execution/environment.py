"""The environment variables that a run gets: the submitter's, cleaned."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_KERNEL_OWN = frozenset(
    {
        # What a kernel sets for itself, wrong in a process of its own.
        "CLICOLOR_FORCE",
        "FORCE_COLOR",
        "GIT_PAGER",
        "JPY_PARENT_PID",
        "JPY_SESSION_NAME",
        "MPLBACKEND",
        "PAGER",
        "PYDEVD_USE_FRAME_EVAL",
    }
)
_SECRET = re.compile(
    r"(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|API_?KEY|"
    r"ACCESS_?KEY|PRIVATE_?KEY|AUTH|COOKIE|DSN|SESSION|PAT)(_|$|\d)|KEY$",
    re.IGNORECASE,
)
_URL_PASSWORD = re.compile(r"://[^/\s:@]+:[^/\s@]+@")


def is_secret(name: str, value: str = "") -> bool:
    """Whether a variable looks like a credential."""
    return bool(_SECRET.search(name) or _URL_PASSWORD.search(value))


def recordable(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Take the part of an environment that may be written into a ticket."""
    environment = os.environ if environment is None else environment
    return {
        name: value
        for name, value in environment.items()
        if name not in _KERNEL_OWN and not is_secret(name, value)
    }


def complete(recorded: Mapping[str, str]) -> dict[str, str]:
    """Make a run's environment: as recorded, with today's credentials."""
    secrets = {
        name: value for name, value in os.environ.items() if is_secret(name, value)
    }
    return {**secrets, **recorded}


def for_run(run: str) -> dict[str, str]:
    """Name what every process of a run is told."""
    return {
        "LABBOOK_RUN": run,
        "MPLBACKEND": "module://jupyter_labbook.runtime.matplotlib_backend",
        "PYTHONUNBUFFERED": "1",
        # Sets and dicts of strings come in the same order when the run is repeated.
        "PYTHONHASHSEED": "0",
    }


_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def for_share(
    gpus: Sequence[str], cores: int, recorded: Mapping[str, str]
) -> dict[str, str]:
    """Name what part of the machine a run is to use.

    Parameters
    ----------
    gpus
        Those that it was given; none: it was given no particular ones.
    cores
        How many it asked for; 0: it did not say.
    recorded
        What its submitter had set already.
    """
    share = {"CUDA_VISIBLE_DEVICES": ",".join(gpus)} if gpus else {}
    threads = {name: str(cores) for name in _THREADS if name not in recorded}
    return share | (threads if cores else {})
