"""Have IPython's ``display`` arrive at ours, if a run ever imports IPython."""

from __future__ import annotations

import os
import sys

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

_DISPLAY_MODULE = "IPython.core.display_functions"
"""Where IPython defines ``display``; ``IPython.display`` takes it from there."""


def install() -> None:
    """Have IPython's ``display`` arrive here, if IPython is ever imported.

    Called once by the runner before the user's code. It imports nothing, and costs
    one comparison for each module that the run imports.
    """
    # Plotly would otherwise open a browser, which nobody sees.
    os.environ.setdefault("PLOTLY_RENDERER", "plotly_mimetype")
    loaded = sys.modules.get(_DISPLAY_MODULE)
    if loaded is not None:
        _take_over(loaded)
        facade = sys.modules.get("IPython.display")
        if facade is not None:
            _take_over(facade)
    elif not any(isinstance(finder, _DisplayFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _DisplayFinder())


def _take_over(module: ModuleType) -> None:
    from jupyter_labbook.runtime.display import (
        DisplayHandle,
        display,
        publish,
        update_display,
    )

    vars(module).update(
        display=display,
        update_display=update_display,
        publish_display_data=publish,
        DisplayHandle=DisplayHandle,
    )


class _DisplayFinder:
    """Waits for IPython's display module to be imported."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Find that module as Python would, and nothing else."""
        if fullname != _DISPLAY_MODULE:
            return None
        from importlib.machinery import PathFinder

        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            # importlib asks a loader for these methods, not for its class, and
            # importing the class would cost every run a millisecond.
            spec.loader = _DisplayLoader(spec.loader)  # type: ignore[assignment]
        return spec


class _DisplayLoader:
    """Runs the module's own loader, then puts our functions into the module."""

    def __init__(self, own: Loader) -> None:
        self._own = own

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # such as get_source
        return getattr(self._own, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Leave it to the module's own loader."""
        return self._own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Execute the module and take its functions over."""
        self._own.exec_module(module)
        _take_over(module)
