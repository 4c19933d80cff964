"""Which figures were saved already, so that none is saved twice unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from jupyter_labbook.runtime.context import current_run
from jupyter_labbook.runtime.figures import FigureFolder
from jupyter_labbook.runtime.rich_forms import rich_forms

if TYPE_CHECKING:
    from collections.abc import Mapping

_folders: dict[str, FigureFolder] = {}

_shown: WeakKeyDictionary[object, tuple[int, int]] = WeakKeyDictionary()
"""Figure to its number and a hash of its picture, while the figure exists."""


def save_forms(forms: Mapping[str, bytes], number: int | None = None) -> int | None:
    """Save the forms of one object in the current run's figures.

    Parameters
    ----------
    forms
        File suffix to content.
    number
        The object that this replaces.

    Returns
    -------
    int or None
        The object's number; None outside a run, or if it could not be saved.
    """
    run = current_run()
    if run is None or not forms:
        return None
    folder = _folders.setdefault(str(run.figures), FigureFolder(run.figures))
    return folder.save(forms, number)


def save_figure(figure: object, *, in_place: bool = False) -> None:
    """Save a figure unless the same picture of it was saved before.

    Parameters
    ----------
    figure
        A matplotlib figure.
    in_place
        Replace the picture saved before, as a figure that is still being drawn
        wants.
    """
    if current_run() is None:
        return
    forms = rich_forms(figure)
    number, picture = _shown.get(figure, (None, None))
    if forms and picture != _picture(forms):
        remember(figure, save_forms(forms, number if in_place else None), forms)


def remember(thing: Any, number: int | None, forms: Mapping[str, bytes]) -> None:  # noqa: ANN401
    """Note that a figure, or a seaborn grid around one, was saved."""
    if number is None or not callable(getattr(type(thing), "savefig", None)):
        return
    is_figure = hasattr(type(thing), "add_subplot")
    figure = thing if is_figure else getattr(thing, "figure", thing)
    _shown[figure] = (number, _picture(forms))


def _picture(forms: Mapping[str, bytes]) -> int:
    return hash(forms.get(".png"))
