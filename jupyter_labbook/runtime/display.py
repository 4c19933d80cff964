"""``display()`` inside a run: rich forms become files, plain text is printed."""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any

from jupyter_labbook.runtime.context import current_run
from jupyter_labbook.runtime.rich_forms import (
    bundle_forms,
    plain_form,
    rich_forms,
    showed_itself,
)
from jupyter_labbook.runtime.shown_figures import remember, save_forms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_DISPLAY_MODULE = "IPython.core.display_functions"
"""Where IPython defines ``display``; ``IPython.display`` takes it from there."""

_numbers: dict[str, int] = {}
"""Display id to the number of its files."""


class DisplayHandle:
    """What ``display(..., display_id=...)`` returns: a place that can be updated.

    Parameters
    ----------
    display_id
        Name of the place; a new one if None.
    """

    def __init__(self, display_id: str | None = None) -> None:
        self.display_id = display_id or os.urandom(16).hex()

    def __repr__(self) -> str:
        return f"<DisplayHandle display_id={self.display_id}>"

    def display(self, thing: object, **kwargs: Any) -> None:  # noqa: ANN401
        """Show an object in this place."""
        display(thing, display_id=self.display_id, **kwargs)

    def update(self, thing: object, **kwargs: Any) -> None:  # noqa: ANN401
        """Replace what is shown in this place."""
        update_display(thing, display_id=self.display_id, **kwargs)


def display(
    *objects: object,
    raw: bool = False,
    display_id: str | bool | None = None,
    **kwargs: Any,  # noqa: ANN401  # IPython's, such as include and metadata
) -> DisplayHandle | None:
    """Show objects: save their rich forms into ``figures/`` and print their text.

    Takes what IPython's function of the same name takes. Outside a run it prints.

    Parameters
    ----------
    *objects
        What to show.
    raw
        The objects are MIME bundles already.
    display_id
        Name of the place; showing another object under it replaces the files.
        True invents one.
    **kwargs
        Accepted as IPython does, and of no effect in a run.

    Returns
    -------
    DisplayHandle or None
        The place, if a ``display_id`` was given.
    """
    del kwargs
    handle = None
    if display_id:
        handle = DisplayHandle(None if display_id is True else display_id)
    for thing in objects:
        _show(thing, raw=raw, place=handle.display_id if handle else None)
    return handle


def update_display(thing: object, *, display_id: str, **kwargs: Any) -> None:  # noqa: ANN401
    """Replace what was shown under a display id."""
    display(thing, display_id=display_id, **kwargs)


def show_result(value: object) -> None:
    """Show the value of a cell's last expression; None shows nothing."""
    if value is not None:
        display(value)


def publish(data: Mapping[str, Any], *_: object, **kwargs: Any) -> None:  # noqa: ANN401
    """Show a MIME bundle; stands in for IPython's ``publish_display_data``."""
    place = (kwargs.get("transient") or {}).get("display_id")
    display(data, raw=True, display_id=place)


def install() -> None:
    """Have IPython's ``display`` arrive here, if IPython is ever imported.

    Called once by the runner before the user's code. It imports nothing.
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


def _show(thing: Any, *, raw: bool, place: str | None) -> None:  # noqa: ANN401
    if raw:
        forms, words = bundle_forms(thing), thing.get("text/plain")
    elif isinstance(thing, str | bytes | int | float | None):
        # Nothing rich about these; by far the most frequent.
        forms, words = {}, plain_form(thing)
    else:
        if showed_itself(thing):
            return
        forms = rich_forms(thing) if current_run() else {}
        words = plain_form(thing)
    number = save_forms(forms, _numbers.get(place) if place else None)
    remember(thing, number, forms)
    if place and number is not None:
        _numbers[place] = number
    if words:
        print(words)  # noqa: T201  # what display is for


def _take_over(module: ModuleType) -> None:
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
