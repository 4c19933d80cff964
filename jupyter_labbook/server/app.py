"""What the extension adds to a Jupyter server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyter_server.services.contents.fileio import FileManagerMixin
from jupyter_server.utils import url_path_join

from jupyter_labbook.server.activity import Activity
from jupyter_labbook.server.handlers import ROUTES
from jupyter_labbook.server.open_labbooks import OpenLabbooks
from jupyter_labbook.server.places import Places

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

PREFIX: Final = "jupyter-labbook/api"


def load(serverapp: ServerApp) -> None:
    """Register the routes and begin to report activity."""
    web_app = serverapp.web_app
    labbooks = OpenLabbooks(Places(local_root(serverapp)))
    # A user's name is part of it under JupyterHub, and may hold any sign.
    base = re.escape(url_path_join(web_app.settings["base_url"], PREFIX))
    given = {"labbooks": labbooks}
    web_app.add_handlers(
        ".*$",
        [(f"{base}/{route}", handler, given) for route, handler in ROUTES.items()],
    )
    Activity(labbooks, web_app.settings).start()


def local_root(serverapp: ServerApp) -> str | None:
    """Name the folder that the server shows, if it is one of this machine."""
    contents = serverapp.contents_manager
    if not isinstance(contents, FileManagerMixin):
        return None
    root: str = contents.root_dir
    return root
