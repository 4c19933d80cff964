"""A lab notebook for machine-learning experiments inside Jupyter.

Everything here is loaded when it is first used, so that importing the package
costs a running experiment next to nothing.
"""

from __future__ import annotations

__version__ = "0.1.0"

# Not from `typing`: that is a third of what importing `log` would cost.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_labbook.actions.handles import Labbook as Labbook
    from jupyter_labbook.errors import LabbookError as LabbookError
    from jupyter_labbook.runtime.context import run_dir as run_dir
    from jupyter_labbook.runtime.context import sample as sample
    from jupyter_labbook.runtime.context import should_stop as should_stop
    from jupyter_labbook.runtime.context import smoke as smoke
    from jupyter_labbook.runtime.metrics import log as log
    from jupyter_labbook.runtime.progress import progress as progress

_HOME = {
    "Labbook": "jupyter_labbook.actions.handles",
    "LabbookError": "jupyter_labbook.errors",
    "log": "jupyter_labbook.runtime.metrics",
    "progress": "jupyter_labbook.runtime.progress",
    "run_dir": "jupyter_labbook.runtime.context",
    "sample": "jupyter_labbook.runtime.context",
    "should_stop": "jupyter_labbook.runtime.context",
    "smoke": "jupyter_labbook.runtime.context",
}

__all__ = ["__version__", "load_ipython_extension", *sorted(_HOME)]  # noqa: PLE0604


def __getattr__(name: str) -> Any:  # noqa: ANN401  # the attribute's own type
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Name the module that adds our routes to a Jupyter server."""
    return [{"module": "jupyter_labbook.server"}]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register ``%%experiment`` and ``%labbook``: ``%load_ext jupyter_labbook``."""
    from jupyter_labbook.notebook.extension import load

    load(shell)
