"""Outputs of a cell, by id: shown once, replaced later, from any thread."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from IPython import display as ipython_display

if TYPE_CHECKING:
    from collections.abc import Mapping


class Output:
    """One output that can be replaced wherever it is shown."""

    def __init__(self) -> None:
        self._id = uuid.uuid4().hex

    def show(self, content: object, *, raw: bool = False) -> None:
        """Display for the first time, below the cell that is being executed.

        Parameters
        ----------
        content
            An object, or with ``raw`` a MIME bundle.
        raw
            Whether it is a bundle.
        """
        ipython_display.display(content, raw=raw, display_id=self._id)

    def replace(self, bundle: Mapping[str, Any]) -> None:
        """Display something else in its place."""
        ipython_display.update_display(bundle, raw=True, display_id=self._id)
