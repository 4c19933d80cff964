"""The Jupyter Server extension: routes only, over the verbs and the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _load_jupyter_server_extension(serverapp: ServerApp) -> None:
    """Add the routes to a server that starts."""
    from jupyter_labbook.server.app import load

    load(serverapp)
