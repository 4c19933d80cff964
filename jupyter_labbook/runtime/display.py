"""``display()`` inside a run: rich forms become files, plain text is printed."""

from __future__ import annotations

import os
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
    from collections.abc import Mapping

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
