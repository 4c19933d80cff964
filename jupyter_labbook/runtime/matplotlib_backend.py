"""A matplotlib backend for runs: ``plt.show()`` saves what is open and closes it.

Loaded by matplotlib alone, through ``MPLBACKEND=module://`` and this module's name.
Figures that are still open when the run ends are saved too.
"""

from __future__ import annotations

import atexit

from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from jupyter_labbook.runtime.shown_figures import save_figure

NAME = f"module://{__name__}"
"""What ``MPLBACKEND`` is set to."""


class FigureManager(FigureManagerBase):
    """Has the run folder for a window."""

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """Save every open figure and close it; ``plt.show()``.

        Never waits. With ``block=False`` (``plt.pause`` in a loop) the figures stay
        open, and each shows its latest picture.
        """
        for manager in Gcf.get_all_fig_managers():
            save_figure(manager.canvas.figure, in_place=block is False)
            if block is not False:
                Gcf.destroy(manager)

    def show(self) -> None:
        """Save this figure and leave it open; ``figure.show()``."""
        save_figure(self.canvas.figure, in_place=True)


class FigureCanvas(FigureCanvasAgg):
    """Draws with Agg."""

    manager_class = FigureManager


# Registered after matplotlib's own hook, which closes all figures, and thus called
# before it.
atexit.register(FigureManager.pyplot_show)
