"""What this server is, and what its neighbours keep from working."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_labbook import __version__
from jupyter_labbook.server.answering import LabbookHandler
from jupyter_labbook.server.places import NO_ROOT

OPENAPI: Final = Path(__file__).parents[1] / "openapi.json"

_NEIGHBOURS: Final = (
    "jupyter_server_nbmodel",
    "jupyter_collaboration",
    "jupyter_server_documents",
)
# JupyterLab cuts a notification after 140 characters.
_NOTES: Final = {
    "jupyter_server_nbmodel": (
        "jupyter_server_nbmodel {version} keeps widgets from being shown: find the "
        "plan in the Labbook panel; runs are followed as ever."
    ),
}


class About(LabbookHandler):
    """``GET about``."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Tell versions, and a sentence for each thing that does not work."""
        packages = {name: installed(name) for name in _NEIGHBOURS}
        notes = [
            _NOTES[name].format(version=found)
            for name, found in packages.items()
            if found and name in _NOTES
        ]
        local = self.labbooks.places.local
        self.answer(
            {
                "version": __version__,
                "root": local,
                "packages": packages,
                "notes": notes if local else [NO_ROOT, *notes],
            }
        )


class Description(LabbookHandler):
    """``GET openapi.json``."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Describe all routes."""
        self.set_header("Cache-Control", "no-cache")
        self.finish(OPENAPI.read_bytes())


def installed(name: str) -> str | None:
    """Name the version of a package; None if it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
